/* Every key of the table on every screen: heard where it is for, and said to do nothing elsewhere.
 * Nothing is named here that requests.h and views.h have not: what they gain is pressed too. */
#include "tests/screen/stage.h"
#include "tui/views/requests.h"

#include <stdio.h>
#include <string.h>

/* A rollout that stays where it is: its first cell bakes for longer than anybody presses keys. */
static const char long_bake[] =
    "deploy_time: 500ms\n"
    "celldeck:\n"
    "  waves:\n"
    "    - {name: dev, class: dev, bake: 4h}\n"
    "    - {name: mid-size, class: shared, bake: 1h}\n"
    "    - {name: enterprise, class: dedicated, bake: 1h, approval: {by: 1}}\n";

static const struct {
    const char *name, *bytes;
} named_keys[] = {
    {"Up", "\x1bOA"},      {"Down", "\x1bOB"},    {"Right", "\x1bOC"}, {"Left", "\x1bOD"},
    {"Home", "\x1bOH"},    {"End", "\x1bOF"},     {"PgUp", "\x1b[5~"}, {"PgDn", "\x1b[6~"},
    {"Enter", "\r"},       {"Esc", "\x1b"},       {"Tab", "\t"},       {"Shift-Tab", "\x1b[Z"},
    {"Backspace", "\x7f"}, {"Delete", "\x1b[3~"}, {"Space", " "},
};

/* What a terminal sends for the key `name`. Caller frees. */
static char *bytes_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(named_keys); i++)
        if (g_str_equal(named_keys[i].name, name))
            return g_strdup(named_keys[i].bytes);
    if (g_str_has_prefix(name, "Ctrl-"))
        return g_strdup_printf("%c", name[5] & 0x1f);
    return g_strdup(name);
}

#define VIEW_ENTRY(id, name, way, takes, keys, summary) {#name, takes, PLACE_##id},
static const struct {
    const char *name;
    enum takes takes;
    unsigned place;
} screens[] = {VIEWS(VIEW_ENTRY)};

static const char *subject_for(enum takes takes)
{
    static const char *const subjects[] = {[TAKES_CELL] = " cell-2-us-west",
                                           [TAKES_TENANT] = " bayview-clinic",
                                           [TAKES_OPERATION] = " r1",
                                           [TAKES_VERSION] = " 5.1.0",
                                           [TAKES_SCREEN] = " fleet"};
    return takes < G_N_ELEMENTS(subjects) && subjects[takes] ? subjects[takes] : "";
}

/* Whether something is typed into now, and Esc is the way out of it. */
static bool asks(struct seat *seat)
{
    g_autofree char *text = seat_text(seat);
    g_autofree char *bottom = seat_row(seat, -1);
    return strstr(text, "Esc leaves") || strchr(":/", *bottom);
}

static void visit(struct seat *seat, size_t screen)
{
    for (int i = 0; i < 4 && asks(seat); i++) {
        seat_type(seat, "\x1b");
        seat_idle(seat);
    }
    g_autofree char *line =
        g_strdup_printf(":%s%s\r", screens[screen].name, subject_for(screens[screen].takes));
    seat_type(seat, line);
    seat_settled(seat);
}

static bool is_unheard(struct seat *seat, const char *key)
{
    g_autofree char *unheard = g_strdup_printf("%s does nothing here", key);
    g_autofree char *bottom = seat_row(seat, -1);
    return strstr(bottom, unheard) != NULL;
}

/* Ends the program, or stops it: the_terminal_is_put_back_on_every_exit and its neighbour. */
static bool goes_away(int request)
{
    return request == REQUEST_QUIT || request == REQUEST_SUSPEND;
}

/* Through a list and into what is selected there: where there is neither, that is said. */
static bool is_of_lists(int request)
{
    return request <= REQUEST_OPEN;
}

/* What nobody answers is told to do nothing here, though the table has it for this screen. */
static bool is_heard(struct seat *seat, size_t screen, const struct binding *binding,
                     const char *key)
{
    g_autofree char *bytes = bytes_of(key);
    visit(seat, screen);
    seat_type(seat, bytes);
    bool alive = g_str_equal(bytes, "\x1b") ? seat_idle(seat) : seat_settled(seat);
    bool heard = alive && (is_of_lists(binding->request) || !is_unheard(seat, key));
    if (!heard)
        printf("  %s: '%s' (%s) is not heard\n", screens[screen].name, key, binding->name);
    bool stays = binding->request == REQUEST_FREEZE || binding->request == REQUEST_FAULTS;
    if (stays) { /* on whatever screen comes next */
        seat_type(seat, bytes);
        seat_settled(seat);
    }
    return heard;
}

