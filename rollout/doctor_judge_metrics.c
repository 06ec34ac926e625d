/* The judgements on metrics. */
#include "data/base/when.h"
#include "rollout/doctor_judge.h"

#include <string.h>

static const struct datapoint *point_at(const GArray *points, guint i)
{
    return &g_array_index(points, struct datapoint, i);
}

static guint count(const GArray *points)
{
    return points ? points->len : 0;
}

/* Of a dr cell, which has no traffic, only the health is required (fleet.h); latency is of none. */
static bool is_required(const struct cell_config *cell, enum metric metric)
{
    return metric == METRIC_HEALTH || (cell->class != CLASS_DR && metric < METRIC_LATENCY_P95);
}

static bool nothing_came(const struct metrics_seen *seen)
{
    guint all = count(seen->replica_lag);
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
        all += count(seen->points[metric]) + seen->refused[metric];
    return all == 0;
}

/* "cell_cpu_utilization, cell_db_connections", or NULL. Caller frees. */
static char *missing_names(const struct cell_config *cell, const struct metrics_seen *seen)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (enum metric metric = 0; metric < METRIC_OWN; metric++)
        if (is_required(cell, metric) && !count(seen->points[metric]) && !seen->refused[metric])
            g_ptr_array_add(names, (gpointer)metric_name(metric));
    if (cell->replica_lag_metric && !count(seen->replica_lag))
        g_ptr_array_add(names, cell->replica_lag_metric);
    if (names->len == 0)
        return NULL;
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

/* Those of metrics.own of which nothing came, or NULL. Caller frees. */
static char *missing_own(const struct config *config, const struct metrics_seen *seen)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (enum metric metric = METRIC_OWN; metric < metric_count(config); metric++)
        if (!count(seen->points[metric]))
            g_ptr_array_add(names, metric_own(config, metric)->name);
    if (names->len == 0)
        return NULL;
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

static int by_size(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return (x > y) - (x < y);
}

/* The usual distance between two values; 0 where there are too few to tell. */
static gint64 usual_gap_ms(const GArray *points)
{
    enum { ENOUGH = 4 };
    if (count(points) < ENOUGH)
        return 0;
    g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 1; i < points->len; i++) {
        gint64 gap_ms = point_at(points, i)->at_ms - point_at(points, i - 1)->at_ms;
        g_array_append_val(gaps, gap_ms);
    }
    g_array_sort(gaps, by_size);
    return g_array_index(gaps, gint64, gaps->len / 2);
}

struct judgement judge_arrival(const struct config *config, const struct cell_config *cell,
                               const struct metrics_seen *seen)
{
    const struct metrics_config *metrics = &config->metrics;
    g_autofree char *span = duration_short(seen->span_ms);
    if (nothing_came(seen))
        return judge_failure("see what is published (aws cloudwatch list-metrics), then "
                             "metrics.namespace, metrics.dimension and the cell's region",
                             "no metric came in the last %s: asked for %s, %s = the cell's id",
                             span, metrics->namespace, metrics->dimension);
    g_autofree char *missing = missing_names(cell, seen);
    if (missing)
        return judge_failure("have the cell publish them: what is not measured is never healthy",
                             "missing for the last %s: %s", span, missing);
    const GArray *health = seen->points[METRIC_HEALTH];
    gint64 gap_ms = usual_gap_ms(health);
    if (gap_ms > metrics->period_ms * 3 / 2) {
        g_autofree char *gap = duration_config_text(gap_ms);
        g_autofree char *period = duration_config_text(metrics->period_ms);
        g_autofree char *fix = g_strdup_printf("metrics: {period: %s}", gap);
        return judge_warning(fix, "values come every %s, and metrics.period is %s", gap, period);
    }
    gint64 age_ms = health && health->len ? seen->now_ms - metrics->period_ms -
                                                point_at(health, health->len - 1)->at_ms
                                          : 0;
    if (age_ms > stale_after_ms(metrics->period_ms)) {
        g_autofree char *age = duration_short(age_ms);
        return judge_warning("see what publishes its metrics", "the newest value of %s is %s old",
                             metric_name(METRIC_HEALTH), age);
    }
    g_autofree char *own = cell->class == CLASS_DR ? NULL : missing_own(config, seen);
    if (own)
        return judge_warning("see what is published, and metrics.own: a gate that asks for one "
                             "holds without it, but for no_data: ignore",
                             "of metrics.own missing for the last %s: %s", span, own);
    return judge_ok("all metrics arrive");
}

/* The value of `points` at that time, or 0. */
static double value_at(const GArray *points, gint64 at_ms, guint *from)
{
    for (; *from < count(points); (*from)++) {
        const struct datapoint *point = point_at(points, *from);
        if (point->at_ms >= at_ms)
            return point->at_ms == at_ms ? point->value : 0;
    }
    return 0;
}

enum rate_unit judge_rate_unit(enum error_rate_unit configured, const struct metrics_seen *seen)
{
    enum { ENOUGH = 3 };
    if (configured == ERROR_RATE_FRACTION)
        return seen->refused[METRIC_ERROR_RATE]         ? RATE_IS_PERCENT
               : count(seen->points[METRIC_ERROR_RATE]) ? RATE_FITS
                                                        : RATE_UNSEEN;
    const GArray *rates = seen->points[METRIC_ERROR_RATE];
    guint failing = 0, impossible = 0, at = 0;
    for (guint i = 0; i < count(rates); i++) {
        double rate = point_at(rates, i)->value;
        double requests = value_at(seen->points[METRIC_REQUESTS], point_at(rates, i)->at_ms, &at);
        if (rate > 1)
            return RATE_FITS;
        if (rate <= 0 || requests < 1)
            continue;
        failing++;
        impossible += rate / 100 * requests < 0.5;
    }
    if (failing < ENOUGH)
        return RATE_UNSEEN;
    return impossible * 2 > failing ? RATE_IS_FRACTION : RATE_FITS;
}
