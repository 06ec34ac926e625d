/* A text in lines, for views that have room for a whole sentence. */
#pragma once

#include "tui/console/canvas.h"

/* `text` in lines of `cols` at the most, those after the first with `indent` before them; whole
 * words where that can be, and one that is too long goes on in the next. Adds to `lines`,
 * an array that frees its elements. */
void wrap_text(const char *text, int cols, const char *indent, GPtrArray *lines);

/* The same in at most `most` lines (at least one), the last of which is cut where there is more. */
void wrap_within(const char *text, int cols, const char *indent, int most, GPtrArray *lines);

/* Paragraphs (NULL-terminated) with an empty line between, as far as the area has room. The first
 * is the title. */
void wrap_draw(struct canvas *canvas, const struct area *area, const char *const *paragraphs);
/* Wrapped into the area's rows, cut after them. The rows used. */
int wrap_told(struct canvas *canvas, const struct area *area, enum role role, const char *text);
