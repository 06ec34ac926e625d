/* celldeck.yaml, read whole or not at all (product.md, "Two files").
 *
 * A config is immutable once loaded and reference-counted; strings in it live as long as it does.
 * Durations are milliseconds. releases.repo and journal.path may be relative to the file's folder
 * (the conductor runs elsewhere) and are absolute here. A missing optional key has the default
 * named beside its member. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

enum cell_class { CLASS_DEV, CLASS_SHARED, CLASS_DEDICATED, CLASS_DR };
const char *cell_class_name(enum cell_class class);

struct cell_config {
    char *id;
    enum cell_class class;
    char *region;          /* default aws.region */
    char *residency;       /* "US", "EU", ... */
    char *endpoint;        /* "https://cell0.example.com"; /healthcheck is appended to its path */
    char *dns_name;        /* what tenants' CNAMEs point to; default the endpoint's host */
    char *account;         /* or NULL */
    char *role_arn;        /* or NULL: the credentials of aws.profile serve */
    gint64 max_users;      /* > 0; a dr cell's default is its primary's */
    gint64 max_patients;   /* > 0; the same */
    char **backups;        /* ids, never NULL */
    char *stands_by_for;   /* id of the primary, dr cells only */
    double sla_pct;        /* default 99.9 */
    double cost_per_month; /* USD; < 0 where not given */
    gint64 rpo_ms;         /* < 0 where not given: "data not proven" */
    char *replica_lag_metric;  /* or NULL */
    bool rollback_window_open; /* default true; `rollback_window: closed` makes it false */
    GHashTable *labels;        /* char * -> char *, never NULL */
    char *source; /* its metrics and alarms are "metrics SOURCE" and "alarms SOURCE": the region;
                     "REGION ACCOUNT" or "REGION ACCOUNT ROLE" where the region has cells of
                     several roles or accounts. Cells of one source are reached in one way. */
};

struct config;

/* DEFAULT, of one gate or metric: as gates.no_data has it. */
enum no_data { NO_DATA_HOLD, NO_DATA_FAIL, NO_DATA_IGNORE, NO_DATA_DEFAULT };

enum error_rate_unit { ERROR_RATE_PERCENT, ERROR_RATE_FRACTION };

/* A metric of the team's own, read of every cell beside celldeck's. At most OWN_METRICS_MAX. */
#define OWN_METRICS_MAX 8
struct own_metric {
    char *name;           /* CloudWatch's, in metrics.namespace */
    char *unit;           /* for people: "jobs", "ms"; default "" */
    char *stat;           /* of a period; default Average */
    bool falls;           /* `direction: decrease`: less of it is worse; default increase */
    double min_change;    /* regression: what is worse by less is nobody's business; default 0 */
    enum no_data no_data; /* three periods without: default as gates.no_data */
};

struct metrics_config {
    char *namespace;  /* default "Medplum/Cells" */
    char *dimension;  /* default "CellId" */
    gint64 period_ms; /* default 60s; 1, 5, 10, 30 s or whole minutes (CloudWatch's rule) */
    gint64 settle_ms; /* default 15s, a quarter of a shorter period */
    enum error_rate_unit error_rate_unit; /* default percent */
    GPtrArray *own;                       /* struct own_metric *, in file order, may be empty */
};
/* The place of the one of that name in metrics.own; -1: none. */
int config_own_metric(const struct config *config, const char *name);

/* How much, or how little, of one of metrics.own is too much. */
struct own_limit {
    char *metric;
    double limit; /* crossed above it; by one that `falls`, below it */
};

/* Which cells on the old version a baking one is compared with. All empty: those of its class, or
 * all where these are too few (rollout/controls.h). */
struct controls_config {
    char **classes;     /* any of them; none: any class ... */
    GHashTable *labels; /* ... that have all these labels; never NULL ... */
    char **cells;       /* ... by name; none: all ... */
    char **exclude;     /* ... but these */
};

