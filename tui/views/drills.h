/* When a cell's failover was last drilled: what was never tried is not known to work. */
#pragma once

#include "tui/views/deck.h"

/* "drilled 12 days ago (d2)", "never drilled". Caller frees. */
char *drill_words(const struct deck *deck, const char *cell);
