/* One evacuation in the making: private to rollout/placement*.c and place.c. */
#pragma once

#include "rollout/placement_pack.h"
#include "rollout/placement_rules.h"

struct planning {
    const struct muster *muster;
    guint source;                       /* place of the cell */
    const char *to;                     /* only into this cell; NULL: any */
    const struct origins *origins;      /* or NULL */
    const struct tenant *alone, *extra; /* of its tenants this one alone; one more; or NULL */
    guint from, until;                  /* places of the cells that may be targets: all, or `to` */
    int *declared;                      /* by cell: declared_rank() */
    bool *proven;                       /* by cell: a replica with proven data */
    GArray *standings;   /* struct standing: each another one among its tenants ... */
    GArray *kinds;       /* struct pack_kind: ... where those may go ... */
    GArray *users_short; /* gint64: ... and how many users of theirs have no place */
    struct pack pack;
    struct evacuation *evacuation;
};

static inline const struct muster_cell *planning_source(const struct planning *planning)
{
    return &planning->muster->cells[planning->source];
}
static inline const struct standing *planning_standing(const struct planning *planning, guint i)
{
    return &g_array_index(planning->standings, struct standing, i);
}
/* What counts as declared for one tenant alone: its way back, and what its failoverCellId names. */
struct named {
    guint cells[PACK_OWN], n;   /* places, those liked best first; a cell may be there twice */
    const struct origin *where; /* how it came, or NULL */
};
struct named planning_named(const struct planning *planning, const struct tenant *tenant);

/* Makes an evacuation of what is asked: `muster` to `extra`. */
struct evacuation *planning_make(struct planning *planning);

/* placement_words.c: all of an evacuation that is said in words, once everybody has a place or
 * none: `why` of tenants and of all, build, fits. */
void planning_tell(struct planning *planning);
/* A copy that lives as long as the evacuation; takes `text`. */
const char *planning_keep(struct planning *planning, char *text);

/* placement_all.c: the place of the region's cell with most registered users, dev cells apart;
 * PACK_NONE: no tenant lives there. */
guint largest_of_region(const struct muster *muster, guint region);
