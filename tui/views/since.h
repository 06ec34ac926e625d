/* What has changed since somebody last looked: they mark what they see, and whatever is otherwise
 * from then on says how it was. */
#pragma once

#include "tui/views/deck.h"

/* Marks what is seen now; where there is a mark already and nothing has changed since, takes it
 * away. Says which. */
void since_mark(struct deck *deck);
/* "was degraded, 5.0.2": what was otherwise at the mark; NULL: nothing, or it is not known. Written
 * into `text`, which is empty. */
const char *since_cell(const struct deck *deck, const struct cell *cell, GString *text);
const char *since_tenant(const struct deck *deck, const struct tenant *tenant, GString *text);
/* How many cells have changed. */
guint since_cells(const struct deck *deck);
bool since_marked(const struct deck *deck);
/* Whether a moment lies after the mark. */
bool since_moment(const struct deck *deck, gint64 at_ms);
