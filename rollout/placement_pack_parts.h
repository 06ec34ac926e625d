/* What the two halves of the packing share: private to rollout/placement_pack*.c. */
#pragma once

#include "rollout/placement_pack.h"

/* Whether the item may go to that bin at all, room apart. */
bool pack_allows(const struct pack *pack, const struct pack_item *item, guint bin);
void pack_put(struct pack *pack, struct pack_item *item, guint bin); /* it has none */
void pack_lift(struct pack *pack, struct pack_item *item);           /* it has one */
/* Its best liked bin with room for it, or PACK_NONE. */
guint pack_best(const struct pack *pack, const struct pack_item *item);
/* Items, smallest first; of one size, in their order. Caller frees. */
guint *pack_by_size(const struct pack *pack);
/* Of `room` in all, how many of the items from `from` on (places in `order`, which is by size)
 * would fit at most. */
guint pack_most(const struct pack *pack, const guint *order, guint from, guint n, gint64 room);

/* Leaves in `order` the *n items that would fit somewhere, each alone; returns the room of all the
 * bins where one of them would. */
gint64 pack_reach(const struct pack *pack, guint *order, guint *n);

/* placement_pack_search.c: tries to give a place to more than the `placed` items that have one;
 * returns how many have one then. */
guint pack_improve(struct pack *pack, guint placed);
