#include "rollout/placement_pack_parts.h"

#include <stdlib.h>

bool pack_allows(const struct pack *pack, const struct pack_item *item, guint bin)
{
    const struct pack_kind *kind = &pack->kinds[item->kind];
    bool allowed = false;
    for (guint i = 0; !allowed && i < item->n_own; i++)
        allowed = item->own[i].bin == bin;
    for (guint i = 0; !allowed && i < kind->n; i++)
        allowed = kind->choices[i].bin == bin;
    return allowed;
}

void pack_put(struct pack *pack, struct pack_item *item, guint bin)
{
    struct pack_bin *into = &pack->bins[bin];
    into->room -= item->size;
    into->comfort -= item->size;
    into->used += item->size;
    into->items++;
    item->bin = bin;
}

void pack_lift(struct pack *pack, struct pack_item *item)
{
    struct pack_bin *from = &pack->bins[item->bin];
    from->room += item->size;
    from->comfort += item->size;
    from->used -= item->size;
    from->items--;
    item->bin = PACK_NONE;
}

static bool at_ease(const struct pack_bin *bin, gint64 size)
{
    return bin->items && bin->comfort >= size && bin->room >= size;
}

/* Of the choices of one level, from `first` up to `end`: one that is in use and stays at ease, else
 * the least used with room; `end` where none has room. */
static guint best_of_level(const struct pack *pack, const struct pack_kind *kind, guint first,
                           guint end, gint64 size)
{
    if (kind->last >= first && kind->last < end &&
        at_ease(&pack->bins[kind->choices[kind->last].bin], size))
        return kind->last;
    guint best = end;
    double least = 0;
    for (guint i = first; i < end; i++) {
        const struct pack_bin *bin = &pack->bins[kind->choices[i].bin];
        if (bin->room < size)
            continue;
        if (at_ease(bin, size))
            return i;
        double used = (double)(bin->used + size) / (double)bin->max;
        if (best == end || used < least) {
            best = i;
            least = used;
        }
    }
    return best;
}

static guint end_of_level(const struct pack_kind *kind, guint first)
{
    guint end = first;
    while (end < kind->n && kind->choices[end].level == kind->choices[first].level)
        end++;
    return end;
}

/* A choice of its kind, or kind->n. */
static guint best_of_kind(const struct pack *pack, const struct pack_item *item)
{
    const struct pack_kind *kind = &pack->kinds[item->kind];
    for (guint first = 0; first < kind->n;) {
        guint end = end_of_level(kind, first);
        guint best = best_of_level(pack, kind, first, end, item->size);
        if (best < end)
            return best;
        first = end;
    }
    return kind->n;
}

/* The first of its own with room, or NULL. */
static const struct pack_choice *best_own(const struct pack *pack, const struct pack_item *item)
{
    for (guint i = 0; i < item->n_own; i++)
        if (pack->bins[item->own[i].bin].room >= item->size)
            return &item->own[i];
    return NULL;
}

guint pack_best(const struct pack *pack, const struct pack_item *item)
{
    const struct pack_kind *kind = &pack->kinds[item->kind];
    guint best = best_of_kind(pack, item);
    const struct pack_choice *own = best_own(pack, item);
    if (best == kind->n)
        return own ? own->bin : PACK_NONE;
    const struct pack_choice *of_kind = &kind->choices[best];
    return own && own->level <= of_kind->level ? own->bin : of_kind->bin;
}

struct sized {
    gint64 size;
    guint at;
};

static int by_size(const void *a, const void *b)
{
    const struct sized *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

guint *pack_by_size(const struct pack *pack)
{
    g_autofree struct sized *sized = g_new(struct sized, pack->n_items + 1);
    guint *order = g_new(guint, pack->n_items + 1);
    for (guint i = 0; i < pack->n_items; i++)
        sized[i] = (struct sized){pack->items[i].size, i};
    qsort(sized, pack->n_items, sizeof *sized, by_size);
    for (guint i = 0; i < pack->n_items; i++)
        order[i] = sized[i].at;
    return order;
}

guint pack_most(const struct pack *pack, const guint *order, guint from, guint n, gint64 room)
{
    guint fit = 0;
    for (guint i = from; i < n && pack->items[order[i]].size <= room; i++, fit++)
        room -= pack->items[order[i]].size;
    return fit;
}

static void remember(struct pack_kind *kind, guint bin)
{
    for (guint i = 0; i < kind->n && kind->choices[kind->last].bin != bin; i++)
        if (kind->choices[i].bin == bin)
            kind->last = i;
}

/* Largest first: what is small still fits when the rest is full. */
static guint fill_by_liking(struct pack *pack, const guint *order)
{
    guint placed = 0;
    for (guint i = pack->n_items; i-- > 0;) {
        struct pack_item *item = &pack->items[order[i]];
        guint best = pack_best(pack, item);
        if (best == PACK_NONE)
            continue;
        pack_put(pack, item, best);
        remember(&pack->kinds[item->kind], best);
        placed++;
    }
    return placed;
}

/* Marks those where it would fit; false: nowhere. */
static bool mark_reached(const struct pack *pack, gint64 size, const struct pack_choice *choices,
                         guint n, bool *reached)
{
    bool any = false;
    for (guint i = 0; i < n; i++) {
        guint bin = choices[i].bin;
        bool room = pack->bins[bin].room >= size;
        reached[bin] |= room;
        any |= room;
    }
    return any;
}

/* Whether it would fit anywhere, marking where. */
static bool reaches(const struct pack *pack, const struct pack_item *item, bool *reached)
{
    const struct pack_kind *kind = &pack->kinds[item->kind];
    bool own = mark_reached(pack, item->size, item->own, item->n_own, reached);
    return mark_reached(pack, item->size, kind->choices, kind->n, reached) || own;
}

gint64 pack_reach(const struct pack *pack, guint *order, guint *n)
{
    g_autofree bool *reached = g_new0(bool, pack->n_bins + 1);
    guint in_reach = 0;
    for (guint i = 0; i < pack->n_items; i++)
        if (reaches(pack, &pack->items[order[i]], reached))
            order[in_reach++] = order[i];
    gint64 room = 0;
    for (guint bin = 0; bin < pack->n_bins; bin++)
        room += reached[bin] ? pack->bins[bin].room : 0;
    *n = in_reach;
    return room;
}

guint pack_bound(const struct pack *pack)
{
    g_autofree guint *order = pack_by_size(pack);
    guint n = 0;
    gint64 room = pack_reach(pack, order, &n);
    return pack_most(pack, order, 0, n, room);
}

guint pack_fill(struct pack *pack)
{
    g_autofree guint *order = pack_by_size(pack);
    guint placed = fill_by_liking(pack, order);
    return placed == pack->n_items ? placed : pack_improve(pack, placed);
}
