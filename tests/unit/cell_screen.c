/* The cell screen, drawn from hand-made readings. */
#include "data/base/when.h"
#include "data/probe.h"
#include "tests/unit/small_fleet.h"
#include "tui/views/view.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

/* cell-1's reading as of `age_ms` ago, with an alarm that is OK and one that is not. */
static struct cell_reading reading_of(gint64 age_ms)
{
    struct cell_reading reading = well_reading(NOW - age_ms);
    static const struct alarm drafts[] = {
        {.name = (char *)"cell-1-unhealthy", .state = ALARM_OK},
        {.name = (char *)"cell-1-cpu", .state = ALARM_ALARM, .reason = (char *)"91 over 90"}};
    for (size_t i = 0; i < G_N_ELEMENTS(drafts); i++) {
        struct alarm *alarm = g_new0(struct alarm, 1);
        *alarm = (struct alarm){g_strdup(drafts[i].name), g_strdup("cell-1"), drafts[i].state,
                                NOW - WHEN_DAY, g_strdup(drafts[i].reason)};
        g_ptr_array_add(reading.alarms, alarm);
    }
    return reading;
}

/* A deck on small_fleet that looks at cell-1. Takes what `reading` holds; `registry` may be NULL.
 */
static struct deck *deck_with(struct config *config, struct cell_reading *reading,
                              struct registry *registry)
{
    struct cell_reading readings[4];
    memset(readings, 0, sizeof readings);
    readings[1] = *reading;
    g_autoptr(GPtrArray) sources = g_ptr_array_new();
    const struct fleet_input input = {config, readings, registry, sources, 0, NULL};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    struct deck *deck = deck_new(config, NULL);
    deck->now_ms = NOW;
    deck_set_snapshot(deck, snapshot);
    deck_choose(deck, "cell-1", NULL, NULL);
    cell_reading_clear(reading);
    return deck;
}

static struct deck *deck_of(gint64 age_ms)
{
    OWN(config) config = small_fleet(NULL);
    struct cell_reading reading = reading_of(age_ms);
    return deck_with(config, &reading, NULL);
}

/* What the screen shows in so many rows and columns after these requests. */
static char *shown_after(const struct deck *deck, int rows, int cols, const enum request *keys,
                         size_t n)
{
    struct canvas *canvas = canvas_new(rows, cols, false);
    const struct area area = {1, 0, rows - 2, cols};
    void *state = view_cell.open();
    for (size_t i = 0; i <= n; i++) {
        if (view_cell.prepare)
            view_cell.prepare(state, deck, &area);
        if (i < n)
            view_cell.key(state, deck, keys[i]);
    }
    view_cell.draw(state, deck, canvas, &area);
    char *dump = canvas_dump(canvas);
    view_cell.close(state);
    canvas_free(canvas);
    return dump;
}

static char *shown(const struct deck *deck, int rows, int cols)
{
    return shown_after(deck, rows, cols, NULL, 0);
}

static void expect_in(const char *screen, const char *text)
{
    cr_expect(strstr(screen, text) != NULL, "%s is not in\n%s", text, screen);
}

static void expect_not_in(const char *screen, const char *text)
{
    cr_expect(strstr(screen, text) == NULL, "%s is in\n%s", text, screen);
}

Test(cell_screen, alarms_and_dependencies_that_are_fresh_say_how_they_are)
{
    OWN(deck) deck = deck_of(0);
    g_autofree char *screen = shown(deck, 50, 120);
    expect_in(screen, "✔ cell-1-unhealthy ok for 24h");
    expect_in(screen, "✖ cell-1-cpu ALARM for 24h: 91 over 90");
    expect_in(screen, "✔ postgres");
    expect_not_in(screen, "STALE");
}

