#include "data/sim/put_metric.h"

#include "data/base/when.h"
#include "data/sim/value.h"

#include <math.h>

/* PutMetricData's API reference. */
enum { DATA_MAX = 1000, DIMENSIONS_MAX = 30 };
static const gint64 oldest_ms = 14 * WHEN_DAY, newest_ms = 2 * WHEN_HOUR;

static int by_text(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

/* What tells one metric from another, as one text. Caller frees. */
static char *identity(const struct sim_call *call, const char *account, const char *namespace,
                      const json_t *metric)
{
    g_autoptr(GPtrArray) dimensions = g_ptr_array_new_with_free_func(g_free);
    size_t i;
    const json_t *dimension;
    json_array_foreach (json_object_get(metric, "Dimensions"), i, dimension)
        g_ptr_array_add(dimensions, g_strdup_printf("%s=%s", sim_text(dimension, "Name", ""),
                                                    sim_text(dimension, "Value", "")));
    g_ptr_array_sort(dimensions, by_text);
    g_ptr_array_add(dimensions, NULL);
    g_autofree char *all = g_strjoinv("\x1f", (char **)dimensions->pdata);
    return g_strjoin("\x1e", account, call->region, namespace, sim_text(metric, "MetricName", ""),
                     all, NULL);
}

static bool check_datum(struct sim_call *call, const json_t *datum, gint64 at_ms)
{
    double value = sim_number(datum, "Value", NAN);
    if (!*sim_text(datum, "MetricName", ""))
        sim_refuse(call, 400, "MissingParameter",
                   "The parameter MetricData.member.1.MetricName is required.");
    else if (json_array_size(json_object_get(datum, "Dimensions")) > DIMENSIONS_MAX)
        sim_refuse(call, 400, "InvalidParameterValue", "No more than %d dimensions are allowed.",
                   DIMENSIONS_MAX);
    else if (!isfinite(value))
        sim_refuse(call, 400, "InvalidParameterValue",
                   "The parameter MetricData.member.1.Value must be a finite number; the simulator "
                   "has no StatisticValues.");
    else if (at_ms < call->now_ms - oldest_ms || at_ms > call->now_ms + newest_ms)
        sim_refuse(call, 400, "InvalidParameterValue",
                   "The parameter MetricData.member.1.Timestamp must specify a time within the "
                   "past two weeks and no more than two hours in the future.");
    return call->error.status == 0;
}

json_t *sim_put_metric_data(struct sim_call *call)
{
    const char *namespace = sim_need(call, "Namespace", "MissingParameter");
    const json_t *data = json_object_get(call->in, "MetricData");
    if (!namespace)
        return NULL;
    if (json_array_size(data) == 0 || json_array_size(data) > DATA_MAX)
        return sim_refuse(call, 400, "InvalidParameterValue",
                          "The collection MetricData must have 1 to %d members.", DATA_MAX);
    size_t i;
    json_t *datum;
    json_array_foreach (data, i, datum)
        if (!check_datum(call, datum, sim_moment(datum, "Timestamp", call->now_ms)))
            return NULL;
    json_array_foreach (data, i, datum) {
        g_autofree char *key = identity(call, sim_caller_account(call->session), namespace, datum);
        gint64 at_ms = sim_moment(datum, "Timestamp", call->now_ms);
        json_t *put = json_copy(datum);
        json_object_set_new(put, "Namespace", json_string(namespace));
        json_object_set_new(put, "Region", json_string(call->region));
        json_object_set_new(put, "Timestamp", json_real((double)at_ms / WHEN_SECOND));
        json_object_set_new(put, "Identity", json_string(key));
        json_array_append_new(call->cloud->put_metrics, put);
    }
    return json_object();
}

GArray *sim_put_values(const struct sim_call *call, const char *account, const json_t *metric)
{
    GArray *values = g_array_new(FALSE, FALSE, sizeof(struct sim_put_value));
    g_autofree char *key = identity(call, account, sim_text(metric, "Namespace", ""), metric);
    size_t i;
    const json_t *put;
    json_array_foreach (call->cloud->put_metrics, i, put) {
        struct sim_put_value value = {sim_moment(put, "Timestamp", 0), sim_number(put, "Value", 0)};
        if (g_str_equal(sim_text(put, "Identity", ""), key))
            g_array_append_val(values, value);
    }
    return values;
}
