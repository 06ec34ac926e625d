/* Rules of the judge that a whole story seldom turns on, each by one that turns on it alone. */
#include "data/base/when.h"
#include "judge_stage.h"
#include "rollout/judge_parts.h"

#include <criterion/criterion.h>
#include <math.h>

/* Errors that do not scatter, so that a row is bad only where it is told to be. */
static void even(struct judge_row *row, double errors)
{
    row_set_errors(row, errors);
}

/* Evidence wanted where a story is about size alone. */
#define NEXT_TO_NONE 0.01

static void wild_every_seventh_minute(struct judge_row *row, size_t cell, gint64 minute)
{
    even(row, cell == 0 && minute >= 10 && minute % 7 == 3 ? 90 : 6);
}

Test(judge_rules, of_bad_rows_that_are_far_apart_it_takes_four)
{
    struct stage stage = stage_of(wild_every_seventh_minute);
    stage.terms.odds = NEXT_TO_NONE;
    struct ending ending = stage_play(&stage);
    cr_expect_eq(ending.guilty_at[METRIC_ERROR_RATE], 31 + 1, "%d",
                 (int)ending.guilty_at[METRIC_ERROR_RATE]);
}

static void wild_for_two_minutes(struct judge_row *row, size_t cell, gint64 minute)
{
    even(row, cell == 0 && (minute == 20 || minute == 21) ? 90 : 6);
}

static void wild_for_three_minutes(struct judge_row *row, size_t cell, gint64 minute)
{
    even(row, cell == 0 && minute >= 20 && minute < 23 ? 90 : 6);
}

Test(judge_rules, two_bad_rows_are_no_fault_and_three_are)
{
    struct stage stage = stage_of(wild_for_two_minutes);
    stage.terms.odds = NEXT_TO_NONE;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "two rows");
    stage.change = wild_for_three_minutes;
    ending = stage_play(&stage);
    cr_expect_eq(ending.guilty_at[METRIC_ERROR_RATE], 23);
}

static void wild_in_the_warm_up(struct judge_row *row, size_t cell, gint64 minute)
{
    even(row, cell == 0 && minute >= 0 && minute < 10 ? 90 : 6);
}

Test(judge_rules, bad_rows_of_the_warm_up_need_one_after_it)
{
    struct stage stage = stage_of(wild_in_the_warm_up);
    stage.terms.warmup_ms = 10 * WHEN_MINUTE;
    stage.terms.odds = 2;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "a restart, and little evidence wanted");
    cr_expect_gt(ending.most_odds[METRIC_ERROR_RATE], 2, "evidence there was");
}

static void three_tenths_more_of_many(struct judge_row *row, size_t cell, gint64 minute)
{
    row->value[METRIC_REQUESTS] = 2e4;
    even(row, cell == 0 && minute >= 0 ? 131 : 100);
}

Test(judge_rules, counts_bet_on_what_is_beyond_the_margin_only)
{
    struct stage stage = stage_of(three_tenths_more_of_many);
    stage.minutes = 8; /* so that ranks don't drown them */
    OWN(judge) judge = stage_judge(&stage);
    double ranks = rank_odds(&judge->errors.ranks);
    double counts = (judge->errors.odds - JUDGE_RANKS * ranks) / (1 - JUDGE_RANKS);
    cr_expect_lt(counts, 1 + 1e-9 * ranks, "%g", counts);
}

Test(judge_rules, the_slower_ranks_are_the_less_a_row_says)
{
    double past[JUDGE_PAST_ROWS];
    for (size_t i = 0; i < JUDGE_PAST_ROWS; i++)
        past[i] = (double)i;
    struct rank_bet fast, slow;
    rank_begin(&fast, past, JUDGE_PAST_ROWS, 1, 60);
    rank_begin(&slow, past, JUDGE_PAST_ROWS, 4, 60);
    for (int row = 0; row < 8; row++) {
        rank_take(&fast, 1e6, 0, false);
        rank_take(&slow, 1e6, 0, false);
    }
    cr_expect_geq(log(rank_odds(&fast)), 4 * log(rank_odds(&slow)), "%g and %g", rank_odds(&fast),
                  rank_odds(&slow));
}

