/* Screens, drawn on a canvas from hand-made readings. */
#include "rollout/plan_make.h"
#include "tests/unit/small_fleet.h"
#include "tui/views/frame.h"
#include "tui/views/gates_panel.h"
#include "tui/views/header.h"
#include "tui/views/headline.h"
#include "tui/views/view.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

#define WHY_EU "CloudWatch GetMetricData in eu-west-1: no answer within 20 s"

/* A deck on small_fleet whose cell-1's error rate is `errors`, read `age_ms` ago; `registry` may be
 * NULL, and `why` eu-west-1 has failed too. */
static struct deck *deck_with(struct registry *registry, double errors, gint64 age_ms,
                              const char *why)
{
    OWN(config) config = small_fleet(NULL);
    struct cell_reading readings[4];
    for (guint i = 0; i < config->cells->len; i++)
        readings[i] = well_reading(NOW - age_ms);
    set_series(&readings[1], METRIC_ERROR_RATE, steady(errors, 10, NOW - age_ms));
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources, source_new("registry", SOURCE_OK, NOW - 4000, NULL));
    g_ptr_array_add(sources, source_new("metrics eu-west-1", why ? SOURCE_ERROR : SOURCE_OK,
                                        NOW - 360000, why));
    const struct fleet_input input = {config, readings, registry, sources, 0.04, NULL};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    struct deck *deck = deck_new(config, NULL);
    deck->now_ms = NOW;
    deck_set_snapshot(deck, snapshot);
    for (guint i = 0; i < config->cells->len; i++)
        cell_reading_clear(&readings[i]);
    return deck;
}

static struct deck *deck_of(double errors, gint64 age_ms)
{
    return deck_with(NULL, errors, age_ms, WHY_EU "; check network");
}

/* What a screen of this size shows. */
static char *drawn(const struct view *view, const struct deck *deck, int rows, int cols)
{
    struct canvas *canvas = canvas_new(rows, cols, false);
    struct area area = {1, 0, rows - 2, cols};
    void *state = view->open ? view->open() : NULL;
    if (view->prepare)
        view->prepare(state, deck, &area);
    view->draw(state, deck, canvas, &area);
    header_draw(canvas, 0, deck, NULL);
    frame_hints(canvas, rows - 1, cols, view, state, deck);
    char *dump = canvas_dump(canvas);
    if (view->close)
        view->close(state);
    canvas_free(canvas);
    return dump;
}

static void expect_shown(const char *screen, const char *text)
{
    cr_expect(strstr(screen, text) != NULL, "%s is not in\n%s", text, screen);
}

Test(views, the_worst_cell_comes_first_and_the_headline_says_why)
{
    OWN(deck) deck = deck_of(7.1, 0);
    g_autofree char *screen = drawn(&view_fleet, deck, 24, 120);
    g_auto(GStrv) lines = g_strsplit(screen, "\n", -1);
    cr_expect(g_str_has_prefix(lines[1], " ✖ cell-1 unhealthy"), "%s", lines[1]);
    expect_shown(lines[1], "7.1 %");
    cr_expect(strstr(lines[3], "✖ cell-1 ") || strstr(lines[4], "✖ cell-1 "), "%s", screen);
    expect_shown(screen, "eu-west-1 ERROR 6m");
    expect_shown(lines[0], "READ-ONLY");
}

Test(views, a_dev_cell_is_not_what_the_headline_is_about_where_others_are_as_bad)
{
    OWN(deck) deck = deck_of(0.1, WHEN_HOUR);
    g_autofree char *screen = drawn(&view_fleet, deck, 24, 120);
    g_auto(GStrv) lines = g_strsplit(screen, "\n", -1);
    cr_expect(g_str_has_prefix(lines[1], " ? cell-1 stale"), "%s", screen);
    cr_expect(strstr(screen, "? cell-dev ") > strstr(screen, "? cell-eu "), "%s", screen);
    OWN(deck) well = deck_of(0.1, 0);
    g_autofree char *calm = drawn(&view_fleet, well, 24, 120);
    cr_expect(strstr(calm, "● cell-dev ") < strstr(calm, "● cell-1 "), "%s", calm);
}

