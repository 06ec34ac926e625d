/* The packing against every packing there is: small random fleets by the thousand. */
#include "rollout/placement_pack.h"

#include <criterion/criterion.h>

enum { MOST_BINS = 4, MOST_ITEMS = 6, MOST_KINDS = 3, FLEETS = 6000 };

/* A packing problem, and where its parts lie. */
struct puzzle {
    struct pack_bin bins[MOST_BINS];
    struct pack_choice choices[MOST_KINDS][MOST_BINS];
    struct pack_kind kinds[MOST_KINDS];
    struct pack_item items[MOST_ITEMS];
    struct pack pack;
};

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
    for (guint k = 0; k < MOST_KINDS; k++) {
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
                                   .kind = (guint)g_rand_int_range(chance, 0, MOST_KINDS),
                                   .bin = PACK_NONE};
        guint level = (guint)g_rand_int_range(chance, 0, 3);
        while (item->n_own < PACK_OWN && g_rand_int_range(chance, 0, 4) == 0)
            item->own[item->n_own++] = (struct pack_choice){
                (guint)g_rand_int_range(chance, 0, (gint32)puzzle->pack.n_bins), level++};
    }
}

static void make_puzzle(struct puzzle *puzzle, GRand *chance)
{
    *puzzle = (struct puzzle){0};
    puzzle->pack = (struct pack){puzzle->bins, (guint)g_rand_int_range(chance, 1, MOST_BINS + 1),
                                 puzzle->kinds, puzzle->items,
                                 (guint)g_rand_int_range(chance, 1, MOST_ITEMS + 1)};
    make_bins(puzzle, chance);
    make_kinds(puzzle, chance);
    make_items(puzzle, chance);
}

/* By the rules alone, apart from how the packing asks them. */
static bool may_go(const struct puzzle *puzzle, guint i, guint bin)
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
        if (!may_go(puzzle, at, bin) || rooms[bin] < puzzle->items[at].size)
            continue;
        rooms[bin] -= puzzle->items[at].size;
        best = MAX(best, 1 + best_from(puzzle, rooms, at + 1));
        rooms[bin] += puzzle->items[at].size;
    }
    return best;
}

static void expect_within_the_rules(const struct puzzle *puzzle, const gint64 *rooms, guint placed,
                                    int seed)
{
    gint64 left[MOST_BINS];
    guint counted = 0;
    memcpy(left, rooms, sizeof left);
    for (guint i = 0; i < puzzle->pack.n_items; i++) {
        guint bin = puzzle->items[i].bin;
        if (bin == PACK_NONE)
            continue;
        cr_assert(may_go(puzzle, i, bin), "fleet %d: item %u may not go to bin %u", seed, i, bin);
        left[bin] -= puzzle->items[i].size;
        cr_assert_geq(left[bin], 0, "fleet %d: bin %u is over its limit", seed, bin);
        counted++;
    }
    cr_assert_eq(counted, placed, "fleet %d", seed);
    for (guint bin = 0; bin < puzzle->pack.n_bins; bin++)
        cr_assert_eq(puzzle->bins[bin].room, left[bin], "fleet %d", seed);
}

Test(placement_best, no_packing_of_a_small_fleet_places_more_and_none_breaks_a_rule)
{
    guint hard = 0;
    for (int seed = 0; seed < FLEETS; seed++) {
        GRand *chance = g_rand_new_with_seed((guint32)seed);
        struct puzzle puzzle;
        make_puzzle(&puzzle, chance);
        gint64 rooms[MOST_BINS] = {0}, scratch[MOST_BINS] = {0};
        for (guint bin = 0; bin < puzzle.pack.n_bins; bin++)
            rooms[bin] = scratch[bin] = puzzle.bins[bin].room;
        guint best = best_from(&puzzle, scratch, 0);
        cr_assert_geq(pack_bound(&puzzle.pack), best, "fleet %d: the bound is none", seed);
        guint placed = pack_fill(&puzzle.pack);
        cr_assert_eq(placed, best, "fleet %d: %u placed, %u can be", seed, placed, best);
        expect_within_the_rules(&puzzle, rooms, placed, seed);
        hard += placed > 1 && placed < puzzle.pack.n_items;
        g_rand_free(chance);
    }
    cr_expect_gt(hard, FLEETS / 10, "too few of them are hard");
}

Test(placement_best, the_same_fleet_is_always_packed_the_same)
{
    for (int seed = 0; seed < 200; seed++) {
        struct puzzle one, two;
        GRand *chance = g_rand_new_with_seed((guint32)seed);
        make_puzzle(&one, chance);
        g_rand_set_seed(chance, (guint32)seed);
        make_puzzle(&two, chance);
        pack_fill(&one.pack);
        pack_fill(&two.pack);
        for (guint i = 0; i < one.pack.n_items; i++)
            cr_assert_eq(one.items[i].bin, two.items[i].bin);
        g_rand_free(chance);
    }
}
