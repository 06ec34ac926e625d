/* What a failover, a move or a drill would do, frozen (rollout.md, "Failover"): who goes where, and
 * exactly what was read of whom. It is made of an evacuation (placement.h) and kept, whole, in the
 * operation's `opened` event; whatever is done later is done only to what still stands as it has
 * it. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* Route 53 takes 1,000 record values a change, and DELETE + CREATE are two a tenant. */
enum { FAILOVER_BATCH_MOST = 500 };
/* How long one step may stand still before a person is called, where nobody says otherwise. */
#define FAILOVER_STEP_MS (5 * 60 * G_GINT64_CONSTANT(1000))

enum failover_kind {
    FAILOVER_FAILOVER, /* all tenants of one cell */
    FAILOVER_MOVE,     /* one tenant, and its data by move.command */
    FAILOVER_DRILL     /* a failover whose writes are reads */
};
const char *failover_kind_name(enum failover_kind kind); /* "failover": an operation's kind */
bool failover_kind_parse(const char *name, enum failover_kind *kind);

/* The registry's texts are raw, as they were read: a write is conditional on them. */
struct planned_tenant {
    char *id;
    char *from, *to;               /* cells */
    char *region_from, *region_to; /* region_from NULL: the item has none */
    char *status;                  /* "ACTIVE": a revert goes back to it */
    char *updated_at;              /* NULL: the item has none */
    char *record;                  /* the name that tenants' DNS sends it by; NULL: it has none */
    char *shared_record; /* ... that is another tenant's, too: then it has no `record`, and
                            people change this one; NULL: it is nobody else's */
    gint64 users;
    bool data_proven;
    bool declared; /* `to` was declared for it, or is its way back (placement.h) */
};
struct planned_target {
    char *cell;
    char *dns_name; /* what CNAMEs shall lead to */
    char *version;  /* last seen, or NULL */
    gint64 users_before, users_max;
    bool promote; /* a replica, which failover.promote.command makes writable first */
};
struct failover_plan {
    enum failover_kind kind;
    char *source;       /* the cell that they leave */
    GPtrArray *tenants; /* struct planned_tenant *, in the order in which they go: the first is the
                           canary */
    GPtrArray *targets; /* struct planned_target *, each cell once */
    char **acks;        /* what was acknowledged by name (placement.h); never NULL */
    bool dns;           /* false: there is no zone, or it was asked to leave it alone; which was
                           acknowledged, and the records are changed by hand */
    gint64 fence_ms, promote_ms, move_ms; /* how long the user's own commands may take; 0: none */
    gint64 ttl_s;                         /* of the records that are made */
    gint64 step_ms;                       /* FAILOVER_STEP_MS */
    gint64 rto_ms;                        /* failover.rto; 0: none */
    GArray *batches; /* guint: how many tenants each has; see failover_plan_seal */
    char *hash;      /* SHA-256 of its JSON without it */
};

/* Empty, with step_ms as by default. Texts are the plan's own; free them with g_free(). */
struct failover_plan *failover_plan_new(enum failover_kind kind, const char *source);
struct planned_tenant *failover_plan_add_tenant(struct failover_plan *plan); /* all empty */
struct planned_target *failover_plan_add_target(struct failover_plan *plan);
void failover_plan_free(struct failover_plan *plan);
OWNABLE(failover_plan, failover_plan_free);

/* Cuts the batches: 1, 2, 4 ... up to 500, so that what is wrong with a target or a zone meets one
 * tenant first; and takes the hash. Last of all. */
void failover_plan_seal(struct failover_plan *plan);
/* NULL: it makes sense, else what does not: a tenant twice, a target that is not among the targets
 * or is the source, nobody at all. Caller frees. */
char *failover_plan_fault(const struct failover_plan *plan);

/* Exactly, both ways; a plan with a fault, or whose hash is not its own, is an error. */
json_t *failover_plan_json(const struct failover_plan *plan);
struct failover_plan *failover_plan_from_json(const json_t *json, GError **error);

/* Of that cell; NULL: it is none of its targets. */
const struct planned_target *failover_plan_target(const struct failover_plan *plan,
                                                  const char *cell);
gint64 failover_plan_users(const struct failover_plan *plan); /* of all its tenants */