Test(views, why_a_source_could_not_be_read_is_under_the_cells_and_whole_in_help)
{
    OWN(deck) deck = deck_of(0.1, 0);
    g_autofree char *screen = drawn(&view_fleet, deck, 24, 80);
    expect_shown(screen, "could not be read");
    expect_shown(screen, "metrics eu-west-1: CloudWatch GetMetricData in eu-west-1: no answer");
    expect_shown(screen, "journal");
    g_autofree char *help = drawn(&view_help, deck, 280, 60);
    expect_shown(help, "metrics eu-west-1: CloudWatch GetMetricData");
    expect_shown(help, "check network");
    OWN(deck) well = deck_with(NULL, 0.1, 0, NULL);
    g_autofree char *quiet = drawn(&view_fleet, well, 24, 80);
    cr_expect_null(strstr(quiet, "could not be read"), "%s", quiet);
}

Test(views, nothing_stale_is_shown_as_healthy)
{
    OWN(deck) deck = deck_of(0.1, 600000);
    g_autofree char *screen = drawn(&view_fleet, deck, 24, 120);
    cr_expect_null(strstr(screen, "●"), "%s", screen);
    cr_expect_null(strstr(screen, "healthy"), "%s", screen);
    expect_shown(screen, "STALE");
}

Test(views, a_registry_that_was_not_read_has_no_tenants_and_one_read_in_part_at_least_some)
{
    struct tenant draft = {.id = "t1", .cell = "cell-1", .region = "us-east-1", .current_users = 7};
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    g_ptr_array_add(tenants, tenant_new(&draft));
    struct registry *part = registry_new(tenants, NOW, false);
    static const struct {
        const char *headline, *cell;
    } shown[] = {{"tenants not read", "– tenants, – users registered"},
                 {"≥1 tenants", "≥1 tenants, ≥7 users registered"}};
    struct registry *const registries[] = {NULL, part};
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        OWN(deck) deck = deck_with(registries[i], 0.1, 0, NULL);
        g_autofree char *fleet = drawn(&view_fleet, deck, 24, 120);
        expect_shown(fleet, shown[i].headline);
        deck_choose(deck, "cell-1", NULL, NULL);
        g_autofree char *cell = drawn(&view_cell, deck, 60, 160);
        expect_shown(cell, shown[i].cell);
    }
    registry_unref(part);
}

Test(views, every_screen_draws_at_every_size_with_anything_or_nothing_to_show)
{
    static const int sizes[][2] = {{3, 8}, {10, 40}, {24, 80}, {50, 200}, {100, 300}};
    OWN(deck) full = deck_of(7.1, 0);
    OWN(config) config = small_fleet(NULL);
    OWN(deck) empty = deck_new(config, NULL);
    deck_choose(full, "cell-1", "nobody", NULL);
    for (int view = 0; view < VIEW_COUNT; view++)
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
            const struct deck *decks[] = {full, empty};
            for (int d = 0; d < 2; d++) {
                g_autofree char *screen =
                    drawn(view_of((enum view_id)view), decks[d], sizes[i][0], sizes[i][1]);
                cr_assert_not_null(screen);
            }
        }
}

Test(views, the_cell_screen_shows_values_limits_and_dependencies)
{
    OWN(deck) deck = deck_of(7.1, 0);
    deck_choose(deck, "cell-1", NULL, NULL);
    g_autofree char *screen = drawn(&view_cell, deck, 40, 120);
    expect_shown(screen, "errors 7.1 %");
    expect_shown(screen, "✔ postgres");
    expect_shown(screen, "alarms");
}

