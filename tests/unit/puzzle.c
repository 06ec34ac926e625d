#include "tests/unit/puzzle.h"

static void make_bins(struct puzzle *puzzle, GRand *chance)
{
    for (guint i = 0; i < puzzle->pack.n_bins; i++) {
        gint64 max = g_rand_int_range(chance, 5, 60), used = g_rand_int_range(chance, 0, 50);
        puzzle->bins[i] = (struct pack_bin){
            .room = max * 9 / 10 - used, .comfort = max * 8 / 10 - used, .used = used, .max = max};
    }
}

static void make_kinds(struct puzzle *puzzle, GRand *chance)
{
    for (guint k = 0; k < PUZZLE_KINDS; k++) {
        guint n = 0, level = 0;
        for (guint bin = 0; bin < puzzle->pack.n_bins; bin++) {
            level += (guint)g_rand_int_range(chance, 0, 2);
            if (g_rand_int_range(chance, 0, 3))
                puzzle->choices[k][n++] = (struct pack_choice){bin, level};
        }
        puzzle->kinds[k] = (struct pack_kind){puzzle->choices[k], n, 0};
    }
}

static void make_items(struct puzzle *puzzle, GRand *chance)
{
    for (guint i = 0; i < puzzle->pack.n_items; i++) {
        struct pack_item *item = &puzzle->items[i];
        *item = (struct pack_item){.size = g_rand_int_range(chance, 0, 40),
                                   .kind = (guint)g_rand_int_range(chance, 0, PUZZLE_KINDS),
                                   .bin = PACK_NONE};
        guint level = (guint)g_rand_int_range(chance, 0, 3);
        while (item->n_own < PACK_OWN && g_rand_int_range(chance, 0, 4) == 0)
            item->own[item->n_own++] = (struct pack_choice){
                (guint)g_rand_int_range(chance, 0, (gint32)puzzle->pack.n_bins), level++};
    }
}

void puzzle_make(struct puzzle *puzzle, GRand *chance)
{
    *puzzle = (struct puzzle){0};
    puzzle->pack = (struct pack){puzzle->bins, (guint)g_rand_int_range(chance, 1, PUZZLE_BINS + 1),
                                 puzzle->kinds, puzzle->items,
                                 (guint)g_rand_int_range(chance, 1, PUZZLE_ITEMS + 1)};
    make_bins(puzzle, chance);
    make_kinds(puzzle, chance);
    make_items(puzzle, chance);
}

bool puzzle_may_go(const struct puzzle *puzzle, guint i, guint bin)
{
    const struct pack_item *item = &puzzle->items[i];
    bool may = false;
    for (guint own = 0; own < item->n_own; own++)
        may |= item->own[own].bin == bin;
    for (guint c = 0; c < puzzle->kinds[item->kind].n; c++)
        may |= puzzle->choices[item->kind][c].bin == bin;
    return may;
}

static guint best_from(const struct puzzle *puzzle, gint64 *rooms, guint at)
{
    if (at == puzzle->pack.n_items)
        return 0;
    guint best = best_from(puzzle, rooms, at + 1);
    for (guint bin = 0; bin < puzzle->pack.n_bins; bin++) {
        if (!puzzle_may_go(puzzle, at, bin) || rooms[bin] < puzzle->items[at].size)
            continue;
        rooms[bin] -= puzzle->items[at].size;
        best = MAX(best, 1 + best_from(puzzle, rooms, at + 1));
        rooms[bin] += puzzle->items[at].size;
    }
    return best;
}

guint puzzle_best(const struct puzzle *puzzle)
{
    gint64 rooms[PUZZLE_BINS] = {0};
    for (guint bin = 0; bin < puzzle->pack.n_bins; bin++)
        rooms[bin] = puzzle->bins[bin].room;
    return best_from(puzzle, rooms, 0);
}
