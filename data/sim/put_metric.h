/* CloudWatch's PutMetricData: what others than the cells publish. */
#pragma once

#include "data/sim/call.h"

struct sim_put_value {
    gint64 at_ms;
    double value;
};

json_t *sim_put_metric_data(struct sim_call *call);

/* What was put in the call's region and in `account` for a metric (as a GetMetricData query names
 * it: Namespace, MetricName, Dimensions). Array of struct sim_put_value; g_array_unref() it. */
GArray *sim_put_values(const struct sim_call *call, const char *account, const json_t *metric);
