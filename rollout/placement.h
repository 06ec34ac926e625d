/* Where does everybody go if this cell dies? (rollout.md, "Failover".) Pure: a snapshot in, and
 * where its tenants came from, values out; the same always gives the same plan. The console's
 * column IF IT DIES, `status --json`'s drain, `failover plan`, the preflight and the engine's
 * frozen plan all ask here, and all with the same `origins` (failover_origins.h; NULL where the
 * journal can't be read: then nobody goes back by it).
 *
 * The rules that no flag lifts. A target is another cell that is healthy (a dr cell: standby) by
 * metrics and by probe, both fresh; its residency is the tenant's (dataResidency, else its cell's);
 * it may hold the tenant:
 *   - an ENTERPRISE tenant, and any tenant of a dedicated cell, goes only to a declared backup
 *     (cells.*.backups, or the tenant's own failoverCellId), to the dr cell that stands by for its
 *     cell, back from that dr cell to its primary, or back along the way by which the journal says
 *     that it came (a fail-back: failover_origins.h);
 *   - others go to shared cells as well; those that are not production, to dev cells too;
 *   - a production tenant never goes to a dev cell, whatever is declared;
 * and has room: the registered users that it has and all that come, together, are at most
 * failover.max_used of its max_users. Users of a tenant that tells none count as its quota; a
 * tenant that tells neither can't be placed, nor can one that is in the registry twice.
 * Whether a replica lags is no part of its own health here: it does as soon as its primary dies.
 * What its lag was before that is PROOF_DATA's.
 *
 * What a person may acknowledge by name (`--ack`) is proven or not, target by target: enum proof.
 *
 * Tenants of a cell are placed together: each where it is liked best while that has room, and where
 * somebody is left over, by a search for a packing that leaves fewer, bounded so that it never
 * takes long. Liked best: a target with proven data; then the tenant's way back, its
 * failoverCellId, the dr cell, the primary, the declared backups in order; then the cell's own
 * region; then one that takes tenants of this plan already and is not over 80 % by it (every target
 * is one more cell that must be locked, and stay well); then the least used one. */
#pragma once

#include "data/fleet.h"
#include "rollout/failover_origins.h"

enum proof {
    PROOF_DATA,    /* a declared replica, whose lag was within its rpo when the source failed */
    PROOF_VERSION, /* the target runs what the source ran last */
    PROOF_FENCE,   /* the source can be kept from writing: failover.fence.command */
    PROOF_PROMOTE, /* the replica can be made writable: failover.promote.command */
    PROOF_DNS,     /* the records can be changed: failover.zone_id, failover.record, and a name */
    PROOFS
};
const char *proof_name(enum proof proof); /* --ack's: "data" */
bool proof_parse(const char *name, enum proof *proof);
/* "data, fence" of a set of 1u << proof. Caller frees. */
char *proofs_text(unsigned proofs);

struct placed_tenant {
    const struct tenant *tenant;  /* lives as long as the evacuation */
    const struct cell_config *to; /* NULL: it fits nowhere ... */
    const char *why;              /* ... and why: "no healthy EU cell: ..."; else what of its place
                                     is not proven, or what is: "lag 2 s" */
    unsigned unproven;            /* 1u << proof; 0 where it has no place */
    bool declared;                /* `to` was declared for it, or is its way back */
    gint64 users;                 /* that are counted for it; < 0: not known */
};

/* A cell that takes tenants. */
struct placement_target {
    const struct cell_config *cell;
    const char *version;            /* that it runs, or NULL */
    gint64 tenants, users_coming;   /* of this evacuation */
    gint64 users_before, users_max; /* registered there now; at the most: max_users * max_used */
    double used_pct_after;          /* of max_users, in registered users */
    bool replica;                   /* it stands by for the source */
    unsigned unproven;              /* 1u << proof, of any of its tenants */
    char *proof_why[PROOFS];        /* "data not proven: no rpo"; NULL: proven */
    char *lag;                      /* of a replica with proven data, "lag 2 s"; else NULL */
    gint64 lag_ms, lag_age_ms;      /* of the replica: its last value before the source failed,
                                       and how long before; < 0: there is none */
    bool lag_is_past;               /* the source has failed: that age is none of now */
};

/* "lag 2 s". Caller frees. */
char *placement_lag_text(gint64 lag_ms);

/* How a cell stands, as a whole. */
enum drain {
    DRAIN_NONE,     /* no tenant lives there */
    DRAIN_READY,    /* everybody has a place, and everything is proven */
    DRAIN_UNPROVEN, /* everybody has a place, and something has to be acknowledged */
    DRAIN_NOWHERE,  /* somebody fits nowhere */
    DRAIN_UNREAD    /* the registry was never read, was read in part, or is old */
};

struct evacuation {
    gatomicrefcount refs;           /* private */
    struct config *config;          /* private: what the rest points into ... */
    struct registry *registry;      /* ... the same */
    GPtrArray *words;               /* ... the same */
    struct placed_tenant *block;    /* ... the same */
    const struct cell_config *cell; /* the source */
    const char *version;            /* that it ran last, or NULL; see version_at_ms of its cell */
    bool ready;                     /* complete, and nothing is unproven */
    bool complete;                  /* every tenant has a place; false where `refused` */
    char *refused;                  /* nothing may be done on what was read: the registry was never
                                       read, or in part (then there are no tenants here), or is old;
                                       NULL: it is whole and fresh */
    GPtrArray *tenants;             /* struct placed_tenant *, by id */
    GPtrArray *targets;     /* struct placement_target *, those that take most users first */
    gint64 users, patients; /* in the cell: registered, and at most (cell.most_patients) */
    gint64 placed;          /* how many tenants have a place */
    unsigned unproven;      /* 1u << proof, of all that are placed */
    char *why;    /* in one line, "cell-1-dr, lag 2 s", "cell-2: data not proven", "no healthy EU
                     cell"; "" where no tenant lives there */
    char **build; /* what would have to be built for those that fit nowhere; never NULL */
    char **fits;  /* "cell-2 takes 5,000 users more under 90 %", a line a target that they might
                     have; only where somebody fits nowhere; never NULL */
};
enum drain evacuation_drain(const struct evacuation *evacuation);

