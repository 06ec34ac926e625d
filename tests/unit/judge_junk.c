/* What must not matter to the judge does not, and what can't be true proves nothing. */
#include "data/base/when.h"
#include "judge_stage.h"
#include "rollout/judge_constants.h"

#include <criterion/criterion.h>
#include <math.h>

static void worse_here(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell != 0 || minute < 10)
        return;
    row_set_errors(row, 2 * row_errors(row));
    row->value[METRIC_LATENCY_P95] *= 1.5;
    row->value[METRIC_DB_CONNECTIONS] *= 1.5;
    row->value[METRIC_CPU] *= 1.5;
}

static void alike(double a, double b, const char *what, enum metric metric)
{
    bool same = (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-9 * MAX(fabs(a), fabs(b));
    cr_expect(same, "%s of %s: %.12g and %.12g", what, metric_name(metric), a, b);
}

static void expect_alike(const struct ending *a, const struct ending *b, enum metric metric)
{
    cr_expect_eq(a->guilty_at[metric], b->guilty_at[metric], "%s", metric_name(metric));
    cr_expect_eq(a->shared_at[metric], b->shared_at[metric], "%s", metric_name(metric));
    alike(a->last[metric].odds, b->last[metric].odds, "odds", metric);
    alike(a->last[metric].ratio, b->last[metric].ratio, "ratio", metric);
    alike(a->last[metric].controls, b->last[metric].controls, "controls", metric);
}

Test(judge_junk, the_order_of_the_controls_changes_nothing)
{
    static const size_t orders[][5] = {{1, 2, 3, 4, 5}, {5, 4, 3, 2, 1}, {3, 1, 5, 2, 4}};
    struct stage stage = stage_of(worse_here);
    stage.n_controls = 5;
    struct ending endings[G_N_ELEMENTS(orders)];
    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        stage.order = orders[i];
        endings[i] = stage_play(&stage);
        for (size_t m = 0; m < METRIC_COUNT; m++)
            expect_alike(&endings[0], &endings[i], m);
    }
    cr_expect_geq(endings[0].guilty_at[METRIC_ERROR_RATE], 0);
}

static void worse_here_in_other_units(struct judge_row *row, size_t cell, gint64 minute)
{
    worse_here(row, cell, minute);
    row->value[METRIC_LATENCY_P95] /= 1000; /* seconds */
    row->value[METRIC_DB_CONNECTIONS] *= 7;
}

Test(judge_junk, the_units_of_latency_and_connections_change_nothing)
{
    struct stage stage = stage_of(worse_here), other = stage_of(worse_here_in_other_units);
    struct ending a = stage_play(&stage), b = stage_play(&other);
    const enum metric scaled[] = {METRIC_LATENCY_P95, METRIC_DB_CONNECTIONS};
    for (size_t i = 0; i < G_N_ELEMENTS(scaled); i++) {
        expect_alike(&a, &b, scaled[i]);
        cr_expect_geq(a.guilty_at[scaled[i]], 0);
    }
    expect_alike(&a, &b, METRIC_ERROR_RATE);
}

/* Junk. */
static const double junk[] = {NAN, INFINITY, -INFINITY, -1, -1e300, 1e300, 1e308};

static double some_junk(gint64 minute, size_t metric)
{
    return junk[(guint64)(minute * 31 + (gint64)metric) % G_N_ELEMENTS(junk)];
}

static void nothing_but_junk(struct judge_row *row, size_t cell, gint64 minute)
{
    for (size_t m = 0; m < METRIC_COUNT && minute >= 0; m++)
        row->value[m] = some_junk(minute + (gint64)cell, m);
}

static void junk_here(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0)
        nothing_but_junk(row, cell, minute);
}

static void junk_from_the_controls(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell != 0)
        nothing_but_junk(row, cell, minute);
}

static void junk_before_the_deploy(struct judge_row *row, size_t cell, gint64 minute)
{
    if (minute < 0)
        nothing_but_junk(row, cell, -minute);
}

static void junk_now_and_then(struct judge_row *row, size_t cell, gint64 minute)
{
    if ((guint64)minute % 4 == cell)
        nothing_but_junk(row, cell, minute < 0 ? -minute : minute);
}

