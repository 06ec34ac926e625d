#include "data/metrics.h"

#include "data/aws_value.h"
#include "data/base/error.h"
#include "data/base/when.h"

#include <string.h>

#define QUERIES_A_CALL    500
#define DATAPOINTS_A_CALL 100800
#define KEPT_MS           (3 * WHEN_HOUR)
/* How long CloudWatch keeps periods below a minute. */
#define FINE_KEPT_MS (3 * WHEN_HOUR)
/* So many periods are asked for again: what comes later than that is rare enough to be left to the
 * case that a cell's metrics stopped, which asks from where they did. */
#define AGAIN_PERIODS 5

static const char *const stats[] = {
    [METRIC_HEALTH] = "Minimum",         [METRIC_REQUESTS] = "Sum",
    [METRIC_ERROR_RATE] = "Average",     [METRIC_CPU] = "Average",
    [METRIC_DB_CONNECTIONS] = "Maximum", [METRIC_ACTIVE_USERS] = "Maximum",
    [METRIC_LATENCY_P95] = "Average",
};

static const char *stat_of(const struct config *config, enum metric metric)
{
    const struct own_metric *own = metric_own(config, metric);
    if (metric == METRIC_COUNT)
        return "Maximum"; /* of the replica lag */
    return own ? own->stat : stats[metric];
}

static const struct cell_config *cell_at(const struct config *config, guint at)
{
    return config->cells->pdata[at];
}

gint64 metrics_settled_until_ms(const struct config *config, gint64 now_ms)
{
    const struct metrics_config *metrics = &config->metrics;
    return (now_ms - metrics->settle_ms) / metrics->period_ms * metrics->period_ms;
}

gint64 metrics_next_settled_ms(const struct config *config, gint64 now_ms)
{
    const struct metrics_config *metrics = &config->metrics;
    return metrics_settled_until_ms(config, now_ms) + metrics->period_ms + metrics->settle_ms;
}

static gint64 wanted_from_ms(const struct metrics_progress *progress, gint64 now_ms)
{
    gint64 from_ms = now_ms - (progress->past_ms ? progress->past_ms : KEPT_MS);
    const gint64 wishes[] = {progress->want_from_ms, progress->shown_from_ms};
    for (size_t i = 0; i < G_N_ELEMENTS(wishes); i++)
        from_ms = wishes[i] ? MIN(from_ms, wishes[i]) : from_ms;
    return from_ms;
}

/* As far back as there is anything to ask for. */
static gint64 askable_from_ms(const struct config *config, gint64 from_ms, gint64 now_ms)
{
    bool fine = config->metrics.period_ms < WHEN_MINUTE;
    return fine ? MAX(from_ms, now_ms - FINE_KEPT_MS) : from_ms;
}

bool metrics_lack_past(const struct config *config, const struct metrics_progress *progress,
                       gint64 now_ms)
{
    gint64 from_ms = askable_from_ms(config, progress->shown_from_ms, now_ms);
    return progress->shown_from_ms && progress->have_until_ms &&
           progress->have_from_ms > from_ms + config->metrics.period_ms;
}

/* Where the next question about a cell has to start. */
static gint64 start_for(const struct config *config, const struct cell_reading *reading,
                        const struct metrics_progress *progress, gint64 now_ms)
{
    gint64 period_ms = config->metrics.period_ms;
    gint64 start_ms = askable_from_ms(config, wanted_from_ms(progress, now_ms), now_ms);
    if (progress->have_until_ms && progress->have_from_ms <= start_ms + period_ms) {
        const struct datapoint *last = series_last(reading->series[METRIC_HEALTH]);
        gint64 again_ms = progress->have_until_ms - AGAIN_PERIODS * period_ms;
        start_ms = MAX(start_ms, last ? MIN(again_ms, last->at_ms) : again_ms);
    }
    return start_ms / period_ms * period_ms;
}

static void query_clear(gpointer p)
{
    struct metric_query *query = p;
    g_array_unref(query->points);
    g_free(query->fault);
}

static void batch_free(gpointer p)
{
    struct metrics_batch *batch = p;
    g_array_unref(batch->queries);
    g_free(batch);
}

