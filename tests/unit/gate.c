/* The gates of rollout.md, each rule by its name. Periods are 60 s, settled 15 s after their end;
 * the cell was deployed at 0 h 00 of the toy day, after two hours of past. */
#include "rollout/gate.h"
#include "data/base/when.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define DEPLOYED_MS (G_GINT64_CONSTANT(28333333) * WHEN_MINUTE)
#define PAST        120

struct cell_rows {
    GArray *points[METRIC_COUNT];
    struct cell_reading reading;
};

struct bench {
    struct gates_config policy;
    struct cell_config cell;
    struct cell_rows own, control;
    struct gate_control controls[1];
    struct gate_memory *memory;
    struct gate_view view;
    struct gate_result results[GATE_COUNT];
    struct bake_samples samples;
};

static void row(struct cell_rows *rows, enum metric metric, int minute, double value)
{
    struct datapoint point = {DEPLOYED_MS + minute * WHEN_MINUTE, value};
    g_array_append_val(rows->points[metric], point);
}

static void well(struct cell_rows *rows, int minute)
{
    row(rows, METRIC_HEALTH, minute, 1);
    row(rows, METRIC_REQUESTS, minute, 1000);
    row(rows, METRIC_ERROR_RATE, minute, 0.3);
    row(rows, METRIC_ACTIVE_USERS, minute, 400);
}

static void probed(struct cell_rows *rows, int minute, const char *version, bool up)
{
    struct probe *probe = g_new0(struct probe, 1);
    struct dependency *postgres = g_new0(struct dependency, 1);
    *postgres = (struct dependency){g_strdup("postgres"), up};
    *probe = (struct probe){.at_ms = DEPLOYED_MS + minute * WHEN_MINUTE + 20 * WHEN_SECOND,
                            .answered = true,
                            .version = g_strdup(version),
                            .dependencies = g_ptr_array_new()};
    g_ptr_array_add(probe->dependencies, postgres);
    g_ptr_array_add(rows->reading.probes, probe);
}

static void rows_init(struct cell_rows *rows)
{
    for (size_t i = 0; i < METRIC_COUNT; i++)
        rows->points[i] = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
    rows->reading.alarms = g_ptr_array_new();
    rows->reading.probes = g_ptr_array_new();
    for (int minute = -PAST; minute < 0; minute++)
        well(rows, minute);
}

static void rows_clear(struct cell_rows *rows)
{
    for (guint i = 0; i < rows->reading.probes->len; i++) {
        struct probe *probe = g_ptr_array_index(rows->reading.probes, i);
        struct dependency *dependency = g_ptr_array_index(probe->dependencies, 0);
        g_free(dependency->name);
        g_free(dependency);
        g_ptr_array_unref(probe->dependencies);
        g_free(probe->version);
        g_free(probe);
    }
    g_ptr_array_unref(rows->reading.probes);
    if (rows->reading.alarms)
        g_ptr_array_unref(rows->reading.alarms);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        series_unref(rows->reading.series[i]);
        g_array_unref(rows->points[i]);
    }
}

static struct bench *bench_new(void)
{
    static char *none[] = {NULL};
    static char *prefixes[] = {(char *)"{cell}-", NULL};
    struct bench *bench = g_new0(struct bench, 1);
    bench->policy = (struct gates_config){.warmup_ms = 3 * WHEN_MINUTE,
                                          .min_requests = 300,
                                          .deadline_ms = 15 * WHEN_MINUTE,
                                          .max_error_rate_pct = 5,
                                          .max_used_pct = 90,
                                          .alarm_names = none,
                                          .alarm_prefixes = prefixes};
    bench->cell = (struct cell_config){
        .id = (char *)"cell-2", .source = (char *)"us-west-2", .max_users = 1000};
    bench->memory = gate_memory_new();
    rows_init(&bench->own);
    rows_init(&bench->control);
    return bench;
}

static void bench_free(struct bench *bench)
{
    for (size_t i = 0; i < GATE_COUNT; i++)
        gate_result_clear(&bench->results[i]);
    rows_clear(&bench->own);
    rows_clear(&bench->control);
    gate_memory_free(bench->memory);
    g_free(bench);
}
OWNABLE(bench, bench_free);

