/* A rollout's plan: what would happen, frozen (rollout.md, "Plan"). Making one is a pure function
 * of a survey: what is configured, what was read, what runs, what else is going on. The same checks
 * are asked again before every forward step. A plan is kept, whole, in the rollout's `opened`
 * event. */
#pragma once

#include "data/aws/client.h"
#include "data/fleet.h"
#include "data/history.h"
#include "data/releases.h"
#include "rollout/window.h"

/* What a cell runs now, by its deployer's word. */
struct running {
    char *version;   /* NULL: the deployer could not tell */
    char *reference; /* the deployer's own, opaque: what a rollback goes back to */
    char *error;     /* why it could not be read, or NULL */
};

struct plan_cell {
    char *id;
    char *from, *from_ref; /* recorded, last verified; from NULL = nothing verified to go back to */
    bool dr;               /* traffic gates are not asked of it */
    bool rollback_closed;  /* one-way migrations and rollback_window: closed */
    bool fixes;            /* --fixes CELL: it may be unhealthy, this release is its cure */
    gint64 tenants, users; /* blast radius, registered */
};
struct plan_wave {
    char *name;
    GPtrArray *cells; /* struct plan_cell *, in execution order */
    gint64 bake_ms;
    int max_in_flight, max_failed;
    bool low_traffic_pass;
    int approvals;
    bool approver_not_requester;
    gint64 approval_expires_ms;
    enum on_fail on_fail;
    struct window *window;      /* NULL: always open */
    struct gates_config *gates; /* where they are not the plan's; NULL: they are */
};
struct plan {
    char *version, *tag, *commit;
    GPtrArray *waves;          /* struct plan_wave * */
    GPtrArray *freezes;        /* struct freeze *: those that are not over */
    struct gates_config gates; /* owned copy; of the waves that have none of their own */
    json_t *own;               /* config_own_metrics_json(), or NULL */
    gint64 period_ms, settle_ms;
    gint64 deploy_deadline_ms; /* how long one deploy, or one rollback, may take */
    bool retry_failed;         /* --retry-failed: the version is held, and this was asked for */
    char *policy_hash;         /* SHA-256 of config_policy_json */
    char *hash;                /* SHA-256 of plan_json without it; approvals are bound to it */
    GPtrArray *notes; /* char *: what is worth knowing and no refusal (migrations, new cells) */
};

enum refusal_kind {
    REFUSE_UNKNOWN_RELEASE,
    REFUSE_TAG_MOVED,
    REFUSE_CELL_TWICE,
    REFUSE_CELL_NOWHERE,
    REFUSE_PRODUCTION_FIRST,
    REFUSE_CELL_UNHEALTHY,
    REFUSE_CELL_ALARM,
    REFUSE_CELL_BUSY,
    REFUSE_SKIPS_MINOR,
    REFUSE_VERSION_HELD,
    REFUSE_NOT_READ,
    REFUSE_NO_WAVES,
    REFUSE_CLOCK,       /* this machine's is not AWS's */
    REFUSE_CREDENTIALS, /* they end with somebody's session */
    REFUSE_WINDOW       /* a wave's window never opens */
};
const char *refusal_kind_name(enum refusal_kind kind); /* "cell_busy" */
bool refusal_kind_parse(const char *name, enum refusal_kind *kind);

/* What people may say, on record, so that something is done although it is refused. The command
 * line has a flag for each, the console a key: no sentence of rollout/ names either. */
enum way_out {
    WAY_NONE,
    WAY_FIXES,        /* this release is the cell's cure */
    WAY_RETRY_FAILED, /* the version is tried again */
    WAY_ATTENDED      /* somebody stays to sign in again */
};
enum way_out refusal_way_out(enum refusal_kind kind);

struct refusal {
    enum refusal_kind kind;
    char *cell; /* or NULL */
    char *why;  /* one sentence: what, and what to do beside its way out */
};

