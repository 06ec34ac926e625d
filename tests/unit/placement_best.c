/* The packing against every packing there is: small random fleets by the thousand. */
#include "tests/unit/puzzle.h"

#include <criterion/criterion.h>

enum { FLEETS = 6000 };

static void expect_within_the_rules(const struct puzzle *puzzle, const gint64 *rooms, guint placed,
                                    int seed)
{
    gint64 left[PUZZLE_BINS];
    guint counted = 0;
    memcpy(left, rooms, sizeof left);
    for (guint i = 0; i < puzzle->pack.n_items; i++) {
        guint bin = puzzle->items[i].bin;
        if (bin == PACK_NONE)
            continue;
        cr_assert(puzzle_may_go(puzzle, i, bin), "fleet %d: item %u may not go to bin %u", seed, i,
                  bin);
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
        puzzle_make(&puzzle, chance);
        gint64 rooms[PUZZLE_BINS] = {0};
        for (guint bin = 0; bin < puzzle.pack.n_bins; bin++)
            rooms[bin] = puzzle.bins[bin].room;
        guint best = puzzle_best(&puzzle);
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
        puzzle_make(&one, chance);
        g_rand_set_seed(chance, (guint32)seed);
        puzzle_make(&two, chance);
        pack_fill(&one.pack);
        pack_fill(&two.pack);
        for (guint i = 0; i < one.pack.n_items; i++)
            cr_assert_eq(one.items[i].bin, two.items[i].bin);
        g_rand_free(chance);
    }
}