static void well_until(struct bench *bench, int minutes)
{
    for (int minute = 0; minute < minutes; minute++) {
        well(&bench->own, minute);
        well(&bench->control, minute);
        probed(&bench->own, minute, "5.0.3", true);
        probed(&bench->control, minute, "5.0.2", true);
    }
}

static void finish(struct cell_rows *rows)
{
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        series_unref(rows->reading.series[i]);
        rows->reading.series[i] =
            series_new((const struct datapoint *)rows->points[i]->data, rows->points[i]->len);
    }
}

/* Judges when the period that starts at `minute - 1` has just settled, of a bake of 30 minutes. */
static const struct gate_result *judge(struct bench *bench, int minute, enum gate gate)
{
    gint64 now_ms = DEPLOYED_MS + minute * WHEN_MINUTE + 15 * WHEN_SECOND;
    finish(&bench->own);
    finish(&bench->control);
    bench->controls[0] = (struct gate_control){"cell-1", &bench->control.reading};
    bench->own.reading.alarms_at_ms = now_ms;
    bench->view = (struct gate_view){.policy = &bench->policy,
                                     .cell = &bench->cell,
                                     .dr = bench->view.dr,
                                     .low_traffic_pass = bench->view.low_traffic_pass,
                                     .period_ms = WHEN_MINUTE,
                                     .settle_ms = 15 * WHEN_SECOND,
                                     .deployed_at_ms = DEPLOYED_MS,
                                     .bake_ms = 30 * WHEN_MINUTE,
                                     .now_ms = now_ms,
                                     .version = "5.0.3",
                                     .reading = &bench->own.reading,
                                     .controls = bench->controls,
                                     .n_controls = 1,
                                     .memory = bench->memory};
    for (size_t i = 0; i < GATE_COUNT; i++)
        gate_result_clear(&bench->results[i]);
    gates_judge(&bench->view, bench->results, &bench->samples);
    return &bench->results[gate];
}

#define EXPECT(result, wanted)                                                                     \
    cr_expect_eq((result)->verdict, wanted, "%s: %s", verdict_name((result)->verdict),             \
                 (result)->reason)

Test(gate, a_good_bake_passes_every_gate)
{
    OWN(bench) bench = bench_new();
    well_until(bench, 30);
    judge(bench, 30, GATE_LIMITS);
    for (size_t i = 0; i < GATE_COUNT; i++)
        EXPECT(&bench->results[i], VERDICT_PASS);
    cr_expect(bench->samples.enough);
    cr_expect_eq(gates_sum(bench->results), VERDICT_PASS);
}

Test(gate, one_that_is_off_passes_and_says_so)
{
    OWN(bench) bench = bench_new();
    char *off[] = {(char *)"alarms", NULL};
    bench->policy.off = off;
    well_until(bench, 30);
    g_clear_pointer(&bench->own.reading.alarms, g_ptr_array_unref);
    const struct gate_result *result = judge(bench, 30, GATE_ALARMS);
    EXPECT(result, VERDICT_PASS);
    cr_expect_str_eq(result->reason, "not asked: gates.off names it");
    bench->policy.off = NULL;
    EXPECT(judge(bench, 30, GATE_ALARMS), VERDICT_HOLD);
}

Test(gate, a_bake_is_settled_when_its_last_period_is)
{
    OWN(bench) bench = bench_new();
    well_until(bench, 30);
    judge(bench, 29, GATE_LIMITS);
    cr_expect(bench->samples.enough);
    cr_expect(!bench->samples.settled);
    judge(bench, 30, GATE_LIMITS);
    cr_expect(bench->samples.settled);
}

