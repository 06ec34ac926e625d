/* What a bake's judge is fed with, and when it begins anew. */
#include "rollout/gate_rows.h"
#include "tests/unit/gate_bench.h"

#include <string.h>

static struct bench *regression_bench(void)
{
    static char *metrics[] = {(char *)"error_rate", NULL};
    struct bench *bench = bench_new();
    bench->policy.regression_metrics = metrics;
    bench->policy.max_ratio = 1.3;
    bench->policy.min_events = 10;
    bench->policy.evidence = 100;
    return bench;
}

static void minute_of(struct cell_rows *cell, int minute, double error_rate_pct)
{
    bench_row(cell, METRIC_HEALTH, minute, 1);
    bench_row(cell, METRIC_REQUESTS, minute, 1000);
    bench_row(cell, METRIC_ERROR_RATE, minute, error_rate_pct);
}

static void both(struct bench *bench, int from, int to, double own_pct, double control_pct)
{
    for (int minute = from; minute < to; minute++) {
        minute_of(&bench->own, minute, own_pct);
        minute_of(&bench->control, minute, control_pct);
    }
}

Test(gate_memory, a_regression_under_every_limit_fails_and_says_by_how_much)
{
    OWN(bench) bench = regression_bench();
    both(bench, 0, 15, 0.9, 0.3);
    EXPECT(bench_judge(bench, 15, GATE_REGRESSION), VERDICT_FAIL);
    const char *said = bench->results[GATE_REGRESSION].reason;
    cr_expect(strstr(said, "errors 3.0× its own last 2h (135 of 15,000 requests, expected 45"),
              "%s", said);
    cr_expect(strstr(said, "controls 1.0×"), "%s", said);
}

Test(gate_memory, evidence_of_a_trifle_passes_and_says_so)
{
    OWN(bench) bench = regression_bench();
    bench->policy.max_ratio = 5;
    both(bench, 0, 30, 0.9, 0.3);
    EXPECT(bench_judge(bench, 30, GATE_REGRESSION), VERDICT_PASS);
    const char *said = bench->results[GATE_REGRESSION].reason;
    cr_expect(strstr(said, "errors 3.0× its own last 2h") && strstr(said, "to matter"), "%s", said);
}

Test(gate_memory, what_the_controls_have_too_is_held_as_not_attributable)
{
    OWN(bench) bench = regression_bench();
    both(bench, 0, 15, 0.9, 0.9);
    EXPECT(bench_judge(bench, 15, GATE_REGRESSION), VERDICT_HOLD);
    cr_expect_str_eq(bench->results[GATE_REGRESSION].code, "not attributable");
}

/* The cell's own rows from `from` on; a job of three times the errors ran for an hour at `job`. */
static void own_past(struct bench *bench, int from, int job)
{
    for (size_t m = 0; m < METRIC_COUNT; m++)
        g_array_set_size(bench->own.points[m], 0);
    for (int minute = from; minute < 0; minute++)
        minute_of(&bench->own, minute, minute >= job && minute < job + 60 ? 0.9 : 0.3);
}

Test(gate_memory, the_day_before_is_read_at_the_hours_of_the_bake)
{
    const int day = WHEN_DAY / WHEN_MINUTE, four_hours = 240;
    static const struct {
        int from, job;
        enum verdict verdict;
    } pasts[] = {
        {-four_hours, 0, VERDICT_FAIL},
        {-four_hours - day, -day - 10, VERDICT_PASS},
        {-four_hours - day, -day + 120, VERDICT_FAIL}, /* at another hour */
        {-four_hours - 2 * day, -2 * day, VERDICT_FAIL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pasts); i++) {
        OWN(bench) bench = regression_bench();
        own_past(bench, pasts[i].from, pasts[i].job);
        both(bench, 0, 15, 0.9, 0.3);
        EXPECT(bench_judge(bench, 15, GATE_REGRESSION), pasts[i].verdict);
    }
}

/* More is another time of day, whose errors are others. */
Test(gate_memory, nothing_is_said_while_the_hours_to_compare_with_are_being_read)
{
    OWN(bench) bench = regression_bench();
    both(bench, 0, 15, 0.9, 0.3);
    bench->awaits_past = true;
    EXPECT(bench_judge(bench, 15, GATE_REGRESSION), VERDICT_PENDING);
    bench->awaits_past = false;
    EXPECT(bench_judge(bench, 15, GATE_REGRESSION), VERDICT_FAIL);
}

