/* Robust statistics of small samples. NAN is no datum and is left out everywhere. */
#pragma once

#include <stddef.h>

/* Copies what is no NAN, sorted, to `out` (room for n); returns how many. */
size_t stat_sorted(const double *x, size_t n, double *out);
/* Linear between ranks; NAN of nothing. */
double stat_quantile(const double *sorted, size_t n, double q);
double stat_median(const double *x, size_t n);
/* 1.4826 x the median absolute deviation: the standard deviation of what is normal; 0 of nothing.
 */
double stat_spread(const double *x, size_t n);
/* P(X >= count) for a Poisson X. */
double stat_poisson_tail(double count, double mean);
/* How many times longer than independent rows it takes correlated ones to say as much, 1 to `most`:
 * (1+r)/(1-r) of their ranks' lag-1 correlation, or what the variance of blocks shows if that is
 * more (Poisson's noise hides from neighbours how slowly the rate beneath it wanders). */
double stat_slowdown(const double *x, size_t n, double most);
/* The slope of y on x through their means, held between 0 and 1; 0.5 where fewer than 10 pairs
 * tell. */
double stat_follows(const double *y, const double *x, size_t n);
