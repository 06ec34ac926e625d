#include "data/fleet.h"

#include "data/base/when.h"
#include "data/probe.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <math.h>

#define NOW (1764000000000 / WHEN_MINUTE * WHEN_MINUTE)

enum { DEV, ONE, DR, EU, CELLS };

static struct config *config;
static struct cell_reading readings[CELLS];
static struct snapshot *snapshot;

static void all_well(void)
{
    config = small_fleet(NULL);
    for (size_t i = 0; i < CELLS; i++)
        readings[i] = well_reading(NOW);
}

static void let_go(void)
{
    for (size_t i = 0; i < CELLS; i++)
        cell_reading_clear(&readings[i]);
    snapshot_unref(snapshot);
    config_unref(config);
}

TestSuite(fleet, .init = all_well, .fini = let_go);

static const struct cell *fold_at(gint64 now_ms, int at)
{
    struct fleet_input input = {.config = config, .readings = readings};
    snapshot_unref(snapshot);
    snapshot = fleet_fold(&input, now_ms);
    return &snapshot->cells[at];
}

static void expect(const struct cell *cell, enum health health, const char *reason)
{
    cr_expect_str_eq(health_name(cell->health), health_name(health));
    cr_expect_str_eq(cell->reasons[0] ? cell->reasons[0] : "", reason);
}

static void set_values(int cell, enum metric metric, const double *values, size_t n)
{
    struct series *series = steady(0, n, NOW);
    for (size_t i = 0; i < n; i++)
        series->points[i].value = values[i];
    set_series(&readings[cell], metric, series);
}

Test(fleet, a_cell_with_fresh_good_data_is_healthy_and_a_dr_cell_stands_by)
{
    const struct cell *cell = fold_at(NOW + 1000, EU);
    expect(cell, HEALTH_HEALTHY, "");
    cr_expect_float_eq(cell->used_pct, 40, 1e-9);
    cr_expect_str_eq(cell->version, "5.0.2");
    cr_expect_eq(cell->since_ms, NOW - 10 * WHEN_MINUTE);
    expect(fold_at(NOW + 1000, DR), HEALTH_STANDBY, "");
}

Test(fleet, nothing_read_is_unknown)
{
    cell_reading_clear(&readings[EU]);
    const struct cell *cell = fold_at(NOW, EU);
    expect(cell, HEALTH_UNKNOWN, "all metrics: no data");
    cr_expect(cell->used_pct < 0);
    cr_expect_str_eq(cell->reasons[1], "alarms never read");
    cr_expect_str_eq(cell->reasons[2], "healthcheck never read");
}

Test(fleet, a_single_required_metric_that_is_missing_makes_a_cell_unknown)
{
    for (enum metric metric = 0; metric < METRIC_OWN; metric++) {
        struct series *kept = readings[EU].series[metric];
        readings[EU].series[metric] = NULL;
        cr_expect_eq(fold_at(NOW, EU)->health,
                     metric == METRIC_LATENCY_P95 ? HEALTH_HEALTHY : HEALTH_UNKNOWN);
        readings[EU].series[metric] = kept;
    }
}

Test(fleet, alarms_or_a_probe_never_read_make_a_cell_unknown)
{
    GPtrArray *alarms = g_steal_pointer(&readings[EU].alarms);
    expect(fold_at(NOW, EU), HEALTH_UNKNOWN, "alarms never read");
    readings[EU].alarms = alarms;
    g_clear_pointer(&readings[EU].probes, g_ptr_array_unref);
    expect(fold_at(NOW, EU), HEALTH_UNKNOWN, "healthcheck never read");
}

Test(fleet, data_is_stale_beyond_three_periods_after_the_end_of_its_own)
{
    cr_expect_eq(fold_at(NOW + 3 * WHEN_MINUTE, EU)->health, HEALTH_HEALTHY);
    const struct cell *cell = fold_at(NOW + 3 * WHEN_MINUTE + 1, EU);
    expect(cell, HEALTH_STALE, "all metrics: 3m old (limit 3m)");
    cr_expect_eq(cell->since_ms, NOW + 3 * WHEN_MINUTE);
    cr_expect(cell->used_pct < 0);
}

