#include "rollout/judge_stats.h"

#include "rollout/judge_constants.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

size_t stat_sorted(const double *x, size_t n, double *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            out[kept++] = x[i];
    qsort(out, kept, sizeof *out, by_value);
    return kept;
}

double stat_quantile(const double *sorted, size_t n, double q)
{
    if (n == 0)
        return NAN;
    double place = q * (double)(n - 1);
    size_t below = (size_t)place;
    if (below + 1 >= n)
        return sorted[n - 1];
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

double stat_median(const double *x, size_t n)
{
    double few[128];
    g_autofree double *many = n > G_N_ELEMENTS(few) ? g_new(double, n) : NULL;
    double *sorted = many ? many : few;
    return stat_quantile(sorted, stat_sorted(x, n, sorted), 0.5);
}

double stat_spread(const double *x, size_t n)
{
    double median = stat_median(x, n);
    g_autofree double *off = g_new(double, n + 1);
    for (size_t i = 0; i < n; i++)
        off[i] = fabs(x[i] - median);
    double spread = stat_median(off, n);
    return isnan(spread) ? 0 : 1.4826 * spread;
}

double stat_poisson_tail(double count, double mean)
{
    if (count <= 0)
        return 1;
    if (mean > 60) /* normal, with the correction for continuity */
        return 0.5 * erfc((count - 0.5 - mean) / sqrt(2 * mean));
    if (count > mean + 12 * sqrt(mean) + 25)
        return 0;
    double term = exp(-mean), below = 0;
    for (int k = 0; k < count; k++) {
        below += term;
        term *= mean / (k + 1);
    }
    return MAX(0, 1 - below);
}

/* Ranks of what is no NAN, in their order; ties share the mean of theirs. */
static size_t ranks_of(const double *x, size_t n, double *ranks)
{
    g_autofree double *sorted = g_new(double, n + 1);
    size_t kept = stat_sorted(x, n, sorted), at = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i]))
            continue;
        size_t low = 0, high = kept;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (sorted[middle] < x[i])
                low = middle + 1;
            else
                high = middle;
        }
        for (high = low; high < kept && sorted[high] <= x[i];)
            high++;
        ranks[at++] = (double)(low + high - 1) / 2;
    }
    return kept;
}

/* The variance of the sums of blocks of `span`, over what it were if rows were independent; less
 * what so few blocks may show by chance. 1: too few to tell. `x` is off its mean. */
static double block_variance(const double *x, size_t n, size_t span)
{
    size_t blocks = n / span;
    double squares = 0, sums = 0;
    for (size_t i = 0; i < n; i++)
        squares += x[i] * x[i];
    for (size_t block = 0; block < blocks; block++) {
        double sum = 0;
        for (size_t i = 0; i < span; i++)
            sum += x[block * span + i];
        sums += sum * sum;
    }
    if (blocks < JUDGE_BLOCKS)
        return 1;
    double chance = JUDGE_SHRINK * sqrt(2 / (double)blocks);
    return sums / (double)(blocks * span) / (squares / (double)n) * (1 - chance);
}

double stat_slowdown(const double *x, size_t n, double most)
{
    static const size_t spans[] = {5, 10, 30};
    g_autofree double *ranks = g_new0(double, n + 1);
    size_t kept = ranks_of(x, n, ranks);
    if (kept < 20)
        return 1.5; /* too few to tell: somewhat */
    double mean = (double)(kept - 1) / 2, squares = 0, products = 0;
    for (size_t i = 0; i < kept; i++) {
        ranks[i] -= mean;
        squares += ranks[i] * ranks[i];
        products += i ? ranks[i] * ranks[i - 1] : 0;
    }
    if (squares <= 0)
        return 1;
    /* 0.03: a third of the standard error of 120 rows: so much is no correlation */
    double correlation = MAX(0, products / squares - 0.03);
    double slowdown = (1 + correlation) / MAX(1e-9, 1 - correlation);
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++)
        slowdown = MAX(slowdown, block_variance(ranks, kept, spans[i]));
    return MIN(most, slowdown);
}

double stat_follows(const double *y, const double *x, size_t n)
{
    double sum_x = 0, sum_y = 0, products = 0, squares = 0;
    size_t pairs = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]) && !isnan(y[i])) {
            sum_x += x[i];
            sum_y += y[i];
            pairs++;
        }
    if (pairs < 10)
        return 0.5;
    double mean_x = sum_x / (double)pairs, mean_y = sum_y / (double)pairs;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]) && !isnan(y[i])) {
            products += (y[i] - mean_y) * (x[i] - mean_x);
            squares += (x[i] - mean_x) * (x[i] - mean_x);
        }
    /* the second term keeps a past that never moved from being followed exactly */
    return CLAMP(products / (squares + 0.001 * (double)pairs), 0, 1);
}
