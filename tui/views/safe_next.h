/* What may safely be done next about a cell that is not well: the first rule of a table that is
 * true of it. It says only what the journal and the snapshot prove, names keys as they are bound
 * (or what is typed instead of them), and never proposes what would be refused (rollout_refuses
 * decides both). */
#pragma once

#include "tui/views/deck.h"

/* What to do, and then why: "wait: r17 is rolling it back". Caller frees. */
char *safe_next(const struct deck *deck, const struct cell *cell);