/* The panel on 80 columns and so many rows, of a cell whose gate regression says so. */
static char *panel_of(enum verdict verdict, const char *reason, int rows, int *wanted)
{
    struct plan_cell planned = {.id = (char *)"cell-2"};
    struct rollout_cell cell = {.plan = &planned};
    cell.gates[GATE_REGRESSION].verdict = verdict;
    cell.gates[GATE_REGRESSION].reason = (char *)reason;
    struct canvas *canvas = canvas_new(rows, 80, false);
    const struct area area = {0, 1, rows, 78};
    *wanted = gates_panel_rows(&cell, 78);
    const struct gates_panel panel = {&cell, NULL, -1};
    gates_panel_draw(&panel, canvas, &area);
    char *dump = canvas_dump(canvas);
    canvas_free(canvas);
    return dump;
}

#define LONG_REASON                                                                                \
    "errors 2.3× its own last 2h (61 of 18,400 requests, expected 26), controls 1.0×; "          \
    "evidence 410:1 over 9m"

Test(views, a_gates_line_ends_in_as_much_of_its_evidence_as_has_room)
{
    OWN_JSON evidence = json_loads(
        "[{\"value\": 86}, {\"value\": 70}, {\"value\": 216, \"expected\": 210}]", 0, NULL);
    static const struct {
        const char *reason, *shown, *not_shown;
    } cases[] = {
        {"300 requests and more", "more         86, 70, 216 (expected 210)\n", "…"},
        {"300 requests and more since deploy", " 216 (expected 210)\n", "70"},
        {"300 requests and more since the deploy, that is enough", "is enough\n", "216"},
    };
    struct plan_cell planned = {.id = (char *)"cell-2"};
    struct rollout_cell cell = {.plan = &planned};
    const struct gates_panel panel = {&cell, NULL, -1};
    const struct area area = {0, 1, 1 + GATE_COUNT, 78};
    cell.gates[GATE_TRAFFIC].evidence = evidence;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        cell.gates[GATE_TRAFFIC].reason = (char *)cases[i].reason;
        struct canvas *canvas = canvas_new(1 + GATE_COUNT, 80, false);
        gates_panel_draw(&panel, canvas, &area);
        g_autofree char *dump = canvas_dump(canvas);
        cr_expect(strstr(dump, cases[i].shown), "%s", dump);
        cr_expect_null(strstr(dump, cases[i].not_shown), "%s", dump);
        canvas_free(canvas);
    }
}

Test(views, what_FAIL_says_is_read_whole_on_eighty_columns)
{
    int wanted;
    g_autofree char *dump = panel_of(VERDICT_FAIL, LONG_REASON, 2 + GATE_COUNT, &wanted);
    cr_expect_eq(wanted, 2 + GATE_COUNT, "a row more than there are gates");
    cr_expect(strstr(dump, "regression FAIL    errors 2.3× its own last 2h"), "%s", dump);
    cr_expect(
        strstr(dump,
               "\n                       expected 26), controls 1.0×; evidence 410:1 over 9m"),
        "%s", dump);
    cr_expect(strstr(dump, "traffic"), "%s", dump);
}

Test(views, where_rows_are_short_each_gate_keeps_one_and_what_is_cut_says_so)
{
    int wanted;
    g_autofree char *dump = panel_of(VERDICT_FAIL, LONG_REASON, 1 + GATE_COUNT, &wanted);
    cr_expect(strstr(dump, "errors 2.3×") && strstr(dump, "…") && strstr(dump, "traffic"), "%s",
              dump);
    g_autofree char *passing = panel_of(VERDICT_PASS, LONG_REASON, 3 + GATE_COUNT, &wanted);
    cr_expect_eq(wanted, 1 + GATE_COUNT, "what passes calls nobody");
}

