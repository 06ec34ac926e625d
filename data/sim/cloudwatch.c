/* CloudWatch: GetMetricData, ListMetrics, DescribeAlarms, PutMetricData. Values are made when they
 * are asked for (metrics.h), so what is kept here is only what was asked. */
#include "data/base/when.h"
#include "data/sim/alarm.h"
#include "data/sim/call.h"
#include "data/sim/metrics.h"
#include "data/sim/value.h"

#include <math.h>
#include <string.h>

#define QUERIES_MAX     500             /* guide/aws.md, "Limits and prices" */
#define DATAPOINTS_MAX  100800          /* the same */
#define FINE_KEPT_MS    (3 * WHEN_HOUR) /* "data points with a period of less than 60 seconds" */
#define SAMPLES_MAX     60              /* looked at for one datapoint of a long period */
#define NAMESPACE       "Medplum/Cells"
#define LIST_PAGE       500
#define ALARMS_PAGE_MAX 100

/* One query, understood. */
struct asked {
    const char *id, *label, *stat;
    const struct sim_cell *cell; /* NULL: nothing like that is published in this region */
    enum sim_metric metric;
    gint64 period_ms;
};

static const struct sim_cell *cell_of(const struct sim_call *call, const json_t *metric)
{
    const json_t *dimensions = json_object_get(metric, "Dimensions");
    const json_t *only = json_array_get(dimensions, 0);
    if (json_array_size(dimensions) != 1 || strcmp(sim_text(only, "Name", ""), "CellId") != 0 ||
        strcmp(sim_text(metric, "Namespace", ""), NAMESPACE) != 0)
        return NULL;
    const struct sim_cell *cell = sim_world_cell(call->cloud->world, sim_text(only, "Value", ""));
    return cell && g_str_equal(cell->region, call->region) ? cell : NULL;
}

static bool understand(struct sim_call *call, const json_t *query, struct asked *asked)
{
    const json_t *stat = json_object_get(query, "MetricStat");
    const json_t *metric = json_object_get(stat, "Metric");
    *asked = (struct asked){.id = sim_text(query, "Id", ""),
                            .label = sim_text(query, "Label", sim_text(metric, "MetricName", "")),
                            .stat = sim_text(stat, "Stat", ""),
                            .period_ms = sim_duration(stat, "Period", 0)};
    gint64 period_s = asked->period_ms / 1000;
    if (!g_ascii_islower(*asked->id) || !metric)
        sim_refuse(call, 400, "ValidationError",
                   "The value '%s' for parameter MetricDataQueries.member.Id, or its MetricStat, "
                   "is not valid; expressions are not simulated.",
                   asked->id);
    else if (period_s <= 0 || (period_s % 60 && period_s != 1 && period_s != 5 && period_s != 10 &&
                               period_s != 20 && period_s != 30))
        sim_refuse(call, 400, "ValidationError",
                   "Period must be 1, 5, 10, 20, 30, or a multiple of 60.");
    asked->cell = cell_of(call, metric);
    asked->metric = sim_metric_find(sim_text(metric, "MetricName", ""));
    if (asked->metric == SIM_METRIC_COUNT ||
        (asked->cell && !sim_cell_publishes(asked->cell, asked->metric)))
        asked->cell = NULL;
    return call->error.status == 0;
}

/* Whether the sample of the scenario's period at `at_ms` can be read yet, or was ever taken. */
static bool readable(const struct sim_call *call, const struct sim_cell *cell, gint64 at_ms)
{
    const struct sim_world *world = call->cloud->world;
    const struct sim_faults *faults = call->cloud->faults;
    struct sim_subject metric = {.service = "monitoring", .region = cell->region, .cell = cell->id};
    struct sim_subject itself = {
        .service = "healthcheck", .region = cell->region, .cell = cell->id};
    if (sim_fault_on(faults, SIM_MISSING, &metric, at_ms) ||
        sim_fault_on(faults, SIM_DEAD, &itself, at_ms))
        return false;
    const struct sim_fault *late = sim_fault_on(faults, SIM_LATE, &metric, call->now_ms);
    gint64 delay_ms = world->publish_delay_ms + (late ? late->delay_ms : 0);
    return at_ms + world->period_ms + delay_ms <= call->now_ms;
}