static struct metrics_batch *batch_for(GPtrArray *batches, gint64 start_ms, gint64 end_ms)
{
    for (guint i = 0; i < batches->len; i++) {
        struct metrics_batch *batch = batches->pdata[i];
        if (batch->start_ms == start_ms && batch->queries->len + METRIC_COUNT + 1 <= QUERIES_A_CALL)
            return batch;
    }
    struct metrics_batch *batch = g_new0(struct metrics_batch, 1);
    *batch = (struct metrics_batch){start_ms, end_ms,
                                    g_array_new(FALSE, FALSE, sizeof(struct metric_query))};
    g_array_set_clear_func(batch->queries, query_clear);
    g_ptr_array_add(batches, batch);
    return batch;
}

static void add_query(struct metrics_batch *batch, guint cell, enum metric metric)
{
    struct metric_query query = {.cell = cell,
                                 .metric = metric,
                                 .points = g_array_new(FALSE, FALSE, sizeof(struct datapoint))};
    g_array_append_val(batch->queries, query);
}

GPtrArray *metrics_plan(const struct config *config, const GArray *cells,
                        const struct cell_reading *readings,
                        const struct metrics_progress *progress, gint64 now_ms)
{
    GPtrArray *batches = g_ptr_array_new_with_free_func(batch_free);
    gint64 end_ms = metrics_settled_until_ms(config, now_ms);
    for (guint i = 0; i < cells->len; i++) {
        guint at = g_array_index(cells, guint, i);
        const struct cell_config *cell = cell_at(config, at);
        if (progress[at].have_until_ms >= end_ms &&
            !metrics_lack_past(config, &progress[at], now_ms))
            continue;
        gint64 start_ms = start_for(config, &readings[at], &progress[at], now_ms);
        struct metrics_batch *batch = batch_for(batches, start_ms, end_ms);
        for (enum metric metric = 0; metric < metric_count(config); metric++)
            add_query(batch, at, metric);
        if (cell->replica_lag_metric)
            add_query(batch, at, METRIC_COUNT);
    }
    return batches;
}

static const char *query_metric(const struct config *config, const struct metric_query *query)
{
    return query->metric == METRIC_COUNT ? cell_at(config, query->cell)->replica_lag_metric
                                         : metric_name_in(config, query->metric);
}

static json_t *query_json(const struct config *config, const struct metric_query *query, guint at)
{
    const struct cell_config *cell = cell_at(config, query->cell);
    g_autofree char *id = g_strdup_printf("q%u", at);
    json_t *metric = json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "Namespace", config->metrics.namespace,
                               "MetricName", query_metric(config, query), "Dimensions", "Name",
                               config->metrics.dimension, "Value", cell->id);
    json_t *json = json_pack("{s:s, s:{s:o, s:I, s:s}, s:b}", "Id", id, "MetricStat", "Metric",
                             metric, "Period", (json_int_t)(config->metrics.period_ms / 1000),
                             "Stat", stat_of(config, query->metric), "ReturnData", 1);
    /* An account without a role of its own is read through a monitoring account (aws.md). */
    if (cell->account && !cell->role_arn)
        json_object_set_new(json, "AccountId", json_string(cell->account));
    return json;
}

json_t *metrics_request(const struct config *config, const struct metrics_batch *batch,
                        const char *token)
{
    json_t *queries = json_array();
    for (guint i = 0; i < batch->queries->len; i++)
        json_array_append_new(
            queries, query_json(config, &g_array_index(batch->queries, struct metric_query, i), i));
    json_t *body =
        json_pack("{s:o, s:f, s:f, s:s, s:i}", "MetricDataQueries", queries, "StartTime",
                  (double)batch->start_ms / 1000, "EndTime", (double)batch->end_ms / 1000, "ScanBy",
                  "TimestampAscending", "MaxDatapoints", DATAPOINTS_A_CALL);
    if (token)
        json_object_set_new(body, "NextToken", json_string(token));
    return body;
}

static void take_points(const struct config *config, const struct metrics_batch *batch,
                        struct metric_query *query, const json_t *result)
{
    const json_t *times = json_object_get(result, "Timestamps");
    const json_t *values = json_object_get(result, "Values");
    size_t n = MIN(json_array_size(times), json_array_size(values));
    bool fraction = query->metric == METRIC_ERROR_RATE &&
                    config->metrics.error_rate_unit == ERROR_RATE_FRACTION;
    for (size_t i = 0; i < n; i++) {
        struct datapoint point = {0};
        const json_t *value = json_array_get(values, i);
        if (!json_is_number(value) || !aws_time_value(json_array_get(times, i), &point.at_ms))
            continue;
        point.value = json_number_value(value) * (fraction ? 100 : 1);
        if (point.at_ms < batch->start_ms || point.at_ms >= batch->end_ms)
            continue;
        if (metric_value_usable(query->metric, point.value))
            g_array_append_val(query->points, point);
        else
            query->refused++;
    }
}

