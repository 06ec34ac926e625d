/* The same hours of the day before: what the cell did then is no fault now, and nothing else is
 * excused by it. */
#include "data/base/when.h"
#include "judge_stage.h"

#include <criterion/criterion.h>
#include <math.h>

#define DAY  (WHEN_DAY / WHEN_MINUTE)
#define PAST (240 + DAY)

/* A bake of six hours, a job of the cell's alone in its third and fourth. */
#define JOB_FROM 120
#define JOB_TO   240

static bool in_job(gint64 minute)
{
    gint64 into_day = (minute + 2 * DAY) % DAY;
    return into_day >= JOB_FROM && into_day < JOB_TO;
}

static void more(struct judge_row *row, double errors, double others)
{
    row_set_errors(row, nearbyint(row_errors(row) * errors));
    row->value[METRIC_CPU] *= others;
    row->value[METRIC_LATENCY_P95] *= others;
    row->value[METRIC_DB_CONNECTIONS] = nearbyint(row->value[METRIC_DB_CONNECTIONS] * others);
}

static void job_every_day(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && in_job(minute))
        more(row, 3, 1.7);
}

static struct stage day_stage(stage_change change, size_t n_controls, gint64 past)
{
    struct stage stage = stage_of(change);
    stage.terms.bake_ms = 6 * WHEN_HOUR;
    stage.minutes = 360;
    stage.n_controls = n_controls;
    stage.past = past;
    return stage;
}

Test(judge_day, what_the_cell_did_at_the_same_hour_of_the_day_before_is_no_fault)
{
    for (size_t n_controls = 0; n_controls <= 3; n_controls += 3) {
        struct stage stage = day_stage(job_every_day, n_controls, PAST);
        struct ending ending = stage_play(&stage);
        expect_nobody_guilty(&ending, "the job of every day");
    }
}

Test(judge_day, without_a_day_before_an_odd_hour_is_a_fault)
{
    struct stage stage = day_stage(job_every_day, 3, 240);
    struct ending ending = stage_play(&stage);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        if (stage.terms.asked[m])
            cr_expect_geq(ending.guilty_at[m], JOB_FROM, "%s", metric_name(m));
}

static void job_and_a_fault_in_it(struct judge_row *row, size_t cell, gint64 minute)
{
    job_every_day(row, cell, minute);
    if (cell == 0 && minute >= JOB_FROM + 30)
        more(row, 3, 2);
}

Test(judge_day, far_worse_than_the_same_hour_of_the_day_before_is_a_fault)
{
    struct stage stage = day_stage(job_and_a_fault_in_it, 3, PAST);
    struct ending ending = stage_play(&stage);
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        if (!stage.terms.asked[m])
            continue;
        cr_expect_geq(ending.guilty_at[m], JOB_FROM + 30, "%s", metric_name(m));
        cr_expect_lt(ending.guilty_at[m], JOB_FROM + 60, "%s", metric_name(m));
        double job = m == METRIC_ERROR_RATE ? 3 : 1.7;
        cr_expect(fabs(log(ending.first[m].day_before / job)) < log(1.2), "%s: %.2f",
                  metric_name(m), ending.first[m].day_before);
    }
}

static void job_that_errs_more_today(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && in_job(minute))
        row_set_errors(row, nearbyint(row_errors(row) * (minute < 0 ? 3 : 4.7)));
}

Test(judge_day, an_odd_hour_is_unlike_itself_too)
{
    struct stage stage = day_stage(job_that_errs_more_today, 3, PAST);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "half as many again as the day before in the job's hours");
}

static void a_bad_day_and_then_a_fault(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && (minute < -240 || minute >= 60))
        more(row, 3, 2);
}

Test(judge_day, a_day_that_was_worse_all_along_excuses_nothing)
{
    struct stage stage = day_stage(a_bad_day_and_then_a_fault, 3, PAST);
    struct ending ending = stage_play(&stage);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        if (stage.terms.asked[m])
            cr_expect(ending.guilty_at[m] >= 60 && ending.guilty_at[m] < 80, "%s: %d",
                      metric_name(m), (int)ending.guilty_at[m]);
}

