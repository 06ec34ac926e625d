/* What the judge finds, and what it does not, each rule of gates.md by its name. */
#include "data/base/when.h"
#include "judge_stage.h"
#include "rollout/judge_constants.h"

#include <criterion/criterion.h>
#include <math.h>

static void errors_times(struct judge_row *row, double times)
{
    row_set_errors(row, nearbyint(row_errors(row) * times));
}

static void doubled_here(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && minute >= 0)
        errors_times(row, 2);
}

static void tripled_here(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && minute >= 0)
        errors_times(row, 3);
}

static void tripled_everywhere(struct judge_row *row, size_t cell, gint64 minute)
{
    (void)cell;
    if (minute >= 0)
        errors_times(row, 3);
}

Test(judge, a_good_release_is_quiet_and_nothing_is_said_against_it)
{
    struct stage stage = stage_of(NULL);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "good");
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        cr_expect_lt(ending.last[m].odds, JUDGE_UNSURE, "%s: %g", metric_name(m),
                     ending.last[m].odds);
        cr_expect_eq(ending.last[m].word, JUDGE_QUIET);
    }
}

Test(judge, a_doubled_error_rate_is_found_and_said)
{
    struct stage stage = stage_of(doubled_here);
    struct ending ending = stage_play(&stage);
    const struct judge_finding *found = &ending.first[METRIC_ERROR_RATE];
    cr_assert_geq(ending.guilty_at[METRIC_ERROR_RATE], 0);
    cr_expect_geq(found->odds, stage.terms.odds);
    cr_expect_float_eq(found->ratio, 2, 0.4, "%g", found->ratio);
    cr_expect_float_eq(found->ratio, found->seen / found->expected, 1e-9);
    cr_expect_float_eq(found->expected, 6 * (double)found->rows, 0.25 * found->expected, "%g in %d",
                       found->expected, (int)found->rows);
    cr_expect_float_eq(found->requests, 2000 * (double)found->rows, 100 * (double)found->rows);
    cr_expect_float_eq(found->controls, 1, 0.25, "%g", found->controls);
}

Test(judge, the_worse_it_is_the_sooner_it_is_found)
{
    struct stage twice = stage_of(doubled_here), thrice = stage_of(tripled_here);
    struct ending doubled = stage_play(&twice), tripled = stage_play(&thrice);
    cr_assert_geq(tripled.guilty_at[METRIC_ERROR_RATE], 0);
    cr_expect_lt(tripled.guilty_at[METRIC_ERROR_RATE], doubled.guilty_at[METRIC_ERROR_RATE]);
}

Test(judge, what_the_controls_do_too_is_not_attributable)
{
    for (size_t n = 1; n <= 5; n++) {
        struct stage stage = stage_of(tripled_everywhere);
        stage.n_controls = n;
        struct ending ending = stage_play(&stage);
        expect_nobody_guilty(&ending, "everybody's");
        cr_expect_geq(ending.shared_at[METRIC_ERROR_RATE], 0, "%zu controls", n);
        cr_expect_float_eq(ending.last[METRIC_ERROR_RATE].controls, 3, 0.6);
    }
}

Test(judge, without_controls_the_cells_own_past_is_enough)
{
    struct stage stage = stage_of(tripled_here);
    stage.n_controls = 0;
    struct ending ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 0);
    cr_expect(isnan(ending.first[METRIC_ERROR_RATE].controls));
}

/* Latency, CPU and connections. */
static const struct {
    enum metric metric;
    double times; /* that is a fault */
} shifted[] = {{METRIC_CPU, 1.6}, {METRIC_LATENCY_P95, 1.5}, {METRIC_DB_CONNECTIONS, 1.6}};

static void each_shifted_here(struct judge_row *row, size_t cell, gint64 minute)
{
    for (size_t i = 0; cell == 0 && minute >= 5 && i < G_N_ELEMENTS(shifted); i++)
        row->value[shifted[i].metric] *= shifted[i].times;
}