/* PartialData on a page only says that more is to come; on the last one it stays. */
static void take_status(struct metric_query *query, const json_t *result)
{
    const char *status = json_string_value(json_object_get(result, "StatusCode"));
    g_clear_pointer(&query->fault, g_free);
    if (status && strcmp(status, "Complete") != 0)
        query->fault = g_strdup(status);
}

static struct metric_query *query_by_id(const struct metrics_batch *batch, const char *id)
{
    guint64 at = 0;
    if (!id || id[0] != 'q' || !g_ascii_string_to_unsigned(id + 1, 10, 0, G_MAXUINT, &at, NULL) ||
        at >= batch->queries->len)
        return NULL;
    return &g_array_index(batch->queries, struct metric_query, at);
}

bool metrics_take(const struct config *config, struct metrics_batch *batch, json_t *reply,
                  char **token, GError **error)
{
    const json_t *results = json_object_get(reply, "MetricDataResults");
    *token = NULL;
    if (!json_is_array(results)) {
        g_set_error(error, CD_ERROR, CD_ERROR_SOURCE,
                    "GetMetricData: the answer has no list of results");
        return false;
    }
    size_t i;
    json_t *result;
    json_array_foreach (results, i, result) {
        struct metric_query *query =
            query_by_id(batch, json_string_value(json_object_get(result, "Id")));
        if (!query)
            continue;
        take_points(config, batch, query, result);
        take_status(query, result);
    }
    *token = g_strdup(json_string_value(json_object_get(reply, "NextToken")));
    return true;
}

static void merge(struct series **series, const GArray *points, gint64 keep_from_ms)
{
    if (!points->len)
        return;
    struct series *merged = series_merge(*series, (const struct datapoint *)(void *)points->data,
                                         points->len, keep_from_ms);
    series_unref(*series);
    *series = merged;
}

/* What was read and is kept no longer is not had either: who wants it again has to ask. */
static void move_forward(const struct metrics_batch *batch, struct metrics_progress *progress,
                         gint64 keep_from_ms)
{
    if (!progress->have_until_ms || batch->start_ms < progress->have_from_ms)
        progress->have_from_ms = batch->start_ms;
    progress->have_from_ms = MAX(progress->have_from_ms, keep_from_ms);
    progress->have_until_ms = batch->end_ms;
}

char *metrics_apply(const struct config *config, const struct metrics_batch *batch,
                    struct cell_reading *readings, struct metrics_progress *progress, gint64 now_ms)
{
    char *fault = NULL;
    bool whole = true;
    for (guint i = 0; i < batch->queries->len; i++) {
        const struct metric_query *query = &g_array_index(batch->queries, struct metric_query, i);
        struct cell_reading *reading = &readings[query->cell];
        gint64 keep_from_ms = wanted_from_ms(&progress[query->cell], now_ms);
        merge(query->metric == METRIC_COUNT ? &reading->replica_lag
                                            : &reading->series[query->metric],
              query->points, keep_from_ms);
        if (query->fault && !fault)
            fault = g_strdup_printf("GetMetricData: %s for %s of %s", query->fault,
                                    query_metric(config, query), cell_at(config, query->cell)->id);
        /* A cell's queries stand together, health first. */
        whole = (query->metric == METRIC_HEALTH || whole) && !query->fault;
        bool last_of_cell =
            i + 1 == batch->queries->len ||
            g_array_index(batch->queries, struct metric_query, i + 1).cell != query->cell;
        if (last_of_cell && whole) {
            move_forward(batch, &progress[query->cell], keep_from_ms);
            reading->metrics_from_ms = progress[query->cell].have_from_ms;
        }
    }
    return fault;
}

void metrics_resume(const struct config *config, const struct cell_reading *reading,
                    struct metrics_progress *progress)
{
    const struct series *health = reading->series[METRIC_HEALTH];
    const struct datapoint *last = series_last(health);
    if (!last)
        return;
    progress->have_from_ms = health->points[0].at_ms;
    progress->have_until_ms = last->at_ms + config->metrics.period_ms;
}
