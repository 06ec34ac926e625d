/* The blast radius of what is about to be done: which cells, how many tenants and users. */
#pragma once

#include "rollout/plan.h"

struct blast {
    gint64 cells, tenants, users;
};
void blast_add(struct blast *blast, const struct plan_cell *cell);
/* "Blast radius: 2 cells, 12 tenants, 4,011 users". Caller frees. */
char *blast_text(const struct blast *blast);
/* "  cell-2-us-west: 12 tenants, 4,011 users, 5.0.2 → 5.0.3", or "stays on 5.0.2" where both are
 * the same; a version may be NULL. Caller frees. */
char *blast_cell_text(const struct plan_cell *cell, const char *from, const char *to);
