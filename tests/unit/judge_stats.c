/* What correlated rows are worth. */
#include "rollout/judge_stats.h"

#include <criterion/criterion.h>

#define ROWS 240
#define MOST 4.0

/* Twenty minutes up, twenty down; and every row is off the other way than the one before. */
static double wanders(size_t row, double noise)
{
    return (row / 20 % 2 ? 1 : -1) + (row % 2 ? noise : -noise) + 1e-6 * (double)row;
}

Test(judge_stats, a_rate_that_wanders_beneath_the_noise_of_its_rows_slows_ranks_down)
{
    double rows[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = wanders(i, 1.5);
    cr_expect_gt(stat_slowdown(rows, ROWS, MOST), 1.5, "%g", stat_slowdown(rows, ROWS, MOST));
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = wanders(i, 0);
    cr_expect_eq(stat_slowdown(rows, ROWS, MOST), MOST, "but by no more than that");
}

Test(judge_stats, rows_that_know_nothing_of_each_other_are_as_fast_as_they_are)
{
    double rows[ROWS];
    unsigned state = 1;
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = (state = state * 1664525u + 1013904223u) >> 8;
    cr_expect_leq(stat_slowdown(rows, ROWS, MOST), 1.25, "%g", stat_slowdown(rows, ROWS, MOST));
}