Test(views, help_has_every_key_and_what_it_does_and_can_be_read_on_forty_columns)
{
    OWN(deck) deck = deck_with(NULL, 0, 0, NULL);
    g_autofree char *wide = drawn(&view_help, deck, 200, 160);
    for (int i = 0; i < REQUEST_COUNT; i++) {
        const struct binding *binding = &request_bindings()[i];
        if (!*binding->keys)
            continue;
        expect_shown(wide, binding->keys);
        expect_shown(wide, binding->summary);
    }
    g_autofree char *narrow = drawn(&view_help, deck, 400, 40);
    cr_expect_null(strstr(narrow, "…"), "%s", narrow);
    expect_shown(narrow, "\n H 4\n   history: every operation, and its\n   events\n");
}

Test(views, help_begins_with_the_screen_it_was_opened_from_and_finds_what_is_looked_for)
{
    OWN(deck) deck = deck_of(0, 0);
    deck->subject = g_strdup("rollout");
    g_autofree char *rollout = drawn(&view_help, deck, 24, 80);
    g_auto(GStrv) lines = g_strsplit(rollout, "\n", -1);
    cr_expect_str_eq(lines[1], " on the screen rollout");
    expect_shown(rollout, "approve the wave that waits (with --write only)");
    g_free(deck->filter);
    deck->filter = g_strdup("charts over");
    g_autofree char *found = drawn(&view_help, deck, 24, 80);
    expect_shown(found, "\n on other screens\n z  ");
    cr_expect_null(strstr(found, "approve"), "%s", found);
}

/* A screen on which every other request can be done. */
static bool every_other(const void *state, const struct deck *deck, enum request request)
{
    (void)state, (void)deck;
    return request != REQUEST_PAUSE;
}

static const enum request odd_hints[] = {REQUEST_APPROVE, REQUEST_PAUSE,    REQUEST_ABORT,
                                         REQUEST_OPEN,    REQUEST_ROLLBACK, REQUEST_GATE,
                                         REQUEST_HELP,    REQUEST_QUIT,     REQUEST_COUNT};
static const struct view odd_view = {.hints = odd_hints, .can = every_other};

Test(views, hints_give_way_from_the_middle_and_offer_only_what_can_be_done)
{
    OWN(deck) deck = deck_of(0, 0);
    struct canvas *canvas = canvas_new(1, 40, false);
    deck->write = true;
    frame_hints(canvas, 0, 40, &odd_view, NULL, deck);
    g_autofree char *narrow = canvas_row(canvas, 0);
    cr_expect_str_eq(narrow, " a approve  A abort  ? help  q quit");
    deck->write = false;
    canvas_clear(canvas);
    frame_hints(canvas, 0, 40, &odd_view, NULL, deck);
    g_autofree char *reading = canvas_row(canvas, 0);
    cr_expect_str_eq(reading, " Enter open  e gate  ? help  q quit");
    canvas_free(canvas);
}

Test(views, the_key_that_pauses_says_that_it_resumes_what_is_paused)
{
    OWN(deck) deck = deck_of(0, 0);
    struct plan plan = {.version = (char *)"5.0.3"};
    struct rollout rollout = {.id = (char *)"r1", .plan = &plan, .state = ROLLOUT_RUNNING};
    static const enum request hints[] = {REQUEST_PAUSE, REQUEST_HELP, REQUEST_QUIT, REQUEST_COUNT};
    const struct view view = {.hints = hints, .word = view_rollout.word};
    deck->write = true;
    g_ptr_array_set_free_func(deck->rollouts, NULL);
    g_ptr_array_add(deck->rollouts, &rollout);
    deck->operation = g_strdup("r1");
    struct canvas *canvas = canvas_new(1, 80, false);
    frame_hints(canvas, 0, 80, &view, NULL, deck);
    g_autofree char *running = canvas_row(canvas, 0);
    cr_expect_str_eq(running, " p pause  ? help  q quit");
    rollout.paused = true;
    canvas_clear(canvas);
    frame_hints(canvas, 0, 80, &view, NULL, deck);
    g_autofree char *paused = canvas_row(canvas, 0);
    cr_expect_str_eq(paused, " p resume  ? help  q quit");
    canvas_free(canvas);
}

