/* The gates of rollout.md, each rule by its name. */
#include "tests/unit/gate_bench.h"

#include <math.h>
#include <string.h>

Test(gate, a_good_bake_passes_every_gate)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 30);
    bench_judge(bench, 30, GATE_LIMITS);
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
    bench_well_until(bench, 30);
    g_clear_pointer(&bench->own.reading.alarms, g_ptr_array_unref);
    const struct gate_result *result = bench_judge(bench, 30, GATE_ALARMS);
    EXPECT(result, VERDICT_PASS);
    cr_expect_str_eq(result->reason, "not asked: gates.off names it");
    bench->policy.off = NULL;
    EXPECT(bench_judge(bench, 30, GATE_ALARMS), VERDICT_HOLD);
}

Test(gate, what_a_bake_lacks_in_data_is_said_in_words_that_stay_true_while_it_does)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 20);
    EXPECT(bench_judge(bench, 2, GATE_DATA), VERDICT_PENDING);
    g_autofree char *first = g_strdup(bench->results[GATE_DATA].reason);
    EXPECT(bench_judge(bench, 20, GATE_DATA), VERDICT_PENDING);
    cr_expect_str_eq(bench->results[GATE_DATA].reason, first);
}

Test(gate, a_bake_is_settled_when_its_last_period_is)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 30);
    bench_judge(bench, 29, GATE_LIMITS);
    cr_expect(bench->samples.enough);
    cr_expect(!bench->samples.settled);
    bench_judge(bench, 30, GATE_LIMITS);
    cr_expect(bench->samples.settled);
}

Test(gate, limits_fail_when_two_of_three_settled_periods_are_over_the_error_rate)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 8);
    bench_row(&bench->own, METRIC_ERROR_RATE, 8, 6.8);
    EXPECT(bench_judge(bench, 9, GATE_LIMITS), VERDICT_PASS);
    bench_row(&bench->own, METRIC_ERROR_RATE, 9, 7.1);
    const struct gate_result *result = bench_judge(bench, 10, GATE_LIMITS);
    EXPECT(result, VERDICT_FAIL);
    cr_expect(strstr(result->reason, "6.8 %, 7.1 %"), "%s", result->reason);
    cr_expect_geq(json_array_size(result->evidence), 2);
}

Test(gate, limits_never_look_at_a_period_that_has_not_settled)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 8);
    bench_row(&bench->own, METRIC_ERROR_RATE, 8, 50);
    bench_row(&bench->own, METRIC_ERROR_RATE, 9, 50);
    EXPECT(bench_judge(bench, 9, GATE_LIMITS), VERDICT_PASS);
}

Test(gate, limits_never_look_at_data_from_before_the_deploy)
{
    OWN(bench) bench = bench_new();
    g_array_set_size(bench->own.points[METRIC_ERROR_RATE], PAST - 2);
    bench_row(&bench->own, METRIC_ERROR_RATE, -2, 50);
    bench_row(&bench->own, METRIC_ERROR_RATE, -1, 50);
    bench_well_until(bench, 1);
    EXPECT(bench_judge(bench, 1, GATE_LIMITS), VERDICT_PASS);
}

Test(gate, limits_fail_on_one_period_of_health_0)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 8);
    bench_row(&bench->own, METRIC_HEALTH, 8, 0);
    EXPECT(bench_judge(bench, 9, GATE_LIMITS), VERDICT_FAIL);
}

Test(gate, limits_that_the_controls_cross_too_are_not_attributable)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 8);
    for (int minute = 8; minute < 10; minute++) {
        bench_row(&bench->own, METRIC_ERROR_RATE, minute, 8);
        bench_row(&bench->control, METRIC_ERROR_RATE, minute, 9);
    }
    const struct gate_result *result = bench_judge(bench, 10, GATE_LIMITS);
    EXPECT(result, VERDICT_HOLD);
    cr_expect_str_eq(result->code, "not attributable");
}

Test(gate, limits_that_the_cell_crossed_before_the_deploy_are_not_attributable)
{
    OWN(bench) bench = bench_new();
    g_array_set_size(bench->own.points[METRIC_ERROR_RATE], PAST - 20);
    for (int minute = -20; minute < 0; minute++)
        bench_row(&bench->own, METRIC_ERROR_RATE, minute, 8);
    bench_well_until(bench, 8);
    bench_row(&bench->own, METRIC_ERROR_RATE, 8, 7);
    bench_row(&bench->own, METRIC_ERROR_RATE, 9, 7);
    EXPECT(bench_judge(bench, 10, GATE_LIMITS), VERDICT_HOLD);
}

/* Down for half an hour from minute `outage` on, of a past of 28 hours, and again after the deploy.
 */
