/* CloudWatch alarms, metric and composite ones alike, as DescribeAlarms answers them; and which
 * cell each belongs to (product.md, "Metrics and alarms"). Pure: JSON in, values out. */
#pragma once

#include "data/fleet.h"

/* The body of a DescribeAlarms call, 100 alarms a page: all, or only those in ALARM. `token` NULL:
 * the first page. New reference. */
json_t *alarms_request(bool only_alarm, const char *token);

/* Adds a page's alarms (struct alarm *) to `alarms`. *token (caller frees) is NULL after the last
 * page. An alarm in a state we do not know counts as INSUFFICIENT_DATA, one without a name is left
 * out. False with a CD_ERROR_SOURCE where the answer is no such list. */
bool alarms_take(const struct config *config, json_t *reply, GPtrArray *alarms, char **token,
                 GError **error);

/* The cell its dimension (metrics.dimension; also inside metric-math alarms) names, else the one
 * whose id `name` starts with, the longest such id. NULL: none of ours. */
const char *alarm_cell(const struct config *config, const char *name, const json_t *alarm);
