/* What could not be read, and why: below the cells of the fleet screen as far as there is room, and
 * whole in help. */
#pragma once

#include "tui/views/deck.h"

/* "metrics us-east-1, alarms us-east-1: CloudWatch ...", wrapped at `cols`: char *, owned by the
 * array; empty where all is read. */
GPtrArray *unread_lines(const struct deck *deck, int cols);

/* Draws them with a heading from the top of `area`, wrapped, in at most its half. The rows used; 0
 * where all is read. */
int unread_draw(struct canvas *canvas, const struct area *area, const struct deck *deck);
