/* What may be asked for: the plan of a cell, of one tenant, or of either into each cell. */
#include "rollout/placement_parts.h"

static struct evacuation *plan_for(struct planning *planning, const struct snapshot *snapshot,
                                   const char *cell)
{
    gssize place = cell ? config_place(snapshot->config, cell) : -1;
    if (place < 0)
        return NULL;
    OWN(muster) muster = muster_new(snapshot);
    muster_call(muster);
    planning->muster = muster;
    planning->source = (guint)place;
    return planning_make(planning);
}

struct evacuation *evacuation_of(const struct snapshot *snapshot, const struct origins *origins,
                                 const char *cell, const char *to)
{
    struct planning planning = {.to = to, .origins = origins};
    return plan_for(&planning, snapshot, cell);
}

struct evacuation *evacuation_of_tenant(const struct snapshot *snapshot,
                                        const struct origins *origins, const char *tenant,
                                        const char *to)
{
    const struct tenant *alone = snapshot_tenant(snapshot, tenant);
    struct planning planning = {.to = to, .origins = origins, .alone = alone};
    return plan_for(&planning, snapshot, alone ? alone->cell : NULL);
}

static void move_free(gpointer data)
{
    struct prospective_move *move = data;
    evacuation_unref(move->plan);
    g_free(move);
}

/* What all have in common is worked out once. */
static GPtrArray *into_each(const struct planning *asked, const struct snapshot *snapshot,
                            const char *cell)
{
    GPtrArray *moves = g_ptr_array_new_with_free_func(move_free);
    gssize source = cell ? config_place(snapshot->config, cell) : -1;
    if (source < 0)
        return moves;
    OWN(muster) muster = muster_new(snapshot);
    muster_call(muster);
    for (guint i = 0; i < muster->n; i++) {
        if (i == (guint)source)
            continue;
        struct planning into = *asked;
        into.muster = muster;
        into.source = (guint)source;
        into.to = muster->cells[i].config->id;
        struct prospective_move *move = g_new0(struct prospective_move, 1);
        *move = (struct prospective_move){muster->cells[i].config, planning_make(&into)};
        g_ptr_array_add(moves, move);
    }
    return moves;
}

GPtrArray *evacuation_moves(const struct snapshot *snapshot, const struct origins *origins,
                            const char *tenant)
{
    const struct tenant *alone = snapshot_tenant(snapshot, tenant);
    const struct planning asked = {.origins = origins, .alone = alone};
    return into_each(&asked, snapshot, alone ? alone->cell : NULL);
}

GPtrArray *evacuation_into_each(const struct snapshot *snapshot, const struct origins *origins,
                                const char *cell)
{
    const struct planning asked = {.origins = origins};
    return into_each(&asked, snapshot, cell);
}
