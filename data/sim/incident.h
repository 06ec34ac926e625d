/* Incidents of the world, on a timetable and at run time (default.yaml, "incidents"): what happens
 * to cells whatever runs in them. Pure. */
#pragma once

#include "data/base/own.h"

#include <stdbool.h>

struct sim_cell;

/* What an incident makes so many times what it was. */
enum sim_factor {
    SIM_TIMES_ERRORS,
    SIM_TIMES_LATENCY,
    SIM_TIMES_CPU,
    SIM_TIMES_CONNECTIONS,
    SIM_TIMES_TRAFFIC,
    SIM_TIMES_WORK,
    SIM_TIMES_LAG,
    SIM_TIMES_HEALTH,
    SIM_FACTORS
};

struct sim_incidents;
/* `cells` (struct sim_cell *) is borrowed: an incident of a cell, class or region that none of them
 * is or has would be nobody's. */
struct sim_incidents *sim_incidents_new(const GPtrArray *cells);
void sim_incidents_free(struct sim_incidents *incidents);
OWNABLE(sim_incidents, sim_incidents_free);

/* One more, or an array of them, their times counted from `base_ms`; nothing that has begun before
 * it changes. False and CD_ERROR_USAGE, and none is added, where one has an unknown key or a value
 * that makes no sense. */
bool sim_incidents_add(struct sim_incidents *incidents, const json_t *incident, gint64 base_ms,
                       GError **error);
/* Ends all that have begun, which stay a part of the past, and forgets all that have not. */
void sim_incidents_end(struct sim_incidents *incidents, gint64 now_ms);

/* How many times the cell's usual it is at that moment: 1 without an incident. */
double sim_incidents_times(const struct sim_incidents *incidents, const struct sim_cell *cell,
                           enum sim_factor factor, gint64 at_ms);
/* Since when the cell has been down (health: x0) at that moment; G_MAXINT64: it is not. */
gint64 sim_incidents_down_since(const struct sim_incidents *incidents, const struct sim_cell *cell,
                                gint64 at_ms);
