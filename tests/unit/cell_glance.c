/* The lines on top of a cell's page: who is affected, what it costs, the budget. */
#include "data/base/when.h"
#include "tests/unit/cell_stage.h"

#include <criterion/criterion.h>

Test(cell_glance, in_40x10_state_reason_errors_probe_and_alarms_come_first)
{
    OWN(deck) deck = cell_deck_of(0);
    g_autofree char *screen = cell_shown(deck, 10, 40);
    cell_expect(screen, "▲ cell-1 degraded");
    cell_expect(screen, "alarm cell-1-cpu");
    cell_expect(screen, "errors 0.3 % ");
    cell_expect(screen, "limit 5 %");
    cell_expect(screen, "probe 5.0.2 in 12 ms");
    cell_expect(screen, "alarms ✖ 1 of 2: cell-1-cpu");
    cell_expect(screen, "↓");
    OWN(deck) old = cell_deck_of(600 * WHEN_SECOND);
    g_autofree char *stale =
        cell_shown_after(old, 10, 40, (const enum request[]){REQUEST_PAGE_DOWN}, 1);
    cell_expect_not(stale, "✔");
    cell_expect_not(stale, "errors 0.3 %");
}

Test(cell_glance, who_is_affected_is_in_one_line_with_patients_at_most)
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
        struct registry *registry = cell_registry(2, cases[i].broken, cases[i].complete);
        struct cell_reading reading = cell_reading_of(0);
        OWN(deck) deck = cell_deck_with(config, &reading, registry);
        registry_unref(registry);
        g_autofree char *screen = cell_shown(deck, 24, 80);
        cell_expect(screen, cases[i].shown);
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

Test(cell_glance, the_cost_is_told_per_month_and_user_and_as_a_dash_where_it_is_not_known)
{
    OWN(config) priced = config_of(with_cost);
    struct registry *registry = cell_registry(2, false, true);
    struct cell_reading reading = cell_reading_of(0);
    OWN(deck) deck = cell_deck_with(priced, &reading, registry);
    registry_unref(registry);
    g_autofree char *screen = cell_shown(deck, 24, 120);
    cell_expect(screen, "cost $673 a month, $3.38 a registered user");
    cell_expect(screen, "SLO 99.99 %: 0.0 of 4.3 min a month spent (1 %)");
    struct cell_reading again = cell_reading_of(0);
    OWN(deck) unread = cell_deck_with(priced, &again, NULL);
    g_autofree char *nobody = cell_shown(unread, 24, 120);
    cell_expect(nobody, "cost $673 a month, – a user");
    OWN(deck) unpriced = cell_deck_of(0);
    g_autofree char *none = cell_shown(unpriced, 24, 120);
    cell_expect(none, "· cost –");
}

Test(cell_glance, the_budget_says_over_which_span_it_was_measured)
{
    OWN(deck) deck = cell_deck_of(0);
    g_autofree char *screen = cell_shown(deck, 24, 120);
    cell_expect(screen, "SLO 99.9 %: 0.0 of 43.2 min a month spent (0 %) in 10m read, 3.0× too");
    OWN(config) config = small_fleet(NULL);
    struct cell_reading bad = cell_reading_of(0);
    set_series(&bad, METRIC_HEALTH, steady(0, 10, CELL_NOW));
    OWN(deck) down = cell_deck_with(config, &bad, NULL);
    g_autofree char *spent = cell_shown(down, 24, 120);
    cell_expect(spent, "10.0 of 43.2 min a month spent (23 %) in 10m read");
    struct cell_reading silent = cell_reading_of(0);
    set_series(&silent, METRIC_ERROR_RATE, NULL);
    OWN(deck) dark = cell_deck_with(config, &silent, NULL);
    g_autofree char *unknown = cell_shown(dark, 24, 120);
    cell_expect(unknown, "43.2 min a month, nothing is known of what was spent");
}

Test(cell_glance, what_gates_noted_before_the_metrics_begin_counts_for_the_budget)
{
    OWN(deck) deck = cell_deck_of(0);
    static const char noted[] =
        "{\"cell\": \"cell-1\", \"gate\": \"%s\", \"verdict\": \"FAIL\", \"evidence\": ["
        "{\"metric\": \"cell_error_rate\", \"value\": 50.0, \"at\": \"2026-11-20T10:00:00Z\"},"
        "{\"metric\": \"cell_error_rate\", \"value\": 50.0, \"at\": \"2026-11-20T10:01:00Z\"},"
        "{\"metric\": \"cell_cpu_utilization\", \"value\": 99.0, \"at\": \"2026-11-20T10:02:00Z\"}"
        "]}";
    g_autofree char *limits = g_strdup_printf(noted, "limits");
    g_autofree char *regression = g_strdup_printf(noted, "regression");
    cell_add_event(deck, CELL_NOW - WHEN_DAY, "gate", regression);
    g_autofree char *without = cell_shown(deck, 24, 160);
    cell_expect_not(without, "noted");
    cell_add_event(deck, CELL_NOW - WHEN_DAY, "gate", limits);
    g_autofree char *with = cell_shown(deck, 24, 160);
    cell_expect(with, "; 1.0 min more in 2 periods that gates noted since Nov 20 10:00");
}

Test(cell_glance, a_registry_that_is_not_read_any_more_is_said_with_its_age)
{
    OWN(config) config = small_fleet(NULL);
    struct registry *registry = cell_registry(2, false, true);
    struct cell_reading reading = cell_reading_of(0);
    OWN(deck) deck = cell_deck_with(config, &reading, registry);
    registry_unref(registry);
    g_ptr_array_set_free_func(deck->snapshot->sources, (GDestroyNotify)source_free);
    g_ptr_array_add(deck->snapshot->sources,
                    source_new("registry", SOURCE_ERROR, CELL_NOW - 6 * WHEN_MINUTE, "no answer"));
    g_autofree char *screen = cell_shown(deck, 24, 120);
    cell_expect(screen, "6 patients at most (registry ERROR 6m)");
}