/* Of the file, or of a wave, which has the file's but for what it says itself. */
struct gates_config {
    char **off;           /* regression, slo, alarms: gates that are not asked; never NULL, none */
    gint64 warmup_ms;     /* default 3m */
    gint64 min_requests;  /* over the bake; default 300 */
    enum no_data no_data; /* default hold */
    gint64 deadline_ms;   /* HOLD or PENDING this long past the bake: held; default 15m */
    double max_error_rate_pct; /* default 5 */
    double max_used_pct;       /* default 90 */
    GPtrArray *own_limits;     /* struct own_limit *, in file order; 2 of 3 periods cross it */
    enum no_data alarms_no_data, probe_no_data, data_no_data, traffic_no_data; /* default default */
    struct controls_config controls;
    /* regression: the cell against its own past and its controls */
    char **regression_metrics; /* error_rate, latency, cpu, connections, and names of metrics.own;
                                  default the first four; empty: none */
    double max_ratio;          /* of now over what was to be expected; default 1.3 */
    gint64 min_events;         /* more errors than that; default 10 */
    double evidence;           /* odds against chance; default 100 */
    double slo_fast, slo_slow; /* slo: times the error budget's rate; default 14.4 and 6; 0: off */
    gint64 slo_min_events;     /* errors; default 10 */
    char **alarm_names;        /* alarms.names; never NULL */
    char **alarm_prefixes;     /* alarms.prefixes; `{cell}` stands for the id; default "{cell}" */
};

enum on_fail { ON_FAIL_ROLLBACK_CELL, ON_FAIL_ROLLBACK_WAVE, ON_FAIL_ROLLBACK_ALL };

/* Fewest users first, or as `cells` (else the file) has them. A dr cell follows its primary. */
enum wave_order { WAVE_ORDER_USERS, WAVE_ORDER_LISTED };

struct wave_config {
    char *name;
    bool has_class; /* cells by class ... */
    enum cell_class class;
    GHashTable *labels;          /* ... and by labels, all of which they have; never NULL ... */
    char **cells;                /* ... or by name; never NULL */
    char **exclude;              /* ids left out by name; never NULL */
    gint64 bake_ms;              /* > 0, no default */
    enum wave_order order;       /* default users */
    int max_in_flight;           /* default 1 */
    int max_failed;              /* default 0 */
    bool low_traffic_pass;       /* `low_traffic: pass`; default hold */
    bool production;             /* the first wave may have production tenants; default false */
    int approvals;               /* approval.by; default 0 */
    bool approver_not_requester; /* approval.not_requester; default false */
    gint64 approval_expires_ms;  /* approval.expires; default 24h */
    char *window;                /* as written (rollout/window.h), or NULL: always open */
    enum on_fail on_fail;        /* default rollback_cell */
    struct gates_config gates;   /* default, setting by setting: the file's */
};

/* Days on which no rollout goes forward, as written: rollout/window.h. */
struct freeze_config {
    char *from, *to; /* "2026-12-18", the last one included; or to the minute */
    char *zone;      /* by whose calendar; default UTC */
    char *reason;    /* or NULL */
    char **waves;    /* names; never NULL, none: all waves */
};

enum deploy_driver { DRIVER_NONE, DRIVER_ECS, DRIVER_GIT, DRIVER_EXEC };

struct ecs_service_config {
    char *service; /* the service's (and its container's) name */
    char *image;   /* with {version} */
};

struct deploy_config {
    enum deploy_driver driver;
    char *ecs_cluster;       /* with {cell} */
    GPtrArray *ecs_services; /* struct ecs_service_config * */
    gint64 ecs_poll_ms;      /* default 10s */
    char **exec_command;     /* argv; never NULL */
    char **exec_current;     /* argv that prints the running version; may be empty */
    gint64 exec_timeout_ms;  /* default 30m */
    char *git_repo, *git_branch, *git_file,
        *git_key; /* read and checked; the driver is its own issue */
};

struct releases_config {
    char *repo;         /* absolute, or NULL: no releases can be resolved, no rollout planned */
    char *tags;         /* glob, default "v*" */
    char **migrations;  /* path globs, never NULL */
    bool no_skip_minor; /* `no_skip: minor` */
};