/* The datapoint of `asked` that starts at `at_ms`; NAN where there is none. */
static double datapoint(const struct sim_call *call, const struct asked *asked, gint64 at_ms)
{
    const struct sim_world *world = call->cloud->world;
    if (asked->period_ms < WHEN_MINUTE && at_ms < call->now_ms - FINE_KEPT_MS)
        return NAN;
    gint64 first_ms = (at_ms + world->period_ms - 1) / world->period_ms * world->period_ms;
    gint64 samples =
        (at_ms + asked->period_ms - first_ms + world->period_ms - 1) / world->period_ms;
    gint64 stride = MAX(1, samples / SAMPLES_MAX);
    double sum = 0, low = INFINITY, high = -INFINITY;
    int n = 0;
    for (gint64 i = 0; i < samples; i += stride) {
        gint64 sample_ms = first_ms + i * world->period_ms;
        if (!readable(call, asked->cell, sample_ms))
            continue;
        double value = sim_metric_value(world, asked->cell, asked->metric, sample_ms);
        sum += value;
        low = fmin(low, value);
        high = fmax(high, value);
        n++;
    }
    if (n == 0)
        return NAN;
    const struct {
        const char *stat;
        double value;
    } stats[] = {{"Sum", sum * (double)stride},
                 {"Minimum", low},
                 {"Maximum", high},
                 {"SampleCount", n * (double)stride}};
    for (size_t i = 0; i < G_N_ELEMENTS(stats); i++)
        if (g_str_equal(asked->stat, stats[i].stat))
            return stats[i].value;
    return sum / n;
}

struct page {
    gint64 skip, left; /* datapoints already given; that may still be given */
    gint64 next;       /* where the next page starts, or 0 */
    bool ascending;
    gint64 start_ms, end_ms;
};

static json_t *query_result(const struct sim_call *call, const struct asked *asked,
                            struct page *page, gint64 *seen)
{
    json_t *times = json_array(), *values = json_array();
    gint64 period_ms = asked->period_ms;
    gint64 first_ms = page->start_ms / period_ms * period_ms;
    gint64 count = MAX(0, (page->end_ms - first_ms + period_ms - 1) / period_ms);
    for (gint64 i = 0; asked->cell && i < count && !page->next; i++) {
        gint64 at_ms = first_ms + (page->ascending ? i : count - 1 - i) * period_ms;
        double value = datapoint(call, asked, at_ms);
        if (isnan(value) || (*seen)++ < page->skip)
            continue;
        if (page->left-- == 0) {
            page->next = *seen - 1;
            break;
        }
        json_array_append_new(times, json_real((double)at_ms / 1000));
        json_array_append_new(values, json_real(value));
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:s}", "Id", asked->id, "Label", asked->label,
                     "Timestamps", times, "Values", values, "StatusCode",
                     page->next ? "PartialData" : "Complete");
}

static json_t *get_metric_data(struct sim_call *call)
{
    const json_t *queries = json_object_get(call->in, "MetricDataQueries");
    size_t n = json_array_size(queries);
    if (n == 0 || n > QUERIES_MAX)
        return sim_refuse(call, 400, "ValidationError",
                          "The parameter MetricDataQueries must have 1 to %d members.",
                          QUERIES_MAX);
    struct page page = {.left = (gint64)sim_number(call->in, "MaxDatapoints", DATAPOINTS_MAX),
                        .ascending =
                            g_str_equal(sim_text(call->in, "ScanBy", ""), "TimestampAscending"),
                        .start_ms = sim_moment(call->in, "StartTime", -1),
                        .end_ms = sim_moment(call->in, "EndTime", -1)};
    if (page.start_ms < 0 || page.end_ms <= page.start_ms || page.left < 1 ||
        page.left > DATAPOINTS_MAX)
        return sim_refuse(call, 400, "ValidationError",
                          "The parameter StartTime must be less than the parameter EndTime, and "
                          "MaxDatapoints from 1 to %d.",
                          DATAPOINTS_MAX);
    page.end_ms = MIN(page.end_ms, call->now_ms);
    page.skip = sim_page_start(call, "NextToken", "InvalidNextToken");
    if (page.skip < 0)
        return NULL;
    OWN_JSON results = json_array();
    gint64 seen = 0;
    size_t i;
    const json_t *query;
    json_array_foreach (queries, i, query) {
        struct asked asked;
        if (!understand(call, query, &asked))
            return NULL;
        if (!page.next)
            json_array_append_new(results, query_result(call, &asked, &page, &seen));
    }
    json_t *answer = json_pack("{s:O, s:[]}", "MetricDataResults", results, "Messages");
    if (page.next)
        json_object_set_new(answer, "NextToken", sim_page_token(page.next));
    return answer;
}

