/* Which limits crossed, and which silence, are the release's: by the cell's past and its controls.
 */
#include "tests/unit/gate_bench.h"

static void users_from(struct cell_rows *cell, int from, int to, double users)
{
    for (int minute = from; minute < to; minute++)
        bench_row(cell, METRIC_ACTIVE_USERS, minute, users);
}

static void over_the_error_rate(struct bench *bench)
{
    bench_well_until(bench, 8);
    for (int minute = 8; minute < 10; minute++)
        bench_row(&bench->own, METRIC_ERROR_RATE, minute, 8);
}

Test(gate_blame, a_limit_that_a_control_crossed_but_once_is_the_releases)
{
    OWN(bench) bench = bench_new();
    over_the_error_rate(bench);
    bench_row(&bench->control, METRIC_ERROR_RATE, 8, 9);
    bench_row(&bench->control, METRIC_ERROR_RATE, 9, 0.3);
    EXPECT(bench_judge(bench, 10, GATE_LIMITS), VERDICT_FAIL);
}

Test(gate_blame,
     a_limit_that_half_of_the_controls_cross_is_everybodys_and_not_one_that_a_third_does)
{
    const enum verdict verdicts[] = {VERDICT_HOLD, VERDICT_HOLD, VERDICT_FAIL};
    for (size_t n = 0; n < G_N_ELEMENTS(verdicts); n++) {
        OWN(bench) bench = bench_new();
        bench->n_well = n;
        over_the_error_rate(bench);
        for (int minute = 8; minute < 10; minute++)
            bench_row(&bench->control, METRIC_ERROR_RATE, minute, 9);
        EXPECT(bench_judge(bench, 10, GATE_LIMITS), verdicts[n]);
    }
}

/* What is said of 8 % of the cell's, where the control had `before` and has `now`. */
static enum verdict beside(double before, double now)
{
    OWN(bench) bench = bench_new();
    g_array_set_size(bench->control.points[METRIC_ERROR_RATE], 0);
    for (int minute = -PAST; minute < 0 && before >= 0; minute++)
        bench_row(&bench->control, METRIC_ERROR_RATE, minute, before);
    over_the_error_rate(bench);
    for (int minute = 8; minute < 10; minute++)
        bench_row(&bench->control, METRIC_ERROR_RATE, minute, now);
    return bench_judge(bench, 10, GATE_LIMITS), bench->results[GATE_LIMITS].verdict;
}

Test(gate_blame, an_incident_that_leaves_the_controls_just_under_the_limit_is_everybodys)
{
    cr_expect_eq(beside(0.3, 4.9), VERDICT_HOLD);
    cr_expect_eq(beside(0.3, 2.1), VERDICT_HOLD);
}

Test(gate_blame,
     an_outage_of_a_controls_at_another_hour_of_the_day_before_is_not_what_it_always_had)
{
    OWN(bench) bench = bench_new();
    GArray *errors = bench->control.points[METRIC_ERROR_RATE];
    struct datapoint outage[30];
    for (int i = 0; i < 30; i++)
        outage[i] = (struct datapoint){DEPLOYED_MS - WHEN_DAY / 2 + i * WHEN_MINUTE, 50};
    g_array_prepend_vals(errors, outage, G_N_ELEMENTS(outage));
    over_the_error_rate(bench);
    for (int minute = 8; minute < 10; minute++)
        bench_row(&bench->control, METRIC_ERROR_RATE, minute, 4.9);
    EXPECT(bench_judge(bench, 10, GATE_LIMITS), VERDICT_HOLD);
}

Test(gate_blame, a_cell_four_times_as_bad_as_its_controls_is_blamed_in_an_incident)
{
    cr_expect_eq(beside(0.3, 1.9), VERDICT_FAIL);
}

Test(gate_blame, controls_that_always_had_so_many_errors_excuse_nothing)
{
    cr_expect_eq(beside(2.5, 2.5), VERDICT_FAIL);
    cr_expect_eq(beside(-1, 4.9), VERDICT_FAIL, "nothing is known of its past");
}

Test(gate_blame, what_one_past_period_in_a_hundred_did_as_well_does_not_excuse_it)
{
    OWN(bench) bench = bench_new();
    g_array_index(bench->own.points[METRIC_ERROR_RATE], struct datapoint, 40).value = 20;
    over_the_error_rate(bench);
    EXPECT(bench_judge(bench, 10, GATE_LIMITS), VERDICT_FAIL);
}

Test(gate_blame, users_who_come_as_the_day_goes_are_not_the_releases)
{
    const struct {
        double before;
        enum verdict verdict;
    } cases[] = {{700, VERDICT_HOLD}, {400, VERDICT_FAIL}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(bench) bench = bench_new();
        g_array_set_size(bench->own.points[METRIC_ACTIVE_USERS], 0);
        users_from(&bench->own, -PAST, 0, cases[i].before);
        bench_well_until(bench, 8);
        users_from(&bench->own, 8, 9, 950);
        EXPECT(bench_judge(bench, 9, GATE_LIMITS), cases[i].verdict);
    }
}

Test(gate_blame, users_of_the_controls_excuse_nothing_their_limits_are_their_own)
{
    OWN(bench) bench = bench_new();
    bench_well_until(bench, 8);
    users_from(&bench->own, 8, 9, 950);
    users_from(&bench->control, 8, 9, 950);
    EXPECT(bench_judge(bench, 9, GATE_LIMITS), VERDICT_FAIL);
}