Test(gate, limits_fail_when_two_of_three_settled_periods_are_over_the_error_rate)
{
    OWN(bench) bench = bench_new();
    well_until(bench, 8);
    row(&bench->own, METRIC_ERROR_RATE, 8, 6.8);
    EXPECT(judge(bench, 9, GATE_LIMITS), VERDICT_PASS);
    row(&bench->own, METRIC_ERROR_RATE, 9, 7.1);
    const struct gate_result *result = judge(bench, 10, GATE_LIMITS);
    EXPECT(result, VERDICT_FAIL);
    cr_expect(strstr(result->reason, "6.8 %, 7.1 %"), "%s", result->reason);
    cr_expect_geq(json_array_size(result->evidence), 2);
}

Test(gate, limits_never_look_at_a_period_that_has_not_settled)
{
    OWN(bench) bench = bench_new();
    well_until(bench, 8);
    row(&bench->own, METRIC_ERROR_RATE, 8, 50);
    row(&bench->own, METRIC_ERROR_RATE, 9, 50);
    EXPECT(judge(bench, 9, GATE_LIMITS), VERDICT_PASS);
}

Test(gate, limits_never_look_at_data_from_before_the_deploy)
{
    OWN(bench) bench = bench_new();
    g_array_set_size(bench->own.points[METRIC_ERROR_RATE], PAST - 2);
    row(&bench->own, METRIC_ERROR_RATE, -2, 50);
    row(&bench->own, METRIC_ERROR_RATE, -1, 50);
    well_until(bench, 1);
    EXPECT(judge(bench, 1, GATE_LIMITS), VERDICT_PASS);
}

Test(gate, limits_fail_on_one_period_of_health_0)
{
    OWN(bench) bench = bench_new();
    well_until(bench, 8);
    row(&bench->own, METRIC_HEALTH, 8, 0);
    EXPECT(judge(bench, 9, GATE_LIMITS), VERDICT_FAIL);
}

Test(gate, limits_that_the_controls_cross_too_are_not_attributable)
{
    OWN(bench) bench = bench_new();
    well_until(bench, 8);
    for (int minute = 8; minute < 10; minute++) {
        row(&bench->own, METRIC_ERROR_RATE, minute, 8);
        row(&bench->control, METRIC_ERROR_RATE, minute, 9);
    }
    const struct gate_result *result = judge(bench, 10, GATE_LIMITS);
    EXPECT(result, VERDICT_HOLD);
    cr_expect_str_eq(result->code, "not attributable");
}

Test(gate, limits_that_the_cell_crossed_before_the_deploy_are_not_attributable)
{
    OWN(bench) bench = bench_new();
    g_array_set_size(bench->own.points[METRIC_ERROR_RATE], PAST - 20);
    for (int minute = -20; minute < 0; minute++)
        row(&bench->own, METRIC_ERROR_RATE, minute, 8);
    well_until(bench, 8);
    row(&bench->own, METRIC_ERROR_RATE, 8, 7);
    row(&bench->own, METRIC_ERROR_RATE, 9, 7);
    EXPECT(judge(bench, 10, GATE_LIMITS), VERDICT_HOLD);
}

Test(gate, warmup_forgives_restart_noise_but_not_twice_the_limit)
{
    const struct {
        double error_rate_pct;
        enum verdict verdict;
    } cases[] = {{9, VERDICT_PASS}, {11, VERDICT_FAIL}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(bench) bench = bench_new();
        for (int minute = 0; minute < 3; minute++) {
            row(&bench->own, METRIC_HEALTH, minute, 0);
            row(&bench->own, METRIC_ACTIVE_USERS, minute, 400);
            row(&bench->own, METRIC_ERROR_RATE, minute, cases[i].error_rate_pct);
        }
        EXPECT(judge(bench, 3, GATE_LIMITS), VERDICT_PASS);
        row(&bench->own, METRIC_HEALTH, 3, 1);
        row(&bench->own, METRIC_ERROR_RATE, 3, 9);
        EXPECT(judge(bench, 4, GATE_LIMITS), cases[i].verdict);
    }
}