Test(views, without_a_rollout_nothing_is_offered_that_acts_on_one)
{
    OWN(deck) deck = deck_of(0, 0);
    deck->write = true;
    g_autofree char *writing = drawn(&view_rollout, deck, 24, 120);
    expect_shown(writing, "No rollout yet. s starts one");
    expect_shown(writing, " s start  Esc back  ? help  q quit");
    deck->write = false;
    g_autofree char *reading = drawn(&view_rollout, deck, 24, 120);
    expect_shown(reading, "No rollout yet. `celldeck --write` may start one.");
    cr_expect_null(strstr(reading, "s start"), "%s", reading);
}

Test(views, a_journal_that_cannot_be_read_is_nowhere_shown_as_an_empty_one)
{
    static const char why[] = "/var/lib/celldeck/history.db: can't read the history: database disk "
                              "image is malformed; put the last backup in its place";
    static const struct view *const views[] = {&view_fleet, &view_cell, &view_rollout,
                                               &view_history};
    OWN(deck) deck = deck_of(0, 0);
    deck->journal_error = g_strdup(why);
    deck_choose(deck, "cell-1", NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
        g_autofree char *screen = drawn(views[i], deck, 40, 80);
        cr_expect(strstr(screen, "in its place") || strstr(screen, "? the journal can't be read"),
                  "%s", screen);
        cr_expect_null(strstr(screen, "nothing"), "%s", screen);
        cr_expect_null(strstr(screen, "No rollout"), "%s", screen);
        cr_expect_null(strstr(screen, "no rollout"), "%s", screen);
    }
}

/* The top line on so many columns, with a way through a cell to a rollout. */
static char *top_line(const struct deck *deck, int cols)
{
    static const char *const names[] = {"fleet", "cell-2-us-west", "r17"};
    g_autoptr(GPtrArray) way = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(way, (gpointer)names[i]);
    struct canvas *canvas = canvas_new(1, cols, false);
    header_draw(canvas, 0, deck, way);
    char *row = canvas_row(canvas, 0);
    canvas_free(canvas);
    return row;
}

Test(views, the_way_stands_on_top_and_gives_way_from_its_far_end)
{
    OWN(deck) deck = deck_of(0, 0);
    g_autofree char *wide = top_line(deck, 120);
    expect_shown(wide, "  READ-ONLY  fleet › cell-2-us-west › r17  ");
    g_autofree char *narrow = top_line(deck, 40);
    expect_shown(narrow, "  READ-ONLY  … › r17  ");
    for (int cols = 40; cols < 200; cols++) {
        g_autofree char *line = top_line(deck, cols);
        expect_shown(line, "READ-ONLY  ");
        expect_shown(line, "r17  ");
        cr_expect(strstr(line, "ERROR") || strstr(line, "✖1"), "%s", line);
    }
}

Test(views, at_40_columns_the_way_has_the_room_of_sources_that_were_all_read)
{
    OWN(deck) deck = deck_of(0, 0);
    g_autofree char *trouble = top_line(deck, 33);
    expect_shown(trouble, "  r17  ✖1");
    for (guint i = 0; i < deck->snapshot->sources->len; i++)
        ((struct source *)g_ptr_array_index(deck->snapshot->sources, i))->state = SOURCE_OK;
    g_autofree char *well = top_line(deck, 33);
    expect_shown(well, "  … › r17");
    cr_expect_null(strstr(well, "✖"), "%s", well);
}

Test(views, users_have_their_bar_from_a_hundred_columns_on)
{
    OWN(deck) deck = deck_of(0, 0);
    g_autofree char *wide = drawn(&view_fleet, deck, 24, 100);
    expect_shown(wide, "USERS of MAX");
    expect_shown(wide, "░");
}
