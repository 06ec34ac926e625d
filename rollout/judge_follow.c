/* How closely a cell follows what its controls do (regression on the past: Deng et al. 2013). Their
 * noise is followed as closely as it was before; what they do for minutes on end, and what leaves
 * their own noise far behind, in full. */
#include "rollout/judge_parts.h"
#include "rollout/judge_stats.h"

#include <string.h>

static double expected_shift(const struct following *following, double controls, double median,
                             double lately)
{
    bool off = fabs(median) > 2.5 * following->spread5 + following->off ||
               fabs(controls) > 3 * following->spread + 2 * following->off;
    return off ? controls : lately + following->share * (controls - lately);
}

void following_begin(struct following *following, const double *own, const double *controls,
                     size_t n, double off, double *expected)
{
    g_autofree double *medians = g_new(double, n + 1);
    for (size_t i = 0; i < n; i++) {
        size_t from = i + 1 > JUDGE_MEDIAN_ROWS ? i + 1 - JUDGE_MEDIAN_ROWS : 0;
        medians[i] = stat_median(controls + from, i + 1 - from);
    }
    *following = (struct following){.share = stat_follows(own, controls, n),
                                    .spread = stat_spread(controls, n),
                                    .spread5 = stat_spread(medians, n),
                                    .off = off};
    for (size_t i = 0; i < n; i++)
        expected[i] = expected_shift(following, controls[i], medians[i], 0);
    for (size_t i = 0; i < JUDGE_MEDIAN_ROWS; i++)
        following->last[i] = n + i >= JUDGE_MEDIAN_ROWS ? controls[n + i - JUDGE_MEDIAN_ROWS] : NAN;
}

double following_take(struct following *following, double controls, double lately)
{
    memmove(following->last, following->last + 1,
            sizeof following->last - sizeof following->last[0]);
    following->last[JUDGE_MEDIAN_ROWS - 1] = controls;
    return expected_shift(following, controls, stat_median(following->last, JUDGE_MEDIAN_ROWS),
                          lately);
}
