#include "data/sim/alarm.h"

#include "data/base/when.h"
#include "data/sim/metrics.h"
#include "data/sim/value.h"

#include <math.h>

/* How far back a change of state is looked for; older ones are as old as the simulator. */
#define LOOK_BACK_PERIODS 120

struct rule {
    enum sim_metric metric;
    double above, below; /* NAN: not that way */
    int periods;
};

static struct rule rule_read(const json_t *config)
{
    return (struct rule){.metric = sim_metric_find(sim_text(config, "metric", "")),
                         .above = sim_number(config, "above", NAN),
                         .below = sim_number(config, "below", NAN),
                         .periods = MAX(1, (int)sim_number(config, "periods", 1))};
}

static void forced(const struct sim_effect *effect, double share, gpointer data)
{
    bool *alarm = data;
    *alarm |= effect->alarm && share > 0;
}

/* As CloudWatch does with M out of M on single periods' means. */
static bool in_alarm(const struct sim_world *world, const struct sim_cell *cell,
                     const struct rule *rule, gint64 newest_ms)
{
    bool told = false;
    if (rule->metric == SIM_ERROR_RATE)
        sim_world_effects(world, cell, newest_ms, forced, &told);
    if (told)
        return true;
    for (int i = 0; i < rule->periods; i++) {
        double value =
            sim_metric_value(world, cell, rule->metric, newest_ms - i * world->period_ms);
        if (!(value > rule->above || value < rule->below))
            return false;
    }
    return true;
}

static gint64 since_ms(const struct sim_world *world, const struct sim_cell *cell,
                       const struct rule *rule, gint64 newest_ms)
{
    bool now = in_alarm(world, cell, rule, newest_ms);
    for (int i = 1; i < LOOK_BACK_PERIODS; i++)
        if (in_alarm(world, cell, rule, newest_ms - i * world->period_ms) != now)
            return newest_ms - (i - 1) * world->period_ms;
    return world->start_ms - WHEN_DAY;
}

/* No data where a fault has made holes of the last three periods. */
static bool blind(const struct sim_cloud *cloud, const struct sim_cell *cell, gint64 newest_ms)
{
    struct sim_subject subject = {
        .service = "monitoring", .region = cell->region, .cell = cell->id};
    for (int i = 0; i < 3; i++) {
        gint64 at_ms = newest_ms - i * cloud->world->period_ms;
        if (!sim_fault_on(cloud->faults, SIM_MISSING, &subject, at_ms))
            return false;
    }
    return true;
}

static json_t *alarm_json(const struct sim_cloud *cloud, const struct sim_cell *cell,
                          const char *name, const struct rule *rule, gint64 now_ms)
{
    const struct sim_world *world = cloud->world;
    gint64 newest_ms =
        (now_ms - world->publish_delay_ms) / world->period_ms * world->period_ms - world->period_ms;
    bool alarm = in_alarm(world, cell, rule, newest_ms);
    bool none = blind(cloud, cell, newest_ms);
    double value = sim_metric_value(world, cell, rule->metric, newest_ms);
    double limit = isnan(rule->above) ? rule->below : rule->above;
    const char *than = isnan(rule->above) ? "less" : "greater";
    g_autofree char *full = g_strdup_printf("%s-%s", cell->id, name);
    g_autofree char *arn = g_strdup_printf("arn:aws:cloudwatch:%s:%s:alarm:%s", cell->region,
                                           sim_cell_account(cell), full);
    g_autofree char *reason =
        none ? g_strdup("Insufficient Data: 3 datapoints were unknown.")
             : g_strdup_printf("Threshold Crossed: %d datapoints [%.4g] %s %s than the threshold "
                               "(%g).",
                               rule->periods, value, alarm ? "were" : "were not", than, limit);
    double since = (double)since_ms(world, cell, rule, newest_ms) / 1000;
    return json_pack("{s:s, s:s, s:b, s:s, s:s, s:f, s:s, s:s, s:s, s:[{s:s, s:s}], s:I, s:i, s:f, "
                     "s:s}",
                     "AlarmName", full, "AlarmArn", arn, "ActionsEnabled", 1, "StateValue",
                     none    ? "INSUFFICIENT_DATA"
                     : alarm ? "ALARM"
                             : "OK",
                     "StateReason", reason, "StateUpdatedTimestamp", since, "MetricName",
                     sim_metric_name(rule->metric), "Namespace", "Medplum/Cells", "Statistic",
                     "Average", "Dimensions", "Name", "CellId", "Value", cell->id, "Period",
                     (json_int_t)(world->period_ms / 1000), "EvaluationPeriods", rule->periods,
                     "Threshold", limit, "ComparisonOperator",
                     isnan(rule->above) ? "LessThanThreshold" : "GreaterThanThreshold");
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(sim_text(*(json_t *const *)a, "AlarmName", ""),
                     sim_text(*(json_t *const *)b, "AlarmName", ""));
}

json_t *sim_alarms(const struct sim_call *call)
{
    const struct sim_cloud *cloud = call->cloud;
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    for (guint i = 0; i < cloud->world->cells->len; i++) {
        const struct sim_cell *cell = cloud->world->cells->pdata[i];
        if (!sim_call_sees(call, cell, NULL))
            continue;
        const char *name;
        json_t *config;
        json_object_foreach (json_object_get(cloud->world->scenario, "alarms"), name, config) {
            struct rule rule = rule_read(config);
            if (rule.metric < SIM_METRIC_COUNT)
                g_ptr_array_add(found, alarm_json(cloud, cell, name, &rule, call->now_ms));
        }
    }
    g_ptr_array_sort(found, by_name);
    json_t *alarms = json_array();
    for (guint i = 0; i < found->len; i++)
        json_array_append_new(alarms, found->pdata[i]);
    return alarms;
}