Test(fleet, each_required_metric_alone_can_make_a_cell_stale)
{
    for (enum metric metric = 0; metric < METRIC_OWN; metric++) {
        const struct datapoint *last = series_last(readings[EU].series[metric]);
        set_series(&readings[EU], metric, steady(last->value, 3, NOW - 4 * WHEN_MINUTE));
        cr_expect_eq(fold_at(NOW, EU)->health,
                     metric == METRIC_LATENCY_P95 ? HEALTH_HEALTHY : HEALTH_STALE);
        set_series(&readings[EU], metric, steady(metric == METRIC_HEALTH ? 1 : 0, 3, NOW));
    }
}

Test(fleet, a_stale_good_value_never_hides_behind_fresh_ones_nor_nan_behind_old_ones)
{
    const double nan_last[] = {1, NAN, NAN, NAN, NAN};
    set_values(EU, METRIC_HEALTH, nan_last, 5);
    expect(fold_at(NOW, EU), HEALTH_STALE, "cell_health_status: 4m old (limit 3m)");
    const double only_nan[] = {NAN, INFINITY, -1};
    set_values(EU, METRIC_HEALTH, only_nan, 3);
    expect(fold_at(NOW, EU), HEALTH_UNKNOWN, "cell_health_status: no data");
}

Test(fleet, data_of_the_future_counts_for_nothing)
{
    set_series(&readings[EU], METRIC_HEALTH, steady(1, 1, NOW + 10 * WHEN_MINUTE));
    expect(fold_at(NOW, EU), HEALTH_UNKNOWN, "cell_health_status: no data");
}

Test(fleet, health_zero_is_unhealthy_since_it_fell)
{
    const double values[] = {1, 0, 1, 0, 0, 0};
    set_values(EU, METRIC_HEALTH, values, 6);
    const struct cell *cell = fold_at(NOW, EU);
    expect(cell, HEALTH_UNHEALTHY, "cell_health_status is 0 (must be 1)");
    cr_expect_eq(cell->since_ms, NOW - 3 * WHEN_MINUTE);
}

Test(fleet, errors_over_the_limit_are_unhealthy_in_two_of_three_periods_and_not_in_one)
{
    const struct {
        double values[5];
        enum health health;
    } cases[] = {
        {{0, 0, 0.4, 6.8, 7.1}, HEALTH_UNHEALTHY}, {{0, 0, 0, 0, 7.1}, HEALTH_HEALTHY},
        {{0, 0, 7.1, 0, 6}, HEALTH_UNHEALTHY},     {{0, 7, 7, 0, 0.1}, HEALTH_HEALTHY},
        {{0, 0, 0, 5, 5}, HEALTH_HEALTHY},         {{0, 7.1, 0, 0, 7.1}, HEALTH_HEALTHY},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        set_values(EU, METRIC_ERROR_RATE, cases[i].values, 5);
        cr_expect_eq(fold_at(NOW, EU)->health, cases[i].health, "case %zu", i);
    }
    set_values(EU, METRIC_ERROR_RATE, cases[0].values, 5);
    expect(fold_at(NOW, EU), HEALTH_UNHEALTHY, "error rate 7.1 % (limit 5 %), 2 of 3 periods");
}

Test(fleet, two_bad_periods_far_apart_are_not_two_of_three)
{
    const struct datapoint points[] = {{NOW - 5 * WHEN_MINUTE, 7}, {NOW - WHEN_MINUTE, 7}};
    set_series(&readings[EU], METRIC_ERROR_RATE, series_new(points, 2));
    cr_expect_eq(fold_at(NOW, EU)->health, HEALTH_HEALTHY);
}

Test(fleet, a_cell_closes_to_new_tenants_over_80_and_degrades_over_90_percent)
{
    const struct {
        double users;
        bool closed;
        enum health health;
    } cases[] = {{800, false, HEALTH_HEALTHY},
                 {801, true, HEALTH_HEALTHY},
                 {900, true, HEALTH_HEALTHY},
                 {912, true, HEALTH_DEGRADED}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        set_series(&readings[EU], METRIC_ACTIVE_USERS, steady(cases[i].users, 3, NOW));
        const struct cell *cell = fold_at(NOW, EU);
        cr_expect_eq(cell->closed_to_new, cases[i].closed);
        cr_expect_eq(cell->health, cases[i].health);
    }
    cr_expect_str_eq(snapshot->cells[EU].reasons[0], "used capacity 91.2 % (limit 90 %)");
}

