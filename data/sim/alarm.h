/* Each cell's CloudWatch alarms, judged from the same metrics that clients read. */
#pragma once

#include "data/sim/cloud.h"

/* Every alarm of the region as DescribeAlarms tells it, by name. New reference. */
json_t *sim_alarms(const struct sim_cloud *cloud, const char *region, gint64 now_ms);
