/* The cell screen, drawn from hand-made readings. */
#include "data/base/when.h"
#include "data/probe.h"
#include "tests/unit/cell_stage.h"

#include <criterion/criterion.h>
#include <string.h>

Test(cell_screen, alarms_and_dependencies_that_are_fresh_say_how_they_are)
{
    OWN(deck) deck = cell_deck_of(0);
    g_autofree char *screen = cell_shown(deck, 50, 120);
    cell_expect(screen, "✔ cell-1-unhealthy ok for 24h");
    cell_expect(screen, "✖ cell-1-cpu ALARM for 24h: 91 over 90");
    cell_expect(screen, "✔ postgres");
    cell_expect_not(screen, "STALE");
}

Test(cell_screen, alarms_and_dependencies_that_are_old_are_unknown_with_their_age)
{
    OWN(deck) deck = cell_deck_of(600 * WHEN_SECOND);
    g_autofree char *screen = cell_shown(deck, 50, 120);
    cell_expect(screen, "alarms STALE 10m");
    cell_expect(screen, "? cell-1-unhealthy was ok\n");
    cell_expect(screen, "? cell-1-cpu was ALARM: 91 over 90");
    cell_expect(screen, "? STALE 10m: 5.0.2 in 12 ms, 10m ago");
    cell_expect(screen, "? postgres was up");
    cell_expect_not(screen, "✔");
    cell_expect_not(screen, "✖");
}

/* Page after page down to the one that has `until`, one below the other. */
static char *scrolled(const struct deck *deck, int rows, int cols, const char *until)
{
    GString *seen = g_string_new(NULL);
    enum request keys[64];
    for (size_t n = 0; n < G_N_ELEMENTS(keys); n++) {
        g_autofree char *screen = cell_shown_after(deck, rows, cols, keys, n);
        g_string_append(seen, screen);
        if (strstr(screen, until))
            break;
        keys[n] = REQUEST_PAGE_DOWN;
    }
    return g_string_free(seen, FALSE);
}

Test(cell_screen, everything_can_be_reached_by_scrolling_at_every_size)
{
    static const int sizes[][2] = {{10, 40}, {24, 80}, {40, 120}, {60, 250}};
    OWN(config) config = small_fleet(NULL);
    struct registry *registry = cell_registry(90, false, true);
    struct cell_reading reading = cell_reading_of(0);
    OWN(deck) deck = cell_deck_with(config, &reading, registry);
    registry_unref(registry);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *screen = scrolled(deck, sizes[i][0], sizes[i][1], "latency p95");
        g_autofree char *last = cell_shown_after(deck, sizes[i][0], sizes[i][1],
                                                 (const enum request[]){REQUEST_LAST}, 1);
        g_autofree char *tenant = scrolled(deck, sizes[i][0], sizes[i][1], "tenant-089");
        cell_expect(screen, "postgres");
        cell_expect(screen, "cell-1-cpu ALARM");
        cell_expect(screen, "what was done here");
        cell_expect(tenant, "tenant-000");
        cell_expect(tenant, "tenant-089");
        cell_expect_not(last, "↓");
    }
}

Test(cell_screen, a_limit_that_has_no_room_in_the_chart_is_told_in_words)
{
    OWN(deck) deck = cell_deck_of(0);
    g_autofree char *screen = cell_shown(deck, 40, 120);
    cell_expect(screen, "errors 0.3 % limit 5.0 %, off the chart");
    OWN(config) config = small_fleet(NULL);
    struct cell_reading near = cell_reading_of(0);
    set_series(&near, METRIC_ERROR_RATE, steady(3, 10, CELL_NOW));
    OWN(deck) drawn = cell_deck_with(config, &near, NULL);
    g_autofree char *line = cell_shown(drawn, 40, 120);
    cell_expect(line, "errors 3.0 % limit ┄ 5.0 %");
}

Test(cell_screen, health_has_a_chart_once_it_has_not_been_well)
{
    OWN(deck) deck = cell_deck_of(0);
    g_autofree char *well = cell_shown(deck, 60, 160);
    cell_expect_not(well, " health ");
    OWN(config) config = small_fleet(NULL);
    struct cell_reading bad = cell_reading_of(0);
    set_series(&bad, METRIC_HEALTH, steady(0, 10, CELL_NOW));
    OWN(deck) down = cell_deck_with(config, &bad, NULL);
    g_autofree char *screen = cell_shown(down, 60, 160);
    cell_expect(screen, " health 0");
}

Test(cell_screen, spans_go_round_and_say_how_many_periods_a_dot_stands_for)
{
    static const enum request spans[] = {REQUEST_SPAN, REQUEST_SPAN, REQUEST_SPAN};
    static const char *const titles[] = {"last 1 h, read back to", "last 3 h, read back to 01:50",
                                         "last 24 h, read back to 01:50, a dot is the worst of",
                                         "last 1 h"};
    OWN(deck) deck = cell_deck_of(0);
    for (size_t n = 0; n <= G_N_ELEMENTS(spans); n++) {
        g_autofree char *screen = cell_shown_after(deck, 40, 120, spans, n);
        cell_expect(screen, titles[n]);
    }
}