static enum verdict down_after_an_outage(int outage)
{
    const int half_an_hour = 30;
    OWN(bench) bench = bench_new();
    g_array_set_size(bench->own.points[METRIC_HEALTH], 0);
    for (int minute = -28 * 60; minute < 10; minute++) {
        bool down = minute >= outage && minute < outage + half_an_hour;
        bench_row(&bench->own, METRIC_HEALTH, minute, !down && minute < 5);
    }
    return bench_judge(bench, 10, GATE_LIMITS)->verdict;
}

Test(gate, limits_that_the_cell_crossed_the_day_before_excuse_the_same_hour_only)
{
    const int day = WHEN_DAY / WHEN_MINUTE, hour = WHEN_HOUR / WHEN_MINUTE;
    cr_expect_eq(down_after_an_outage(-day), VERDICT_HOLD, "a job of the night");
    cr_expect_eq(down_after_an_outage(-day + 4 * hour), VERDICT_FAIL, "an outage that is over");
    cr_expect_eq(down_after_an_outage(-2 * hour), VERDICT_HOLD, "it has not been well since");
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
            bench_row(&bench->own, METRIC_HEALTH, minute, 0);
            bench_row(&bench->own, METRIC_ACTIVE_USERS, minute, 400);
            bench_row(&bench->own, METRIC_ERROR_RATE, minute, cases[i].error_rate_pct);
        }
        EXPECT(bench_judge(bench, 3, GATE_LIMITS), VERDICT_PASS);
        bench_row(&bench->own, METRIC_HEALTH, 3, 1);
        bench_row(&bench->own, METRIC_ERROR_RATE, 3, 9);
        EXPECT(bench_judge(bench, 4, GATE_LIMITS), cases[i].verdict);
    }
}

Test(gate, a_value_that_can_not_be_is_no_datum)
{
    const double absurd[] = {NAN, INFINITY, -1, 101};
    for (size_t i = 0; i < G_N_ELEMENTS(absurd); i++) {
        OWN(bench) bench = bench_new();
        bench_well_until(bench, 8);
        for (int minute = 8; minute < 11; minute++) {
            bench_row(&bench->own, METRIC_HEALTH, minute, 1);
            bench_row(&bench->own, METRIC_REQUESTS, minute, 1000);
            bench_row(&bench->own, METRIC_ERROR_RATE, minute, absurd[i]);
        }
        EXPECT(bench_judge(bench, 11, GATE_DATA), VERDICT_HOLD);
        cr_expect_neq(bench->results[GATE_LIMITS].verdict, VERDICT_FAIL);
        cr_expect_neq(bench->results[GATE_LIMITS].verdict, VERDICT_PASS);
    }
}

Test(gate, three_settled_periods_without_data_are_no_data_and_hold)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 6);
    EXPECT(bench_judge(bench, 8, GATE_DATA), VERDICT_PENDING);
    EXPECT(bench_judge(bench, 9, GATE_DATA), VERDICT_HOLD);
    bench->policy.no_data = NO_DATA_FAIL;
    EXPECT(bench_judge(bench, 9, GATE_DATA), VERDICT_FAIL);
    bench->policy.no_data = NO_DATA_IGNORE;
    EXPECT(bench_judge(bench, 9, GATE_DATA), VERDICT_HOLD);
}

Test(gate, what_silence_means_may_be_said_of_each_gate)
{
    OWN(bench) bench = bench_new();
    bench->policy.no_data = NO_DATA_FAIL;
    bench->policy.data_no_data = NO_DATA_HOLD;
    bench_judge(bench, 31, GATE_DATA);
    cr_expect_eq(bench->results[GATE_DATA].verdict, VERDICT_HOLD);
    cr_expect_eq(bench->results[GATE_PROBE].verdict, VERDICT_FAIL);
    bench->policy.probe_no_data = NO_DATA_HOLD;
    bench_judge(bench, 31, GATE_PROBE);
    cr_expect_eq(bench->results[GATE_PROBE].verdict, VERDICT_HOLD);
    g_clear_pointer(&bench->own.reading.alarms, g_ptr_array_unref);
    EXPECT(bench_judge(bench, 31, GATE_ALARMS), VERDICT_FAIL);
    bench->policy.alarms_no_data = NO_DATA_IGNORE;
    EXPECT(bench_judge(bench, 31, GATE_ALARMS), VERDICT_PASS);
}

Test(gate, no_data_ignore_is_not_honoured_for_health_error_rate_and_probe)
{
    const enum gate never[] = {GATE_LIMITS, GATE_PROBE, GATE_DATA};
    OWN(bench) bench = bench_new();
    bench->policy.no_data = NO_DATA_IGNORE;
    bench_judge(bench, 31, GATE_DATA);
    for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
        cr_expect_neq(bench->results[never[i]].verdict, VERDICT_PASS, "%s", gate_name(never[i]));
    cr_expect(!bench->samples.enough);
}

