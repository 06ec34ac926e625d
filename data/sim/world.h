/* The world that celldeck-sim plays: cells, what runs in them since when, and what that does to
 * them. Real time: every function that needs the moment gets it as `now_ms`. Pure but for
 * world_deployed(). */
#pragma once

#include "data/sim/incident.h"

#include <stdbool.h>

/* What one fault of a release does (default.yaml, "releases"). Numbers are NAN where the fault
 * leaves a thing alone. */
struct sim_effect {
    json_t *cells; /* array of ids, or NULL: all */
    gint64 after_ms, ramp_ms;
    double error_rate_pct, latency_ms, cpu_pct, connections, health;
    double traffic;   /* share of the requests that still comes */
    double work;      /* share of the jobs that is still done */
    char *dependency; /* or NULL */
    bool alarm, deploy_fails;
};

/* A stretch of time in which one version answered in a cell. The last one has no end. */
struct sim_run {
    char *version;
    gint64 from_ms; /* G_MININT64 for what ran before the simulator started */
};

struct sim_load {
    double requests_per_s, error_rate_pct, cpu_pct, db_connections, latency_ms, active_users;
    double replica_lag_s; /* < 0: publishes none */
    double rhythm;
};

struct sim_cell {
    const char *id, *region, *class, *residency; /* the scenario's */
    const char *primary;                         /* whose replica it is, or NULL */
    char *account;                               /* NULL: not named, its role's neither */
    struct sim_load load;
    guint32 peak_offset_s; /* shifts the daily rhythm to the region's own afternoon */
    GArray *runs;          /* struct sim_run, oldest first */
};

struct sim_world {
    json_t *scenario;
    guint64 seed;
    gint64 start_ms, period_ms, publish_delay_ms, deploy_ms, dns_ms, read_lag_ms;
    const char *region, *table;
    GPtrArray *cells;     /* struct sim_cell * */
    GHashTable *releases; /* version -> GPtrArray of struct sim_effect * */
    struct sim_incidents *incidents;
};

/* Keeps a reference to `scenario`. NULL and CD_ERROR_USAGE for a scenario that makes no sense. */
struct sim_world *sim_world_new(json_t *scenario, gint64 now_ms, GError **error);
void sim_world_free(struct sim_world *world);
OWNABLE(sim_world, sim_world_free);

/* NULL if there is no such cell. */
struct sim_cell *sim_world_cell(const struct sim_world *world, const char *id);

/* From `at_ms` on `version` answers in the cell. */
void sim_world_deployed(struct sim_cell *cell, const char *version, gint64 at_ms);
/* What answers at that moment. */
const struct sim_run *sim_cell_run(const struct sim_cell *cell, gint64 at_ms);

/* Whether tasks of this version start in this cell: it is a release, and none of its faults says
 * `deploy: fail`. */
bool sim_world_starts(const struct sim_world *world, const struct sim_cell *cell,
                      const char *version);

/* How much of `effect` shows in a cell at `at_ms`, 0 to 1, given the run it belongs to. */
double sim_effect_share(const struct sim_effect *effect, const struct sim_cell *cell,
                        const struct sim_run *run, gint64 at_ms);

/* Calls `fn` for each effect that shows at that moment. */
typedef void (*sim_effect_fn)(const struct sim_effect *effect, double share, gpointer data);
void sim_world_effects(const struct sim_world *world, const struct sim_cell *cell, gint64 at_ms,
                       sim_effect_fn fn, gpointer data);

/* The body of the cell's /healthcheck, in Medplum's shape. New reference. */
json_t *sim_world_healthcheck(const struct sim_world *world, const struct sim_cell *cell,
                              gint64 now_ms);