static void a_better_day_with_the_same_job(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && minute < -240)
        more(row, 0.5, 0.6);
    if (cell == 0 && in_job(minute))
        more(row, 2, 1.5);
}

Test(judge_day, a_day_that_was_better_all_along_still_shows_the_hours)
{
    struct stage stage = day_stage(a_better_day_with_the_same_job, 0, PAST);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "a busier day than the day before");
}

static void twice_the_errors_at_noon(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && minute >= 300)
        row_set_errors(row, 2 * row_errors(row));
}

/* Another hour may be 1.7 times as bad, for all that four hours tell of a day. */
Test(judge_day, a_cell_without_controls_whose_day_is_known_is_given_no_allowance_for_it)
{
    struct stage stage = day_stage(twice_the_errors_at_noon, 0, 240);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "nothing is known of that hour");
    stage.past = PAST;
    ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 300);
}

/* The day's rhythm of every cell: the deploy is in the middle of its rise. */
static void rise_of_all(struct judge_row *row, double more)
{
    row_set_errors(row, nearbyint(row_errors(row) * more));
}

static double rhythm(gint64 minute)
{
    return 1 + 0.4 * sin(2 * G_PI * (double)minute / DAY);
}

static void twice_the_errors_in_the_days_rise(struct judge_row *row, size_t cell, gint64 minute)
{
    rise_of_all(row, rhythm(minute) * (cell == 0 && minute >= 180 ? 2 : 1));
}

Test(judge_day, a_rise_of_all_cells_that_the_day_before_had_too_is_no_incident)
{
    struct stage stage = day_stage(twice_the_errors_in_the_days_rise, 3, 240);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "for all that is known it may be an incident");
    stage.past = PAST;
    ending = stage_play(&stage);
    gint64 at = ending.guilty_at[METRIC_ERROR_RATE];
    cr_expect(at >= 180 && at < 240, "%d", (int)at);
}

/* Nothing rose on the weekend's day. */
static void a_monday(struct judge_row *row, size_t cell, gint64 minute)
{
    (void)cell;
    rise_of_all(row, minute < -240 ? 1 : rhythm(minute - 240) / rhythm(-240));
}

Test(judge_day, a_weekday_without_controls_may_rise_as_the_weekend_did_not)
{
    struct stage stage = day_stage(a_monday, 0, PAST);
    stage.terms.bake_ms = 12 * WHEN_HOUR;
    stage.minutes = 720;
    struct ending ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 0, "of two weekdays one is odd");
    stage.terms.after_weekend = true;
    ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "the day's rhythm");
}

static void an_incident_in_the_days_rise(struct judge_row *row, size_t cell, gint64 minute)
{
    double incident = minute >= 180 ? 4 : 1, unequal = cell == 0 && minute >= 180 ? 2 : 1;
    rise_of_all(row, rhythm(minute) * incident * unequal);
}

Test(judge_day, an_incident_at_such_an_hour_is_one_still)
{
    struct stage stage = day_stage(an_incident_in_the_days_rise, 3, PAST);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "a fault of everybody's hits cells unequally");
    cr_expect_geq(ending.shared_at[METRIC_ERROR_RATE], 180);
}

static void a_day_of_gaps(struct judge_row *row, size_t cell, gint64 minute)
{
    twice_the_errors_at_noon(row, cell, minute);
    for (size_t m = 0; m < METRIC_COUNT && minute < -240; m++)
        row->value[m] = NAN;
}

Test(judge_day, a_day_without_data_tells_nothing)
{
    struct stage stage = day_stage(a_day_of_gaps, 0, PAST);
    struct ending gaps = stage_play(&stage);
    stage = day_stage(twice_the_errors_at_noon, 0, 240);
    struct ending none = stage_play(&stage);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        cr_expect_eq(gaps.last[m].odds, none.last[m].odds, "%s", metric_name(m));
}