static void each_shifted_everywhere(struct judge_row *row, size_t cell, gint64 minute)
{
    (void)cell;
    each_shifted_here(row, 0, minute);
}

Test(judge, shifts_of_cpu_latency_and_connections_are_found_and_said)
{
    struct stage stage = stage_of(each_shifted_here);
    struct ending ending = stage_play(&stage);
    for (size_t i = 0; i < G_N_ELEMENTS(shifted); i++) {
        const struct judge_finding *found = &ending.last[shifted[i].metric];
        cr_expect_geq(ending.guilty_at[shifted[i].metric], 0, "%s", metric_name(shifted[i].metric));
        cr_expect_float_eq(found->ratio, shifted[i].times, 0.15, "%g", found->ratio);
        cr_expect_float_eq(found->controls, 1, 0.1, "%g", found->controls);
    }
    cr_expect_lt(ending.guilty_at[METRIC_ERROR_RATE], 0, "errors are as they were");
}

Test(judge, shifts_that_the_controls_share_are_not_attributable)
{
    struct stage stage = stage_of(each_shifted_everywhere);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "everybody's");
    for (size_t i = 0; i < G_N_ELEMENTS(shifted); i++)
        cr_expect_geq(ending.shared_at[shifted[i].metric], 0, "%s", metric_name(shifted[i].metric));
}

Test(judge, a_metric_that_is_not_asked_for_is_never_found)
{
    struct stage stage = stage_of(each_shifted_here);
    stage.terms.asked[METRIC_CPU] = false;
    struct ending ending = stage_play(&stage);
    cr_expect_lt(ending.guilty_at[METRIC_CPU], 0);
    cr_expect_eq(ending.last[METRIC_CPU].rows, 0);
    cr_expect_geq(ending.guilty_at[METRIC_LATENCY_P95], 0);
}

static void cpu_of_an_idle_cell_doubles(struct judge_row *row, size_t cell, gint64 minute)
{
    row->value[METRIC_CPU] /= 15; /* about 2 % */
    if (cell == 0 && minute >= 0)
        row->value[METRIC_CPU] *= 2;
}

Test(judge, a_rise_that_costs_nobody_anything_is_no_reason)
{
    struct stage stage = stage_of(cpu_of_an_idle_cell_doubles);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "CPU 2 % to 4 %");
    cr_expect_gt(ending.last[METRIC_CPU].odds, 2 * stage.terms.odds, "evidence there is");
}

/* Size and persistence. */
static void one_wild_row(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell != 0 || minute != 20)
        return;
    row_set_errors(row, 900);
    row->value[METRIC_CPU] = 99;
    row->value[METRIC_LATENCY_P95] = 9000;
    row->value[METRIC_DB_CONNECTIONS] = 900;
}

Test(judge, one_wild_row_is_no_fault)
{
    struct stage stage = stage_of(one_wild_row);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "one wild row");
}

static void two_fifths_more_of_very_many(struct judge_row *row, size_t cell, gint64 minute)
{
    row->value[METRIC_REQUESTS] = 2e6;
    row_set_errors(row, (minute % 2 ? 5900 : 6100) * (cell == 0 && minute >= 0 ? 1.4 : 1));
}

Test(judge, evidence_of_a_trifle_is_no_reason_and_max_ratio_says_what_is_one)
{
    struct stage stage = stage_of(two_fifths_more_of_very_many);
    stage.terms.max_ratio = 1.6;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "two fifths more");
    cr_expect_geq(ending.most_odds[METRIC_ERROR_RATE], 1000, "there was evidence");
    stage.terms.max_ratio = 1.3;
    ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 0, "of the same it is found guilty");
}

