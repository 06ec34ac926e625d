#include "rollout/gate_rows.h"

#include "data/base/fault_switch.h"
#include "data/base/when.h"

#include <math.h>

/* Beyond these no cell ever measured anything. */
static const double most[METRIC_COUNT] = {
    [METRIC_HEALTH] = 1,        [METRIC_REQUESTS] = 1e9,       [METRIC_ERROR_RATE] = 100,
    [METRIC_CPU] = 100,         [METRIC_DB_CONNECTIONS] = 1e7, [METRIC_ACTIVE_USERS] = 1e9,
    [METRIC_LATENCY_P95] = 1e7,
};

bool datum_is_sound(enum metric metric, double value)
{
    return isfinite(value) && value >= 0 && value <= most[metric];
}

gint64 first_period_ms(const struct gate_view *view)
{
    return (view->deployed_at_ms + view->period_ms - 1) / view->period_ms * view->period_ms;
}

gint64 periods_due(const struct gate_view *view)
{
    return MAX(0, (view->now_ms - view->settle_ms - first_period_ms(view)) / view->period_ms);
}

gint64 periods_of_bake(const struct gate_view *view)
{
    gint64 end_ms = view->deployed_at_ms + view->bake_ms;
    return MAX(1, (end_ms - first_period_ms(view)) / view->period_ms);
}

bool bake_is_over(const struct gate_view *view)
{
    return view->now_ms >= view->deployed_at_ms + view->bake_ms;
}

bool is_warming_up(const struct gate_view *view, gint64 at_ms)
{
    return at_ms < view->deployed_at_ms + view->policy->warmup_ms;
}

static GArray *rows_between(const struct cell_reading *reading, enum metric metric, gint64 from_ms,
                            gint64 before_ms)
{
    const struct series *series = reading->series[metric];
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
    for (size_t i = 0; series && i < series->n; i++) {
        const struct datapoint *point = &series->points[i];
        if (point->at_ms >= from_ms && point->at_ms < before_ms &&
            datum_is_sound(metric, point->value))
            g_array_append_val(rows, *point);
    }
    return rows;
}

GArray *rows_since(const struct gate_view *view, const struct cell_reading *reading,
                   enum metric metric)
{
    gint64 settled_ms = view->now_ms - view->settle_ms - view->period_ms;
    gint64 from_ms = view->deployed_at_ms - (FAULT_SWITCH(OLD_DATA_COUNTS) ? WHEN_HOUR : 0);
    return rows_between(reading, metric, from_ms, settled_ms + 1);
}

GArray *rows_before(const struct gate_view *view, const struct cell_reading *reading,
                    enum metric metric)
{
    return rows_between(reading, metric, G_MININT64, view->deployed_at_ms - view->period_ms + 1);
}

GArray *rows_recent(const struct gate_view *view, const GArray *rows, gint64 periods)
{
    gint64 from_ms = first_period_ms(view) + (periods_due(view) - periods) * view->period_ms;
    GArray *recent = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
    for (guint i = 0; i < rows->len; i++)
        if (row_at(rows, i)->at_ms >= from_ms)
            g_array_append_val(recent, *row_at(rows, i));
    return recent;
}

void gate_says(struct gate_result *result, enum verdict verdict, const char *code,
               const char *reason, ...)
{
    va_list args;
    va_start(args, reason);
    g_free(result->reason);
    result->verdict = verdict;
    result->code = code;
    result->reason = g_strdup_vprintf(reason, args);
    va_end(args);
}

void gate_evidence(struct gate_result *result, const struct gate_view *view, enum metric metric,
                   const struct datapoint *point)
{
    g_autofree char *at = when_rfc3339(point->at_ms);
    g_autofree char *source = g_strdup_printf("metrics %s", view->cell->source);
    json_array_append_new(result->evidence,
                          json_pack("{s:s, s:f, s:s, s:s}", "metric", metric_name(metric), "value",
                                    point->value, "at", at, "source", source));
}

enum verdict no_data_verdict(const struct gate_view *view, bool may_ignore)
{
    if (FAULT_SWITCH(NO_DATA_PASSES))
        return VERDICT_PASS;
    switch (view->policy->no_data) {
    case NO_DATA_FAIL:
        return VERDICT_FAIL;
    case NO_DATA_IGNORE:
        return may_ignore ? VERDICT_PASS : VERDICT_HOLD;
    default:
        return VERDICT_HOLD;
    }
}
