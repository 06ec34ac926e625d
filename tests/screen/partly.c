/* Scenario 11 as people see it: the registry is read in part, and us-east-1 does not answer at all.
 * Nobody is moved on that, the other regions are read on, and keys are answered all the same. */
#include "tests/screen/steering.h"

#include <jansson.h>
#include <string.h>

static const char many[] = "more_tenants: 16000\n" /* several pages of 1 MB */
                           "celldeck:\n"
                           "  waves: []\n";

static void fault(const struct fleet *fleet, const char *body)
{
    g_free(fleet_ask(fleet, "POST", "/sim/fault", body));
}

/* Calls that were answered with data, of a service (and region; NULL: of any). */
static guint answered(const struct fleet *fleet, const char *service, const char *region)
{
    g_autofree char *answer = fleet_ask(fleet, "GET", "/sim/calls", "");
    json_t *all = json_loads(answer, 0, NULL), *call;
    guint n = 0;
    size_t i;
    json_array_foreach (all, i, call) {
        const char *of = json_string_value(json_object_get(call, "service"));
        const char *in = json_string_value(json_object_get(call, "region"));
        n += json_integer_value(json_object_get(call, "status")) == 200 &&
             g_strcmp0(of, service) == 0 && (!region || g_strcmp0(in, region) == 0);
    }
    json_decref(all);
    return n;
}

static void nobody_is_moved_on_a_part(const struct fleet *fleet, struct seat *seat)
{
    seat_shows(seat, "16,030 tenants");
    fault(fleet, "{\"service\": \"dynamodb\", \"kind\": \"half\"}");
    check("half a registry: so many at least, incomplete", seat_shows(seat, "tenants, incomplete"));
    steer_command(seat, "failover cell-2-us-west");
    check("no plan is made of it, and why is told",
          seat_row_shows(seat, 1, "not to be planned") && seat_shows(seat, "incomplete"));
    check("nor is a failover offered", seat_hides(seat, "s fail-over"));
    seat_type(seat, "s");
    check("s asks for nothing", seat_shows(seat, "incomplete") && seat_hides(seat, "to do it"));
    seat_type(seat, "\x1b");
    seat_hides(seat, "Esc leaves");
}

/* Keys, and what then stands in that row (-1: the last). */
static const struct {
    const char *keys;
    int row;
    const char *shows, *rule;
} presses[] = {
    {"1j", -1, "Enter ", "the fleet"},
    {"t", 0, "tenants", "tenants"},
    {"\x1b\x1b", 0, "fleet", "and back"},
    {"R", 0, "releases", "releases"},
    {"H", 0, "history", "history"},
    {"P", 0, "place", "place"},
    {"?", 0, "help", "help"},
    {"1", 0, "fleet", "the fleet again"},
};

static void keys_are_answered(const struct fleet *fleet, struct seat *seat)
{
    static const char *const hanging[] = {"monitoring", "dynamodb", "healthcheck"};
    for (size_t i = 0; i < G_N_ELEMENTS(hanging); i++) {
        g_autofree char *body = g_strdup_printf(
            "{\"service\": \"%s\", \"region\": \"us-east-1\", \"kind\": \"hang\"}", hanging[i]);
        fault(fleet, body);
    }
    guint others = answered(fleet, "monitoring", "us-west-2");
    guint hung = answered(fleet, "dynamodb", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(presses); i++) {
        g_autofree char *rule = g_strdup_printf("us-east-1 hangs: %s", presses[i].rule);
        seat_type(seat, presses[i].keys);
        check(rule, seat_row_shows(seat, presses[i].row, presses[i].shows));
    }
    check("and the registry answered nothing meanwhile", answered(fleet, "dynamodb", NULL) == hung);
    while (answered(fleet, "monitoring", "us-west-2") < others + 3)
        seat_draw(seat, 100);
    check("the other regions are read on",
          seat_row_shows(seat, 0, "us-west-2 0s") || seat_row_shows(seat, 0, "us-west-2 1s"));
}

void half_a_registry_and_a_region_that_hangs(const char *build)
{
    struct fleet *fleet = fleet_playing(build, many);
    struct seat *seat = sit(fleet, 40, 250, "--write", NULL, NULL);
    nobody_is_moved_on_a_part(fleet, seat);
    keys_are_answered(fleet, seat);
    seat_type(seat, "q");
    check("q ends it at once", seat_ended(seat) && seat_restored(seat));
    seat_free(seat);
    fleet_free(fleet);
}
