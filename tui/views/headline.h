/* The one sentence on top of the fleet: the worst problem there is, since when, who is affected,
 * what changed before it, and what is being done about it; or that all is well. */
#pragma once

#include "tui/views/deck.h"

/* Caller frees. `cells` is in the order of the screen, worst first. */
char *headline(const struct deck *deck, const GPtrArray *cells, enum role *role);

/* What is wrong with who carries a live rollout on, and what to do: nobody does, or has not been
 * heard of for longer than the lease, or says itself that it is blind or short of credentials. NULL
 * where nothing is. Caller frees. */
char *headline_conductor(const struct deck *deck, const struct rollout *rollout);
