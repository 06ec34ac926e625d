/* The gate that asks whether anybody comes at all (rollout.md, "low traffic"). */
#include "tests/unit/gate_bench.h"

#include <string.h>

Test(gate_traffic, low_traffic_is_pending_in_the_bake_and_holds_after_it)
{
    OWN(bench) bench = bench_new();
    g_array_set_size(bench->own.points[METRIC_REQUESTS], 0);
    for (int minute = -PAST; minute < 30; minute++)
        bench_row(&bench->own, METRIC_REQUESTS, minute, 9);
    EXPECT(bench_judge(bench, 20, GATE_TRAFFIC), VERDICT_PENDING);
    EXPECT(bench_judge(bench, 30, GATE_TRAFFIC), VERDICT_HOLD);
    bench->view.low_traffic_pass = true;
    EXPECT(bench_judge(bench, 30, GATE_TRAFFIC), VERDICT_PASS);
}

Test(gate_traffic, traffic_that_collapses_after_the_deploy_fails_unless_the_controls_share_it)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 6);
    for (int minute = 6; minute < 9; minute++)
        bench_row(&bench->own, METRIC_REQUESTS, minute, 10);
    EXPECT(bench_judge(bench, 8, GATE_TRAFFIC), VERDICT_PASS);
    EXPECT(bench_judge(bench, 9, GATE_TRAFFIC), VERDICT_FAIL);
    for (int minute = 6; minute < 9; minute++)
        bench_row(&bench->control, METRIC_REQUESTS, minute, 10);
    EXPECT(bench_judge(bench, 9, GATE_TRAFFIC), VERDICT_HOLD);
}

static double number_of(const json_t *datum, const char *key)
{
    return json_number_value(json_object_get(datum, key));
}

Test(gate_traffic, traffics_evidence_has_what_three_rows_were_held_against)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 6);
    for (int minute = 6; minute < 9; minute++)
        bench_row(&bench->own, METRIC_REQUESTS, minute, 10 * (minute - 5));
    const json_t *evidence = bench_judge(bench, 9, GATE_TRAFFIC)->evidence;
    cr_assert_eq(json_array_size(evidence), 4, "the rows, and what they come to");
    const json_t *sum = json_array_get(evidence, 3);
    cr_expect_float_eq(number_of(sum, "value"), 60, 1e-9);
    cr_expect_float_eq(number_of(sum, "periods"), 3, 1e-9);
    cr_expect_float_eq(number_of(sum, "expected"), 3000, 1e-9);
    cr_expect_float_eq(number_of(sum, "least"), 1000, 1e-9, "of the busiest of any three");
    cr_expect(
        json_equal(json_object_get(sum, "at"), json_object_get(json_array_get(evidence, 2), "at")),
        "as of the newest row");
}

Test(gate_traffic, without_a_past_that_tells_traffic_says_of_nothing_what_was_expected)
{
    OWN(bench) bench = bench_new();
    g_array_remove_range(bench->own.points[METRIC_REQUESTS], 0, PAST - 29);
    bench_well_until(bench, 9);
    const json_t *evidence = bench_judge(bench, 9, GATE_TRAFFIC)->evidence;
    cr_expect_eq(json_array_size(evidence), 3);
}

/* Nobody came for ten minutes from `gap` on, of a past of 28 hours, nor comes since the deploy. */
static enum verdict drained_after_a_gap(int gap)
{
    OWN(bench) bench = bench_new();
    g_array_set_size(bench->own.points[METRIC_REQUESTS], 0);
    for (int minute = -28 * 60; minute < 10; minute++) {
        bool nobody = (minute >= gap && minute < gap + 10) || minute >= 5;
        bench_row(&bench->own, METRIC_REQUESTS, minute, nobody ? 0 : 1000);
    }
    return bench_judge(bench, 10, GATE_TRAFFIC)->verdict;
}

Test(gate_traffic, traffic_that_stopped_the_day_before_excuses_the_same_hour_only)
{
    const int day = WHEN_DAY / WHEN_MINUTE, hour = WHEN_HOUR / WHEN_MINUTE;
    cr_expect_eq(drained_after_a_gap(-day), VERDICT_PASS, "nobody comes at this hour");
    cr_expect_eq(drained_after_a_gap(-day + 4 * hour), VERDICT_FAIL, "an outage that is over");
    cr_expect_eq(drained_after_a_gap(-2 * hour), VERDICT_PASS, "it comes and goes");
}

Test(gate_traffic, of_traffic_too_what_is_said_stays_true_while_it_is_the_same)
{
    for (int pass = 0; pass < 2; pass++) {
        OWN(bench) bench = bench_new();
        bench_well_until(bench, 20);
        bench->policy.min_requests = pass ? 300 : 100000;
        bench_judge(bench, 2, GATE_TRAFFIC);
        g_autofree char *first = g_strdup(bench->results[GATE_TRAFFIC].reason);
        EXPECT(bench_judge(bench, 20, GATE_TRAFFIC), pass ? VERDICT_PASS : VERDICT_PENDING);
        cr_expect_str_eq(bench->results[GATE_TRAFFIC].reason, first);
    }
}

Test(gate_traffic, requests_that_are_not_published_may_be_ignored_by_traffics_no_data)
{
    OWN(bench) bench = bench_new();
    for (int minute = 0; minute < 30; minute++) {
        bench_row(&bench->own, METRIC_HEALTH, minute, 1);
        bench_row(&bench->own, METRIC_ERROR_RATE, minute, 0.3);
    }
    EXPECT(bench_judge(bench, 31, GATE_DATA), VERDICT_HOLD);
    bench->policy.traffic_no_data = NO_DATA_IGNORE;
    EXPECT(bench_judge(bench, 31, GATE_DATA), VERDICT_PASS);
}
