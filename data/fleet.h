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
    METRIC_OWN,            /* metrics.own, in its order; optional */
    METRIC_COUNT = METRIC_OWN + OWN_METRICS_MAX
};
/* Of celldeck's own, those before METRIC_OWN. */
const char *metric_name(enum metric metric); /* CloudWatch's: "cell_error_rate" */
const char *metric_unit(enum metric metric); /* as `status --json` prints it: "percent", "count" */
/* What gates.regression.metrics calls it: "error_rate", the fleet's own by their names; NULL: it is
 * not compared. */
const char *metric_word_in(const struct config *config, enum metric metric);
/* How many there are with the fleet's own: places from there on are empty. `config` NULL: none. */
enum metric metric_count(const struct config *config);
/* The fleet's own at its place; NULL for the others. */
const struct own_metric *metric_own(const struct config *config, enum metric metric);
/* Name and unit of any below metric_count(). */
const char *metric_name_in(const struct config *config, enum metric metric);
const char *metric_unit_in(const struct config *config, enum metric metric);
/* Whether `value` can be a datum at all: finite, not negative, not absurd, a percentage not above
 * 100. What is not counts as missing, wherever it comes from. CPU may go above 100: it may be
 * summed by core. */
bool metric_value_usable(enum metric metric, double value);

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
 * that start before `keep_from_ms` go. Borrows both, returns a new reference: to `old` where that
 * comes to the same. */
struct series *series_merge(struct series *old, const struct datapoint *fresh, size_t n,
                            gint64 keep_from_ms);
struct series *series_ref(struct series *series);
void series_unref(struct series *series);
/* The newest point, or NULL. `series` may be NULL. */
const struct datapoint *series_last(const struct series *series);
/* The place of its first point that starts at `at_ms` or later; n: none. `series` may be NULL: 0.
 */
size_t series_place(const struct series *series, gint64 at_ms);
/* Its newest point that is usable as `metric` (replica lag: METRIC_COUNT) and has begun by
 * `now_ms`; -1: none. */
gssize series_newest_usable(const struct series *series, enum metric metric, gint64 now_ms);

enum alarm_state { ALARM_OK, ALARM_ALARM, ALARM_INSUFFICIENT_DATA };
struct alarm {
    char *name;
    char *cell; /* id, or NULL: belongs to no cell */
    enum alarm_state state;
    gint64 since_ms; /* StateUpdatedTimestamp */
    char *reason;    /* StateReason */
};
void alarm_free(struct alarm *alarm);

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
    char *cell;              /* which it says it is (`cell`, which Medplum's has not), or NULL */
    GPtrArray *dependencies; /* struct dependency * */
    gint64 took_ms;
};
/* Empty, not answered. Reference-counted, immutable once it is handed out. */
struct probe *probe_new(gint64 at_ms);
struct probe *probe_ref(struct probe *probe);
void probe_unref(struct probe *probe);
void probe_add_dependency(struct probe *probe, const char *name, bool up);
/* Answered, names a dependency, and every one is up. */
bool probe_all_up(const struct probe *probe);

enum tenant_status { TENANT_ACTIVE, TENANT_MIGRATING, TENANT_DOWN };
enum tenant_tier { TIER_STANDARD, TIER_ENTERPRISE };
struct tenant {
    gatomicrefcount refs;
    const char *id;
    const char *cell; /* as written; may name no cell of ours (then `fault` says so) */
    const char *region;
    enum tenant_tier tier;
    enum tenant_status status;
    gint64 max_users, max_patients, current_users; /* < 0: missing or bad */
    gint64 created_ms, updated_ms;                 /* 0: missing or bad */
    const char *updated; /* updatedAt as written, text or digits: what a write is conditional on;
                            NULL: missing */
    const char *subdomain, *name, *failover_cell, *environment; /* or NULL */
    const char *residency; /* NULL: its cell's; RESIDENCY_UNREADABLE where it is no text */
    const char *fault;     /* what is wrong with the item, "; " between faults; NULL: nothing */
};
#define RESIDENCY_UNREADABLE "unreadable"                  /* no cell has that */
const char *tenant_status_name(enum tenant_status status); /* "ACTIVE" */
const char *tenant_tier_name(enum tenant_tier tier);       /* "STANDARD" */
/* A copy of `draft` and of its texts, all in one block: a registry has 100,000 of them. Immutable,
 * reference-counted: one that has not changed is shared between registries. */
