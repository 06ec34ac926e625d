#include "data/fleet.h"

#include <math.h>
#include <string.h>

/* Beyond these no cell ever measured anything: CPU may be summed over a thousand cores, a wait may
 * last for hours; replica lag (METRIC_COUNT) is in seconds. */
#define MOST_OF_ANY 1e15
static const double most[METRIC_COUNT + 1] = {
    [METRIC_HEALTH] = 1,        [METRIC_REQUESTS] = 1e9,       [METRIC_ERROR_RATE] = 100,
    [METRIC_CPU] = 1e5,         [METRIC_DB_CONNECTIONS] = 1e7, [METRIC_ACTIVE_USERS] = 1e9,
    [METRIC_LATENCY_P95] = 1e7, [METRIC_COUNT] = 1e9,
};

bool metric_value_usable(enum metric metric, double value)
{
    if (metric >= METRIC_OWN && metric < METRIC_COUNT) /* nobody knows what it counts */
        return isfinite(value) && value >= 0 && value <= MOST_OF_ANY;
    return isfinite(value) && value >= 0 && value <= most[metric];
}

struct series *series_new(const struct datapoint *points, size_t n)
{
    struct series *series = g_malloc(sizeof *series + n * sizeof *points);
    g_atomic_ref_count_init(&series->refs);
    series->n = n;
    if (n)
        memcpy(series->points, points, n * sizeof *points);
    return series;
}

struct series *series_ref(struct series *series)
{
    g_atomic_ref_count_inc(&series->refs);
    return series;
}

void series_unref(struct series *series)
{
    if (series && g_atomic_ref_count_dec(&series->refs))
        g_free(series);
}

static int by_time(const void *a, const void *b, gpointer data G_GNUC_UNUSED)
{
    gint64 x = ((const struct datapoint *)a)->at_ms;
    gint64 y = ((const struct datapoint *)b)->at_ms;
    return (x > y) - (x < y);
}

/* Appends `point` to what is already in time order; a period already there takes its value. */
static void put(struct series *out, const struct datapoint *point)
{
    if (out->n && out->points[out->n - 1].at_ms == point->at_ms)
        out->n--;
    out->points[out->n++] = *point;
}

static void put_all(struct series *out, const struct series *from, size_t first, size_t end)
{
    if (first >= end)
        return;
    memcpy(&out->points[out->n], &from->points[first], (end - first) * sizeof *out->points);
    out->n += end - first;
}

static bool has(const struct series *series, size_t place, gint64 at_ms)
{
    return series && place < series->n && series->points[place].at_ms == at_ms;
}

/* Of `fresh`, in time order: how many periods `old` has not. */
static size_t new_periods(const struct series *old, const struct datapoint *fresh, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        bool again = i > 0 && fresh[i - 1].at_ms == fresh[i].at_ms;
        if (!again && !has(old, series_place(old, fresh[i].at_ms), fresh[i].at_ms))
            count++;
    }
    return count;
}

static bool has_all(const struct series *series, const struct datapoint *points, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t place = series_place(series, points[i].at_ms);
        if (!has(series, place, points[i].at_ms) || series->points[place].value != points[i].value)
            return false;
    }
    return true;
}

static struct series *merge(const struct series *old, size_t from, const struct datapoint *fresh,
                            size_t n)
{
    size_t end = old ? old->n : 0, next = from;
    size_t all = end - from + new_periods(old, fresh, n);
    struct series *out = series_new(NULL, 0);
    out = g_realloc(out, sizeof *out + all * sizeof *out->points);
    for (size_t i = 0; i < n; i++) {
        size_t place = MAX(next, series_place(old, fresh[i].at_ms));
        put_all(out, old, next, place);
        put(out, &fresh[i]);
        next = has(old, place, fresh[i].at_ms) ? place + 1 : place;
    }
    put_all(out, old, next, end);
    return out;
}

struct series *series_merge(struct series *old, const struct datapoint *fresh, size_t n,
                            gint64 keep_from_ms)
{
    g_autofree struct datapoint *sorted = g_new(struct datapoint, n);
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (fresh[i].at_ms >= keep_from_ms)
            sorted[m++] = fresh[i];
    if (m) /* stable: of one period the last one counts */
        g_qsort_with_data(sorted, (gint)m, sizeof *sorted, by_time, NULL);
    size_t from = series_place(old, keep_from_ms);
    if (old && from == 0 && has_all(old, sorted, m))
        return series_ref(old);
    return merge(old, from, sorted, m);
}

const struct datapoint *series_last(const struct series *series)
{
    return series && series->n ? &series->points[series->n - 1] : NULL;
}

gssize series_newest_usable(const struct series *series, enum metric metric, gint64 now_ms)
{
    gssize i = series ? (gssize)series->n - 1 : -1;
    while (i >= 0 && (series->points[i].at_ms > now_ms ||
                      !metric_value_usable(metric, series->points[i].value)))
        i--;
    return i;
}

size_t series_place(const struct series *series, gint64 at_ms)
{
    size_t low = 0, high = series ? series->n : 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (series->points[middle].at_ms < at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
