/* CloudWatch's ListMetrics and DescribeAlarms, and the table of its actions. */
#include "data/sim/cloudwatch.h"
#include "data/sim/alarm.h"
#include "data/sim/put_metric.h"
#include "data/sim/value.h"

#define LIST_PAGE       500
#define ALARMS_PAGE_MAX 100

static json_t *list_metrics(struct sim_call *call)
{
    gint64 from = sim_page_start(call, "NextToken", "InvalidParameterValue");
    if (from < 0)
        return NULL;
    const char *wanted = sim_text(call->in, "MetricName", NULL);
    const char *namespace = sim_text(call->in, "Namespace", SIM_NAMESPACE);
    json_t *metrics = json_array();
    gint64 seen = 0, left = LIST_PAGE;
    for (guint c = 0; g_str_equal(namespace, SIM_NAMESPACE) && c < call->cloud->world->cells->len;
         c++) {
        const struct sim_cell *cell = call->cloud->world->cells->pdata[c];
        for (int m = 0; m < SIM_METRIC_COUNT && sim_call_sees(call, cell, NULL); m++) {
            if ((wanted && !g_str_equal(wanted, sim_metric_name(m))) ||
                !sim_cell_publishes(cell, m) || seen++ < from || left-- <= 0)
                continue;
            json_array_append_new(metrics,
                                  json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "Namespace",
                                            SIM_NAMESPACE, "MetricName", sim_metric_name(m),
                                            "Dimensions", "Name", "CellId", "Value", cell->id));
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
    OWN_JSON all = sim_alarms(call);
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

const struct sim_action sim_cloudwatch_actions[] = {
    {"GetMetricData", sim_get_metric_data, SIM_READ},
    {"ListMetrics", list_metrics, SIM_READ},
    {"DescribeAlarms", describe_alarms, SIM_READ},
    {"PutMetricData", sim_put_metric_data, SIM_WRITE},
    {0}};