struct tenant *tenant_new(const struct tenant *draft);
struct tenant *tenant_ref(struct tenant *tenant);
void tenant_unref(struct tenant *tenant);
bool tenant_equal(const struct tenant *a, const struct tenant *b);
/* By its environment, and the class of its cell (NULL: none of ours): product.md, "Registry". */
bool tenant_is_production(const struct tenant *tenant, const struct cell_config *cell);

/* What the registry's items say of one cell, added up. */
struct tenant_tally {
    gint64 tenants;
    gint64 registered_users, quota_users; /* missing and bad numbers count as nothing */
    gint64 quota_patients;                /* the same ... */
    gint64 without_patients;              /* ... and how many tenants tell none */
};

/* One reading of the registry. Immutable, reference-counted, shared between snapshots. */
struct registry {
    gatomicrefcount refs;
    gint64 at_ms;        /* when it was first read as it is; how old that is, says the source */
    bool complete;       /* false: "at least N tenants, incomplete"; that it is still true is for
                            the source "registry" to say */
    GPtrArray *tenants;  /* struct tenant *, by id */
    GHashTable *tallies; /* cell id -> struct tenant_tally * */
    GHashTable *shared;  /* private: see registry_namesake(); NULL: no subdomain is */
};
/* Takes `tenants` (which must own its elements: tenant_unref), sorts it by id, marks ids that
 * appear twice as faulty, and adds up. */
struct registry *registry_new(GPtrArray *tenants, gint64 at_ms, bool complete);
/* The place of one of that id among its tenants; -1: there is none. */
gint64 registry_place(const struct registry *registry, const char *id);
/* Another tenant that has this one's subdomain (DNS knows no case), or NULL. Borrowed. */
const struct tenant *registry_namesake(const struct registry *registry,
                                       const struct tenant *tenant);
/* NULL if there is no tenant of that id. */
const struct tenant *registry_tenant(const struct registry *registry, const char *id);
/* The same tenants, shared, found by another reading. */
struct registry *registry_again(const struct registry *before, gint64 at_ms, bool complete);
/* All zero for a cell that no tenant names. `registry` may be NULL. */
struct tenant_tally registry_tally(const struct registry *registry, const char *cell);
/* A count out of it, for people: "12", "≥12" where it was read in part, "–" where it never was
 * (NULL). Caller frees. */
char *registry_count_text(const struct registry *registry, gint64 count);
struct registry *registry_ref(struct registry *registry);
void registry_unref(struct registry *registry);

enum source_state { SOURCE_OK, SOURCE_STALE, SOURCE_ERROR, SOURCE_WAITING /* not asked yet */ };
struct source {
    char *name; /* "registry", "metrics SOURCE", "alarms SOURCE" (cell_config.source: mostly the
                   region), "probe cell-0-dev" */
    enum source_state state;
    gint64 read_ms; /* last good reading; 0: never */
    char *error;    /* of the last try, or NULL */
};
struct source *source_new(const char *name, enum source_state state, gint64 read_ms,
                          const char *error);
void source_free(struct source *source);
/* The same sources with their states as of `now_ms`, new reference. */
GPtrArray *sources_as_of(const GPtrArray *sources, gint64 period_ms, gint64 now_ms);

/* What was read of one cell; every pointer may be NULL: never read. */
struct cell_reading {
    struct series *series[METRIC_COUNT];
    struct series *replica_lag; /* seconds; where cells.*.replica_lag_metric is set */
    gint64 metrics_from_ms;     /* since when they have been read, data or none; 0: not said */
    GPtrArray *alarms;          /* struct alarm *, NULL: never read */
    gint64 alarms_at_ms;
    GPtrArray *probes; /* struct probe *, oldest first: see probes_append(); NULL: none yet */
};
/* Another reading that shares everything with `reading`; cell_reading_clear() lets go of one. */
struct cell_reading cell_reading_share(const struct cell_reading *reading);
void cell_reading_clear(struct cell_reading *reading);

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
    gint64 most_patients; /* that may be in it: the sum of its tenants' quotas; where not all of
                             them are known, no less than the cell's own limit */
    double used_pct;      /* fresh active users / max_users; < 0: not known */
    gint64 change_ms; /* when the same reading may next be judged otherwise; G_MAXINT64: never */
    bool tells_age;   /* a reason says how old something is, which is another age each moment */
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
    char *slowed;             /* what is polled more slowly than it should be, how far and why
                                 (aws.max_usd_per_hour), as a sentence; NULL: nothing */
};

