/* What CloudWatch's actions share. */
#pragma once

#include "data/sim/call.h"
#include "data/sim/metrics.h"

#define SIM_NAMESPACE "Medplum/Cells" /* the cells' */

json_t *sim_get_metric_data(struct sim_call *call);
