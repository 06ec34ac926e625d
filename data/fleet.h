/* The fleet as it was read, at one moment: a snapshot. A snapshot is immutable and
 * reference-counted; readers never lock and never see half of one. Judging it (fleet_fold) is a
 * pure function of what was read and of `now`, so a snapshot grows stale by being folded again,
 * never by itself. Nothing stale, missing or unread is ever healthy (product.md, "Metrics"). */
#pragma once

#include "data/config.h"

enum metric {
    METRIC_HEALTH,         /* cell_health_status, 1 or 0 */
    METRIC_REQUESTS,       /* cell_request_count, a period */
    METRIC_ERROR_RATE,     /* cell_error_rate, always percent here (see error_rate_unit) */
    METRIC_CPU,            /* cell_cpu_utilization, percent */
    METRIC_DB_CONNECTIONS, /* cell_db_connections */
    METRIC_ACTIVE_USERS,   /* cell_active_users */
    METRIC_LATENCY_P95,    /* cell_latency_p95, ms; optional */
    METRIC_COUNT
};
const char *metric_name(enum metric metric); /* CloudWatch's: "cell_error_rate" */
const char *metric_unit(enum metric metric); /* as `status --json` prints it: "percent", "count" */

struct datapoint {
    gint64 at_ms; /* the START of its period, as CloudWatch stamps it; it ends period_ms later */
    double value;
};

/* Datapoints in time order, one a period at the most. Immutable, shared between snapshots. */
struct series {
    gatomicrefcount refs;
    size_t n;
    struct datapoint points[];
};
struct series *series_new(const struct datapoint *points, size_t n);
/* `old` (may be NULL) with `fresh` put in: a period present in both takes the fresh value, points
 * that start before `keep_from_ms` go. Borrows both, returns a new reference. */
struct series *series_merge(const struct series *old, const struct datapoint *fresh, size_t n,
                            gint64 keep_from_ms);
struct series *series_ref(struct series *series);
void series_unref(struct series *series);
/* The newest point, or NULL. `series` may be NULL. */
const struct datapoint *series_last(const struct series *series);

enum alarm_state { ALARM_OK, ALARM_ALARM, ALARM_INSUFFICIENT_DATA };
struct alarm {
    char *name;
    char *cell; /* id, or NULL: belongs to no cell */
    enum alarm_state state;
    gint64 since_ms; /* StateUpdatedTimestamp */
    char *reason;    /* StateReason */
};

struct dependency {
    char *name; /* "postgres", "redis", "redisInstances.cache" */
    bool up;
};
/* One answer (or none) of a cell's /healthcheck. */
struct probe {
    gint64 at_ms;  /* when it was asked */
    bool answered; /* HTTP 200 with a readable body; else `error` says what came instead */
    char *error;
    char *version;           /* build suffix dropped; NULL where the body names none */
    GPtrArray *dependencies; /* struct dependency * */
    gint64 took_ms;
};
bool probe_all_up(const struct probe *probe); /* answered, and every dependency is up */

enum tenant_status { TENANT_ACTIVE, TENANT_MIGRATING, TENANT_DOWN };
enum tenant_tier { TIER_STANDARD, TIER_ENTERPRISE };
struct tenant {
    char *id;
    char *cell; /* as written; may name no cell of ours (then `fault` says so) */
    char *region;
    enum tenant_tier tier;
    enum tenant_status status;
    gint64 max_users, max_patients, current_users;                    /* < 0: missing or bad */
    gint64 created_ms, updated_ms;                                    /* 0: missing or bad */
    char *subdomain, *residency, *name, *failover_cell, *environment; /* or NULL */
    char *fault; /* what is wrong with the item, "; " between faults; NULL: nothing */
};
const char *tenant_status_name(enum tenant_status status); /* "ACTIVE" */
const char *tenant_tier_name(enum tenant_tier tier);       /* "STANDARD" */

/* One reading of the registry. Immutable, reference-counted, shared between snapshots. */
struct registry {
    gatomicrefcount refs;
    gint64 at_ms;
    bool complete;      /* false: "at least N tenants, incomplete" */
    GPtrArray *tenants; /* struct tenant *, by id */
};
struct registry *registry_ref(struct registry *registry);
void registry_unref(struct registry *registry);

enum source_state { SOURCE_OK, SOURCE_STALE, SOURCE_ERROR, SOURCE_WAITING /* not asked yet */ };
struct source {
    char *name; /* "registry", "metrics us-east-1", "alarms us-east-1", "probe cell-0-dev" */
    enum source_state state;
    gint64 read_ms; /* last good reading; 0: never */
    char *error;    /* of the last try, or NULL */
};

/* What was read of one cell; every pointer may be NULL: never read. */
struct cell_reading {
    struct series *series[METRIC_COUNT];
    struct series *replica_lag; /* seconds; where cells.*.replica_lag_metric is set */
    GPtrArray *alarms;          /* struct alarm *, NULL: never read */
    gint64 alarms_at_ms;
    GPtrArray *probes; /* struct probe *, oldest first, the last few; NULL: none yet */
};

enum health {
    HEALTH_HEALTHY,
    HEALTH_STANDBY,
    HEALTH_DEGRADED,
    HEALTH_STALE,
    HEALTH_UNKNOWN,
    HEALTH_UNHEALTHY
};
const char *health_name(enum health health); /* "healthy" */

struct cell {
    const struct cell_config *config;
    struct cell_reading reading;
    enum health health;
    char **reasons;      /* why it is not healthy, worst first; never NULL, may be empty */
    gint64 since_ms;     /* since when its datapoints have said so */
    bool closed_to_new;  /* used > 80 % */
    const char *version; /* what the last answered probe names, or NULL */
    gint64 version_at_ms;
    gint64 tenants; /* registry items that name this cell */
    gint64 registered_users, quota_users;
    double used_pct; /* fresh active users / max_users; < 0: not known */
};

struct snapshot {
    gatomicrefcount refs;
    gint64 at_ms;
    struct config *config;
    struct registry *registry; /* NULL: never read */
    struct cell *cells;        /* in celldeck.yaml's order */
    size_t n_cells;
    GPtrArray *sources;       /* struct source * */
    gint64 unplaced;          /* tenants that name no cell of ours */
    double cost_usd_per_hour; /* what polling costs, from the requests really sent */
};

/* Everything that was read, on its way into a snapshot. The caller keeps what is in it. */
struct fleet_input {
    struct config *config;
    const struct cell_reading *readings; /* one a cell, in celldeck.yaml's order */
    struct registry *registry;
    GPtrArray *sources; /* struct source * */
    double cost_usd_per_hour;
};
/* Judges what was read as of `now_ms`. Takes references; never fails. */
struct snapshot *fleet_fold(const struct fleet_input *input, gint64 now_ms);

struct snapshot *snapshot_ref(struct snapshot *snapshot);
void snapshot_unref(struct snapshot *snapshot);
OWNABLE(snapshot, snapshot_unref);
const struct cell *snapshot_cell(const struct snapshot *snapshot, const char *id);
const struct tenant *snapshot_tenant(const struct snapshot *snapshot, const char *id);

/* Age of a cell's newest datapoint of `metric`, from the end of its period; < 0: never read. */
gint64 cell_metric_age_ms(const struct cell *cell, enum metric metric, gint64 period_ms,
                          gint64 now_ms);
/* Older than three periods (and so not to be trusted), or never read. */
bool cell_metric_stale(const struct cell *cell, enum metric metric, gint64 period_ms,
                       gint64 now_ms);
