/* What stands on top of a failover's, a drill's or a move's steps: how it is and why, who asked for
 * it, what is next, how far it is and how long that took, and what was acknowledged. */
#pragma once

#include "tui/views/deck.h"

/* struct cell_line (cell_look.h), in the order of their importance. */
GArray *steps_head(const struct deck *deck, const struct failover *failover, int cols);
/* "failover of cell-1", "move of hospital-a from cell-1 to cell-2". Caller frees. */
char *steps_what(const struct failover *failover);
/* "f3 failover of cell-1 running: 7 of 12 tenants done, 5 left": in a few words. Caller frees. */
char *steps_brief(const struct failover *failover);
/* How long it takes yet by how fast it went so far; < 0: that is not known. */
gint64 steps_left_ms(const struct failover *failover, gint64 now_ms);
/* "42s, of 5m that it may take (rto), about 30s to go": as measured. Caller frees. */
char *steps_time(const struct failover *failover, gint64 now_ms);