Test(judge, no_more_than_min_events_errors_are_no_reason)
{
    const double least[] = {10, 60, 200};
    gint64 before = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(least); i++) {
        struct stage stage = stage_of(tripled_here);
        stage.terms.min_events = least[i];
        struct ending ending = stage_play(&stage);
        gint64 at = ending.guilty_at[METRIC_ERROR_RATE];
        cr_assert_geq(at, 0);
        cr_expect_gt(ending.first[METRIC_ERROR_RATE].seen, least[i]);
        cr_expect(i < 2 || at > before, "200 errors take longer than 60");
        before = at;
    }
}

static void nine_errors_of_a_cell_that_never_had_any(struct judge_row *row, size_t cell,
                                                     gint64 minute)
{
    row_set_errors(row, cell == 0 && minute >= 10 && minute < 19);
}

Test(judge, nine_errors_are_no_reason_however_sure_they_are)
{
    struct stage stage = stage_of(nine_errors_of_a_cell_that_never_had_any);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "nine errors");
    cr_expect_gt(ending.last[METRIC_ERROR_RATE].odds, 1);
}

static void a_fifth_more_beside_a_control_without_errors(struct judge_row *row, size_t cell,
                                                         gint64 minute)
{
    if (cell != 0)
        row_set_errors(row, minute % 97 == 0);
    else if (minute >= 0)
        row_set_errors(row, nearbyint(1.2 * row_errors(row) + 0.2 * (double)(minute % 2)));
}

Test(judge, controls_too_quiet_to_tell_anything_accuse_nobody)
{
    struct stage stage = stage_of(a_fifth_more_beside_a_control_without_errors);
    stage.n_controls = 1;
    stage.terms.bake_ms = WHEN_DAY;
    stage.minutes = 24 * 60;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "a quiet control");
}

/* Every twenty minutes, and on average as before; the past had none. */
static void comes_in_bursts(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && minute >= 0) {
        double swell = sin(2 * G_PI * (double)minute / 20);
        errors_times(row, 1 + 0.8 * swell);
    }
}

Test(judge, what_raised_no_alarm_for_hours_is_known_to_scatter_so)
{
    struct stage stage = stage_of(comes_in_bursts);
    stage.terms.bake_ms = 7 * WHEN_DAY;
    stage.minutes = 7 * 24 * 60;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "bursts");
}

/* When. */
static void wild_while_it_restarts(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell != 0 || minute < 0 || minute >= 3)
        return;
    errors_times(row, 20);
    row->value[METRIC_CPU] *= 3;
    row->value[METRIC_LATENCY_P95] *= 6;
    row->value[METRIC_DB_CONNECTIONS] *= 4;
}

Test(judge, a_restart_of_three_minutes_is_forgiven)
{
    for (size_t n = 0; n <= 3; n += 3) {
        struct stage stage = stage_of(wild_while_it_restarts);
        stage.n_controls = n;
        struct ending ending = stage_play(&stage);
        expect_nobody_guilty(&ending, "a restart");
    }
}

static void far_worse_here(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell != 0 || minute < 0)
        return;
    errors_times(row, 30);
    row->value[METRIC_LATENCY_P95] *= 5;
}

Test(judge, the_warm_up_alone_proves_nothing)
{
    struct stage stage = stage_of(far_worse_here);
    stage.terms.warmup_ms = 10 * WHEN_MINUTE;
    struct ending ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 11, "the first row after it is the 11th");
    cr_expect_geq(ending.guilty_at[METRIC_LATENCY_P95], 11);
}

static void late(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && minute >= 22 * 60) {
        errors_times(row, 3);
        row->value[METRIC_LATENCY_P95] *= 2;
    }
}

Test(judge, a_fault_that_begins_late_is_found_and_dated)
{
    struct stage stage = stage_of(late);
    stage.terms.bake_ms = WHEN_DAY;
    stage.minutes = 24 * 60;
    struct ending ending = stage_play(&stage);
    const struct judge_finding *found = &ending.first[METRIC_ERROR_RATE];
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 22 * 60);
    cr_expect_geq(ending.guilty_at[METRIC_LATENCY_P95], 22 * 60);
    cr_expect_leq(ending.guilty_at[METRIC_ERROR_RATE] - found->rows, 22 * 60 + JUDGE_RESTART);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE] - found->rows, 22 * 60 - 3 * JUDGE_RESTART);
}