Test(cell_screen, alarms_and_dependencies_that_are_old_are_unknown_with_their_age)
{
    OWN(deck) deck = deck_of(600 * WHEN_SECOND);
    g_autofree char *screen = shown(deck, 50, 120);
    expect_in(screen, "alarms STALE 10m");
    expect_in(screen, "? cell-1-unhealthy was ok\n");
    expect_in(screen, "? cell-1-cpu was ALARM: 91 over 90");
    expect_in(screen, "? STALE 10m: 5.0.2 in 12 ms, 10m ago");
    expect_in(screen, "? postgres was up");
    expect_not_in(screen, "✔");
    expect_not_in(screen, "✖");
}

/* cell-1 with so many tenants, of which the last is `broken`: its quota is missing. */
static struct registry *registry_with(int n, bool broken, bool complete)
{
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    for (int i = 0; i < n; i++) {
        g_autofree char *id = g_strdup_printf("tenant-%03d", i);
        const struct tenant draft = {.id = id,
                                     .cell = "cell-1",
                                     .region = "us-east-1",
                                     .max_users = 50,
                                     .max_patients = broken && i + 1 == n ? -1 : 3,
                                     .current_users = 100 - i};
        g_ptr_array_add(tenants, tenant_new(&draft));
    }
    return registry_new(tenants, NOW, complete);
}

/* The last page but of every kind: pressed until nothing moves. */
static char *scrolled(const struct deck *deck, int rows, int cols, const char *until)
{
    GString *seen = g_string_new(NULL);
    enum request keys[64];
    for (size_t n = 0; n < G_N_ELEMENTS(keys); n++) {
        g_autofree char *screen = shown_after(deck, rows, cols, keys, n);
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
    struct registry *registry = registry_with(90, false, true);
    struct cell_reading reading = reading_of(0);
    OWN(deck) deck = deck_with(config, &reading, registry);
    registry_unref(registry);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *screen = scrolled(deck, sizes[i][0], sizes[i][1], "latency p95");
        g_autofree char *last =
            shown_after(deck, sizes[i][0], sizes[i][1], (const enum request[]){REQUEST_LAST}, 1);
        g_autofree char *tenant = scrolled(deck, sizes[i][0], sizes[i][1], "tenant-089");
        expect_in(screen, "postgres");
        expect_in(screen, "cell-1-cpu ALARM");
        expect_in(screen, "what was done here");
        expect_in(tenant, "tenant-000");
        expect_in(tenant, "tenant-089");
        expect_not_in(last, "↓");
    }
}

Test(cell_screen, in_40x10_state_reason_errors_probe_and_alarms_come_first)
{
    OWN(deck) deck = deck_of(0);
    g_autofree char *screen = shown(deck, 10, 40);
    expect_in(screen, "▲ cell-1 degraded");
    expect_in(screen, "alarm cell-1-cpu");
    expect_in(screen, "errors 0.3 % ");
    expect_in(screen, "limit 5 %");
    expect_in(screen, "probe 5.0.2 in 12 ms");
    expect_in(screen, "alarms ✖ 1 of 2: cell-1-cpu");
    expect_in(screen, "↓");
    OWN(deck) old = deck_of(600 * WHEN_SECOND);
    g_autofree char *stale = shown_after(old, 10, 40, (const enum request[]){REQUEST_PAGE_DOWN}, 1);
    expect_not_in(stale, "✔");
    expect_not_in(stale, "errors 0.3 %");
}

Test(cell_screen, who_is_affected_is_in_one_line_with_patients_at_most)
{
    static const struct {
        bool broken, complete;
        const char *shown;
    } cases[] = {
        {false, true, "2 tenants · 199 registered users · 6 patients at most"},
        {true, true, "2 tenants · 199 registered users · 10 patients at most"},
        {false, false, "≥2 tenants · ≥199 registered users · 10 patients at most"},
    };
    OWN(config) config = small_fleet(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct registry *registry = registry_with(2, cases[i].broken, cases[i].complete);
        struct cell_reading reading = reading_of(0);
        OWN(deck) deck = deck_with(config, &reading, registry);
        registry_unref(registry);
        g_autofree char *screen = shown(deck, 24, 80);
        expect_in(screen, cases[i].shown);
    }
}

