/* What screens have in common: the keys at the bottom, headings, logs. The line on top: header.h.
 */
#pragma once

#include "tui/views/view.h"

/* In `cols` columns, those of the view's hints that it offers now. The last two (help and quit) are
 * never the ones that give way. */
void frame_hints(struct canvas *canvas, int row, int cols, const struct view *view,
                 const void *state, const struct deck *deck);
/* "─ title ──────": a heading within a screen. */
void frame_rule(struct canvas *canvas, int row, const struct area *area, const char *title);
/* The log: newest events of `events` (newest first) at the bottom of `area`. */
void frame_log(struct canvas *canvas, const struct area *area, const GPtrArray *events,
               gint64 now_ms, bool with_cell);
