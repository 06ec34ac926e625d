/* The line on top of every screen: whose fleet, may one act, the way to this screen, who (and whom
 * AWS takes them for), what polling costs, how old each source is, the time. */
#pragma once

#include "tui/views/deck.h"

/* `way`: what the levels from home to this screen are called (trail_names), or NULL; home alone is
 * not shown. Whose fleet it is and whether one may act never give way; the way does so from its far
 * end; a source in trouble is named before people are, and people before the cost. */
void header_draw(struct canvas *canvas, int row, const struct deck *deck, const GPtrArray *way);
/* "us-east-1 STALE 6m, registry 4s": every source with its age, the troubled ones first. Caller
 * frees. */
char *header_sources_text(const struct deck *deck);
