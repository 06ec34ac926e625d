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

static int by_time(const void *a, const void *b)
{
    gint64 x = ((const struct datapoint *)a)->at_ms;
    gint64 y = ((const struct datapoint *)b)->at_ms;
    return (x > y) - (x < y);
}

/* Appends `point` to what is already in time order; a period already there takes its value. */
static void put(GArray *out, const struct datapoint *point, gint64 keep_from_ms)
{
    if (point->at_ms < keep_from_ms)
        return;
    struct datapoint *last = out->len ? &g_array_index(out, struct datapoint, out->len - 1) : NULL;
    if (last && last->at_ms == point->at_ms)
        *last = *point;
    else
        g_array_append_vals(out, point, 1);
}

struct series *series_merge(const struct series *old, const struct datapoint *fresh, size_t n,
                            gint64 keep_from_ms)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof *fresh);
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof *fresh);
    if (n)
        g_array_append_vals(sorted, fresh, (guint)n);
    g_array_sort(sorted, by_time);
    size_t i = 0;
    for (size_t j = 0; j < sorted->len; j++) {
        const struct datapoint *point = &g_array_index(sorted, struct datapoint, j);
        for (; old && i < old->n && old->points[i].at_ms <= point->at_ms; i++)
            put(out, &old->points[i], keep_from_ms);
        put(out, point, keep_from_ms);
    }
    for (; old && i < old->n; i++)
        put(out, &old->points[i], keep_from_ms);
    return series_new((const struct datapoint *)(void *)out->data, out->len);
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
