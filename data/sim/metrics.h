/* What a cell's metrics are at any moment, past or present: a function of the seed, the cell, the
 * metric, the period and what ran then. Nothing is kept, so any past can be asked for. */
#pragma once

#include "data/sim/world.h"

enum sim_metric {
    SIM_HEALTH,
    SIM_REQUESTS, /* in one period of the scenario's */
    SIM_ERROR_RATE,
    SIM_CPU,
    SIM_DB_CONNECTIONS,
    SIM_ACTIVE_USERS,
    SIM_LATENCY,
    SIM_REPLICA_LAG,
    SIM_QUEUE_DEPTH, /* none of celldeck's: work that waits; grows with errors */
    SIM_JOBS_DONE,   /* none of celldeck's: work that is done in one period */
    SIM_METRIC_COUNT
};

/* CloudWatch's name for it, "cell_error_rate". */
const char *sim_metric_name(enum sim_metric metric);
/* SIM_METRIC_COUNT for a name that is none. */
enum sim_metric sim_metric_find(const char *name);
/* Whether the cell publishes it. */
bool sim_cell_publishes(const struct sim_cell *cell, enum sim_metric metric);

/* The value for the scenario's period that starts at `start_ms` (a multiple of it). */
double sim_metric_value(const struct sim_world *world, const struct sim_cell *cell,
                        enum sim_metric metric, gint64 start_ms);
