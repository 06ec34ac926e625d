/* What people take along from a screen: into the clipboard, into a file, as a command. */
#include "tests/screen/stage.h"
#include "tests/screen/steering.h"

#include <glib/gstdio.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* What the terminal was last told to have in its clipboard; NULL: nothing. Caller frees. */
static char *clipboard(const struct seat *seat)
{
    const char *begin = g_strrstr(seat->said->str, "\x1b]52;c;");
    const char *end = begin ? strchr(begin, '\a') : NULL;
    if (!end)
        return NULL;
    gsize length;
    g_autofree char *coded = g_strndup(begin + 7, (gsize)(end - begin) - 7);
    g_autofree char *text = (char *)g_base64_decode(coded, &length);
    return g_strndup(text, length);
}

static bool clipboard_is(const struct seat *seat, const char *expected)
{
    g_autofree char *text = clipboard(seat);
    if (g_strcmp0(text, expected) != 0)
        printf("  in the clipboard: %s\n", text ? text : "nothing");
    return g_strcmp0(text, expected) == 0;
}

static void what_is_selected_is_copied(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "ji");
    check("i says what was copied, and how long it is",
          seat_row_shows(seat, -1, "copied cell cell-2-us-west (14 characters"));
    check("and the terminal has it", clipboard_is(seat, "cell-2-us-west"));
    seat_type(seat, "Z");
    seat_row_shows(seat, 1, "FROZEN");
    g_autofree char *row = seat_row(seat, 5);
    seat_type(seat, "I");
    check("I says that it was the row", seat_row_shows(seat, -1, "copied the row ("));
    check("which is copied as it stands there", clipboard_is(seat, g_strstrip(row)));
    seat_type(seat, "Ztbayview\ri");
    check("of a tenant it is the id", seat_shows(seat, "copied tenant bayview"));
    seat_type(seat, "!i");
    check("of an alarm its name", seat_shows(seat, "copied alarm cell-"));
    seat_type(seat, "Hi");
    check("where nothing is selected it says so",
          seat_row_shows(seat, -1, "no operation is selected here; nothing was copied"));
    seat_free(seat);
}

static void a_terminal_without_a_clipboard_hears_nothing(struct fleet *fleet)
{
    static const char *const terms[] = {"linux", "vt100", "no-such-terminal"};
    for (size_t i = 0; i < G_N_ELEMENTS(terms); i++) {
        struct seat *seat = sit(fleet, 24, 80, NULL, terms[i], NULL);
        seat_shows(seat, "all 5 cells are well");
        seat_type(seat, "i");
        bool told = seat_shows(seat, "has no clipboard that could be written to");
        check(terms[i], told && !seat_said(seat, "\x1b]52"));
        seat_free(seat);
    }
}

static void within_screen_it_is_wrapped(struct fleet *fleet)
{
    g_setenv("STY", "1.here", TRUE);
    struct seat *seat = sit(fleet, 24, 80, NULL, "screen", NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "i");
    seat_shows(seat, "copied cell cell-0-dev");
    check("GNU screen is told to pass it on",
          seat_said(seat, "\x1bP\x1b]52;c;Y2VsbC0wLWRldg==\a\x1b\\"));
    seat_free(seat);
    g_unsetenv("STY");
}

/* The only file in the folder of dumps. Caller frees. */
static char *only_dump(const char *folder)
{
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    const char *name = files ? g_dir_read_name(files) : NULL;
    char *path = name ? g_build_filename(folder, name, NULL) : NULL;
    if (path && g_dir_read_name(files))
        g_clear_pointer(&path, g_free);
    return path;
}

static void a_screen_is_written_into_a_file(struct fleet *fleet)
{
    g_autofree char *folder = g_build_filename(fleet->dir, "people", "celldeck", "screens", NULL);
    struct seat *seat = sit(fleet, 24, 100, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, ":tenants\r");
    seat_row_shows(seat, -1, "1-20 of 30");
    seat_type(seat, "GD");
    check("D says where the screen is", seat_shows(seat, "the screen is in"));
    check("and the list stands where it stood", seat_row_shows(seat, 22, "willamette"));
    g_autofree char *path = only_dump(folder);
    g_autofree char *text = NULL;
    check("it is one file, by time and screen", path && g_str_has_suffix(path, "Z-tenants.txt") &&
                                                    g_file_get_contents(path, &text, NULL, NULL));
    GStatBuf facts;
    check("of nobody else's", path && g_stat(path, &facts) == 0 && (facts.st_mode & 0777) == 0600);
    check("with the whole list in it, as text",
          text && strstr(text, "\n   aarhus-fertility") && strstr(text, "Göteborgs R") &&
              strstr(text, "\n   willamette") && !strchr(text, '\x1b'));
    g_autofree char *named = g_build_filename(fleet->dir, "mine.txt", NULL);
    g_autofree char *command = g_strdup_printf(":dump %s\r", named);
    seat_type(seat, command);
    check(":dump FILE takes that one", seat_shows(seat, "mine.txt") && seat_hides(seat, ":dump"));
    g_autofree char *before = NULL, *after = NULL;
    check("with no prompt in it", g_file_get_contents(named, &before, NULL, NULL) &&
                                      !strstr(before, ":dump") && strstr(before, "q quit"));
    seat_type(seat, ":fleet\r");
    seat_row_shows(seat, 2, "CELL");
    seat_type(seat, command);
    check("but not twice", seat_shows(seat, "overwritten;"));
    g_file_get_contents(named, &after, NULL, NULL);
    check("and what was there stands", g_strcmp0(before, after) == 0);
    seat_type(seat, ":dump /proc/none/here\r");
    seat_hides(seat, ":dump");
    steer_command(seat, "messages"); /* the notice itself stays for seconds only */
    check("what can't be written is told, and why", seat_shows(seat, "No such file or directory"));
    seat_free(seat);
}

