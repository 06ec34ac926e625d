/* The headline's part on tenants that are taken elsewhere: what is under way, or what came of the
 * last of it, where that was not all that was wanted. */
#pragma once

#include "tui/views/deck.h"
#include "tui/views/headline_parts.h"

/* Nothing where there is neither. `rank`, and `brief_rank` in a few words: of what is under way.
 * *role turns to ROLE_WARN where that waits for a person. */
void headline_add_passage(GArray *parts, const struct deck *deck, enum part_rank rank,
                          enum part_rank brief_rank, enum role *role);