/* A command of the team's own. */
struct own_command {
    char **argv;       /* never NULL; empty: there is none */
    gint64 timeout_ms; /* default 10m */
};

struct failover_config {
    char *zone_id, *record; /* or NULL: with {subdomain} or {tenant} */
    char *check_url;        /* with {record}; default https://{record}/healthcheck */
    char *resolver; /* the DNS server to ask, "10.0.0.2" or "10.0.0.2:5353"; NULL: the machine's */
    gint64 ttl_ms;  /* default 60s */
    double max_used_pct;        /* default 90 */
    struct own_command fence;   /* keeps the source from writing any more */
    struct own_command promote; /* makes a replica writable */
    gint64 rto_ms;              /* within which all of it should be done; < 0 where not given */
    gint64 deadline_ms; /* how long one step may stand still before a person is called; default 5m
                           (rollout/failover_plan.h) */
};

/* A metric that the conductor sends while it works on something and can see (README.md). */
struct heartbeat_config {
    char *namespace; /* NULL: no such metric is sent */
    char *metric;    /* default "celldeck_conductor" */
    gint64 every_ms; /* default 60s */
};

struct config {
    gatomicrefcount refs; /* private */
    GHashTable *places;   /* private: id -> place in `cells`, from 1 */
    GHashTable *lines;    /* private: see config_line() */
    char *name;
    char *accent; /* the colour of its name on screen, of word_accent(); NULL: left to the screen */
    char *path;   /* the file it came from */
    char *aws_region;            /* may be NULL: environment and profile decide */
    char *aws_profile;           /* may be NULL */
    double aws_max_usd_per_hour; /* what polling may cost; < 0 where not given: no ceiling */
    char *registry_table;        /* default "cell-registry" */
    char *registry_region;       /* default aws.region */
    struct metrics_config metrics;
    GPtrArray *cells;   /* struct cell_config *, in file order, never empty */
    GPtrArray *waves;   /* struct wave_config *, in file order, may be empty */
    GPtrArray *freezes; /* struct freeze_config *, never NULL */
    struct gates_config gates;
    struct deploy_config deploy;
    struct releases_config releases;
    struct failover_config failover;
    struct own_command move; /* brings a tenant's data into its new cell */
    char *sns_topic;         /* or NULL */
    char **notify_command;   /* argv; never NULL */
    struct heartbeat_config heartbeat;
    char *journal_store;  /* "sqlite" (default) or "dynamodb" */
    char *journal_path;   /* state folder, or NULL: see state_dir() */
    char *journal_host;   /* or NULL: any host may act */
    char *journal_table;  /* of a dynamodb store; NULL for sqlite */
    char *journal_region; /* default aws.region */
    gint64 lease_ms;      /* journal.lease, default 30s */
};
/* Whether journal.store is dynamodb: history.db is then a copy of what several bastions share. */
bool config_journal_is_shared(const struct config *config);

/* Reads and checks the whole file. On any fault: NULL and a CD_ERROR_USAGE whose message has every
 * fault found, each as "file:line:column: what is wrong, what was expected", the line itself with
 * a caret below, and for an unknown key the nearest right one. */
struct config *config_load(const char *path, GError **error);

struct config *config_ref(struct config *config);
void config_unref(struct config *config);
OWNABLE(config, config_unref);

/* The file to read: `given` (-c) if not NULL, else $CELLDECK_CONFIG, ./celldeck.yaml,
 * $XDG_CONFIG_HOME/celldeck/celldeck.yaml, /etc/celldeck/celldeck.yaml, the first that is there.
 * NULL and CD_ERROR_USAGE naming every place looked at where none is. Caller frees. */
char *config_find(const char *given, GError **error);

/* NULL if there is no such cell. */
const struct cell_config *config_cell(const struct config *config, const char *id);
/* Its place in `cells`, -1 if there is none. A fleet may have 1,000: both look it up in a table. */
gssize config_place(const struct config *config, const char *id);
/* Lays out that table for a config whose `cells` were set by other hands than config_load's. */
void config_index_cells(struct config *config);