/* More tenants than a file takes, and one whose id would like to be keys, options and commands. */
static const char crowded[] =
    "deploy_time: 500ms\n"
    "more_tenants: 2500\n"
    "tenants:\n"
    "  \"-it's \\e[2J$(touch x)\": {cell: cell-0-dev, name: Mallory, users: 1}\n";
#define MALLORY "-it's \x1b[2J$(touch x)"

/* What a shell makes of the text in the clipboard: the answer as JSON, or NULL. */
static json_t *run_clipboard(const struct fleet *fleet, const struct seat *seat)
{
    g_autofree char *command = clipboard(seat);
    g_auto(GStrv) env = g_get_environ();
    for (int i = 0; i < fleet->n_env; i++) {
        g_auto(GStrv) parts = g_strsplit(fleet->env[i], "=", 2);
        bool told =
            g_str_equal(parts[0], "CELLDECK_CONFIG") || g_str_equal(parts[0], "CELLDECK_STATE");
        if (!told) /* the command itself does */
            env = g_environ_setenv(env, parts[0], parts[1], TRUE);
    }
    char bash[] = "bash", option[] = "-c", *argv[] = {bash, option, command, NULL};
    g_autofree char *out = NULL;
    bool ran =
        command && g_spawn_sync("/", argv, env, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                                NULL, NULL, &out, NULL, NULL, NULL);
    return ran ? json_loads(out, 0, NULL) : NULL;
}

static void each_screen_has_its_command(struct fleet *fleet)
{
    static const struct {
        const char *keys, *place, *schema;
    } screens[] = {
        {":fleet\r", "CELL", "celldeck.status/1"},
        {":cell cell-1-dr\r", "cell-1-dr", "celldeck.status/1"},
        {":tenants\r", "tenants", "celldeck.tenants/1"},
        {":tenants Mallory\r\r", "Mallory", "celldeck.tenant/1"},
        {":rollout r1\r", "r1 5.1.0", "celldeck.rollout.status/1"},
        {":releases\r", "VERSION", "celldeck.releases/1"},
        {":release 5.1.0\r", "5.1.0", "celldeck.releases/1"},
        {":history\r", "SUBJECT", "celldeck.history/1"},
        {":events r1\r", "r1 rollout", "celldeck.history.show/1"},
        {":alarms\r", "in ALARM", "celldeck.status/1"},
    };
    struct seat *seat = sit(fleet, 24, 120, NULL, NULL, NULL);
    seat_shows(seat, "2,531 tenants");
    for (size_t i = 0; i < G_N_ELEMENTS(screens); i++) {
        seat_type(seat, screens[i].keys);
        seat_shows(seat, screens[i].place);
        seat_type(seat, "C");
        bool shown = seat_shows(seat, "copies it");
        seat_type(seat, "i");
        bool copied = seat_shows(seat, "copied the command");
        json_t *answer = run_clipboard(fleet, seat);
        const char *schema = json_string_value(json_object_get(answer, "schema"));
        if (!check(screens[i].schema, shown && copied && g_strcmp0(schema, screens[i].schema) == 0))
            printf("  of %s: %s\n", screens[i].keys, schema ? schema : "no answer");
        if (g_str_has_suffix(screens[i].schema, ".tenant/1")) {
            json_t *tenant = json_object_get(answer, "tenant");
            check("of that very tenant, whatever its id would like to be",
                  g_strcmp0(json_string_value(json_object_get(tenant, "id")), MALLORY) == 0);
            seat_type(seat, "i");
            seat_shows(seat, "copied tenant");
            check("whose id is copied escaped", clipboard_is(seat, "-it's \\x1b[2J$(touch x)"));
        }
        json_decref(answer);
    }
    seat_type(seat, "?C");
    check("help has none, and says so", seat_shows(seat, "keys are the console's own"));
    seat_resize(seat, 24, 250); /* for the notice to have one line */
    seat_type(seat, ":tenants\rD");
    check("of a list too long for a file it is said how much is there",
          seat_shows(seat, "with 20 of 2,531"));
    seat_free(seat);
}

static void of_a_crowded_fleet(const char *build)
{
    struct fleet *fleet = fleet_playing(build, crowded);
    g_autofree char *started = fleet_run(
        fleet, "alice",
        (const char *const[]){"rollout", "start", "5.1.0", "--reason", "a test", "--yes", NULL});
    g_autofree char *aborted =
        fleet_run(fleet, "alice", (const char *const[]){"rollout", "abort", "r1", "--yes", NULL});
    g_autofree char *watched =
        fleet_run(fleet, "alice", (const char *const[]){"rollout", "watch", "r1", NULL});
    each_screen_has_its_command(fleet);
    fleet_free(fleet);
}

void what_is_seen_can_be_taken_along(struct fleet *fleet)
{
    what_is_selected_is_copied(fleet);
    within_screen_it_is_wrapped(fleet);
    a_terminal_without_a_clipboard_hears_nothing(fleet);
    a_screen_is_written_into_a_file(fleet);
    of_a_crowded_fleet(fleet->build);
}
