/* What screens have in common: the keys at the bottom, headings, logs. The line on top: header.h.
 */
#pragma once

#include "tui/views/view.h"

/* The last two of the hints (help and quit) are never the ones that give way; what only --write may
 * do is not offered without it. */
void frame_hints(struct canvas *canvas, int row, const struct view *view, bool write);
/* "─ title ──────": a heading within a screen. */
void frame_rule(struct canvas *canvas, int row, const struct area *area, const char *title);
/* The log: newest events of `events` (newest first) at the bottom of `area`. */
void frame_log(struct canvas *canvas, const struct area *area, const GPtrArray *events,
               bool with_cell);