static const char with_cost[] =
    "name: priced\n"
    "aws: {region: us-east-1}\n"
    "cells:\n"
    "  cell-dev: {class: dev, residency: US, endpoint: 'http://127.0.0.1:1/dev', max_users: 9, "
    "max_patients: 10}\n"
    "  cell-1: {class: shared, residency: US, endpoint: 'http://127.0.0.1:1/one', max_users: 9, "
    "max_patients: 10, sla: 99.99%, cost_per_month: 673}\n"
    "  cell-2: {class: shared, residency: US, endpoint: 'http://127.0.0.1:1/two', max_users: 9, "
    "max_patients: 10}\n"
    "  cell-3: {class: shared, residency: US, endpoint: 'http://127.0.0.1:1/three', max_users: 9, "
    "max_patients: 10}\n";

Test(cell_screen, the_cost_is_told_per_month_and_user_and_as_a_dash_where_it_is_not_known)
{
    OWN(config) priced = config_of(with_cost);
    struct registry *registry = registry_with(2, false, true);
    struct cell_reading reading = reading_of(0);
    OWN(deck) deck = deck_with(priced, &reading, registry);
    registry_unref(registry);
    g_autofree char *screen = shown(deck, 24, 120);
    expect_in(screen, "cost $673 a month, $3.38 a registered user");
    expect_in(screen, "SLO 99.99 %: 0.0 of 4.3 min a month spent (1 %)");
    struct cell_reading again = reading_of(0);
    OWN(deck) unread = deck_with(priced, &again, NULL);
    g_autofree char *nobody = shown(unread, 24, 120);
    expect_in(nobody, "cost $673 a month, – a user");
    OWN(deck) unpriced = deck_of(0);
    g_autofree char *none = shown(unpriced, 24, 120);
    expect_in(none, "· cost –");
}

Test(cell_screen, the_budget_says_over_which_span_it_was_measured)
{
    OWN(deck) deck = deck_of(0);
    g_autofree char *screen = shown(deck, 24, 120);
    expect_in(screen, "SLO 99.9 %: 0.0 of 43.2 min a month spent (0 %) in 10m read, 3.0× too");
    OWN(config) config = small_fleet(NULL);
    struct cell_reading bad = reading_of(0);
    set_series(&bad, METRIC_HEALTH, steady(0, 10, NOW));
    OWN(deck) down = deck_with(config, &bad, NULL);
    g_autofree char *spent = shown(down, 24, 120);
    expect_in(spent, "10.0 of 43.2 min a month spent (23 %) in 10m read");
    struct cell_reading silent = reading_of(0);
    set_series(&silent, METRIC_ERROR_RATE, NULL);
    OWN(deck) dark = deck_with(config, &silent, NULL);
    g_autofree char *unknown = shown(dark, 24, 120);
    expect_in(unknown, "43.2 min a month, nothing is known of what was spent");
}

Test(cell_screen, a_limit_that_has_no_room_in_the_chart_is_told_in_words)
{
    OWN(deck) deck = deck_of(0);
    g_autofree char *screen = shown(deck, 40, 120);
    expect_in(screen, "errors 0.3 % limit 5.0 %, off the chart");
    OWN(config) config = small_fleet(NULL);
    struct cell_reading near = reading_of(0);
    set_series(&near, METRIC_ERROR_RATE, steady(3, 10, NOW));
    OWN(deck) drawn = deck_with(config, &near, NULL);
    g_autofree char *line = shown(drawn, 40, 120);
    expect_in(line, "errors 3.0 % limit ┄ 5.0 %");
}