Test(cell_screen, up_and_down_scroll_and_other_keys_turn_to_the_next_cell)
{
    OWN(deck) deck = cell_deck_of(0);
    const struct area area = {1, 0, 22, 80};
    void *state = view_cell.open();
    view_cell.prepare(state, deck, &area);
    struct reaction down = view_cell.key(state, deck, REQUEST_DOWN);
    cr_expect_eq(down.what, REACT_REDRAW);
    struct reaction next = view_cell.key(state, deck, REQUEST_NEXT);
    cr_expect_eq(next.what, REACT_TURN);
    cr_expect_str_eq(next.subject, "cell-1-dr");
    struct reaction before = view_cell.key(state, deck, REQUEST_PREVIOUS);
    cr_expect_str_eq(before.subject, "cell-dev");
    view_cell.close(state);
}

Test(cell_screen, deploys_and_rollbacks_are_in_the_charts_and_do_not_look_alike)
{
    OWN(deck) deck = cell_deck_of(0);
    cell_add_event(deck, CELL_NOW - 40 * WHEN_MINUTE, "deploy.seen",
                   "{\"cell\": \"cell-1\", \"version\": \"5.0.3\"}");
    cell_add_event(deck, CELL_NOW - 39 * WHEN_MINUTE, "rollback.done",
                   "{\"cell\": \"cell-1\", \"version\": \"5.0.2\"}");
    g_autofree char *screen = cell_shown(deck, 40, 120);
    cell_expect(screen, "5.0.3┊╎↺ 5.0.2");
    cell_add_event(deck, CELL_NOW - 5 * WHEN_HOUR, "deploy.seen",
                   "{\"cell\": \"cell-1\", \"version\": \"4.9.9\"}");
    g_autofree char *hour = cell_shown(deck, 40, 120);
    cell_expect_not(hour, "4.9.9┊");
    cell_expect_not(hour, "┊4.9.9");
}

Test(cell_screen, why_the_probe_failed_is_read_whole_whatever_the_width)
{
    OWN(config) config = small_fleet(NULL);
    struct cell_reading reading = cell_reading_of(0);
    g_clear_pointer(&reading.probes, g_ptr_array_unref);
    struct probe *probe = probe_new(CELL_NOW);
    probe->error = g_strdup("GET https://a-very-long-name.of-a-cell.example.com/healthcheck: no "
                            "answer within 20 s");
    reading.probes = probes_append(NULL, probe);
    OWN(deck) deck = cell_deck_with(config, &reading, NULL);
    g_autofree char *screen = cell_shown(deck, 40, 40);
    g_autofree char *small = cell_shown(deck, 10, 40);
    cell_expect(small, "alarms ✖ 1 of 2: cell-1-cpu");
    cell_expect(screen, "within 20 s");
}

static void operation_clear(gpointer p)
{
    struct operation *operation = p;
    g_strfreev(operation->cells);
    g_free(operation);
}

Test(cell_screen, operations_that_are_too_many_for_the_page_are_counted)
{
    OWN(deck) deck = cell_deck_of(0);
    g_ptr_array_set_free_func(deck->operations, operation_clear);
    for (int i = 0; i < DECK_CELL_OPERATIONS + 3; i++) {
        struct operation *operation = g_new0(struct operation, 1);
        operation->cells = g_strsplit("cell-1 cell-eu", " ", -1);
        g_ptr_array_add(deck->operations, operation);
    }
    g_autofree char *screen = cell_shown(deck, 40, 120);
    cell_expect(screen, "3 earlier operations: key H");
    g_ptr_array_set_size(deck->operations, DECK_CELL_OPERATIONS);
    g_autofree char *all = cell_shown(deck, 40, 120);
    cell_expect_not(all, "earlier operation");
}

Test(cell_screen, it_draws_at_any_size_and_wherever_it_is_scrolled_to)
{
    static const enum request keys[] = {REQUEST_LAST, REQUEST_UP, REQUEST_SPAN, REQUEST_PAGE_UP,
                                        REQUEST_SPAN};
    OWN(config) config = small_fleet(NULL);
    struct registry *registry = cell_registry(40, true, false);
    struct cell_reading reading = cell_reading_of(0);
    OWN(deck) deck = cell_deck_with(config, &reading, registry);
    registry_unref(registry);
    cell_add_event(deck, CELL_NOW - WHEN_MINUTE, "deploy.seen",
                   "{\"cell\": \"cell-1\", \"version\": 7}");
    for (int rows = 3; rows < 60; rows += 4)
        for (int cols = 1; cols < 260; cols += 9) {
            g_autofree char *top = cell_shown(deck, rows, cols);
            g_autofree char *below = cell_shown_after(deck, rows, cols, keys, G_N_ELEMENTS(keys));
            cr_assert(top && below);
        }
}
