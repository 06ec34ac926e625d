/* Small random packings, and the best that there is of each, found by trying all: what the packing
 * of tenants is held against, in the unit tests and in the bench. */
#pragma once

#include "rollout/placement_pack.h"

enum { PUZZLE_BINS = 4, PUZZLE_ITEMS = 6, PUZZLE_KINDS = 3 };

/* A packing problem, and where its parts lie: not to be copied. */
struct puzzle {
    struct pack_bin bins[PUZZLE_BINS];
    struct pack_choice choices[PUZZLE_KINDS][PUZZLE_BINS];
    struct pack_kind kinds[PUZZLE_KINDS];
    struct pack_item items[PUZZLE_ITEMS];
    struct pack pack;
};
void puzzle_make(struct puzzle *puzzle, GRand *chance);
/* By the rules alone, apart from how the packing asks them. */
bool puzzle_may_go(const struct puzzle *puzzle, guint item, guint bin);
/* How many can have a place at the most; before pack_fill(). */
guint puzzle_best(const struct puzzle *puzzle);