Test(judge_junk, what_can_not_be_true_proves_nothing)
{
    const stage_change all[] = {nothing_but_junk, junk_here, junk_from_the_controls,
                                junk_before_the_deploy, junk_now_and_then};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        for (size_t n = 0; n <= 3; n++) {
            struct stage stage = stage_of(all[i]);
            stage.n_controls = n;
            struct ending ending = stage_play(&stage);
            expect_nobody_guilty(&ending, "junk");
        }
}

Test(judge_junk, what_can_not_be_true_is_no_datum)
{
    struct stage stage = stage_of(junk_here);
    struct ending ending = stage_play(&stage);
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        cr_expect_eq(ending.last[m].rows, 0, "%s", metric_name(m));
        cr_expect_eq(ending.last[m].odds, 0);
    }
}

static void worse_here_among_junk(struct judge_row *row, size_t cell, gint64 minute)
{
    worse_here(row, cell, minute);
    if (cell == 0 && minute >= 0 && minute % 5 == 4)
        nothing_but_junk(row, cell, minute);
}

Test(judge_junk, a_fault_among_junk_is_found_all_the_same)
{
    struct stage stage = stage_of(worse_here_among_junk);
    struct ending ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 10);
    cr_expect_geq(ending.guilty_at[METRIC_LATENCY_P95], 10);
}

/* Gaps and extremes. */
static void clear(struct judge_row *row)
{
    for (size_t m = 0; m < METRIC_COUNT; m++)
        row->value[m] = NAN;
}

static void a_control_leaves(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 2 && minute >= 15)
        clear(row);
}

static void a_control_leaves_and_this_cell_gets_worse(struct judge_row *row, size_t cell,
                                                      gint64 minute)
{
    a_control_leaves(row, cell, minute);
    worse_here(row, cell, minute);
}

static void all_controls_leave_and_this_cell_gets_worse(struct judge_row *row, size_t cell,
                                                        gint64 minute)
{
    if (cell != 0 && minute >= 5)
        clear(row);
    worse_here(row, cell, minute);
}

Test(judge_junk, a_control_that_disappears_neither_accuses_nor_excuses)
{
    struct stage stage = stage_of(a_control_leaves);
    struct ending ending = stage_play(&stage);
    expect_nobody_guilty(&ending, "a control leaves");
    const stage_change worse[] = {a_control_leaves_and_this_cell_gets_worse,
                                  all_controls_leave_and_this_cell_gets_worse};
    for (size_t i = 0; i < G_N_ELEMENTS(worse); i++) {
        stage = stage_of(worse[i]);
        ending = stage_play(&stage);
        cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 10);
        cr_expect_geq(ending.guilty_at[METRIC_LATENCY_P95], 10);
    }
}

static void nobody_comes_any_more(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell != 0 || minute < 0)
        return;
    row->value[METRIC_REQUESTS] = 0;
    row->value[METRIC_ERROR_RATE] = 0;
}

static void nobody_ever_came(struct judge_row *row, size_t cell, gint64 minute)
{
    (void)cell;
    (void)minute;
    row->value[METRIC_REQUESTS] = 0;
    row->value[METRIC_ERROR_RATE] = 0;
}

Test(judge_junk, without_requests_there_is_nothing_against_the_error_rate)
{
    const stage_change all[] = {nobody_comes_any_more, nobody_ever_came};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        struct stage stage = stage_of(all[i]);
        struct ending ending = stage_play(&stage);
        expect_nobody_guilty(&ending, "no requests");
        cr_expect_eq(ending.last[METRIC_ERROR_RATE].rows, 0);
    }
}

static void nothing_but_errors(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && minute >= 0)
        row->value[METRIC_ERROR_RATE] = 100;
}

static void never_anything_but_errors(struct judge_row *row, size_t cell, gint64 minute)
{
    (void)minute;
    if (cell == 0)
        row->value[METRIC_ERROR_RATE] = 100;
}