static void silent_from(struct cell_rows *cell, int from, int to, double requests)
{
    for (int minute = from; minute < to; minute++)
        bench_row(cell, METRIC_REQUESTS, minute, requests);
}

Test(gate_blame, traffic_that_was_as_little_before_has_not_collapsed)
{
    OWN(bench) bench = bench_new();
    for (guint i = 20; i < 23; i++)
        g_array_index(bench->own.points[METRIC_REQUESTS], struct datapoint, i).value = 10;
    bench_well_until(bench, 6);
    silent_from(&bench->own, 6, 9, 10);
    EXPECT(bench_judge(bench, 9, GATE_TRAFFIC), VERDICT_PASS);
}

Test(gate_blame, where_few_come_silence_is_chance)
{
    OWN(bench) bench = bench_new();
    g_array_set_size(bench->own.points[METRIC_REQUESTS], 0);
    silent_from(&bench->own, -PAST, 6, 5);
    silent_from(&bench->own, 6, 9, 0);
    EXPECT(bench_judge(bench, 9, GATE_TRAFFIC), VERDICT_PENDING);
}

/* The alarms of errors, both in ALARM since the sixth minute and read in the seventh. */
struct two_alarms {
    struct alarm own, control;
};

static void two_alarms(struct bench *bench, struct two_alarms *alarms)
{
    *alarms = (struct two_alarms){{.name = (char *)"cell-2-errors", .state = ALARM_ALARM},
                                  {.name = (char *)"cell-1-errors", .state = ALARM_ALARM}};
    alarms->own.since_ms = alarms->control.since_ms = DEPLOYED_MS + 5 * WHEN_MINUTE;
    g_ptr_array_add(bench->own.reading.alarms, &alarms->own);
    g_ptr_array_add(bench->control.reading.alarms, &alarms->control);
    bench->control.reading.alarms_at_ms = DEPLOYED_MS + 6 * WHEN_MINUTE;
}

Test(gate_blame, an_alarm_that_half_of_the_controls_have_too_is_everybodys)
{
    const enum verdict verdicts[] = {VERDICT_HOLD, VERDICT_HOLD, VERDICT_FAIL};
    for (size_t n = 0; n < G_N_ELEMENTS(verdicts); n++) {
        OWN(bench) bench = bench_new();
        struct two_alarms alarms;
        two_alarms(bench, &alarms);
        bench->n_well = n;
        EXPECT(bench_judge(bench, 6, GATE_ALARMS), verdicts[n]);
    }
    OWN(bench) bench = bench_new();
    struct two_alarms alarms;
    two_alarms(bench, &alarms);
    const struct gate_result *result = bench_judge(bench, 6, GATE_ALARMS);
    cr_expect_str_eq(result->code, "not attributable");
    cr_expect(strstr(result->reason, "so is that of 1 of 1 controls"), "%s", result->reason);
}

Test(gate_blame, another_alarm_of_a_controls_excuses_nothing)
{
    OWN(bench) bench = bench_new();
    struct two_alarms alarms;
    two_alarms(bench, &alarms);
    alarms.control.name = (char *)"cell-1-cpu";
    EXPECT(bench_judge(bench, 6, GATE_ALARMS), VERDICT_FAIL);
    alarms.control = (struct alarm){.name = (char *)"cell-1-errors", .state = ALARM_OK};
    EXPECT(bench_judge(bench, 6, GATE_ALARMS), VERDICT_FAIL);
    alarms.control.state = ALARM_INSUFFICIENT_DATA;
    EXPECT(bench_judge(bench, 6, GATE_ALARMS), VERDICT_FAIL);
}

Test(gate_blame, an_alarm_waits_for_its_controls_to_be_read_once_and_for_no_longer)
{
    OWN(bench) bench = bench_new();
    struct two_alarms alarms;
    two_alarms(bench, &alarms);
    alarms.control.state = ALARM_OK;
    alarms.control.since_ms = DEPLOYED_MS - WHEN_HOUR;
    bench->control.reading.alarms_at_ms = alarms.own.since_ms + 59 * WHEN_SECOND;
    EXPECT(bench_judge(bench, 7, GATE_ALARMS), VERDICT_PENDING);
    EXPECT(bench_judge(bench, 8, GATE_ALARMS), VERDICT_FAIL);
    bench->control.reading.alarms_at_ms = alarms.own.since_ms + WHEN_MINUTE;
    EXPECT(bench_judge(bench, 7, GATE_ALARMS), VERDICT_FAIL);
    bench->no_controls = true;
    EXPECT(bench_judge(bench, 6, GATE_ALARMS), VERDICT_FAIL);
}

Test(gate_blame, an_alarm_of_everybodys_that_has_ended_at_the_controls_excuses_it_for_ten_periods)
{
    OWN(bench) bench = bench_new();
    struct two_alarms alarms;
    two_alarms(bench, &alarms);
    alarms.control.state = ALARM_OK;
    alarms.control.since_ms = DEPLOYED_MS + 8 * WHEN_MINUTE;
    bench->control.reading.alarms_at_ms = DEPLOYED_MS + 20 * WHEN_MINUTE;
    EXPECT(bench_judge(bench, 17, GATE_ALARMS), VERDICT_HOLD);
    EXPECT(bench_judge(bench, 18, GATE_ALARMS), VERDICT_FAIL);
}