static json_t *list_metrics(struct sim_call *call)
{
    gint64 from = sim_page_start(call, "NextToken", "InvalidParameterValue");
    if (from < 0)
        return NULL;
    const char *wanted = sim_text(call->in, "MetricName", NULL);
    const char *namespace = sim_text(call->in, "Namespace", NAMESPACE);
    json_t *metrics = json_array();
    gint64 seen = 0, left = LIST_PAGE;
    for (guint c = 0; g_str_equal(namespace, NAMESPACE) && c < call->cloud->world->cells->len;
         c++) {
        const struct sim_cell *cell = call->cloud->world->cells->pdata[c];
        for (int m = 0; m < SIM_METRIC_COUNT && g_str_equal(cell->region, call->region); m++) {
            if ((wanted && !g_str_equal(wanted, sim_metric_name(m))) ||
                !sim_cell_publishes(cell, m) || seen++ < from || left-- <= 0)
                continue;
            json_array_append_new(metrics,
                                  json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "Namespace", NAMESPACE,
                                            "MetricName", sim_metric_name(m), "Dimensions", "Name",
                                            "CellId", "Value", cell->id));
        }
    }
    json_t *answer = json_pack("{s:o}", "Metrics", metrics);
    if (left < 0)
        json_object_set_new(answer, "NextToken", sim_page_token(from + LIST_PAGE));
    return answer;
}

static bool alarm_wanted(const struct sim_call *call, const json_t *alarm)
{
    const char *name = sim_text(alarm, "AlarmName", "");
    const char *state = sim_text(call->in, "StateValue", NULL);
    const char *prefix = sim_text(call->in, "AlarmNamePrefix", NULL);
    const json_t *names = json_object_get(call->in, "AlarmNames");
    return (!state || g_str_equal(state, sim_text(alarm, "StateValue", ""))) &&
           (!prefix || g_str_has_prefix(name, prefix)) &&
           (json_array_size(names) == 0 || sim_list_has(names, name));
}

static json_t *describe_alarms(struct sim_call *call)
{
    gint64 from = sim_page_start(call, "NextToken", "InvalidNextToken");
    gint64 most = (gint64)sim_number(call->in, "MaxRecords", 50);
    if (from < 0)
        return NULL;
    if (most < 1 || most > ALARMS_PAGE_MAX)
        return sim_refuse(call, 400, "ValidationError", "MaxRecords must be from 1 to %d.",
                          ALARMS_PAGE_MAX);
    OWN_JSON all = sim_alarms(call->cloud, call->region, call->now_ms);
    json_t *alarms = json_array(), *answer = json_object();
    gint64 seen = 0;
    size_t i;
    json_t *alarm;
    json_array_foreach (all, i, alarm) {
        if (!alarm_wanted(call, alarm) || seen++ < from)
            continue;
        if ((gint64)json_array_size(alarms) == most) {
            json_object_set_new(answer, "NextToken", sim_page_token(from + most));
            break;
        }
        json_array_append(alarms, alarm);
    }
    json_object_set_new(answer, "MetricAlarms", alarms);
    json_object_set_new(answer, "CompositeAlarms", json_array());
    return answer;
}

static json_t *put_metric_data(struct sim_call *call)
{
    if (!sim_need(call, "Namespace", "MissingParameter"))
        return NULL;
    return json_object();
}

const struct sim_action sim_cloudwatch_actions[] = {{"GetMetricData", get_metric_data, SIM_READ},
                                                    {"ListMetrics", list_metrics, SIM_READ},
                                                    {"DescribeAlarms", describe_alarms, SIM_READ},
                                                    {"PutMetricData", put_metric_data, SIM_WRITE},
                                                    {0}};