/* Whether the wave's own words put the cell into it. (A dr cell that none names goes with its
 * primary: plan_make.h.) */
bool wave_takes(const struct wave_config *wave, const struct cell_config *cell);

/* The ECS cluster of a cell: deploy.ecs.cluster with its {cell}. Caller frees. */
char *config_ecs_cluster(const struct config *config, const char *cell);

/* `gates` as they are in a file that says nothing of them; gates_config_clear() lets go. */
void gates_config_default(struct gates_config *gates);
void gates_config_clear(struct gates_config *gates);

/* A copy with texts of its own, for gates_config_clear(). */
void gates_config_copy(struct gates_config *to, const struct gates_config *from);
/* The limit of the fleet's own metric of that name; NAN: it has none. */
double gates_config_own_limit(const struct gates_config *gates, const char *metric);
/* What silence means to one gate (or own metric) that has it so. */
enum no_data gates_config_no_data(const struct gates_config *gates, enum no_data of_gate);
/* Whether the selector takes the cell; whether it says anything at all. */
bool controls_config_takes(const struct controls_config *controls, const struct cell_config *cell);
bool controls_config_given(const struct controls_config *controls);
/* Whether `off` names the gate. */
bool gates_config_off(const struct gates_config *gates, const char *gate);
/* The wave's gates, where they are others than the file's; else NULL. */
const struct gates_config *config_own_gates(const struct config *config,
                                            const struct wave_config *wave);
/* The wave of a cell; a dr cell that none takes goes with its primary. NULL: none. */
const struct wave_config *config_wave_of(const struct config *config,
                                         const struct cell_config *cell);
/* What a cell is judged by: its wave's gates, else the file's. */
const struct gates_config *config_gates_of(const struct config *config,
                                           const struct cell_config *cell);

/* The line of celldeck.yaml that gives this member of some `gates`, or a wave's low_traffic_pass;
 * 0: none does, and it has its default. */
int config_line(const struct config *config, gconstpointer member);
/* Every setting of a wave's gates: array of {key: "limits.error_rate", value, text: "5%", line} in
 * the schema's order, `line` null for a default. New reference. */
json_t *config_gate_settings(const struct config *config, const struct wave_config *wave);

/* What the file tells of metrics.own, but for their units: an object by name; NULL where there are
 * none. New reference. */
json_t *config_own_metrics_json(const struct config *config);

/* What a rollout's plan freezes of the file: waves, freezes, gates, deploy and metrics.own, as JSON
 * (new reference). Its hash is the policy hash. */
json_t *config_policy_json(const struct config *config);

/* Where history.db, cache.db and conductor.log lie: $CELLDECK_STATE, else journal.path, else
 * /var/lib/celldeck where that exists, else $XDG_STATE_HOME/celldeck or ~/.local/state/celldeck.
 * Created (mode 0700) where missing. *personal tells the last case ("personal journal").
 * A network file system is refused. Caller frees. */
char *state_dir(const struct config *config, bool *personal, GError **error);
/* With less than that free, in bytes, its journal will soon not be written any more, or is not. */
#define STATE_DIR_ROOM G_GUINT64_CONSTANT(20000000)
#define STATE_DIR_FULL G_GUINT64_CONSTANT(131072)
/* Why a journal there can't be written (*able false), or soon will not be, in words; NULL: it can.
 * Of who only looks (`acts` false) no more is said than how its disk is: that keeps others from
 * acting, too. A quick look. Caller frees. */
char *state_dir_trouble(const char *dir, bool acts, bool *able);
/* "NFS", ..., for a file system whose locks, or whose word that something is on disk, can't be
 * trusted with a journal; NULL for a local one. `type` is statfs(2)'s f_type, `mounted_as` the type
 * in /proc/self/mountinfo, which alone tells FUSE's apart (unknown ones are not trusted). */
const char *network_file_system(gint64 type, const char *mounted_as);