Test(gate, a_value_that_can_not_be_is_no_datum)
{
    const double absurd[] = {NAN, INFINITY, -1, 101};
    for (size_t i = 0; i < G_N_ELEMENTS(absurd); i++) {
        OWN(bench) bench = bench_new();
        well_until(bench, 8);
        for (int minute = 8; minute < 11; minute++) {
            row(&bench->own, METRIC_HEALTH, minute, 1);
            row(&bench->own, METRIC_REQUESTS, minute, 1000);
            row(&bench->own, METRIC_ERROR_RATE, minute, absurd[i]);
        }
        EXPECT(judge(bench, 11, GATE_DATA), VERDICT_HOLD);
        cr_expect_neq(bench->results[GATE_LIMITS].verdict, VERDICT_FAIL);
        cr_expect_neq(bench->results[GATE_LIMITS].verdict, VERDICT_PASS);
    }
}

Test(gate, three_settled_periods_without_data_are_no_data_and_hold)
{
    OWN(bench) bench = bench_new();
    well_until(bench, 6);
    EXPECT(judge(bench, 8, GATE_DATA), VERDICT_PENDING);
    EXPECT(judge(bench, 9, GATE_DATA), VERDICT_HOLD);
    bench->policy.no_data = NO_DATA_FAIL;
    EXPECT(judge(bench, 9, GATE_DATA), VERDICT_FAIL);
    bench->policy.no_data = NO_DATA_IGNORE;
    EXPECT(judge(bench, 9, GATE_DATA), VERDICT_HOLD);
}

Test(gate, no_data_ignore_is_not_honoured_for_health_error_rate_and_probe)
{
    const enum gate never[] = {GATE_LIMITS, GATE_PROBE, GATE_DATA};
    OWN(bench) bench = bench_new();
    bench->policy.no_data = NO_DATA_IGNORE;
    judge(bench, 31, GATE_DATA);
    for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
        cr_expect_neq(bench->results[never[i]].verdict, VERDICT_PASS, "%s", gate_name(never[i]));
    cr_expect(!bench->samples.enough);
}

Test(gate, data_that_come_back_start_the_last_six_anew)
{
    OWN(bench) bench = bench_new();
    well_until(bench, 25);
    for (int minute = 28; minute < 34; minute++) {
        well(&bench->own, minute);
        EXPECT(judge(bench, minute + 1, GATE_DATA), minute < 33 ? VERDICT_PENDING : VERDICT_PASS);
    }
}

Test(gate, less_than_70_percent_of_the_bakes_periods_is_not_enough)
{
    OWN(bench) bench = bench_new();
    for (int minute = 10; minute < 30; minute++)
        well(&bench->own, minute);
    EXPECT(judge(bench, 30, GATE_DATA), VERDICT_PENDING);
    cr_expect(!bench->samples.enough);
    well(&bench->own, 30);
    EXPECT(judge(bench, 31, GATE_DATA), VERDICT_PASS);
}

static struct alarm rings = {.name = (char *)"cell-2-errors", .state = ALARM_ALARM};

Test(gate, an_alarm_that_rings_after_the_deploy_fails)
{
    OWN(bench) bench = bench_new();
    struct alarm alarm = rings;
    alarm.since_ms = DEPLOYED_MS + 5 * WHEN_MINUTE;
    g_ptr_array_add(bench->own.reading.alarms, &alarm);
    EXPECT(judge(bench, 6, GATE_ALARMS), VERDICT_FAIL);
    alarm.since_ms = DEPLOYED_MS - 1;
    EXPECT(judge(bench, 6, GATE_ALARMS), VERDICT_HOLD);
    alarm.state = ALARM_INSUFFICIENT_DATA;
    EXPECT(judge(bench, 6, GATE_ALARMS), VERDICT_HOLD);
    alarm.name = (char *)"cell-3-errors";
    alarm.state = ALARM_ALARM;
    EXPECT(judge(bench, 6, GATE_ALARMS), VERDICT_PASS);
}

Test(gate, alarms_that_can_not_be_read_never_pass)
{
    OWN(bench) bench = bench_new();
    g_ptr_array_unref(g_steal_pointer(&bench->own.reading.alarms));
    const struct gate_result *early = judge(bench, 1, GATE_ALARMS);
    EXPECT(early, VERDICT_PENDING);
    cr_expect(strstr(early->reason, "not been read since the deploy yet"), "%s", early->reason);
    const struct gate_result *late = judge(bench, 4, GATE_ALARMS);
    EXPECT(late, VERDICT_HOLD);
    cr_expect(strstr(late->reason, "could not be read for 3 periods"), "%s", late->reason);
}