/* From the trough of the day to its peak, twelve hours later. */
static void the_day_rises(struct judge_row *row, size_t cell, gint64 minute)
{
    double day = 1 - 0.4 * cos(2 * G_PI * (double)minute / (24 * 60));
    (void)cell;
    row->value[METRIC_REQUESTS] = nearbyint(row->value[METRIC_REQUESTS] * day);
    row->value[METRIC_CPU] *= day;
    row->value[METRIC_LATENCY_P95] *= day;
    row->value[METRIC_DB_CONNECTIONS] *= day;
}

static void the_day_rises_and_a_fault_beyond_it(struct judge_row *row, size_t cell, gint64 minute)
{
    the_day_rises(row, cell, minute);
    if (minute < 11 * 60)
        return;
    errors_times(row, 3);
    row->value[METRIC_LATENCY_P95] *= 2;
    row->value[METRIC_DB_CONNECTIONS] *= 2;
}

Test(judge, without_controls_what_the_day_does_is_no_evidence_and_what_is_beyond_it_is)
{
    struct stage stage = stage_of(the_day_rises);
    stage.n_controls = 0;
    stage.past = 240;
    stage.terms.bake_ms = WHEN_DAY;
    stage.minutes = 24 * 60;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "a day");
    for (size_t m = 0; m < METRIC_COUNT; m++)
        cr_expect_lt(ending.most_odds[m], 10, "%s: %g", metric_name(m), ending.most_odds[m]);
    stage.change = the_day_rises_and_a_fault_beyond_it;
    ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 11 * 60);
    cr_expect_geq(ending.guilty_at[METRIC_LATENCY_P95], 11 * 60);
    cr_expect_geq(ending.guilty_at[METRIC_DB_CONNECTIONS], 11 * 60);
}

Test(judge, a_short_past_asks_for_more_evidence)
{
    struct stage stage = stage_of(tripled_here);
    struct ending known = stage_play(&stage);
    stage.past = 10;
    struct ending hardly_known = stage_play(&stage);
    cr_assert_geq(hardly_known.guilty_at[METRIC_ERROR_RATE], 0);
    cr_expect_geq(hardly_known.first[METRIC_ERROR_RATE].odds, JUDGE_SHORT_ODDS * stage.terms.odds);
    cr_expect_gt(hardly_known.guilty_at[METRIC_ERROR_RATE], known.guilty_at[METRIC_ERROR_RATE]);
}

Test(judge, more_evidence_asked_for_takes_longer_to_be_had)
{
    struct stage stage = stage_of(doubled_here);
    struct ending some = stage_play(&stage);
    stage.terms.odds = 1e6;
    struct ending much = stage_play(&stage);
    cr_expect_gt(much.guilty_at[METRIC_ERROR_RATE], some.guilty_at[METRIC_ERROR_RATE]);
    cr_expect_geq(much.first[METRIC_ERROR_RATE].odds, 1e6);
}

static void an_incident_of_everybodys_ends(struct judge_row *row, size_t cell, gint64 minute)
{
    (void)cell;
    if (minute >= 10 && minute < 20)
        errors_times(row, 5);
}

Test(judge, what_was_shared_stands_for_a_while_and_not_for_ever)
{
    struct stage stage = stage_of(an_incident_of_everybodys_ends);
    stage.minutes = 24;
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "an incident");
    cr_expect_geq(ending.shared_at[METRIC_ERROR_RATE], 10);
    cr_expect_eq(ending.last[METRIC_ERROR_RATE].word, JUDGE_SHARED);
    stage.terms.bake_ms = WHEN_DAY;
    stage.minutes = 24 * 60;
    ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "an incident");
    cr_expect_neq(ending.last[METRIC_ERROR_RATE].word, JUDGE_SHARED);
}
