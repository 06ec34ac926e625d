/* A gate's finding as a picture and in words (tui/views/gate_chart.h). */
#include "tui/views/gate_chart.h"
#include "tests/unit/small_fleet.h"
#include "tests/unit/toy.h"
#include "tui/views/gate_rows.h"

#include <criterion/criterion.h>
#include <string.h>

#define DEPLOYED G_GINT64_CONSTANT(1795485600000)

/* cell-eu's error rate in percent, a row a minute: 30 before the deploy, 10 since; the row of
 * minute `hole` (from the deploy) is missing. */
static struct series *errors(double before, double since, int hole)
{
    struct datapoint points[40];
    size_t n = 0;
    for (int minute = -30; minute < 10; minute++)
        if (minute != hole)
            points[n++] =
                (struct datapoint){DEPLOYED + minute * WHEN_MINUTE, minute < 0 ? before : since};
    return series_new(points, n);
}

static struct deck *deck_with(double now, int hole)
{
    OWN(config) config = small_fleet(NULL);
    gint64 now_ms = DEPLOYED + 10 * WHEN_MINUTE + 15 * WHEN_SECOND;
    struct cell_reading readings[4];
    for (guint i = 0; i < config->cells->len; i++) {
        readings[i] = well_reading(now_ms);
        set_series(&readings[i], METRIC_ERROR_RATE, errors(0.25, i == 3 ? now : 0.5, hole));
    }
    const struct fleet_input input = {.config = config, .readings = readings};
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    struct fleet_input with = input;
    with.sources = sources;
    OWN(snapshot) snapshot = fleet_fold(&with, now_ms);
    struct deck *deck = deck_new(config, NULL);
    deck->now_ms = now_ms;
    deck_set_snapshot(deck, snapshot);
    for (guint i = 0; i < config->cells->len; i++)
        cell_reading_clear(&readings[i]);
    return deck;
}

/* A bake of cell-eu under way, and the chart of this gate in 80 columns. */
static char *chart_in(const struct deck *deck, enum gate gate, bool ascii, int rows)
{
    OWN(plan) plan = toy_plan();
    plan->period_ms = WHEN_MINUTE;
    plan->settle_ms = 15 * WHEN_SECOND;
    plan->gates.max_error_rate_pct = 5;
    struct plan_cell planned = {.id = (char *)"cell-eu"};
    struct rollout_cell cell = {.plan = &planned, .state = CELL_BAKING, .deployed_at_ms = DEPLOYED};
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    g_ptr_array_add(cells, &cell);
    const struct rollout rollout = {
        .id = (char *)"r1", .plan = plan, .state = ROLLOUT_RUNNING, .cells = cells};
    const struct gate_chart chart = {&rollout, &cell, gate, NULL};
    struct canvas *canvas = canvas_new(rows, 80, ascii);
    const struct area area = {0, 1, rows, 78};
    gate_chart_draw(deck, &chart, canvas, &area);
    char *dump = canvas_dump(canvas);
    canvas_free(canvas);
    return dump;
}

static char *chart_of(const struct deck *deck, enum gate gate, bool ascii)
{
    return chart_in(deck, gate, ascii, 8);
}

static void expect_in(const char *dump, const char *text)
{
    cr_expect(strstr(dump, text) != NULL, "%s is not in\n%s", text, dump);
}

Test(gate_chart, says_in_words_what_it_shows_with_units)
{
    OWN(deck) deck = deck_with(7.5, 99);
    g_autofree char *dump = chart_of(deck, GATE_LIMITS, false);
    static const char *const lines[] = {
        "limits: error rate of cell-eu, 01:30 to now",
        " now 7.5 %; since the deploy 7.5 % (10 periods); before: 0.25 %; 2 controls ░\n",
        "\n 0.25 % to 0.5 %; limit ┄ 5.0 %\n",
        "\n  10.0 %   ",
        "┊5.0.3 02:00\n",
        "⡔⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠂\n",
        "\n   5.0 % ┄┄┄┄",
        "\n   0.0 % ⣀⣀⣀⣀",
        "⡇┊░░░░░░░░░░░░░░░░\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        expect_in(dump, lines[i]);
}

Test(gate_chart, is_ascii_where_the_terminal_is)
{
    OWN(deck) deck = deck_with(7.5, 99);
    g_autofree char *dump = chart_of(deck, GATE_LIMITS, true);
    cr_expect(g_str_is_ascii(dump), "%s", dump);
    expect_in(dump, "***");
    expect_in(dump, "limit - 5.0 %");
}

Test(gate_chart, has_its_words_where_there_is_no_room_for_a_picture)
{
    OWN(deck) deck = deck_with(7.5, 99);
    g_autofree char *dump = chart_in(deck, GATE_LIMITS, false, 2);
    expect_in(dump, "limits: error rate of cell-eu, 01:30 to now");
    expect_in(dump, "\n now 7.5 %; since the deploy 7.5 %");
}

Test(gate_chart, a_row_that_was_not_read_is_counted_as_missing)
{
    OWN(deck) deck = deck_with(7.5, 4);
    g_autofree char *dump = chart_of(deck, GATE_LIMITS, false);
    expect_in(dump, "(9 of 10 periods read)");
}

Test(gate_chart, a_gate_that_asks_no_metric_has_none_and_says_so)
{
    OWN(deck) deck = deck_with(7.5, 99);
    g_autofree char *dump = chart_of(deck, GATE_PROBE, false);
    expect_in(dump, "no chart: this gate asks no metric");
}

Test(gate_chart, of_a_metric_that_was_never_read_nothing_is_drawn)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) empty = deck_new(config, NULL);
    g_autofree char *dump = chart_of(empty, GATE_LIMITS, false);
    expect_in(dump, "no chart: ");
    cr_expect_null(strstr(dump, CHART_BAND), "%s", dump);
}