static void set_alarm(int cell, enum alarm_state state)
{
    struct alarm *alarm = g_new0(struct alarm, 1);
    alarm->name = g_strdup("cell-eu-5xx");
    alarm->state = state;
    alarm->since_ms = NOW - 7 * WHEN_MINUTE;
    g_ptr_array_set_size(readings[cell].alarms, 0);
    g_ptr_array_add(readings[cell].alarms, alarm);
}

Test(fleet, an_alarm_in_alarm_degrades_and_alarms_grow_stale_too)
{
    set_alarm(EU, ALARM_OK);
    cr_expect_eq(fold_at(NOW, EU)->health, HEALTH_HEALTHY);
    set_alarm(EU, ALARM_ALARM);
    const struct cell *cell = fold_at(NOW, EU);
    expect(cell, HEALTH_DEGRADED, "alarm cell-eu-5xx is in ALARM");
    cr_expect_eq(cell->since_ms, NOW - 7 * WHEN_MINUTE);
    readings[EU].alarms_at_ms = NOW - 3 * WHEN_MINUTE - 1;
    expect(fold_at(NOW, EU), HEALTH_STALE, "alarms: 3m old (limit 3m)");
}

static void set_probe(int cell, int status, const char *body, const char *error, gint64 at_ms)
{
    g_clear_pointer(&readings[cell].probes, g_ptr_array_unref);
    readings[cell].probes = probes_append(NULL, probe_parse(status, body, error, at_ms, 1));
}

Test(fleet, a_dependency_down_is_unhealthy_and_no_answer_degraded)
{
    set_probe(EU, 200, "{\"ok\":true,\"version\":\"5.0.2\",\"postgres\":false,\"redis\":true}",
              NULL, NOW);
    expect(fold_at(NOW, EU), HEALTH_UNHEALTHY, "healthcheck: postgres down");
    set_probe(EU, 200, "{\"ok\":true,\"postgres\":true,\"redis\":true}", NULL, NOW);
    expect(fold_at(NOW, EU), HEALTH_DEGRADED, "healthcheck: names no version");
    set_probe(EU, 503, "", NULL, NOW);
    expect(fold_at(NOW, EU), HEALTH_DEGRADED, "healthcheck: HTTP 503");
    set_probe(EU, 0, NULL, "connection refused", NOW);
    expect(fold_at(NOW, EU), HEALTH_DEGRADED, "healthcheck: connection refused");
    set_probe(EU, 200, "{\"version\":\"5.0.2\",\"postgres\":true,\"redis\":true}", NULL,
              NOW - 3 * WHEN_MINUTE - 1);
    expect(fold_at(NOW, EU), HEALTH_STALE, "healthcheck: 3m old (limit 3m)");
}

Test(fleet, a_dr_cell_without_traffic_stands_by_but_its_health_must_be_fresh)
{
    for (enum metric metric = METRIC_HEALTH + 1; metric < METRIC_OWN; metric++)
        set_series(&readings[DR], metric, NULL);
    expect(fold_at(NOW, DR), HEALTH_STANDBY, "");
    set_series(&readings[DR], METRIC_HEALTH, steady(1, 3, NOW - 4 * WHEN_MINUTE));
    expect(fold_at(NOW, DR), HEALTH_STALE, "cell_health_status: 4m old (limit 3m)");
}

Test(fleet, a_replica_behind_its_rpo_degrades_the_dr_cell)
{
    series_unref(readings[DR].replica_lag);
    readings[DR].replica_lag = steady(61, 3, NOW);
    expect(fold_at(NOW, DR), HEALTH_DEGRADED, "replica lag 61 s (rpo 60s)");
}

