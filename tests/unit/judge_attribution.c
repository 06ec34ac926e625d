/* What the judge takes for the release's: not what the controls do too, be it within their own
 * noise, and not what is no more than a few rows. */
#include "data/base/when.h"
#include "judge_stage.h"
#include "rollout/judge_constants.h"

#include <criterion/criterion.h>
#include <math.h>

/* The controls' CPU is up and down by 1.6 times ever since; from the deploy on all cells' is up. */
static void up_where_the_controls_often_are(struct judge_row *row, size_t cell, gint64 minute)
{
    if (minute >= 5)
        row->value[METRIC_CPU] *= 1.6;
    else if (cell != 0)
        row->value[METRIC_CPU] *= minute % 2 ? 1.6 : 1 / 1.6;
}

Test(judge_attribution, a_shift_within_the_controls_own_noise_is_theirs_too)
{
    struct stage stage = stage_of(up_where_the_controls_often_are);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "as the controls");
    cr_expect_geq(ending.shared_at[METRIC_CPU], 0);
}

static void slow_every_third_minute(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && minute >= 0 && minute % 3 == 0)
        row->value[METRIC_LATENCY_P95] *= 3;
}

Test(judge_attribution, a_shift_is_one_of_the_median_of_five_rows_not_of_the_newest)
{
    struct stage stage = stage_of(slow_every_third_minute);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "every third minute");
    cr_expect_lt(ending.shared_at[METRIC_LATENCY_P95], 0, "nor is there anything to share");
    cr_expect_gt(ending.most_odds[METRIC_LATENCY_P95], 2 * stage.terms.odds, "there was evidence");
}

static void a_fifth_more_and_one_wild_row(struct judge_row *row, size_t cell, gint64 minute)
{
    row->value[METRIC_REQUESTS] = 2e6;
    double times = cell != 0 || minute < 0 ? 1 : minute == 20 ? 30 : 1.2;
    row_set_errors(row, (minute % 2 ? 5900 : 6100) * times);
}

Test(judge_attribution, size_is_what_is_left_without_the_largest_row)
{
    struct stage stage = stage_of(a_fifth_more_and_one_wild_row);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "a fifth more, and one wild row");
    cr_expect_geq(ending.most_odds[METRIC_ERROR_RATE], stage.terms.odds, "there was evidence");
}

static void everybody_for_ten_minutes(struct judge_row *row, size_t cell, gint64 minute)
{
    (void)cell;
    if (minute >= 10 && minute < 20)
        row_set_errors(row, 5 * row_errors(row));
}

Test(judge_attribution, what_was_everybodys_stands_no_longer_than_twice_its_while)
{
    struct stage stage = stage_of(everybody_for_ten_minutes);
    gint64 last = -1;
    stage.terms.bake_ms = WHEN_DAY;
    for (stage.minutes = 20; stage.minutes < 180; stage.minutes++) {
        OWN(judge) judge = stage_judge(&stage);
        if (judge_find(judge, METRIC_ERROR_RATE).word == JUDGE_SHARED)
            last = stage.minutes;
    }
    cr_expect_geq(last, 20);
    cr_expect_leq(last, 20 + 2 * JUDGE_STANDS + 1, "until minute %d", (int)last);
}

static void harder_than_everybody_for_a_while(struct judge_row *row, size_t cell, gint64 minute)
{
    if (minute >= 20 && minute < 35)
        row_set_errors(row, (cell == 0 ? 5 : 2) * row_errors(row));
}

Test(judge_attribution, an_incident_that_hit_the_cell_harder_is_no_evidence_once_it_is_over)
{
    struct stage stage = stage_of(harder_than_everybody_for_a_while);
    stage.terms.bake_ms = WHEN_DAY;
    stage.minutes = 24 * 60;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "an incident of a day's first hour");
    cr_expect_geq(ending.shared_at[METRIC_ERROR_RATE], 20);
}

static void bad_since_an_incident_of_everybodys(struct judge_row *row, size_t cell, gint64 minute)
{
    harder_than_everybody_for_a_while(row, cell, minute);
    if (minute >= 35 && cell == 0)
        row_set_errors(row, 3 * row_errors(row));
}

Test(judge_attribution, a_fault_that_stays_when_everybodys_is_over_is_the_releases)
{
    struct stage stage = stage_of(bad_since_an_incident_of_everybodys);
    struct ending ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 35);
    cr_expect_leq(ending.guilty_at[METRIC_ERROR_RATE], 50);
}

static void nobody_answers_for_a_while(struct judge_row *row, size_t cell, gint64 minute)
{
    if (minute >= 20 && minute < 35)
        row_set_errors(row, row->value[METRIC_REQUESTS] * (cell == 0 ? 0.9 : 0.8));
}

Test(judge_attribution, an_outage_of_everybodys_is_no_reason_to_hold_hours_later)
{
    struct stage stage = stage_of(nobody_answers_for_a_while);
    stage.terms.bake_ms = WHEN_DAY;
    stage.minutes = 35;
    OWN(judge) judge = stage_judge(&stage);
    cr_expect_eq(judge_find(judge, METRIC_ERROR_RATE).word, JUDGE_SHARED);
    guint held = 0;
    for (gint64 minute = 35; minute < 240; minute++) {
        stage_take(&stage, judge, minute);
        held += minute >= 60 && judge_find(judge, METRIC_ERROR_RATE).word != JUDGE_QUIET;
    }
    cr_expect_eq(held, 0, "%u of 180 minutes", held);
}