Test(judge_junk, nothing_but_errors_is_found_at_once_unless_it_never_was_otherwise)
{
    struct stage stage = stage_of(nothing_but_errors), never = stage_of(never_anything_but_errors);
    struct ending ending = stage_play(&stage);
    cr_expect_geq(ending.guilty_at[METRIC_ERROR_RATE], 0);
    cr_expect(isfinite(ending.last[METRIC_ERROR_RATE].odds));
    cr_expect(isfinite(ending.last[METRIC_ERROR_RATE].ratio));
    ending = stage_play(&never);
    expect_nobody_guilty(&ending, "it was so before");
}

static void health_alone(struct judge_row *row, size_t cell, gint64 minute)
{
    (void)cell;
    (void)minute;
    clear(row);
    row->value[METRIC_HEALTH] = 1;
}

Test(judge_junk, where_there_is_no_metric_but_health_nothing_is_said)
{
    for (size_t n = 0; n <= 2; n++) {
        struct stage stage = stage_of(health_alone);
        stage.n_controls = n;
        struct ending ending = stage_play(&stage);
        expect_nobody_guilty(&ending, "health alone");
        for (size_t m = 0; m < METRIC_COUNT; m++)
            cr_expect_eq(ending.last[m].rows, 0, "%s", metric_name(m));
    }
}

Test(judge_junk, a_cell_without_a_past_of_its_own_is_judged_by_nobodys)
{
    for (size_t n = 0; n <= 3; n++) {
        struct stage stage = stage_of(worse_here);
        stage.n_controls = n;
        stage.past = 0;
        struct ending ending = stage_play(&stage);
        expect_nobody_guilty(&ending, "no past");
    }
}

static void everybody_from_the_deploy_on(struct judge_row *row, size_t cell, gint64 minute)
{
    worse_here(row, 0, minute);
    if (cell != 0 && minute < 0)
        clear(row);
}

Test(judge_junk, controls_without_a_past_are_as_good_as_none)
{
    struct stage stage = stage_of(everybody_from_the_deploy_on), alone = stage;
    alone.n_controls = 0;
    struct ending ending = stage_play(&stage), wanted = stage_play(&alone);
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        cr_expect_eq(ending.guilty_at[m], wanted.guilty_at[m], "%s", metric_name(m));
        cr_expect_eq(ending.shared_at[m], -1, "%s", metric_name(m));
        cr_expect(ending.last[m].rows == 0 || isnan(ending.last[m].controls), "%s is said of them",
                  metric_name(m));
    }
}

static void has_ten_minutes(struct judge_row *row, size_t cell, gint64 minute)
{
    if (cell == 0 && minute < -10)
        clear(row);
    worse_here(row, cell, minute);
}

Test(judge_junk, a_short_past_is_short_however_long_the_controls_is)
{
    struct stage stage = stage_of(has_ten_minutes);
    struct ending ending = stage_play(&stage);
    cr_assert_geq(ending.guilty_at[METRIC_ERROR_RATE], 0);
    cr_expect_geq(ending.first[METRIC_ERROR_RATE].odds, JUDGE_SHORT_ODDS * stage.terms.odds);
    OWN(judge) judge = stage_judge(&stage);
    cr_expect_eq(judge_past_rows(judge), 10);
    cr_expect_eq(judge_past_span(judge), 10);
}

/* AddressSanitizer's, which unit tests are built with; Debian's GCC has no header for it. */
size_t __sanitizer_get_current_allocated_bytes(void);

static size_t kept_after(struct judge *judge, const struct stage *stage, gint64 from, gint64 to)
{
    for (gint64 minute = from; minute < to; minute++)
        stage_take(stage, judge, minute);
    return __sanitizer_get_current_allocated_bytes();
}

Test(judge_junk, memory_does_not_grow_with_the_bake)
{
    struct stage stage = stage_of(NULL);
    stage.terms.bake_ms = 7 * WHEN_DAY;
    stage.minutes = 0;
    size_t before = __sanitizer_get_current_allocated_bytes();
    OWN(judge) judge = stage_judge(&stage);
    size_t a_day = kept_after(judge, &stage, 0, 24 * 60);
    size_t a_week = kept_after(judge, &stage, 24 * 60, 7 * 24 * 60);
    cr_expect_gt(a_day, before, "the judge itself is counted");
    cr_expect_eq(a_week, a_day);
}