/* Of all tenants of a cell; `to`: only into this cell, or NULL. NULL where `cell` is no cell of the
 * fleet; a `to` that is none is a target that takes nobody, and says so. */
struct evacuation *evacuation_of(const struct snapshot *snapshot, const struct origins *origins,
                                 const char *cell, const char *to);
/* The same of one tenant alone (`tenant move`), by the same rules. NULL where there is no such
 * tenant, or it names no cell of the fleet. */
struct evacuation *evacuation_of_tenant(const struct snapshot *snapshot,
                                        const struct origins *origins, const char *tenant,
                                        const char *to);
/* Into one cell alone. */
struct prospective_move {
    const struct cell_config *to; /* lives as long as the plan */
    struct evacuation *plan;      /* of the tenant alone, or of everybody */
};
/* The moves of a tenant into each other cell, in celldeck.yaml's order, for which the fleet is
 * looked over once. struct prospective_move *, freed with the array; none where there is no such
 * tenant, or its cell is none of the fleet. */
GPtrArray *evacuation_moves(const struct snapshot *snapshot, const struct origins *origins,
                            const char *tenant);
/* The same of all tenants of a cell. */
GPtrArray *evacuation_into_each(const struct snapshot *snapshot, const struct origins *origins,
                                const char *cell);
struct evacuation *evacuation_ref(struct evacuation *evacuation);
void evacuation_unref(struct evacuation *evacuation);
OWNABLE(evacuation, evacuation_unref);

/* Plans of all cells as of one snapshot. Immutable, reference-counted. */
struct evacuations {
    gatomicrefcount refs;      /* private */
    struct config *config;     /* private */
    struct registry *registry; /* private */
    struct origins *origins;   /* that they were made with, or NULL */
    char *terms;               /* private: all else that the plans follow from */
    GPtrArray *cells;          /* struct evacuation *, in celldeck.yaml's order */
    GPtrArray *spares;         /* struct spare *, a region each, by name */
};
/* To be asked at every refresh: where nothing that matters has changed since `before` (may be
 * NULL), that itself with another reference. */
struct evacuations *evacuation_all(const struct snapshot *snapshot, struct origins *origins,
                                   struct evacuations *before);
/* NULL if there is no such cell. */
const struct evacuation *evacuations_cell(const struct evacuations *evacuations, const char *cell);
struct evacuations *evacuations_ref(struct evacuations *evacuations);
void evacuations_unref(struct evacuations *evacuations);
OWNABLE(evacuations, evacuations_unref);

/* N+1 of a region: whether the tenants of its largest cell (in registered users, dev cells apart)
 * would all have a place if that died, in whatever region the rules allow. */
struct spare {
    char *region;
    const struct cell_config *largest; /* NULL: no tenant lives in the region */
    bool ok;
    char *why; /* "eu-west-1 can't lose cell-3: no healthy EU cell"; where ok, what it leans on */
};

/* Where would a new tenant go? (rollout.md, "Failover": place.) */
#define PLACE_USERS_MOST G_GINT64_CONSTANT(1000000000)
struct place_ask {
    gint64 users; /* that it will register, > 0, PLACE_USERS_MOST at the most */
    enum tenant_tier tier;
    const char *residency, *region; /* region NULL: any */
};
struct place_candidate {
    const struct cell_config *cell;
    double used_pct_after; /* of max_users, in registered users, with the new tenant's */
    bool fits;
    char *why; /* why not; where it fits, what it leans on */
};
struct place_answer {
    struct config *config;        /* private: what the rest points into */
    const struct cell_config *to; /* NULL: none fits */
    char *why;                    /* the answer in one line, either way */
    char *build;                  /* what to build where none fits; NULL */
    char *refused;                /* as in struct evacuation; then there is nothing else */
    GPtrArray *candidates;        /* struct place_candidate *, best first: cells of the residency
                                     (and region) that may hold such a tenant */
};
struct place_answer *place_find(const struct snapshot *snapshot, const struct origins *origins,
                                const struct place_ask *ask);
void place_answer_free(struct place_answer *answer);
OWNABLE(place_answer, place_answer_free);
/* Several questions about one fleet, part by part, for whom nothing may keep waiting. Snapshot,
 * origins and questions are borrowed for as long as it lives. */
struct placing;
struct placing *placing_new(const struct snapshot *snapshot, const struct origins *origins,
                            const struct place_ask *asks, guint n);
/* Some 5 ms of it; false: all that was asked is answered. */
bool placing_go_on(struct placing *placing);
/* How much of it is done. */
int placing_pct(const struct placing *placing);
/* Of the question at `i`, once all are answered; lives as long as `placing`. */
const struct place_answer *placing_answer(const struct placing *placing, guint i);
void placing_free(struct placing *placing);
OWNABLE(placing, placing_free);
