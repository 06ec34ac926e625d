/* What the screens of releases both tell of one. */
#pragma once

#include "tui/views/deck.h"

/* NULL where none of that version was read. */
const struct release *release_of(const struct deck *deck, const char *version);
/* Which cells answered last that they run it: "cell-0-dev, cell-1 (STALE)", "all 5 cells", or "".
 * Caller frees. */
char *release_cells(const struct deck *deck, const char *version);
/* "2026-11-23": years matter here. Caller frees. */
char *release_day(gint64 at_ms);
/* Whether an operation is a rollout of it. */
bool release_is_rolled(const struct operation *operation, const char *version);