Test(fleet, the_worst_reason_comes_first_and_names_the_state)
{
    set_alarm(EU, ALARM_ALARM);
    set_series(&readings[EU], METRIC_CPU, NULL);
    set_series(&readings[EU], METRIC_HEALTH, steady(0, 2, NOW));
    const struct cell *cell = fold_at(NOW, EU);
    expect(cell, HEALTH_UNHEALTHY, "cell_health_status is 0 (must be 1)");
    cr_expect_str_eq(cell->reasons[1], "cell_cpu_utilization: no data");
    cr_expect_str_eq(cell->reasons[2], "alarm cell-eu-5xx is in ALARM");
    cr_expect(cell->reasons[3] == NULL);
}

Test(fleet, the_next_change_is_when_the_oldest_value_turns_stale)
{
    set_series(&readings[ONE], METRIC_CPU, steady(40, 3, NOW - WHEN_MINUTE));
    fold_at(NOW, EU);
    gint64 change_ms = fleet_next_change_ms(snapshot);
    cr_expect_eq(change_ms, NOW + 2 * WHEN_MINUTE + 1);
    cr_expect_eq(fold_at(change_ms - 1, ONE)->health, HEALTH_HEALTHY);
    cr_expect_eq(fold_at(change_ms, ONE)->health, HEALTH_STALE);
}

/* Folded out of the snapshot before it, a cell is as if it had been judged from scratch. */
static const struct cell *fold_on(gint64 now_ms, int at)
{
    struct fleet_input input = {.config = config, .readings = readings};
    struct snapshot *next = fleet_fold_after(snapshot, &input, now_ms);
    OWN(snapshot) anew = fleet_fold(&input, now_ms);
    for (size_t i = 0; i < CELLS; i++) {
        const struct cell *cell = &next->cells[i], *other = &anew->cells[i];
        cr_expect_eq(cell->health, other->health);
        cr_expect(
            g_strv_equal((const char *const *)cell->reasons, (const char *const *)other->reasons));
        cr_expect_eq(cell->since_ms, other->since_ms);
        cr_expect_eq(cell->closed_to_new, other->closed_to_new);
        cr_expect_eq(g_strcmp0(cell->version, other->version), 0);
        cr_expect_eq(cell->version_at_ms, other->version_at_ms);
        cr_expect_float_eq(cell->used_pct, other->used_pct, 1e-9);
        cr_expect_eq(cell->change_ms, other->change_ms);
        cr_expect_eq(cell->tells_age, other->tells_age);
    }
    snapshot_unref(snapshot);
    snapshot = next;
    return &snapshot->cells[at];
}

Test(fleet, a_cell_that_nothing_is_read_of_any_more_turns_stale_by_time_alone)
{
    for (gint64 now_ms = NOW; now_ms < NOW + 10 * WHEN_MINUTE; now_ms += 7 * WHEN_SECOND) {
        const struct cell *cell = fold_on(now_ms, ONE);
        cr_expect_eq(cell->health == HEALTH_HEALTHY, now_ms <= NOW + 3 * WHEN_MINUTE);
    }
    const struct cell *cell = fold_on(NOW + 10 * WHEN_MINUTE, ONE);
    expect(cell, HEALTH_STALE, "all metrics: 10m old (limit 3m)");
    fold_on(NOW + 11 * WHEN_MINUTE, ONE);
    expect(&snapshot->cells[ONE], HEALTH_STALE, "all metrics: 11m old (limit 3m)");
}

Test(fleet, a_clock_that_is_put_back_has_every_cell_judged_anew)
{
    fold_on(NOW, ONE);
    fold_on(NOW - 2 * WHEN_MINUTE, ONE);
    fold_on(NOW - WHEN_HOUR, ONE);
    fold_on(NOW, ONE);
}

Test(fleet, a_period_that_has_not_begun_counts_from_its_beginning_on)
{
    set_series(&readings[ONE], METRIC_HEALTH, steady(0, 1, NOW + 3 * WHEN_MINUTE));
    expect(fold_on(NOW, ONE), HEALTH_UNKNOWN, "cell_health_status: no data");
    cr_expect_eq(fleet_next_change_ms(snapshot), NOW + 2 * WHEN_MINUTE);
    fold_on(NOW + 2 * WHEN_MINUTE - 1, ONE);
    expect(fold_on(NOW + 2 * WHEN_MINUTE, ONE), HEALTH_UNHEALTHY,
           "cell_health_status is 0 (must be 1)");
}

