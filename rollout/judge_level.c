#include "rollout/judge_parts.h"
#include "rollout/judge_stats.h"

#include <string.h>

double level_cap(const struct level *level, double expected)
{
    return expected + JUDGE_CAP_SD * sqrt(expected + level->cv2 * expected * expected) + 2;
}

/* 0.25 keeps a row of which nothing is expected from counting as many deviations (Anscombe's
 * transform has 3/8 of a count to that end). */
double level_score(const struct level *level, double errors, double expected)
{
    return (errors - expected) / sqrt(expected + level->cv2 * expected * expected + 0.25);
}

/* Variation beyond Poisson's, from the 16-84 % spread: a few wild rows don't change it. */
static double cv2_of(const double *errors, const double *requests, size_t n, double rate,
                     double mean)
{
    if (mean <= 2) /* so few errors have no spread to speak of */
        return 0;
    g_autofree double *scores = g_new(double, n);
    for (size_t i = 0; i < n; i++)
        scores[i] = (errors[i] - requests[i] * rate) / sqrt(requests[i] * rate);
    n = stat_sorted(scores, n, scores);
    double deviation = (stat_quantile(scores, n, 0.84) - stat_quantile(scores, n, 0.16)) / 2;
    return MIN(1, MAX(0, deviation * deviation - 1) / mean);
}

/* The mean of winsorised rows, found in three rounds: each caps by the last one's level. */
struct level level_of(const double *errors, const double *requests, size_t rows)
{
    struct level level = {0};
    g_autofree double *kept_errors = g_new(double, rows + 1), *kept = g_new(double, rows + 1);
    size_t n = 0;
    for (size_t i = 0; i < rows; i++)
        if (!isnan(errors[i]) && requests[i] > 0) {
            kept_errors[n] = errors[i];
            kept[n++] = requests[i];
            level.errors += errors[i];
            level.requests += requests[i];
        }
    level.known = n > 0;
    for (int round = 0; level.known && round < 3; round++) {
        level.rate = (level.errors + 0.5) / (level.requests + 1); /* Jeffreys */
        level.cv2 =
            cv2_of(kept_errors, kept, n, level.rate, level.rate * level.requests / (double)n);
        level.errors = 0;
        for (size_t i = 0; i < n; i++) {
            kept_errors[i] = MIN(kept_errors[i], level_cap(&level, kept[i] * level.rate));
            level.errors += kept_errors[i];
        }
    }
    return level;
}
