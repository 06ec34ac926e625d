/* When somebody is left over: everything else that can be tried in a bounded number of steps. */
#include "rollout/placement_pack_parts.h"

#include <string.h>

/* Bins looked at: so many that a fleet of 1,000 cells that are all full is still planned at once.
 */
#define STEPS 100000
/* More items than these are too many for every way to be tried. */
#define SEARCH_MOST 40

struct improving {
    struct pack *pack;
    guint *order;      /* of the items that would fit somewhere, smallest first ... */
    guint n;           /* ... and how many those are */
    gint64 room;       /* of all bins that they may go to, while none is placed */
    guint bound;       /* no packing has more */
    guint *best;       /* the best so far: each item's bin ... */
    guint best_placed; /* ... and how many have one */
    guint steps;       /* left */
};

static bool step(struct improving *improving, guint bins)
{
    if (improving->steps <= bins)
        return false;
    improving->steps -= bins + 1;
    return true;
}

static void keep(struct improving *improving, guint placed)
{
    if (placed <= improving->best_placed)
        return;
    improving->best_placed = placed;
    for (guint i = 0; i < improving->pack->n_items; i++)
        improving->best[i] = improving->pack->items[i].bin;
}

static void clear(struct pack *pack)
{
    for (guint i = 0; i < pack->n_items; i++)
        if (pack->items[i].bin != PACK_NONE)
            pack_lift(pack, &pack->items[i]);
}

/* Puts `item` where `other` is, if that can be put elsewhere. */
static bool move_aside(struct pack *pack, struct pack_item *item, struct pack_item *other)
{
    guint bin = other->bin;
    if (!pack_allows(pack, item, bin))
        return false;
    pack_lift(pack, other);
    pack_put(pack, item, bin);
    guint elsewhere = pack_best(pack, other);
    if (elsewhere == PACK_NONE) {
        pack_lift(pack, item);
        pack_put(pack, other, bin);
        return false;
    }
    pack_put(pack, other, elsewhere);
    return true;
}

/* Room is only shifted when somebody is moved aside. */
static gint64 room_left(const struct improving *improving)
{
    gint64 room = improving->room;
    for (guint i = 0; i < improving->n; i++) {
        const struct pack_item *item = &improving->pack->items[improving->order[i]];
        room -= item->bin == PACK_NONE ? 0 : item->size;
    }
    return room;
}

static bool find_place(struct improving *improving, struct pack_item *item)
{
    struct pack *pack = improving->pack;
    guint best = pack_best(pack, item);
    if (best != PACK_NONE)
        pack_put(pack, item, best);
    for (guint i = 0; item->bin == PACK_NONE && i < improving->n; i++) {
        struct pack_item *other = &pack->items[improving->order[i]];
        if (other->bin == PACK_NONE || pack->bins[other->bin].room + other->size < item->size)
            continue;
        if (!step(improving, pack->kinds[item->kind].n + pack->kinds[other->kind].n))
            break;
        move_aside(pack, item, other);
    }
    return item->bin != PACK_NONE;
}

/* Finds a place for those that have none, the smallest first. */
static guint repair(struct improving *improving, guint placed)
{
    gint64 room = room_left(improving);
    for (guint i = 0; i < improving->n && placed < improving->bound; i++) {
        struct pack_item *item = &improving->pack->items[improving->order[i]];
        if (item->bin != PACK_NONE)
            continue;
        if (item->size > room)
            break;
        if (!find_place(improving, item))
            continue;
        room -= item->size;
        placed++;
    }
    return placed;
}

/* How many bins it may go to, and the i-th of them: its kind's, then its own. */
static guint choices(const struct pack *pack, const struct pack_item *item)
{
    return pack->kinds[item->kind].n + item->n_own;
}
static guint choice(const struct pack *pack, const struct pack_item *item, guint i)
{
    const struct pack_kind *kind = &pack->kinds[item->kind];
    return i < kind->n ? kind->choices[i].bin : item->own[i - kind->n].bin;
}

/* The bin that the item would leave with the least room, or PACK_NONE. */
static guint tightest(const struct pack *pack, const struct pack_item *item)
{
    guint best = PACK_NONE;
    for (guint i = 0; i < choices(pack, item); i++) {
        guint bin = choice(pack, item, i);
        gint64 room = pack->bins[bin].room;
        if (room >= item->size && (best == PACK_NONE || room < pack->bins[best].room))
            best = bin;
    }
    return best;
}

static guint fill_smallest_first(struct improving *improving)
{
    struct pack *pack = improving->pack;
    guint placed = 0;
    for (guint i = 0; i < improving->n; i++) {
        struct pack_item *item = &pack->items[improving->order[i]];
        guint bin = tightest(pack, item);
        if (bin == PACK_NONE)
            continue;
        pack_put(pack, item, bin);
        placed++;
    }
    return placed;
}

/* Every way to place the items from `at` on, smallest first, into what is left: `room` in all.
 * `placed` of those before have a place. */
static void search(struct improving *improving, guint at, guint placed, gint64 room)
{
    struct pack *pack = improving->pack;
    keep(improving, placed);
    guint more = pack_most(pack, improving->order, at, improving->n, room);
    if (placed + more <= improving->best_placed || !step(improving, 0))
        return;
    struct pack_item *item = &pack->items[improving->order[at]];
    for (guint i = 0; i < choices(pack, item); i++) {
        guint bin = choice(pack, item, i);
        if (pack->bins[bin].room < item->size)
            continue;
        pack_put(pack, item, bin);
        search(improving, at + 1, placed + 1, room - item->size);
        pack_lift(pack, item);
    }
    search(improving, at + 1, placed, room);
}

/* From what everybody likes best, then from the smallest first, then in every way. */
static void try_all(struct improving *improving, guint placed)
{
    struct pack *pack = improving->pack;
    keep(improving, placed);
    keep(improving, repair(improving, placed));
    clear(pack);
    if (improving->best_placed < improving->bound) {
        keep(improving, repair(improving, fill_smallest_first(improving)));
        clear(pack);
    }
    improving->steps = STEPS;
    if (improving->best_placed < improving->bound && improving->n <= SEARCH_MOST)
        search(improving, 0, 0, improving->room);
}

static void take_out(const struct pack *pack, guint *bins)
{
    for (guint i = 0; i < pack->n_items; i++)
        bins[i] = pack->items[i].bin;
}

static void put_all(struct pack *pack, const guint *bins)
{
    for (guint i = 0; i < pack->n_items; i++)
        if (bins[i] != PACK_NONE)
            pack_put(pack, &pack->items[i], bins[i]);
}

guint pack_improve(struct pack *pack, guint placed)
{
    g_autofree guint *order = pack_by_size(pack);
    g_autofree guint *best = g_new(guint, pack->n_items + 1);
    struct improving improving = {.pack = pack, .order = order, .best = best, .steps = STEPS};
    take_out(pack, best);
    clear(pack);
    improving.room = pack_reach(pack, order, &improving.n);
    improving.bound = pack_most(pack, order, 0, improving.n, improving.room);
    put_all(pack, best);
    try_all(&improving, placed);
    clear(pack);
    put_all(pack, best);
    return improving.best_placed;
}