Test(judge_rules, the_level_is_not_that_of_a_few_wild_rows)
{
    double errors[120], requests[120];
    for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
        errors[i] = i % 40 == 7 ? 900 : 6;
        requests[i] = 2000;
    }
    struct level level = level_of(errors, requests, G_N_ELEMENTS(errors));
    cr_expect_float_eq(level.rate, 0.003, 0.0003, "%g", level.rate);
}

Test(judge_rules, errors_are_counted_in_whole_ones)
{
    cr_expect_eq(count_errors(0.33, 1000), 3);
    cr_expect_eq(count_errors(0.27, 1000), 3);
    cr_expect_eq(count_errors(NAN, 0), 0);
    cr_expect(isnan(count_errors(NAN, 1000)));
}

Test(judge_rules, where_the_past_is_scarce_the_controls_help_to_say_what_is_usual)
{
    struct stage stage = stage_of(NULL);
    stage.minutes = 0;
    stage.past = JUDGE_SCARCE_PAST - 1;
    OWN(judge) scarce = stage_judge(&stage);
    cr_expect_eq(scarce->errors.ranks.n, (size_t)stage.past * (stage.n_controls + 1));
    cr_expect_eq(scarce->shift[METRIC_CPU].ranks.n, (size_t)stage.past * (stage.n_controls + 1));
    stage.past = JUDGE_SCARCE_PAST;
    OWN(judge) enough = stage_judge(&stage);
    cr_expect_eq(enough->errors.ranks.n, (size_t)stage.past);
    cr_expect_eq(enough->shift[METRIC_CPU].ranks.n, (size_t)stage.past);
}

Test(judge_rules, a_past_is_short_below_thirty_rows)
{
    struct stage stage = stage_of(NULL);
    stage.minutes = 0;
    stage.past = JUDGE_SHORT_PAST - 1;
    OWN(judge) too_short = stage_judge(&stage);
    stage.past = JUDGE_SHORT_PAST;
    OWN(judge) long_enough = stage_judge(&stage);
    cr_expect_eq(odds_needed(too_short), JUDGE_SHORT_ODDS * stage.terms.odds);
    cr_expect_eq(odds_needed(long_enough), stage.terms.odds);
}

/* Errors follow the day as well: from its trough to its peak, twelve hours later. */
static double day_at(gint64 minute)
{
    return 1 - 0.4 * cos(2 * G_PI * (double)minute / (24 * 60));
}

static void errors_rise_with_the_day(struct judge_row *row, size_t cell, gint64 minute)
{
    (void)cell;
    row->value[METRIC_REQUESTS] = 2e5;
    even(row, nearbyint(600 * day_at(minute)));
}

static struct stage day_of(stage_change change)
{
    struct stage stage = stage_of(change);
    stage.past = 240;
    stage.terms.bake_ms = WHEN_DAY;
    stage.minutes = 24 * 60;
    return stage;
}

Test(judge_rules, what_the_day_does_to_everybodys_errors_is_no_incident)
{
    for (size_t n = 0; n <= 3; n += 3) {
        struct stage stage = day_of(errors_rise_with_the_day);
        stage.n_controls = n;
        struct ending ending = stage_play(&stage);
        expect_nobody_guilty(&ending, "a day");
        cr_expect_lt(ending.shared_at[METRIC_ERROR_RATE], 0, "%zu controls, after %d min", n,
                     (int)ending.shared_at[METRIC_ERROR_RATE]);
    }
}

static void the_control_hardly_ever_errs(struct judge_row *row, size_t cell, gint64 minute)
{
    errors_rise_with_the_day(row, cell, minute);
    if (cell != 0)
        even(row, minute % 97 == 0);
}