struct plan_options {
    const char *const *fixes; /* --fixes CELL, NULL-terminated, or NULL */
    bool retry_failed;        /* --retry-failed */
    bool unattended; /* nobody stays to renew credentials: they have to last as long as the plan */
};

struct survey {
    const struct config *config;
    struct snapshot *snapshot;
    const struct release *release; /* NULL: unknown, `release_error` says why */
    const char *release_error;
    const char *version;    /* as asked for */
    GHashTable *running;    /* cell id -> struct running * */
    GHashTable *changes;    /* version a cell runs -> struct changes * (may lack some) */
    GPtrArray *operations;  /* struct operation *, all of the journal's */
    GHashTable *verified;   /* cell id -> struct running *: last other verified version */
    GHashTable *pinned;     /* version -> commit of every earlier rollout's plan */
    GArray *deploys_ms;     /* gint64: how long each deploy on record took; NULL: not asked */
    struct aws_tenure keys; /* of the credentials that it would be carried on with */
    bool keys_at_work;      /* they are the conductor's that is at work, not the asker's */
    gint64 skew_ms;         /* aws_client_skew_ms(); 0 where nobody asked */
    gint64 now_ms;
    GHashTable *conducted; /* live operation's id -> the host that conducts it; NULL: not asked */
};

/* Never fails: what is wrong is in *refusals (struct refusal *, empty = may start), and the plan is
 * shown all the same, as far as it goes. */
struct plan *plan_make(const struct survey *survey, const struct plan_options *options,
                       GPtrArray **refusals);
void plan_free(struct plan *plan);
OWNABLE(plan, plan_free);

json_t *plan_json(const struct plan *plan);
struct plan *plan_from_json(const json_t *json, GError **error);

/* Why the survey's credentials end before the plan can, and what to do; every role that a cell of
 * the plan has is assumed with them. NULL: they last, or nobody knows of an end. Caller frees. */
char *plan_outlasts_keys(const struct plan *plan, const struct survey *survey);

/* What the cells of a wave are judged by. */
const struct gates_config *plan_gates(const struct plan *plan, size_t wave);
/* Whether celldeck.yaml still tells of the fleet's own metrics that this wave's gates ask for what
 * it told when this was planned. */
bool plan_has_own_metrics(const struct plan *plan, size_t wave, const struct config *config);

/* What opens and shuts this wave of the plan; borrows from both. */
struct calendar plan_calendar(const struct plan *plan, const struct plan_wave *wave);

/* How long the plan takes at best if it is started at `now_ms`: every deploy and every gate goes
 * well at once, approvals are there when they are wanted, and nothing but windows and freezes is
 * waited for. */
gint64 plan_at_best_ms(const struct plan *plan, gint64 now_ms);

/* The plan's checks once more, before a forward step of a rollout that runs already: the release
 * is known and its tag unmoved, no other live rollout has one of its cells, the first wave's
 * tenants allow it. (Health, alarms and what runs are the engine's to see.) `own`: the rollout's
 * id. NULL: all is well, else what is wrong, in words; caller frees. *unread tells whether nothing
 * is known to be wrong and something only has not been read yet: that may come by itself. */
char *plan_check_again(const struct plan *plan, const struct survey *survey, const char *own,
                       bool *unread);
/* Which other operation that is not over has this cell in its list, in words, NULL: none (caller
 * frees). A failover or a move keeps a rollout that runs from the cells that it leaves and comes
 * into, and from no others: those go on meanwhile. */
char *plan_cell_busy(const struct plan *plan, const struct survey *survey, const char *own,
                     const char *cell);
/* That operation itself, of these (struct operation *; NULL: not known, and nobody has it). */
const struct operation *plan_cell_taken(const GPtrArray *operations, const char *own,
                                        const char *cell);

/* The exit code for these refusals: 0 none, 6 if a cell is busy and nothing else is wrong, else 5.
 */
int refusals_exit_code(const GPtrArray *refusals);