/* For how long the judge looks away is seen by it. */
Test(gate_memory, what_passes_for_the_day_before_is_said)
{
    const int day = WHEN_DAY / WHEN_MINUTE;
    static const struct {
        int job;
        bool odd;
    } given[] = {{-10, true}, {120, false}};
    for (size_t i = 0; i < G_N_ELEMENTS(given); i++) {
        OWN(bench) bench = regression_bench();
        own_past(bench, -240 - day, -day + given[i].job);
        both(bench, 0, 15, 0.3, 0.3);
        EXPECT(bench_judge(bench, 15, GATE_REGRESSION), VERDICT_PASS);
        const char *said = bench->results[GATE_REGRESSION].reason;
        cr_expect_eq(strstr(said, "own past (errors 2.3× at this hour of the day before) and") !=
                         NULL,
                     given[i].odd, "%s", said);
    }
}

Test(gate_memory, the_past_is_four_hours_or_thirty_periods_whatever_more_is_known)
{
    static const struct {
        int period_minutes;
        size_t rows;
    } given[] = {{1, 240}, {5, 48}, {15, 30}, {60, 30}};
    for (size_t i = 0; i < G_N_ELEMENTS(given); i++) {
        OWN(bench) bench = regression_bench();
        bench->period_ms = given[i].period_minutes * WHEN_MINUTE;
        for (size_t m = 0; m < METRIC_COUNT; m++)
            g_array_set_size(bench->own.points[m], 0);
        for (int minute = -40 * 60; minute < 15; minute += given[i].period_minutes)
            minute_of(&bench->own, minute, 0.3);
        bench_judge(bench, 15, GATE_REGRESSION);
        size_t rows = judge_past_span(gate_memory_judge(bench->memory));
        cr_expect_eq(rows, given[i].rows, "%zu of %d min", rows, given[i].period_minutes);
    }
}

Test(gate_memory, looked_at_every_minute_or_once_it_says_the_same)
{
    OWN(bench) often = regression_bench();
    OWN(bench) once = regression_bench();
    both(often, 0, 12, 0.7, 0.3);
    both(once, 0, 12, 0.7, 0.3);
    for (int minute = 1; minute < 12; minute++)
        bench_judge(often, minute, GATE_REGRESSION);
    bench_judge(often, 12, GATE_REGRESSION);
    bench_judge(once, 12, GATE_REGRESSION);
    cr_expect_str_eq(often->results[GATE_REGRESSION].reason, once->results[GATE_REGRESSION].reason);
}

Test(gate_memory, a_period_waits_for_the_rows_of_a_slower_region)
{
    OWN(bench) bench = regression_bench();
    bench->patience_ms = 2 * WHEN_MINUTE;
    both(bench, 0, 9, 0.9, 0.9);
    minute_of(&bench->own, 9, 0.9);
    bench_judge(bench, 10, GATE_REGRESSION);
    size_t waiting = judge_rows(gate_memory_judge(bench->memory));
    cr_expect_eq(waiting, 9, "%zu", waiting);
    minute_of(&bench->control, 9, 0.9);
    bench_judge(bench, 10, GATE_REGRESSION);
    cr_expect_eq(judge_rows(gate_memory_judge(bench->memory)), 10);
}

Test(gate_memory, it_waits_no_longer_than_its_patience)
{
    OWN(bench) bench = regression_bench();
    bench->patience_ms = 2 * WHEN_MINUTE;
    both(bench, 0, 9, 0.9, 0.9);
    for (int minute = 9; minute < 12; minute++)
        minute_of(&bench->own, minute, 0.9);
    bench_judge(bench, 12, GATE_REGRESSION);
    cr_expect_eq(judge_rows(gate_memory_judge(bench->memory)), 10);
}

Test(gate_memory, more_of_the_past_than_there_was_has_it_begin_anew)
{
    OWN(bench) bench = regression_bench();
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        g_array_set_size(bench->own.points[m], 0);
        g_array_set_size(bench->control.points[m], 0);
    }
    both(bench, 0, 15, 0.9, 0.3);
    EXPECT(bench_judge(bench, 15, GATE_REGRESSION), VERDICT_PENDING);
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        g_array_set_size(bench->own.points[m], 0);
        g_array_set_size(bench->control.points[m], 0);
    }
    both(bench, -PAST, 0, 0.3, 0.3);
    both(bench, 0, 15, 0.9, 0.3);
    EXPECT(bench_judge(bench, 15, GATE_REGRESSION), VERDICT_FAIL);
}

Test(gate_memory, a_control_that_was_not_known_at_first_has_it_begin_anew)
{
    OWN(bench) bench = regression_bench();
    both(bench, 0, 15, 0.9, 0.9);
    bench->no_controls = true;
    EXPECT(bench_judge(bench, 15, GATE_REGRESSION), VERDICT_FAIL);
    bench->no_controls = false;
    EXPECT(bench_judge(bench, 15, GATE_REGRESSION), VERDICT_HOLD);
    bench->no_controls = true; /* and one that is not known for a while is no reason to forget */
    bench_judge(bench, 15, GATE_REGRESSION);
    cr_expect_str_eq(bench->results[GATE_REGRESSION].code, "not attributable");
}

