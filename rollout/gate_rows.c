#include "rollout/gate_rows.h"

#include "data/base/fault_switch.h"
#include "data/base/when.h"

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

GArray *rows_between(const struct cell_reading *reading, enum metric metric, gint64 from_ms,
                     gint64 before_ms)
{
    const struct series *series = reading ? reading->series[metric] : NULL;
    size_t end = series_place(series, before_ms);
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
    for (size_t i = series_place(series, from_ms); series && i < end; i++)
        if (metric_value_usable(metric, series->points[i].value))
            g_array_append_val(rows, series->points[i]);
    return rows;
}

/* Data count from the deploy on. */
gint64 rows_from_ms(const struct gate_view *view)
{
    return view->deployed_at_ms - (FAULT_SWITCH(OLD_DATA_COUNTS) ? WHEN_HOUR : 0);
}

gint64 rows_settled_ms(const struct gate_view *view)
{
    return view->now_ms - view->settle_ms - view->period_ms + 1;
}

GArray *rows_before(const struct gate_view *view, const struct cell_reading *reading,
                    enum metric metric)
{
    return rows_between(reading, metric, G_MININT64, view->deployed_at_ms - view->period_ms + 1);
}

bool row_tells_of(const struct gate_view *view, gint64 past_ms, gint64 at_ms)
{
    gint64 apart_ms = (at_ms - past_ms) % WHEN_DAY;
    return past_ms >= view->deployed_at_ms - gates_past_ms(view->period_ms) ||
           MIN(apart_ms, WHEN_DAY - apart_ms) <= SAME_HOUR_MS;
}

GArray *rows_recent(const struct gate_view *view, const struct cell_reading *reading,
                    enum metric metric, gint64 periods)
{
    gint64 from_ms = first_period_ms(view) + (periods_due(view) - periods) * view->period_ms;
    return rows_between(reading, metric, MAX(from_ms, rows_from_ms(view)), rows_settled_ms(view));
}

gint64 periods_silent(const struct gate_view *view, enum metric metric)
{
    gint64 newest_ms = gate_memory_rows(view->memory, metric).newest_ms;
    if (newest_ms < first_period_ms(view))
        return periods_due(view);
    return periods_due(view) - (newest_ms - first_period_ms(view)) / view->period_ms - 1;
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
    json_array_append_new(result->evidence, json_pack("{s:s, s:f, s:s, s:s}", "metric",
                                                      metric_name_in(view->config, metric), "value",
                                                      point->value, "at", at, "source", source));
}

void say_not_as_planned(const char *metric, struct gate_result *result)
{
    gate_says(result, VERDICT_HOLD, "no metric",
              "metrics.own of celldeck.yaml is not what it was when this was planned: %s can't be "
              "judged",
              metric);
}

enum verdict no_data_verdict(const struct gate_view *view, enum no_data of_gate, bool may_ignore)
{
    if (FAULT_SWITCH(NO_DATA_PASSES))
        return VERDICT_PASS;
    switch (gates_config_no_data(view->policy, of_gate)) {
    case NO_DATA_FAIL:
        return VERDICT_FAIL;
    case NO_DATA_IGNORE:
        return may_ignore ? VERDICT_PASS : VERDICT_HOLD;
    default:
        return VERDICT_HOLD;
    }
}
