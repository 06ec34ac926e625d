/* The fleet as placing needs it, worked out once a snapshot: which cell may be a target at all,
 * with how much room, and who lives where. Private to rollout/placement*.c and place.c. */
#pragma once

#include "rollout/placement.h"

struct muster_cell {
    const struct cell *cell;
    const struct cell_config *config;
    guint residency, region; /* numbers of their names: equal where those are */
    char *unwell;            /* why it is no target now: "cell-4 is stale"; NULL: it is one */
    bool room_unknown;       /* `unwell` is about that alone: the cell itself is well */
    gint64 users;            /* registered, a quota where a tenant tells no users */
    gint64 users_max;        /* that may be registered as failover.max_used has it */
};

struct muster {
    const struct snapshot *snapshot;
    struct muster_cell *cells; /* in celldeck.yaml's order */
    guint n;
    guint *by_use;     /* places of cells, the least used first */
    guint *first;      /* of each cell: where its tenants begin in `tenants`; n + 1 of them */
    guint *tenants;    /* places in the registry, cell by cell, each cell's by id */
    GHashTable *names; /* residencies and regions -> their numbers, from 1 */
    char *refused;     /* see struct evacuation; NULL: all of it is to be relied on */
};
/* Borrows the snapshot. Nobody lives anywhere until muster_call(). */
struct muster *muster_new(const struct snapshot *snapshot);
/* Says who lives where, and so how much room there is: nobody, by a registry that was never read,
 * or in part. The only costly step. */
void muster_call(struct muster *muster);
void muster_free(struct muster *muster);
OWNABLE(muster, muster_free);

/* 0: no cell has that name as its residency (or region). */
guint muster_number(const struct muster *muster, const char *name);
const struct tenant *muster_tenant(const struct muster *muster, guint cell, guint i);
guint muster_tenants(const struct muster *muster, guint cell);
/* Another tenant has its id, so that nobody can tell them apart. */
bool muster_is_twin(const struct muster *muster, guint cell, guint i);
/* The place of a cell's config in `cells`. */
guint muster_place(const struct muster *muster, const struct cell_config *cell);

/* currentUsers, else the quota; -1: neither is known. */
gint64 tenant_users(const struct tenant *tenant);
/* Its own residency, else its cell's. */
const char *tenant_residency(const struct tenant *tenant, const struct cell_config *cell);
/* How many users may be registered in a cell at the most. */
gint64 cell_users_max(const struct config *config, const struct cell_config *cell);