/* Whether the key is told to do nothing on a screen that it is not for, unless another request has
 * it there. */
static bool is_told(struct seat *seat, size_t screen, const struct binding *binding,
                    const char *key)
{
    guint32 code = key_parse(key);
    if (keys_find(request_bindings(), REQUEST_COUNT, screens[screen].place, code) >= 0)
        return true;
    g_autofree char *bytes = bytes_of(key);
    g_autofree char *unheard = g_strdup_printf("%s does nothing here", key);
    seat_type(seat, bytes);
    bool told = seat_row_shows(seat, -1, unheard);
    if (!told)
        printf("  %s: '%s' (%s) is for other screens\n", screens[screen].name, key, binding->name);
    return told;
}

static void the_keys_of_a_screen(struct seat *seat, size_t screen)
{
    bool heard = true, told = true;
    for (int i = 0; i < REQUEST_COUNT; i++) {
        const struct binding *binding = &request_bindings()[i];
        g_auto(GStrv) keys = g_strsplit(binding->keys, " ", -1);
        if (!goes_away(i) && keys[0] && (binding->places & screens[screen].place))
            heard &= is_heard(seat, screen, binding, keys[0]);
    }
    visit(seat, screen);
    for (int i = 0; i < REQUEST_COUNT && told; i++) {
        const struct binding *binding = &request_bindings()[i];
        g_auto(GStrv) keys = g_strsplit(binding->keys, " ", -1);
        if (keys[0] && !(binding->places & screens[screen].place))
            told &= is_told(seat, screen, binding, keys[0]);
    }
    g_autofree char *rule =
        g_strdup_printf("%s: every key of the table is heard", screens[screen].name);
    check(rule, heard);
    g_autofree char *other =
        g_strdup_printf("%s: keys of other screens do nothing, and say so", screens[screen].name);
    check(other, told);
}

/* The second and third key of a request, where it does something anyway. */
static void other_names_of_keys(struct seat *seat)
{
    bool heard = true;
    for (int i = 0; i < REQUEST_COUNT; i++) {
        const struct binding *binding = &request_bindings()[i];
        g_auto(GStrv) keys = g_strsplit(binding->keys, " ", -1);
        size_t screen = 0;
        while (!(binding->places & screens[screen].place))
            screen++;
        for (char **key = keys; *key && key[1] && !goes_away(i); key++)
            heard &= is_heard(seat, screen, binding, key[1]);
    }
    check("so is every other key that a request has", heard);
}

static bool nobody_acted(struct fleet *fleet)
{
    static const char *const show[] = {"history", "show", "r1", "--json", NULL};
    g_autofree char *events = fleet_run(fleet, "alice", show);
    const char *by_alice = "\"actor\": \"alice";
    const char *first = strstr(events, by_alice);
    return first && !strstr(first + 1, by_alice);
}

static void end_rollout(struct fleet *fleet)
{
    static const char *const abort[] = {"rollout",  "abort",   "r1", "--yes",
                                        "--reason", "the end", NULL};
    static const char *const watch[] = {"rollout", "watch", "r1", NULL};
    g_free(fleet_run(fleet, "alice", abort));
    g_free(fleet_run(fleet, "alice", watch));
}

void every_key_is_pressed_on_every_screen(const char *build)
{
    static const char *const start[] = {"rollout",  "start", "5.1.0", "--yes",
                                        "--reason", "keys",  NULL};
    struct fleet *fleet = fleet_playing(build, long_bake);
    g_autofree char *id = fleet_run(fleet, "alice", start);
    struct seat *seat = sit(fleet, 40, 160, "--write", NULL, NULL);
    seat_shows(seat, "IF IT DIES");
    seat_type(seat, "r");
    check("a rollout is under way",
          seat_row_shows(seat, 1, "r1 5.1.0") && seat_shows(seat, "baking"));
    for (size_t i = 0; i < G_N_ELEMENTS(screens); i++)
        the_keys_of_a_screen(seat, i);
    other_names_of_keys(seat);
    check("and none of them did anything to the world", nobody_acted(fleet));
    seat_free(seat);
    end_rollout(fleet);
    fleet_free(fleet);
}
