/* The gate slo: 14.4 times the error budget's rate over 1 h and 5 m, 6 times over 6 h and 30 m. The
 * cell promises 99.9 % and has 1,000 requests a minute. */
#include "tests/unit/gate_bench.h"

#include <string.h>

static struct bench *slo_bench(void)
{
    struct bench *bench = bench_new();
    bench->policy.max_ratio = 1.3;
    bench->policy.slo_fast = 14.4;
    bench->policy.slo_slow = 6;
    bench->policy.slo_min_events = 10;
    return bench;
}

/* Minutes of `cell` with that error rate; all else as ever. */
static void burn(struct cell_rows *cell, int from, int to, double requests, double error_rate_pct)
{
    for (int minute = from; minute < to; minute++) {
        bench_row(cell, METRIC_HEALTH, minute, 1);
        bench_row(cell, METRIC_REQUESTS, minute, requests);
        bench_row(cell, METRIC_ERROR_RATE, minute, error_rate_pct);
    }
}

Test(gate_slo, a_budget_burnt_15_times_too_fast_for_an_hour_fails)
{
    OWN(bench) bench = slo_bench();
    burn(&bench->own, 0, 63, 1000, 1.5);
    EXPECT(bench_judge(bench, 63, GATE_SLO), VERDICT_FAIL);
}

Test(gate_slo, the_hour_is_counted_whole_so_few_minutes_prove_nothing)
{
    OWN(bench) bench = slo_bench();
    burn(&bench->own, 0, 30, 1000, 1.5);
    EXPECT(bench_judge(bench, 30, GATE_SLO), VERDICT_PASS);
}

Test(gate_slo, what_is_over_for_five_minutes_does_not_fail)
{
    OWN(bench) bench = slo_bench();
    bench->policy.slo_slow = 0;
    burn(&bench->own, 0, 57, 1000, 2);
    burn(&bench->own, 57, 63, 1000, 0);
    EXPECT(bench_judge(bench, 63, GATE_SLO), VERDICT_PASS);
}

Test(gate_slo, six_times_over_six_hours_fails_too)
{
    OWN(bench) bench = slo_bench();
    burn(&bench->own, 0, 370, 1000, 0.7);
    EXPECT(bench_judge(bench, 370, GATE_SLO), VERDICT_FAIL);
    bench->policy.slo_slow = 0;
    EXPECT(bench_judge(bench, 370, GATE_SLO), VERDICT_PASS);
}

Test(gate_slo, fewer_errors_than_min_events_are_no_fail)
{
    OWN(bench) bench = slo_bench();
    burn(&bench->own, 0, 63, 10, 1.6); /* 9.6 errors in the hour */
    EXPECT(bench_judge(bench, 63, GATE_SLO), VERDICT_PASS);
    OWN(bench) other = slo_bench();
    other->policy.slo_min_events = 5;
    burn(&other->own, 0, 130, 300, 1.6);
    EXPECT(bench_judge(other, 130, GATE_SLO), VERDICT_FAIL);
}

Test(gate_slo, restart_noise_in_the_warmup_does_not_count)
{
    OWN(bench) bench = slo_bench();
    burn(&bench->own, 0, 3, 1000, 90);
    burn(&bench->own, 3, 63, 1000, 0.3);
    EXPECT(bench_judge(bench, 63, GATE_SLO), VERDICT_PASS);
}

Test(gate_slo, a_cell_that_burnt_its_budget_before_the_deploy_is_no_worse_for_it)
{
    OWN(bench) bench = slo_bench();
    g_array_set_size(bench->own.points[METRIC_ERROR_RATE], 0);
    for (int minute = -PAST; minute < 0; minute++)
        bench_row(&bench->own, METRIC_ERROR_RATE, minute, 1.4);
    burn(&bench->own, 0, 63, 1000, 1.5);
    EXPECT(bench_judge(bench, 63, GATE_SLO), VERDICT_PASS);
    cr_expect(strstr(bench->results[GATE_SLO].reason, "before the deploy"), "%s",
              bench->results[GATE_SLO].reason);
}

Test(gate_slo, of_a_cell_without_a_past_few_minutes_prove_nothing_either)
{
    OWN(bench) bench = slo_bench();
    for (size_t m = 0; m < METRIC_COUNT; m++)
        g_array_set_size(bench->own.points[m], 0);
    burn(&bench->own, 0, 130, 1000, 1.6);
    EXPECT(bench_judge(bench, 10, GATE_SLO), VERDICT_PASS);
    EXPECT(bench_judge(bench, 63, GATE_SLO), VERDICT_FAIL);
}

Test(gate_slo, what_half_of_the_controls_burn_too_is_not_attributable)
{
    OWN(bench) bench = slo_bench();
    burn(&bench->own, 0, 63, 1000, 1.6);
    burn(&bench->control, 0, 63, 1000, 1.6);
    EXPECT(bench_judge(bench, 63, GATE_SLO), VERDICT_HOLD);
}

/* What is said of a cell that burns 16 times too fast, where the control had `before` and has `now`
 * for `minutes`, and 0.3 % since. */
static enum verdict beside(double before, double now, int minutes)
{
    OWN(bench) bench = slo_bench();
    g_array_set_size(bench->control.points[METRIC_ERROR_RATE], 0);
    for (int minute = -PAST; minute < 0; minute++)
        bench_row(&bench->control, METRIC_ERROR_RATE, minute, before);
    burn(&bench->own, 0, 63, 1000, 1.6);
    burn(&bench->control, 0, minutes, 1000, now);
    burn(&bench->control, minutes, 63, 1000, 0.3);
    return bench_judge(bench, 63, GATE_SLO), bench->results[GATE_SLO].verdict;
}

Test(gate_slo, an_incident_that_leaves_the_controls_just_under_the_alert_is_everybodys)
{
    cr_expect_eq(beside(0.3, 1.3, 63), VERDICT_HOLD);
    cr_expect_eq(beside(0.1, 0.41, 63), VERDICT_HOLD);
}

Test(gate_slo, a_cell_four_times_as_bad_as_its_controls_is_blamed_in_an_incident)
{
    cr_expect_eq(beside(0.1, 0.39, 63), VERDICT_FAIL);
}

Test(gate_slo, controls_that_always_burnt_so_fast_or_no_longer_do_excuse_nothing)
{
    cr_expect_eq(beside(1.3, 1.3, 63), VERDICT_FAIL);
    cr_expect_eq(beside(0.3, 1.3, 56), VERDICT_FAIL);
}

/* `errors` of 1,500 requests in an hour, of which a usual hour has some 18. */
static enum verdict after_errors(double errors)
{
    OWN(bench) bench = slo_bench();
    g_array_set_size(bench->own.points[METRIC_ERROR_RATE], 0);
    for (int minute = -PAST; minute < 0; minute++)
        bench_row(&bench->own, METRIC_ERROR_RATE, minute, 1.2);
    burn(&bench->own, 0, 63, 25, 100 * errors / 1500);
    return bench_judge(bench, 63, GATE_SLO), bench->results[GATE_SLO].verdict;
}

Test(gate_slo, what_chance_makes_of_the_usual_errors_is_no_fail)
{
    cr_expect_eq(after_errors(30), VERDICT_PASS);
    cr_expect_eq(after_errors(60), VERDICT_FAIL);
}