Test(fleet, a_dr_cell_whose_replica_lag_is_not_measured_does_not_stand_by)
{
    series_unref(readings[DR].replica_lag);
    readings[DR].replica_lag = steady(61, 3, NOW - WHEN_MINUTE);
    fold_on(NOW, DR);
    expect(fold_on(NOW + 2 * WHEN_MINUTE, DR), HEALTH_DEGRADED, "replica lag 61 s (rpo 60s)");
    expect(fold_on(NOW + 2 * WHEN_MINUTE + 1, DR), HEALTH_STALE, "lag_s: 3m old (limit 3m)");
    g_clear_pointer(&readings[DR].replica_lag, series_unref);
    expect(fold_on(NOW, DR), HEALTH_UNKNOWN, "lag_s: no data");
}

Test(fleet, whatever_is_read_anew_is_judged_anew)
{
    fold_on(NOW, ONE);
    set_series(&readings[ONE], METRIC_HEALTH, steady(0, 2, NOW));
    expect(fold_on(NOW, ONE), HEALTH_UNHEALTHY, "cell_health_status is 0 (must be 1)");
    set_series(&readings[ONE], METRIC_HEALTH, steady(1, 2, NOW));
    expect(fold_on(NOW, ONE), HEALTH_HEALTHY, "");
    struct cell_reading loud = well_reading(NOW);
    g_ptr_array_unref(readings[ONE].alarms);
    readings[ONE].alarms = g_ptr_array_ref(loud.alarms);
    cell_reading_clear(&loud);
    set_alarm(ONE, ALARM_ALARM);
    cr_expect_eq(fold_on(NOW, ONE)->health, HEALTH_DEGRADED);
    readings[ONE].alarms_at_ms = NOW - 5 * WHEN_MINUTE;
    cr_expect_eq(fold_on(NOW, ONE)->health, HEALTH_STALE);
    g_clear_pointer(&readings[ONE].probes, g_ptr_array_unref);
    cr_expect_eq(fold_on(NOW, EU)->health, HEALTH_HEALTHY);
}

static struct tenant *tenant_of(const char *id, const char *cell, gint64 users)
{
    struct tenant draft = {.id = id, .cell = cell, .current_users = users, .max_users = 100};
    return tenant_new(&draft);
}

Test(fleet, tenants_are_added_up_by_cell_and_found_by_id)
{
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    g_ptr_array_add(tenants, tenant_of("t9", "cell-eu", 30));
    g_ptr_array_add(tenants, tenant_of("t1", "cell-eu", 12));
    g_ptr_array_add(tenants, tenant_of("t5", "cell-eu", -1));
    g_ptr_array_add(tenants, tenant_of("t2", "nowhere", 5));
    g_ptr_array_add(tenants, tenant_of("t3", NULL, 5));
    g_ptr_array_add(tenants, tenant_of("t5", "cell-1", 1));
    struct registry *registry = registry_new(tenants, NOW, false);
    struct fleet_input input = {.config = config, .readings = readings, .registry = registry};
    snapshot = fleet_fold(&input, NOW);
    registry_unref(registry);
    cr_expect_eq(snapshot->cells[EU].tenants, 3);
    cr_expect_eq(snapshot->cells[EU].registered_users, 42);
    cr_expect_eq(snapshot->cells[EU].quota_users, 300);
    cr_expect_eq(snapshot->unplaced, 2);
    cr_expect(!snapshot->registry->complete);
    cr_expect_eq(snapshot_tenant(snapshot, "t9")->current_users, 30);
    cr_expect_str_eq(snapshot_tenant(snapshot, "t1")->cell, "cell-eu");
    cr_expect(snapshot_tenant(snapshot, "t4") == NULL);
    cr_expect(snapshot_tenant(snapshot, "zz") == NULL);
    const struct tenant *twin = snapshot->registry->tenants->pdata[4];
    cr_expect_str_eq(twin->fault, "another item has this tenantId");
}