Test(judge_rules, a_control_too_quiet_to_tell_the_hour_excuses_what_the_hour_may_do)
{
    struct stage stage = day_of(the_control_hardly_ever_errs);
    stage.n_controls = 1;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "a day and a quiet control");
}

static void controls_an_eighth_better(struct judge_row *row, size_t cell, gint64 minute)
{
    row->value[METRIC_REQUESTS] = 2e6;
    row_set_errors(row, (minute % 2 ? 5900 : 6100) * (cell != 0 && minute >= 0 ? 0.88 : 1));
}

Test(judge_rules, controls_that_do_better_than_before_accuse_nobody)
{
    struct stage stage = stage_of(controls_an_eighth_better);
    struct ending ending = stage_play(&stage);
    cr_expect_lt(ending.most_odds[METRIC_ERROR_RATE], JUDGE_UNSURE, "%g",
                 ending.most_odds[METRIC_ERROR_RATE]);
}

static void a_little_more_everywhere(struct judge_row *row, size_t cell, gint64 minute)
{
    double times = minute < 0 ? 1 : cell == 0 ? 1.38 : 1.2;
    row->value[METRIC_REQUESTS] = 2e6;
    row_set_errors(row, (minute % 2 ? 5900 : 6100) * times);
}

Test(judge_rules, what_the_controls_have_too_is_an_incident_from_a_quarter_more_on)
{
    struct stage stage = stage_of(a_little_more_everywhere);
    stage.terms.max_ratio = 1.2;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "a little more everywhere");
    cr_expect_lt(ending.shared_at[METRIC_ERROR_RATE], 0);
}

static void an_incident_that_hits_the_cell(struct judge_row *row, size_t cell, gint64 minute,
                                           double times)
{
    if (minute >= 10)
        row_set_errors(row, nearbyint(row_errors(row) * (cell == 0 ? times : 3)));
}

static void hits_the_cell_harder(struct judge_row *row, size_t cell, gint64 minute)
{
    an_incident_that_hits_the_cell(row, cell, minute, 8);
}

static void hits_the_cell_far_harder(struct judge_row *row, size_t cell, gint64 minute)
{
    an_incident_that_hits_the_cell(row, cell, minute, 20);
}

Test(judge_rules, in_an_incident_of_everybodys_a_cell_is_to_blame_for_far_worse_only)
{
    struct stage stage = stage_of(hits_the_cell_harder);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "2.7 times the controls");
    stage.change = hits_the_cell_far_harder;
    ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 10);
}

static void a_control_has_trouble_of_its_own(struct judge_row *row, size_t cell, gint64 minute)
{
    if (minute >= 0 && cell <= 1)
        row_set_errors(row, row_errors(row) * (cell == 0 ? 3 : 40));
}

Test(judge_rules, one_control_in_trouble_of_its_own_excuses_nothing)
{
    struct stage stage = stage_of(a_control_has_trouble_of_its_own);
    struct ending ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 0);
}

static void slower_here(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && minute >= 5)
        row->value[METRIC_LATENCY_P95] *= 1.5;
}

Test(judge_rules, metrics_that_share_a_false_alarm_level_need_twice_the_evidence)
{
    for (double odds = 2; odds < 1e6; odds *= 1.5) {
        struct stage stage = stage_of(slower_here);
        stage.terms.odds = odds;
        struct ending ending = stage_play(&stage);
        cr_assert_geq(ending.guilty_at[METRIC_LATENCY_P95], 0);
        cr_expect_geq(ending.first[METRIC_LATENCY_P95].odds, 2 * odds);
    }
}

static void slower_by_cells(struct judge_row *row, gint64 minute, double times)
{
    if (minute >= 5)
        row->value[METRIC_LATENCY_P95] *= times;
}