Test(gate, probe_passes_after_three_good_answers_running_since_the_deploy)
{
    OWN(bench) bench = bench_new();
    probed(&bench->own, -1, "5.0.3", true);
    probed(&bench->own, 0, "5.0.3", true);
    probed(&bench->own, 1, "5.0.3-a1b2c3", true);
    EXPECT(judge(bench, 2, GATE_PROBE), VERDICT_PENDING);
    probed(&bench->own, 2, "5.0.3", true);
    EXPECT(judge(bench, 3, GATE_PROBE), VERDICT_PASS);
}

Test(gate, probe_fails_after_three_misses_running_and_not_before)
{
    OWN(bench) bench = bench_new();
    well_until(bench, 6);
    for (int minute = 6; minute < 9; minute++) {
        probed(&bench->own, minute, minute == 7 ? "5.0.2" : "5.0.3", minute == 7);
        EXPECT(judge(bench, minute + 1, GATE_PROBE), minute < 8 ? VERDICT_PENDING : VERDICT_FAIL);
    }
}

Test(gate, probe_that_is_not_asked_holds)
{
    OWN(bench) bench = bench_new();
    well_until(bench, 6);
    EXPECT(judge(bench, 12, GATE_PROBE), VERDICT_HOLD);
}

Test(gate, low_traffic_is_pending_in_the_bake_and_holds_after_it)
{
    OWN(bench) bench = bench_new();
    g_array_set_size(bench->own.points[METRIC_REQUESTS], 0);
    for (int minute = -PAST; minute < 30; minute++)
        row(&bench->own, METRIC_REQUESTS, minute, 9);
    EXPECT(judge(bench, 20, GATE_TRAFFIC), VERDICT_PENDING);
    EXPECT(judge(bench, 30, GATE_TRAFFIC), VERDICT_HOLD);
    bench->view.low_traffic_pass = true;
    EXPECT(judge(bench, 30, GATE_TRAFFIC), VERDICT_PASS);
}

Test(gate, traffic_that_collapses_after_the_deploy_fails_unless_the_controls_share_it)
{
    OWN(bench) bench = bench_new();
    well_until(bench, 6);
    for (int minute = 6; minute < 9; minute++)
        row(&bench->own, METRIC_REQUESTS, minute, 10);
    EXPECT(judge(bench, 8, GATE_TRAFFIC), VERDICT_PASS);
    EXPECT(judge(bench, 9, GATE_TRAFFIC), VERDICT_FAIL);
    for (int minute = 6; minute < 9; minute++)
        row(&bench->control, METRIC_REQUESTS, minute, 10);
    EXPECT(judge(bench, 9, GATE_TRAFFIC), VERDICT_HOLD);
}

Test(gate, a_dr_cell_is_asked_for_health_alarms_and_probe_only)
{
    OWN(bench) bench = bench_new();
    bench->view.dr = true;
    for (int minute = 0; minute < 30; minute++) {
        row(&bench->own, METRIC_HEALTH, minute, 1);
        probed(&bench->own, minute, "5.0.3", true);
    }
    judge(bench, 30, GATE_LIMITS);
    for (size_t i = 0; i < GATE_COUNT; i++)
        EXPECT(&bench->results[i], VERDICT_PASS);
}

Test(gate, no_data_at_all_passes_no_gate_that_needs_any)
{
    OWN(bench) bench = bench_new();
    judge(bench, 60, GATE_DATA);
    const enum gate needy[] = {GATE_LIMITS, GATE_PROBE, GATE_DATA, GATE_TRAFFIC};
    for (size_t i = 0; i < G_N_ELEMENTS(needy); i++)
        cr_expect_neq(bench->results[needy[i]].verdict, VERDICT_PASS, "%s", gate_name(needy[i]));
}
