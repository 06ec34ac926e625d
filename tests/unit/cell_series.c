/* Several periods to a dot (tui/views/cell_series.h). */
#include "tui/views/cell_series.h"

#include "data/base/when.h"

#include <criterion/criterion.h>
#include <math.h>

#define FROM (G_GINT64_CONSTANT(1795485600000) / (60 * WHEN_MINUTE) * (60 * WHEN_MINUTE))

/* Values of one a minute from FROM on, NAN for a minute that is missing; read up to the end. */
static struct cell_series read_of(const double *values, size_t n, enum dot_of dot, gint64 periods)
{
    g_autofree struct datapoint *points = g_new(struct datapoint, n);
    size_t there = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            points[there++] = (struct datapoint){FROM + (gint64)i * WHEN_MINUTE, values[i]};
    struct series *series = series_new(points, there);
    struct cell_series out =
        cell_series_read(series, METRIC_ERROR_RATE, dot, FROM, FROM + (gint64)n * WHEN_MINUTE - 1,
                         WHEN_MINUTE, periods);
    series_unref(series);
    return out;
}

static void expect_values(struct cell_series series, const double *values, size_t n)
{
    cr_assert_eq(series.n, n, "%zu", series.n);
    for (size_t i = 0; i < n; i++)
        cr_expect_float_eq(series.values[i], values[i], 1e-9, "%zu: %g", i, series.values[i]);
    cell_series_clear(&series);
}

#define OF(...)                                                                                    \
    ((const double[]){__VA_ARGS__}), sizeof((const double[]){__VA_ARGS__}) / sizeof(double)

Test(cell_series, no_more_values_than_dots)
{
    cr_expect_eq(cell_series_periods(WHEN_HOUR, WHEN_MINUTE, 120), 1);
    cr_expect_eq(cell_series_periods(WHEN_HOUR, WHEN_MINUTE, 50), 2);
    cr_expect_eq(cell_series_periods(WHEN_DAY, WHEN_MINUTE, 100), 15);
    cr_expect_eq(cell_series_periods(WHEN_HOUR, WHEN_DAY, 0), 1);
}

Test(cell_series, a_dot_is_the_worst_of_its_periods_or_their_mean)
{
    const double rows[] = {1, 1, 9, 2, 0, 1};
    expect_values(read_of(rows, 6, DOT_HIGHEST, 3), OF(9, 2));
    expect_values(read_of(rows, 6, DOT_LOWEST, 3), OF(1, 0));
    expect_values(read_of(rows, 6, DOT_MEAN, 3), OF(11.0 / 3, 1));
    expect_values(read_of(rows, 6, DOT_HIGHEST, 1), rows, 6);
}

Test(cell_series, a_gap_stays_a_gap_however_many_periods_a_dot_has)
{
    const double rows[] = {1, 1, NAN, NAN, NAN, 1, 2, NAN, NAN, 2, 2, 2};
    expect_values(read_of(rows, 12, DOT_HIGHEST, 6), OF(2));
    const double holes[] = {NAN, NAN, 3, 3};
    expect_values(read_of(holes, 4, DOT_HIGHEST, 2), OF(3));
}

Test(cell_series, what_is_not_read_yet_is_no_gap)
{
    const double rows[] = {1, 1, 1, 1, 1, 7, NAN, NAN, NAN, NAN};
    expect_values(read_of(rows, 10, DOT_HIGHEST, 5), OF(1, 7));
}

Test(cell_series, a_value_that_is_no_share_is_missing)
{
    const double rows[] = {250, 1, -1, 1};
    expect_values(read_of(rows, 4, DOT_HIGHEST, 1), OF(1, 1));
}

Test(cell_series, of_nothing_there_is_nothing)
{
    struct cell_series none =
        cell_series_read(NULL, METRIC_CPU, DOT_MEAN, FROM, FROM + WHEN_HOUR, WHEN_MINUTE, 4);
    cr_expect_eq(none.n, 0);
    cell_series_clear(&none);
}