static void slow_and_here_a_little_more(struct judge_row *row, size_t cell, gint64 minute)
{
    slower_by_cells(row, minute, cell == 0 ? 1.4 * 1.32 : 1.4);
}

static void slow_and_here_much_more(struct judge_row *row, size_t cell, gint64 minute)
{
    slower_by_cells(row, minute, cell == 0 ? 1.4 * 1.7 : 1.4);
}

Test(judge_rules, where_the_controls_are_off_too_it_takes_half_more_than_they_have)
{
    struct stage stage = stage_of(slow_and_here_a_little_more);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "1.32 times the controls");
    cr_expect_geq(ending.shared_at[METRIC_LATENCY_P95], 0);
    stage.change = slow_and_here_much_more;
    ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_LATENCY_P95], 5);
}

static void far_slower_here(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && minute >= 0)
        row->value[METRIC_LATENCY_P95] *= 5;
}

Test(judge_rules, a_shift_is_one_from_the_second_row_after_the_warm_up_on)
{
    struct stage stage = stage_of(far_slower_here);
    stage.terms.warmup_ms = 10 * WHEN_MINUTE;
    stage.terms.odds = 2;
    struct ending ending = stage_play(&stage);
    cr_expect_eq(ending.guilty_at[METRIC_LATENCY_P95], 12, "%d",
                 (int)ending.guilty_at[METRIC_LATENCY_P95]);
}

/* Twice the traffic on all cells, and `times` the error rate on the judged one. */
static void a_crowd_comes(struct judge_row *row, size_t cell, gint64 minute, double times)
{
    double errors = minute % 2 ? 590 : 610;
    row->value[METRIC_REQUESTS] = minute < 0 ? 2e5 : 4e5;
    even(row, minute < 0 ? errors : 2 * errors * (cell == 0 ? times : 1));
}

static void a_crowd_and_somewhat_worse_here(struct judge_row *row, size_t cell, gint64 minute)
{
    a_crowd_comes(row, cell, minute, 1.6);
}

static void a_crowd_and_much_worse_here(struct judge_row *row, size_t cell, gint64 minute)
{
    a_crowd_comes(row, cell, minute, 3);
}

Test(judge_rules, in_a_crowd_that_comes_to_everybody_twice_as_bad_is_the_releases)
{
    struct stage stage = stage_of(a_crowd_and_somewhat_worse_here);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "1.6 times, in a crowd");
    stage.change = a_crowd_and_much_worse_here;
    ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 0);
}

static void twice_the_traffic_takes_twice_the_cpu(struct judge_row *row, size_t cell, gint64 minute)
{
    a_crowd_comes(row, cell, minute, 1);
    if (minute < 0)
        return;
    row->value[METRIC_CPU] *= 2;
    row->value[METRIC_DB_CONNECTIONS] *= 2;
}

static void more_cpu_for_no_more_traffic(struct judge_row *row, size_t cell, gint64 minute)
{
    (void)cell;
    row->value[METRIC_CPU] *= minute < 0 ? 1 : 2;
}

Test(judge_rules, without_controls_more_traffic_may_take_more_of_everything)
{
    struct stage stage = stage_of(twice_the_traffic_takes_twice_the_cpu);
    stage.n_controls = 0;
    stage.minutes = 40;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "twice the traffic");
    stage.change = more_cpu_for_no_more_traffic;
    ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_CPU], 0);
}

static void harder_here_until_it_ends(struct judge_row *row, size_t cell, gint64 minute)
{
    if (minute < 22)
        hits_the_cell_harder(row, cell, minute);
}

Test(judge_rules,
     what_has_ended_with_an_incident_of_everybodys_is_not_blamed_on_the_cell_afterwards)
{
    struct stage stage = stage_of(harder_here_until_it_ends);
    stage.terms.bake_ms = 6 * WHEN_HOUR;
    stage.minutes = 6 * 60;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "over for all");
}
