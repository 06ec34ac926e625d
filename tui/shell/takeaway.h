/* The record of an operation, or of all, taken out of the console into a file: made by a worker
 * thread, as it may be large, in the state folder, which everybody who looks at a fleet can write.
 */
#pragma once

#include "tui/views/deck.h"

/* Called in the main context; `said` names the file and what is in it, or `error` says why there is
 * none. */
typedef void (*takeaway_fn)(const char *said, const GError *error, gpointer data);
/* `operation` NULL: all. */
void takeaway_begin(const struct deck *deck, const char *operation, takeaway_fn fn, gpointer data);
