/* Each cell's CloudWatch alarms, judged from the same metrics that clients read. */
#pragma once

#include "data/sim/call.h"

/* Every alarm that the call sees, as DescribeAlarms tells it, by name. New reference. */
json_t *sim_alarms(const struct sim_call *call);
