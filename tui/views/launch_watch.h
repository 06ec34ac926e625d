/* What of the world a plan leans on, while its question is open. */
#pragma once

#include "rollout/plan.h"
#include "tui/views/deck.h"

/* The deck's view of it as one text, to be compared with a later one: which cell runs what, serves
 * how many, is well; which operations there are and how they stand; where the version's tag points,
 * if that is not where `plan` (may be NULL) has it. Caller frees. */
char *launch_seen(const struct deck *deck, const char *version, const struct plan *plan);

/* What is another in a plan than in one that was made before of the same version, in words for
 * people: "cell-2 runs 5.0.3 now, not 5.0.2". NULL: it is the same plan, by its hash. Caller
 * frees. */
char *launch_moved(const struct plan *was, const struct plan *is);
