/* Good releases are let pass: over a whole bake, however long, at most one in a hundred is ever
 * called a regression (gates.md). Seeds are fixed, so each test always ends in the same way; its
 * bound is one that a right judge keeps in all but one choice of seeds in a million. `make nulls`
 * makes the same bakes by the thousand. */
#include "nulls.h"

#include "rollout/judge_stats.h"

#include <criterion/criterion.h>

#define LEVEL 0.01 /* gates.md: false rollbacks over the whole bake */
#define SURE  1e-6
/* Evidence of 10:1 may ever be had in one bake of ten (Ville 1939). This judge, careful where the
 * past is an estimate, has it in one of a hundred; in one of fifty it has come to make more of it.
 */
#define SOME_ODDS   10.0
#define SOME_LEVEL  0.02
#define TOO_MUCH_BY 10.0 /* a judge that makes so much more of it is told */

struct tally_of_nulls {
    guint runs, failed, to_some_odds, to_them_too_soon;
};

/* More than that of `runs` are not had by chance at `share`. (Poisson's tail is the heavier one.)
 */
static guint most_by_chance(guint runs, double share)
{
    guint most = 0;
    while (stat_poisson_tail(most + 1, runs * share) > SURE)
        most++;
    return most;
}

static void run_some(const struct null_case *given, guint64 first, guint runs,
                     struct tally_of_nulls *sum)
{
    for (guint i = 0; i < runs; i++) {
        struct null_run run = null_run(given, first + i);
        sum->runs++;
        sum->failed += run.end == NULL_FAILED;
        sum->to_some_odds += run.most_odds >= SOME_ODDS;
        sum->to_them_too_soon += run.most_odds >= SOME_ODDS / TOO_MUCH_BY;
    }
}

/* Jobs that begin at once make three times the errors: beyond what gates.md asks to be let pass. */
static bool has_jobs(const struct null_kind *kind)
{
    return kind->job > 1;
}

/* `runs` bakes of every kind, with five, one and no controls. */
static struct tally_of_nulls run_all(gint64 bake_hours, size_t past_rows, guint runs, double rigour)
{
    static const size_t controls[] = {5, 1, 0};
    struct tally_of_nulls sum = {0};
    for (size_t k = 0; k < null_kinds_count(); k++)
        for (size_t c = 0; c < G_N_ELEMENTS(controls) && !has_jobs(&null_kinds[k]); c++) {
            const struct null_case given = {.kind = &null_kinds[k],
                                            .bake_hours = bake_hours,
                                            .n_controls = controls[c],
                                            .past_rows = past_rows,
                                            .rigour = rigour};
            run_some(&given, 1 + k * 10000 + c * 100000, runs, &sum);
        }
    return sum;
}

static void expect_few(const struct tally_of_nulls *sum)
{
    cr_expect_leq(sum->failed, most_by_chance(sum->runs, LEVEL), "%u of %u failed", sum->failed,
                  sum->runs);
    cr_expect_leq(sum->to_some_odds, most_by_chance(sum->runs, SOME_LEVEL), "%u of %u came to 10:1",
                  sum->to_some_odds, sum->runs);
}

Test(judge_nulls, good_releases_that_bake_for_an_hour_are_let_pass)
{
    struct tally_of_nulls sum = run_all(1, 240, 80, 1);
    expect_few(&sum);
    cr_expect_gt(sum.to_them_too_soon, most_by_chance(sum.runs, SOME_LEVEL),
                 "ten times too much would not be told: %u", sum.to_them_too_soon);
}

Test(judge_nulls, good_releases_after_a_past_of_ten_minutes_are_let_pass)
{
    struct tally_of_nulls sum = run_all(1, 10, 30, 1);
    cr_expect_leq(sum.failed, most_by_chance(sum.runs, LEVEL), "%u of %u", sum.failed, sum.runs);
}

Test(judge_nulls, good_releases_that_bake_for_a_day_are_let_pass)
{
    struct tally_of_nulls sum = run_all(24, 240, 3, 1);
    expect_few(&sum);
}

Test(judge_nulls, good_releases_that_bake_for_a_week_are_let_pass_whatever_the_hour)
{
    static const size_t controls[] = {5, 1, 0};
    struct tally_of_nulls sum = {0};
    for (size_t c = 0; c < G_N_ELEMENTS(controls); c++) {
        const struct null_case given = {.kind = null_kind_named("diurnal errors"),
                                        .bake_hours = 168,
                                        .n_controls = controls[c],
                                        .past_rows = 240,
                                        .rigour = 1};
        run_some(&given, 1 + c, 1, &sum);
    }
    cr_expect_eq(sum.failed, 0);
}

/* Cells with a job of their own at some hour, which three in four are rolled back for if all that
 * is known is the last four hours; none can be known by its controls. */
Test(judge_nulls, a_cell_whose_job_ran_the_day_before_too_is_let_pass)
{
    struct tally_of_nulls sum = {0}, blind = {0};
    struct null_case given = {.kind = null_kind_named("nightly job"),
                              .bake_hours = 24,
                              .n_controls = 5,
                              .past_rows = 1680,
                              .rigour = 1};
    run_some(&given, 1, 16, &sum);
    given.past_rows = 240;
    run_some(&given, 1, 16, &blind);
    cr_expect_leq(sum.failed, most_by_chance(sum.runs, 2 * LEVEL), "%u of %u", sum.failed,
                  sum.runs);
    cr_expect_gt(blind.failed, most_by_chance(sum.runs, 2 * LEVEL), "%u of %u", blind.failed,
                 blind.runs);
}

/* What shows that the tests above can fail: wild nulls, judged on next to no evidence. */
Test(judge_nulls, a_judge_content_with_a_hundredth_of_the_evidence_is_told_from_a_right_one)
{
    struct tally_of_nulls sum = run_all(1, 240, 70, 0.01);
    cr_expect_gt(sum.failed, most_by_chance(sum.runs, LEVEL), "%u of %u", sum.failed, sum.runs);
}
