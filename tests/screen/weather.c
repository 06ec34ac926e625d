/* A thin link and an AWS that does not answer: what is sent, and that keys are heard all the same.
 */
#include "tests/screen/stage.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* architecture.md, "Speed": bytes to the terminal for a refresh */
#define MOST_AT_80X24  500
#define MOST_AT_250X60 1500
#define FRAMES         20

/* A screenful of cells, all of whose figures change every five seconds. */
static char *many_cells(void)
{
    GString *yaml = g_string_new("period: 5s\ncells:\n");
    for (int i = 0; i < 60; i++)
        g_string_append_printf(yaml,
                               "  shared-%02d: {class: shared, region: us-west-2, residency: US, "
                               "max_users: 10000, max_patients: 1000, version: 5.0.2, load: "
                               "{requests: 260, error_rate: 0.4, cpu: 46, db_connections: 180, "
                               "latency: 210, active_users: 2900}}\n",
                               i);
    return g_string_free(yaml, FALSE);
}

static int frames_in(const char *said, gsize len)
{
    static const char end[] = "\x1b[?2026l";
    int n = 0;
    for (const char *at = said; (at = memmem(at, len - (gsize)(at - said), end, sizeof end - 1));
         at += sizeof end - 1)
        n++;
    return n;
}

/* Mean of the bytes of the next frames; negative: none came. */
static double bytes_a_frame(struct seat *seat)
{
    gsize from = seat->said->len;
    int frames = 0;
    for (int still = 0; frames < FRAMES && still < 100; still++) {
        seat_draw(seat, 1000);
        frames = frames_in(seat->said->str + from, seat->said->len - from);
    }
    return frames < FRAMES ? -1 : (double)(seat->said->len - from) / frames;
}

static void a_refresh_is_within(struct seat *seat, int rows, int cols, double most)
{
    seat_resize(seat, rows, cols);
    seat_row_shows(seat, -1, "q quit");
    seat_settled(seat);
    double mean = bytes_a_frame(seat);
    g_autofree char *rule =
        g_strdup_printf("%dx%d: a refresh takes no more than %.0f bytes", cols, rows, most);
    if (!check(rule, mean > 0 && mean <= most))
        printf("  it takes %.0f\n", mean);
}

static guint calls(const struct fleet *fleet, int status)
{
    g_autofree char *answer = fleet_ask(fleet, "GET", "/sim/calls", "");
    json_t *all = json_loads(answer, 0, NULL), *call;
    guint n = 0;
    size_t i;
    json_array_foreach (all, i, call)
        n += json_integer_value(json_object_get(call, "status")) == status;
    json_decref(all);
    return n;
}

/* A terminal too small for a clock or an age: what is read changes nothing on it. */
static void what_changes_nothing_sends_nothing(struct fleet *fleet, struct seat *seat)
{
    seat_resize(seat, 3, 12);
    seat_row_shows(seat, 0, "READ-ON");
    seat_settled(seat);
    gsize said = seat->said->len;
    for (guint before = calls(fleet, 200); calls(fleet, 200) < before + 20;)
        seat_draw(seat, 100);
    check("where nothing that is shown changes, nothing is sent", seat->said->len == said);
}

static void a_thin_link(const char *build)
{
    g_autofree char *scenario = many_cells();
    struct fleet *fleet = fleet_playing(build, scenario);
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "65 cells");
    a_refresh_is_within(seat, 24, 80, MOST_AT_80X24);
    a_refresh_is_within(seat, 60, 250, MOST_AT_250X60);
    what_changes_nothing_sends_nothing(fleet, seat);
    seat_free(seat);
    fleet_free(fleet);
}

/* Keys, and what then stands in that row (-1: the last). */
static const struct {
    const char *keys;
    int row;
    const char *shows, *rule;
} presses[] = {
    {"j", 4, "cell-2-us-west", "the fleet"},
    {"\r", 1, "cell-2-us-west", "a cell opens"},
    {"z", -1, "z ", "its charts go back further"},
    {"t", 0, "tenants", "its tenants"},
    {"\x1b", 1, " 30 tenants", "Esc shows them all"},
    {"/bayv", 3, "bayview-clinic", "one is found"},
    {"\x1b", 1, " 30 tenants", "Esc lets go of it"},
    {"1R", 2, "5.1.0", "releases"},
    {"\r", 1, "5.1.0", "what one changes"},
    {"!", 1, "alarms", "alarms"},
    {"H", 0, "history", "history"},
    {"r", 0, "rollout", "the rollout"},
    {"1F", 0, "failover", "failover"},
    {"M", 0, "messages", "messages"},
    {"T", 0, "themes", "themes"},
    {"?", 0, "help", "help"},
    {"1\x12", -1, "reading", "and a refresh that is asked for"},
};

static bool registry_is_kept(const struct fleet *fleet)
{
    g_autofree char *path = g_build_filename(fleet->dir, "state", "cache.db", NULL);
    sqlite3 *cache = NULL;
    sqlite3_stmt *ask = NULL;
    bool kept =
        sqlite3_open_v2(path, &cache, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(cache, "SELECT tenants FROM head", -1, &ask, NULL) == SQLITE_OK &&
        sqlite3_step(ask) == SQLITE_ROW && sqlite3_column_int(ask, 0) == 30;
    sqlite3_finalize(ask);
    sqlite3_close(cache);
    return kept;
}

static void what_it_knew_is_kept(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    for (int tries = 0; !registry_is_kept(fleet) && tries < 600; tries++)
        seat_draw(seat, 100);
    seat_type(seat, "q");
    seat_ended(seat);
    seat_free(seat);
}

static void aws_hangs(const char *build)
{
    struct fleet *fleet = fleet_playing(build, "period: 60s\n");
    what_it_knew_is_kept(fleet);
    g_free(fleet_ask(fleet, "POST", "/sim/fault", "{\"service\": \"any\", \"kind\": \"hang\"}"));
    guint answered = calls(fleet, 200);
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    check("AWS hangs: the fleet is there, out of the cache", seat_shows(seat, "cell-2-us-west"));
    while (!calls(fleet, 0))
        seat_draw(seat, 50);
    for (size_t i = 0; i < G_N_ELEMENTS(presses); i++) {
        g_autofree char *rule = g_strdup_printf("AWS hangs: %s", presses[i].rule);
        seat_type(seat, presses[i].keys);
        check(rule, seat_row_shows(seat, presses[i].row, presses[i].shows));
    }
    check("and nothing was answered meanwhile", calls(fleet, 200) == answered);
    seat_type(seat, "q");
    check("q ends it at once", seat_ended(seat) && seat_restored(seat));
    seat_free(seat);
    fleet_free(fleet);
}

void the_link_is_thin_and_aws_hangs(const char *build)
{
    a_thin_link(build);
    aws_hangs(build);
}
