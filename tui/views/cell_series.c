#include "tui/views/cell_series.h"

#include <math.h>

#define NO_DATA_PERIODS 3

void cell_series_clear(struct cell_series *series)
{
    g_free(series->at);
    g_free(series->values);
}

gint64 cell_series_periods(gint64 span_ms, gint64 period_ms, int dots)
{
    gint64 all = span_ms / period_ms;
    return MAX(1, (all + MAX(1, dots) - 1) / MAX(1, dots));
}

/* The value of several periods as it grows by one after the other. */
struct dot {
    double value;
    gint64 n, missing, most_missing; /* periods running */
};

static void take(struct dot *dot, double value, enum dot_of how)
{
    if (isnan(value)) {
        dot->missing++;
        dot->most_missing = MAX(dot->most_missing, dot->missing);
        return;
    }
    dot->missing = 0;
    if (dot->n == 0)
        dot->value = value;
    else if (how == DOT_MEAN)
        dot->value += (value - dot->value) / (double)(dot->n + 1);
    else
        dot->value = how == DOT_HIGHEST ? MAX(dot->value, value) : MIN(dot->value, value);
    dot->n++;
}

/* Of the period that starts at `at_ms`, or a little after it where a source stamps them so. */
static double value_of(const struct series *series, size_t at, gint64 at_ms, gint64 period_ms,
                       enum metric metric)
{
    bool there = series && at < series->n && series->points[at].at_ms < at_ms + period_ms;
    return there && metric_value_usable(metric, series->points[at].value) ? series->points[at].value
                                                                          : NAN;
}

/* `newest_ms` is the start of the newest period that was read: what comes after is no gap yet. */
static double dot_from(const struct series *series, enum metric metric, enum dot_of how,
                       gint64 from_ms, gint64 period_ms, gint64 periods, gint64 newest_ms)
{
    struct dot dot = {.value = NAN};
    size_t at = series_place(series, from_ms);
    for (gint64 i = 0; i < periods && from_ms + i * period_ms <= newest_ms; i++) {
        gint64 at_ms = from_ms + i * period_ms;
        while (series && at < series->n && series->points[at].at_ms < at_ms)
            at++;
        take(&dot, value_of(series, at, at_ms, period_ms, metric), how);
    }
    return dot.most_missing >= NO_DATA_PERIODS ? NAN : dot.value;
}

struct cell_series cell_series_read(const struct series *series, enum metric metric,
                                    enum dot_of dot, gint64 from_ms, gint64 now_ms,
                                    gint64 period_ms, gint64 periods)
{
    gint64 step_ms = periods * period_ms;
    gint64 first_ms = from_ms / step_ms * step_ms;
    size_t most = (size_t)((now_ms - first_ms) / step_ms + 1);
    struct cell_series out = {g_new(gint64, most), g_new(double, most), 0, step_ms};
    gssize newest = series_newest_usable(series, metric, now_ms);
    gint64 newest_ms = newest < 0 ? G_MININT64 : series->points[newest].at_ms;
    for (gint64 at_ms = first_ms; at_ms <= now_ms && out.n < most; at_ms += step_ms) {
        double value = dot_from(series, metric, dot, at_ms, period_ms, periods, newest_ms);
        if (isnan(value))
            continue;
        out.at[out.n] = MAX(at_ms, from_ms);
        out.values[out.n++] = value;
    }
    return out;
}
