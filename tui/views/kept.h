/* The fleet as it was last seen, out of cache.db: a first screen before any network answer
 * (architecture.md, "Speed"). What comes from there is as old as it is, and reads so. */
#pragma once

#include "tui/views/deck.h"

/* Gives the deck what was kept, if anything; a cache that can't be read is a notice. */
void kept_show(struct deck *deck);

/* Keeps what the deck shows, in a worker thread and not more often than once a minute. */
void kept_save(struct deck *deck);
