/* Items into bins: how the tenants of a cell are spread over the cells that may take them
 * (placement.h has the rules, which come in here as each item's choices). Pure numbers; the same
 * input always gives the same packing.
 *
 * First everybody, largest first, goes where it is liked best and has room. If all have a place by
 * then, that is it. Else as many as can be found shall have one: those in the way are moved aside,
 * the smallest are taken first, and few enough of them are tried in every way there is. All of that
 * ends after a fixed number of steps, whatever comes: packing is NP-hard. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct pack_bin {
    gint64 room;      /* what it may still take */
    gint64 comfort;   /* what it may still take and be at ease; may be < 0 */
    gint64 used, max; /* the least used one has the smallest used / max */
    guint items;      /* that it has been given */
};

struct pack_choice {
    guint bin;
    guint level; /* the lower, the better liked */
};
/* What items that may go to the same bins share. */
struct pack_kind {
    struct pack_choice *choices; /* by level, least used first within one */
    guint n;
    guint last; /* private: the choice taken last */
};

#define PACK_NONE G_MAXUINT

#define PACK_NOWHERE (G_MAXINT64 / 4) /* the size of what fits nowhere */

enum { PACK_OWN = 4 };

struct pack_item {
    gint64 size; /* >= 0 */
    guint kind;
    struct pack_choice own[PACK_OWN]; /* bins of its own beside its kind's, by level */
    guint n_own;
    guint bin; /* where it is put: PACK_NONE, nowhere */
};

struct pack {
    struct pack_bin *bins;
    guint n_bins;
    struct pack_kind *kinds;
    struct pack_item *items; /* none has a place yet */
    guint n_items;
};

/* Gives items their bins, and takes the room that they need; returns how many have one. */
guint pack_fill(struct pack *pack);

/* How many could have a place at the most, by room alone: no packing has more. Of bins as they are
 * before pack_fill(). */
guint pack_bound(const struct pack *pack);