/* Everything that was read, on its way into a snapshot. The caller keeps what is in it. */
struct fleet_input {
    struct config *config;
    const struct cell_reading *readings; /* one a cell, in celldeck.yaml's order */
    struct registry *registry;
    GPtrArray *sources; /* struct source * */
    double cost_usd_per_hour;
    const char *slowed; /* or NULL */
};
/* Judges what was read as of `now_ms`. Takes references; never fails. The rules (product.md,
 * "Metrics and alarms"; what it leaves open is decided here):
 * - health < 1 and an error rate over gates.max_error_rate_pct in 2 of 3 periods: unhealthy.
 * - used capacity over gates.max_used_pct: degraded; over 80 %: closed_to_new.
 * - an alarm in ALARM: degraded. It may be a mere warning of the team's; planning a rollout refuses
 *   such a cell all the same (rollout.md, "Plan").
 * - /healthcheck says a dependency is down: unhealthy; no answer, or no version in it: degraded,
 *   as the way to the cell may be what is broken.
 * - a dr cell's replica lag over its rpo: degraded.
 * - a metric (latency apart), the alarms or the probe never read: unknown; older than 3 periods:
 *   stale. Of a dr cell, which has no traffic, only the health metric is required, and its replica
 *   lag where replica_lag_metric names one.
 * The worst of these is the cell's health; enum health is in that order. */
struct snapshot *fleet_fold(const struct fleet_input *input, gint64 now_ms);
/* The same snapshot with less work, where most is as it was in `before` (NULL: nothing): a cell is
 * judged again only if its reading has changed, time has made a difference, or a reason tells an
 * age. */
struct snapshot *fleet_fold_after(const struct snapshot *before, const struct fleet_input *input,
                                  gint64 now_ms);

/* The same readings as of `now_ms`; a source's state follows from its last reading and error. */
struct snapshot *snapshot_again(const struct snapshot *snapshot, gint64 now_ms);

/* The first moment after the snapshot's own at which folding the same input again may say something
 * else (a value grows stale, a period begins); G_MAXINT64: never. Ages in reasons don't count. */
gint64 fleet_next_change_ms(const struct snapshot *snapshot);

struct snapshot *snapshot_ref(struct snapshot *snapshot);
void snapshot_unref(struct snapshot *snapshot);
OWNABLE(snapshot, snapshot_unref);
/* For sorting, worst first: a standby that is well is as well as a healthy cell. Of cells that are
 * as bad as each other a dev cell, which serves no hospital, comes last; else they stay in
 * celldeck.yaml's order. Both are cells of one snapshot. */
int cell_by_worst(const struct cell *a, const struct cell *b);
const struct cell *snapshot_cell(const struct snapshot *snapshot, const char *id);
/* The source of that name, or NULL. Whatever needs all of something asks it as well: the reading
 * before a failed one is kept, and grows old. */
const struct source *snapshot_source(const struct snapshot *snapshot, const char *name);
const struct tenant *snapshot_tenant(const struct snapshot *snapshot, const char *id);

/* Whether a cell without this metric is unknown, and with an old one stale. */
bool metric_is_required(const struct cell_config *cell, enum metric metric);
/* What is older than this, counted from the end of its period, is stale: three periods. */
gint64 stale_after_ms(gint64 period_ms);
/* Age of a cell's newest usable datapoint of `metric`, from the end of its period (0 while that
 * lasts); < 0: never read. */
gint64 cell_metric_age_ms(const struct cell *cell, enum metric metric, gint64 period_ms,
                          gint64 now_ms);
/* Older than three periods (and so not to be trusted), or never read. */
bool cell_metric_stale(const struct cell *cell, enum metric metric, gint64 period_ms,
                       gint64 now_ms);
/* Whether what was read of it begins at its `since_ms`: it may have been so for longer. */
bool cell_since_or_before(const struct cell *cell);