Test(gate, data_that_come_back_start_the_last_six_anew)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 25);
    for (int minute = 28; minute < 34; minute++) {
        bench_well(&bench->own, minute);
        EXPECT(bench_judge(bench, minute + 1, GATE_DATA),
               minute < 33 ? VERDICT_PENDING : VERDICT_PASS);
    }
}

Test(gate, less_than_70_percent_of_the_bakes_periods_is_not_enough)
{
    OWN(bench) bench = bench_new();
    for (int minute = 10; minute < 30; minute++)
        bench_well(&bench->own, minute);
    EXPECT(bench_judge(bench, 30, GATE_DATA), VERDICT_PENDING);
    cr_expect(!bench->samples.enough);
    bench_well(&bench->own, 30);
    EXPECT(bench_judge(bench, 31, GATE_DATA), VERDICT_PASS);
}

static struct alarm rings = {.name = (char *)"cell-2-errors", .state = ALARM_ALARM};

Test(gate, an_alarm_that_rings_after_the_deploy_fails)
{
    OWN(bench) bench = bench_new();
    struct alarm alarm = rings;
    alarm.since_ms = DEPLOYED_MS + 5 * WHEN_MINUTE;
    g_ptr_array_add(bench->own.reading.alarms, &alarm);
    EXPECT(bench_judge(bench, 6, GATE_ALARMS), VERDICT_FAIL);
    alarm.since_ms = DEPLOYED_MS - 1;
    EXPECT(bench_judge(bench, 6, GATE_ALARMS), VERDICT_HOLD);
    alarm.state = ALARM_INSUFFICIENT_DATA;
    EXPECT(bench_judge(bench, 6, GATE_ALARMS), VERDICT_HOLD);
    alarm.name = (char *)"cell-3-errors";
    alarm.state = ALARM_ALARM;
    EXPECT(bench_judge(bench, 6, GATE_ALARMS), VERDICT_PASS);
}

Test(gate, alarms_that_can_not_be_read_never_pass)
{
    OWN(bench) bench = bench_new();
    g_ptr_array_unref(g_steal_pointer(&bench->own.reading.alarms));
    const struct gate_result *early = bench_judge(bench, 1, GATE_ALARMS);
    EXPECT(early, VERDICT_PENDING);
    cr_expect(strstr(early->reason, "not been read since the deploy yet"), "%s", early->reason);
    const struct gate_result *late = bench_judge(bench, 4, GATE_ALARMS);
    EXPECT(late, VERDICT_HOLD);
    cr_expect(strstr(late->reason, "could not be read for 3 periods"), "%s", late->reason);
}

Test(gate, probe_passes_after_three_good_answers_running_since_the_deploy)
{
    OWN(bench) bench = bench_new();
    bench_probed(&bench->own, -1, "5.0.3", true);
    bench_probed(&bench->own, 0, "5.0.3", true);
    bench_probed(&bench->own, 1, "5.0.3-a1b2c3", true);
    EXPECT(bench_judge(bench, 2, GATE_PROBE), VERDICT_PENDING);
    bench_probed(&bench->own, 2, "5.0.3", true);
    EXPECT(bench_judge(bench, 3, GATE_PROBE), VERDICT_PASS);
}

Test(gate, probe_fails_after_three_misses_running_and_not_before)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 6);
    for (int minute = 6; minute < 9; minute++) {
        bench_probed(&bench->own, minute, minute == 7 ? "5.0.2" : "5.0.3", minute == 7);
        EXPECT(bench_judge(bench, minute + 1, GATE_PROBE),
               minute < 8 ? VERDICT_PENDING : VERDICT_FAIL);
    }
}

Test(gate, probe_that_is_not_asked_holds)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 6);
    EXPECT(bench_judge(bench, 12, GATE_PROBE), VERDICT_HOLD);
}

Test(gate, a_dr_cell_is_asked_for_health_alarms_and_probe_only)
{
    OWN(bench) bench = bench_new();
    bench->view.dr = true;
    for (int minute = 0; minute < 30; minute++) {
        bench_row(&bench->own, METRIC_HEALTH, minute, 1);
        bench_probed(&bench->own, minute, "5.0.3", true);
    }
    bench_judge(bench, 30, GATE_LIMITS);
    for (size_t i = 0; i < GATE_COUNT; i++)
        EXPECT(&bench->results[i], VERDICT_PASS);
}

Test(gate, no_data_at_all_passes_no_gate_that_needs_any)
{
    OWN(bench) bench = bench_new();
    bench_judge(bench, 60, GATE_DATA);
    const enum gate needy[] = {GATE_LIMITS, GATE_PROBE, GATE_DATA, GATE_TRAFFIC};
    for (size_t i = 0; i < G_N_ELEMENTS(needy); i++)
        cr_expect_neq(bench->results[needy[i]].verdict, VERDICT_PASS, "%s", gate_name(needy[i]));
}
