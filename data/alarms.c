#include "data/alarms.h"

#include "data/aws_value.h"
#include "data/base/error.h"

#include <string.h>

#define PAGE 100 /* aws.md, "Limits and prices" */

json_t *alarms_request(bool only_alarm, const char *token)
{
    json_t *body = json_pack("{s:i, s:[s,s]}", "MaxRecords", PAGE, "AlarmTypes", "MetricAlarm",
                             "CompositeAlarm");
    if (only_alarm)
        json_object_set_new(body, "StateValue", json_string("ALARM"));
    if (token)
        json_object_set_new(body, "NextToken", json_string(token));
    return body;
}

static const char *cell_of_dimensions(const struct config *config, const json_t *dimensions)
{
    size_t i;
    json_t *dimension;
    json_array_foreach (dimensions, i, dimension) {
        const char *name = json_string_value(json_object_get(dimension, "Name"));
        const char *value = json_string_value(json_object_get(dimension, "Value"));
        if (g_strcmp0(name, config->metrics.dimension) != 0 || !value)
            continue;
        const struct cell_config *cell = config_cell(config, value);
        if (cell)
            return cell->id;
    }
    return NULL;
}

/* Alarms on metric math keep their metrics, and so the dimensions, in a list of their own. */
static const char *cell_of_metrics(const struct config *config, const json_t *metrics)
{
    size_t i;
    json_t *query;
    json_array_foreach (metrics, i, query) {
        const json_t *metric = json_object_get(json_object_get(query, "MetricStat"), "Metric");
        const char *cell = cell_of_dimensions(config, json_object_get(metric, "Dimensions"));
        if (cell)
            return cell;
    }
    return NULL;
}

/* The longest id that `name` starts with: as many looks as the name has letters, not as the fleet
 * has cells. */
static const char *cell_of_name(const struct config *config, const char *name)
{
    g_autofree char *start = g_strdup(name);
    const struct cell_config *cell = NULL;
    for (size_t n = strlen(start); n > 0 && !cell; n--) {
        start[n] = '\0';
        cell = config_cell(config, start);
    }
    return cell ? cell->id : NULL;
}

const char *alarm_cell(const struct config *config, const char *name, const json_t *alarm)
{
    const char *cell = cell_of_dimensions(config, json_object_get(alarm, "Dimensions"));
    if (!cell)
        cell = cell_of_metrics(config, json_object_get(alarm, "Metrics"));
    return cell ? cell : cell_of_name(config, name);
}

static enum alarm_state state_of(const json_t *alarm)
{
    const char *state = json_string_value(json_object_get(alarm, "StateValue"));
    if (g_strcmp0(state, "OK") == 0)
        return ALARM_OK;
    return g_strcmp0(state, "ALARM") == 0 ? ALARM_ALARM : ALARM_INSUFFICIENT_DATA;
}

static void add_list(const struct config *config, const json_t *list, GPtrArray *alarms)
{
    size_t i;
    json_t *item;
    json_array_foreach (list, i, item) {
        const char *name = json_string_value(json_object_get(item, "AlarmName"));
        if (!name)
            continue;
        struct alarm *alarm = g_new0(struct alarm, 1);
        alarm->name = g_strdup(name);
        alarm->cell = g_strdup(alarm_cell(config, name, item));
        alarm->state = state_of(item);
        alarm->reason = g_strdup(json_string_value(json_object_get(item, "StateReason")));
        aws_time_value(json_object_get(item, "StateUpdatedTimestamp"), &alarm->since_ms);
        g_ptr_array_add(alarms, alarm);
    }
}

bool alarms_take(const struct config *config, json_t *reply, GPtrArray *alarms, char **token,
                 GError **error)
{
    const json_t *metric = json_object_get(reply, "MetricAlarms");
    const json_t *composite = json_object_get(reply, "CompositeAlarms");
    *token = NULL;
    if (!json_is_array(metric) && !json_is_array(composite)) {
        g_set_error(error, CD_ERROR, CD_ERROR_SOURCE,
                    "DescribeAlarms: the answer has no list of alarms");
        return false;
    }
    add_list(config, metric, alarms);
    add_list(config, composite, alarms);
    *token = g_strdup(json_string_value(json_object_get(reply, "NextToken")));
    return true;
}