Test(cell_screen, health_has_a_chart_once_it_has_not_been_well)
{
    OWN(deck) deck = deck_of(0);
    g_autofree char *well = shown(deck, 60, 160);
    expect_not_in(well, " health ");
    OWN(config) config = small_fleet(NULL);
    struct cell_reading bad = reading_of(0);
    set_series(&bad, METRIC_HEALTH, steady(0, 10, NOW));
    OWN(deck) down = deck_with(config, &bad, NULL);
    g_autofree char *screen = shown(down, 60, 160);
    expect_in(screen, " health 0");
}

Test(cell_screen, spans_go_round_and_say_how_many_periods_a_dot_stands_for)
{
    static const enum request spans[] = {REQUEST_SPAN, REQUEST_SPAN, REQUEST_SPAN};
    static const char *const titles[] = {"last 1 h, read back to", "last 3 h, read back to 01:50",
                                         "last 24 h, read back to 01:50, a dot is the worst of",
                                         "last 1 h"};
    OWN(deck) deck = deck_of(0);
    for (size_t n = 0; n <= G_N_ELEMENTS(spans); n++) {
        g_autofree char *screen = shown_after(deck, 40, 120, spans, n);
        expect_in(screen, titles[n]);
    }
}

Test(cell_screen, up_and_down_scroll_and_other_keys_turn_to_the_next_cell)
{
    OWN(deck) deck = deck_of(0);
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

static void add_event(struct deck *deck, gint64 at_ms, const char *type, const char *data)
{
    struct event *event = g_new0(struct event, 1);
    *event = (struct event){.stream = g_strdup("r1"),
                            .seq = deck->cell_events->len + 1,
                            .at_ms = at_ms,
                            .type = g_strdup(type),
                            .data = json_loads(data, 0, NULL)};
    cr_assert_not_null(event->data, "%s", data);
    g_ptr_array_set_free_func(deck->cell_events, (GDestroyNotify)event_free);
    g_ptr_array_insert(deck->cell_events, 0, event);
}

Test(cell_screen, deploys_and_rollbacks_are_in_the_charts_and_do_not_look_alike)
{
    OWN(deck) deck = deck_of(0);
    add_event(deck, NOW - 40 * WHEN_MINUTE, "deploy.seen",
              "{\"cell\": \"cell-1\", \"version\": \"5.0.3\"}");
    add_event(deck, NOW - 39 * WHEN_MINUTE, "rollback.done",
              "{\"cell\": \"cell-1\", \"version\": \"5.0.2\"}");
    g_autofree char *screen = shown(deck, 40, 120);
    expect_in(screen, "5.0.3┊╎↺ 5.0.2");
    add_event(deck, NOW - 5 * WHEN_HOUR, "deploy.seen",
              "{\"cell\": \"cell-1\", \"version\": \"4.9.9\"}");
    g_autofree char *hour = shown(deck, 40, 120);
    expect_not_in(hour, "4.9.9┊");
    expect_not_in(hour, "┊4.9.9");
}

Test(cell_screen, what_gates_noted_before_the_metrics_begin_counts_for_the_budget)
{
    OWN(deck) deck = deck_of(0);
    static const char noted[] =
        "{\"cell\": \"cell-1\", \"gate\": \"%s\", \"verdict\": \"FAIL\", \"evidence\": ["
        "{\"metric\": \"cell_error_rate\", \"value\": 50.0, \"at\": \"2026-11-20T10:00:00Z\"},"
        "{\"metric\": \"cell_error_rate\", \"value\": 50.0, \"at\": \"2026-11-20T10:01:00Z\"},"
        "{\"metric\": \"cell_cpu_utilization\", \"value\": 99.0, \"at\": \"2026-11-20T10:02:00Z\"}"
        "]}";
    g_autofree char *limits = g_strdup_printf(noted, "limits");
    g_autofree char *regression = g_strdup_printf(noted, "regression");
    add_event(deck, NOW - WHEN_DAY, "gate", regression);
    g_autofree char *without = shown(deck, 24, 160);
    expect_not_in(without, "noted");
    add_event(deck, NOW - WHEN_DAY, "gate", limits);
    g_autofree char *with = shown(deck, 24, 160);
    expect_in(with, "; 1.0 min more in 2 periods that gates noted since Nov 20 10:00");
}

Test(cell_screen, why_the_probe_failed_is_read_whole_whatever_the_width)
{
    OWN(config) config = small_fleet(NULL);
    struct cell_reading reading = reading_of(0);
    g_clear_pointer(&reading.probes, g_ptr_array_unref);
    struct probe *probe = probe_new(NOW);
    probe->error = g_strdup("GET https://a-very-long-name.of-a-cell.example.com/healthcheck: no "
                            "answer within 20 s");
    reading.probes = probes_append(NULL, probe);
    OWN(deck) deck = deck_with(config, &reading, NULL);
    g_autofree char *screen = shown(deck, 40, 40);
    g_autofree char *small = shown(deck, 10, 40);
    expect_in(small, "alarms ✖ 1 of 2: cell-1-cpu");
    expect_in(screen, "within 20 s");
}

static void operation_clear(gpointer p)
{
    struct operation *operation = p;
    g_strfreev(operation->cells);
    g_free(operation);
}

Test(cell_screen, operations_that_are_too_many_for_the_page_are_counted)
{
    OWN(deck) deck = deck_of(0);
    g_ptr_array_set_free_func(deck->operations, operation_clear);
    for (int i = 0; i < DECK_CELL_OPERATIONS + 3; i++) {
        struct operation *operation = g_new0(struct operation, 1);
        operation->cells = g_strsplit("cell-1 cell-eu", " ", -1);
        g_ptr_array_add(deck->operations, operation);
    }
    g_autofree char *screen = shown(deck, 40, 120);
    expect_in(screen, "3 earlier operations: key H");
    g_ptr_array_set_size(deck->operations, DECK_CELL_OPERATIONS);
    g_autofree char *all = shown(deck, 40, 120);
    expect_not_in(all, "earlier operation");
}

Test(cell_screen, a_registry_that_is_not_read_any_more_is_said_with_its_age)
{
    OWN(config) config = small_fleet(NULL);
    struct registry *registry = registry_with(2, false, true);
    struct cell_reading reading = reading_of(0);
    OWN(deck) deck = deck_with(config, &reading, registry);
    registry_unref(registry);
    g_ptr_array_set_free_func(deck->snapshot->sources, (GDestroyNotify)source_free);
    g_ptr_array_add(deck->snapshot->sources,
                    source_new("registry", SOURCE_ERROR, NOW - 6 * WHEN_MINUTE, "no answer"));
    g_autofree char *screen = shown(deck, 24, 120);
    expect_in(screen, "6 patients at most (registry ERROR 6m)");
}

Test(cell_screen, it_draws_at_any_size_and_wherever_it_is_scrolled_to)
{
    static const enum request keys[] = {REQUEST_LAST, REQUEST_UP, REQUEST_SPAN, REQUEST_PAGE_UP,
                                        REQUEST_SPAN};
    OWN(config) config = small_fleet(NULL);
    struct registry *registry = registry_with(40, true, false);
    struct cell_reading reading = reading_of(0);
    OWN(deck) deck = deck_with(config, &reading, registry);
    registry_unref(registry);
    add_event(deck, NOW - WHEN_MINUTE, "deploy.seen", "{\"cell\": \"cell-1\", \"version\": 7}");
    for (int rows = 3; rows < 60; rows += 4)
        for (int cols = 1; cols < 260; cols += 9) {
            g_autofree char *top = shown(deck, rows, cols);
            g_autofree char *below = shown_after(deck, rows, cols, keys, G_N_ELEMENTS(keys));
            cr_assert(top && below);
        }
}
