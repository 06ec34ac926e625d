/* What stands around every screen: the line on top (whose fleet, may one act, who, what polling
 * costs, how old each source is, the time) and the keys at the bottom. */
#pragma once

#include "tui/views/view.h"

void frame_header(struct canvas *canvas, int row, const struct deck *deck);
/* The last two of the hints (help and quit) are never the ones that give way; what only --write may
 * do is not offered without it. */
void frame_hints(struct canvas *canvas, int row, const struct view *view, bool write);
/* "─ title ──────": a heading within a screen. */
void frame_rule(struct canvas *canvas, int row, const struct area *area, const char *title);
/* The log: newest events of `events` (newest first) at the bottom of `area`. */
void frame_log(struct canvas *canvas, const struct area *area, const GPtrArray *events,
               bool with_cell);