static void junk_the_day_before(struct judge_row *row, size_t cell, gint64 minute)
{
    job_and_a_fault_in_it(row, cell, minute);
    if (minute < -240 && minute % 3 == 0)
        row->value[METRIC_ERROR_RATE] = 1e300;
    if (minute < -240 && minute % 3 == 1)
        row->value[METRIC_CPU] = -INFINITY;
}

Test(judge_day, junk_of_the_day_before_excuses_nothing)
{
    struct stage stage = day_stage(junk_the_day_before, 3, PAST);
    struct ending ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], JOB_FROM + 30);
    cr_expect_geq(ending.guilty_at[METRIC_CPU], JOB_FROM + 30);
}

/* Too little to be a fault for five hours, then for five minutes a little more. */
static void slightly_more_for_hours(struct judge_row *row, size_t cell, gint64 minute)
{
    row->value[METRIC_CPU] = 30 * exp(0.05 * sin((double)minute));
    if (cell == 0 && minute >= 0)
        row->value[METRIC_CPU] *= minute >= 300 && minute < 305 ? 1.35 : 1.2;
}

Test(judge_day, what_was_too_small_for_hours_is_no_evidence_for_a_moment_of_more)
{
    struct stage stage = day_stage(slightly_more_for_hours, 3, 240);
    struct ending ending = stage_play(&stage);
    cr_expect_lt(ending.guilty_at[METRIC_CPU], 0, "after %d min",
                 (int)ending.guilty_at[METRIC_CPU]);
    cr_expect_gt(ending.most_odds[METRIC_CPU], 30, "evidence there was");
}

/* Of a judge of one cell with `period_ms`, and a job at `from_ms` of the bake's day that ran the
 * day before only: how this hour was then, `at_ms` after the deploy. */
static double day_before_at(gint64 period_ms, gint64 from_ms, gint64 to_ms, gint64 at_ms)
{
    struct stage stage = day_stage(NULL, 0, 0);
    struct judge_row row = {.value = {[METRIC_HEALTH] = 1, [METRIC_REQUESTS] = 100000}};
    stage.terms.period_ms = period_ms;
    OWN(judge) judge = judge_new(&stage.terms, 0);
    gint64 past_ms = MAX(4 * WHEN_HOUR, 12 * period_ms);
    for (gint64 t = -4 * WHEN_HOUR - WHEN_DAY; t < at_ms; t += period_ms) {
        bool job = t < 0 && t + WHEN_DAY >= from_ms && t + WHEN_DAY < to_ms;
        row.value[METRIC_ERROR_RATE] = job ? 0.9 : 0.3;
        if (t < -past_ms)
            judge_earlier(judge, &row);
        else if (t < 0)
            judge_past(judge, &row);
        if (t == 0)
            judge_begin(judge);
        if (t >= 0)
            judge_take(judge, t + period_ms, &row);
    }
    return judge_find(judge, METRIC_ERROR_RATE).day_before;
}

Test(judge_day, a_row_of_an_hour_is_compared_with_the_same_hour)
{
    gint64 job_ms = 5 * WHEN_HOUR, end_ms = job_ms + WHEN_HOUR;
    double at_job = day_before_at(WHEN_HOUR, job_ms, end_ms, end_ms);
    cr_expect_gt(at_job, 2.8, "%.2f", at_job);
    double before = day_before_at(WHEN_HOUR, job_ms, end_ms, 2 * WHEN_HOUR);
    cr_expect_lt(before, 1.25, "%.2f", before);
}

Test(judge_day, after_its_last_quarter_the_day_begins_anew)
{
    gint64 job_ms = WHEN_HOUR / 2, late_ms = WHEN_DAY - WHEN_MINUTE;
    double near = day_before_at(WHEN_MINUTE, 0, job_ms, late_ms);
    cr_expect_gt(near, 2.8, "%.2f", near);
    double far = day_before_at(WHEN_MINUTE, 0, job_ms, late_ms - 3 * WHEN_HOUR);
    cr_expect_lt(far, 1.25, "%.2f", far);
}