static void forget_past_of(struct cell_rows *cell)
{
    for (size_t m = 0; m < METRIC_COUNT; m++)
        g_array_set_size(cell->points[m], 0);
}

Test(gate_memory, a_cell_without_a_past_of_its_own_never_passes_for_its_controls)
{
    OWN(bench) bench = regression_bench();
    forget_past_of(&bench->own);
    both(bench, 0, 30, 0.3, 0.3);
    EXPECT(bench_judge(bench, 20, GATE_REGRESSION), VERDICT_PENDING);
    EXPECT(bench_judge(bench, 30, GATE_REGRESSION), VERDICT_HOLD);
    cr_expect_str_eq(bench->results[GATE_REGRESSION].code, "no past");
}

Test(gate_memory, controls_without_a_past_are_said_to_be_none)
{
    OWN(bench) bench = regression_bench();
    forget_past_of(&bench->control);
    both(bench, 0, 15, 0.9, 0.9);
    EXPECT(bench_judge(bench, 15, GATE_REGRESSION), VERDICT_FAIL);
    cr_expect(strstr(bench->results[GATE_REGRESSION].reason, ", no controls;"), "%s",
              bench->results[GATE_REGRESSION].reason);
}

Test(gate_memory, large_figures_are_told_in_full)
{
    OWN(bench) bench = regression_bench();
    forget_past_of(&bench->own);
    for (int minute = -PAST; minute < 15; minute++) {
        bench_row(&bench->own, METRIC_REQUESTS, minute, 2e6);
        bench_row(&bench->own, METRIC_ERROR_RATE, minute, minute < 0 ? 0.3 : 0.9);
    }
    EXPECT(bench_judge(bench, 15, GATE_REGRESSION), VERDICT_FAIL);
    const char *said = bench->results[GATE_REGRESSION].reason;
    cr_expect(strstr(said, "(270,000 of 30,000,000 requests, expected 90,0"), "%s", said);
}

Test(gate_memory, some_evidence_at_the_bakes_end_is_neither_passed_nor_rolled_back)
{
    OWN(bench) bench = regression_bench();
    both(bench, 0, 23, 0.3, 0.3);
    both(bench, 23, 30, 0.6, 0.3);
    EXPECT(bench_judge(bench, 29, GATE_REGRESSION), VERDICT_PASS);
    EXPECT(bench_judge(bench, 30, GATE_REGRESSION), VERDICT_HOLD);
    cr_expect_str_eq(bench->results[GATE_REGRESSION].code, "inconclusive");
}

Test(gate_memory, a_bake_of_another_length_is_judged_anew)
{
    OWN(bench) bench = regression_bench();
    OWN(bench) week = regression_bench();
    both(bench, 0, 12, 0.5, 0.3);
    both(week, 0, 12, 0.5, 0.3);
    week->bake_ms = 7 * WHEN_DAY;
    bench_judge(bench, 12, GATE_REGRESSION);
    bench_judge(week, 12, GATE_REGRESSION);
    double of_half_an_hour = json_number_value(
        json_object_get(json_array_get(bench->results[GATE_REGRESSION].evidence, 0), "evidence"));
    double of_a_week = json_number_value(
        json_object_get(json_array_get(week->results[GATE_REGRESSION].evidence, 0), "evidence"));
    cr_expect_gt(of_half_an_hour, of_a_week);
    bench->bake_ms = 7 * WHEN_DAY;
    bench_judge(bench, 12, GATE_REGRESSION);
    cr_expect_eq(json_number_value(json_object_get(
                     json_array_get(bench->results[GATE_REGRESSION].evidence, 0), "evidence")),
                 of_a_week);
}

Test(gate_memory, many_rows_that_come_late_are_judged_and_a_few_are_not)
{
    for (int late = 5; late <= 15; late += 10) {
        OWN(bench) bench = regression_bench();
        for (int minute = 0; minute < 20 - late; minute++)
            minute_of(&bench->own, minute, 0.3);
        bench_judge(bench, 20, GATE_REGRESSION);
        for (int minute = 20 - late; minute < 20; minute++)
            minute_of(&bench->own, minute, 0.9);
        EXPECT(bench_judge(bench, 20, GATE_REGRESSION), late == 5 ? VERDICT_PASS : VERDICT_FAIL);
    }
}

Test(gate_memory, a_datum_that_comes_late_counts_as_data)
{
    OWN(bench) bench = regression_bench();
    both(bench, 0, 5, 0.3, 0.3);
    both(bench, 6, 10, 0.3, 0.3);
    bench_judge(bench, 10, GATE_DATA);
    cr_expect_eq(bench->samples.periods_read, 9);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        g_array_set_size(bench->own.points[m], 0);
    for (int minute = -PAST; minute < 10; minute++)
        minute_of(&bench->own, minute, 0.3);
    bench_judge(bench, 10, GATE_DATA);
    cr_expect_eq(bench->samples.periods_read, 10);
}
