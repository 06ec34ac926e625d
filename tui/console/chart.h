/* Small pictures of numbers. A value that was never measured is NAN, and shows as a gap: never as
 * zero, never as a line drawn across it. */
#pragma once

#include "tui/console/canvas.h"

#include <stddef.h>

/* `n` values as `n` columns ▁▂▃▄▅▆▇█, from 0 to `top` (> 0). Caller frees. */
char *chart_spark(const double *values, size_t n, double top);

/* `pct` of 100 in `cols` columns: "████░░░░░░". Caller frees. */
char *chart_bar(double pct, int cols);

struct chart_marker {
    gint64 at;
    const char *label;
};

struct chart {
    const gint64 *at; /* when each value was measured, in order */
    const double *values;
    size_t n;
    gint64 from, to; /* the time shown */
    gint64 step;     /* between two values; a longer hole is a gap */
    double limit;    /* drawn as a line where inside; NAN: none */
    const struct chart_marker *markers;
    size_t n_markers;
};

/* Draws into `area`: values as dots of Braille (2x4 a character; `*` in ASCII), the limit, and the
 * markers as vertical lines. The last row of the area is the ground. Returns the top of the
 * scale, which starts at 0. */
double chart_draw(struct canvas *canvas, const struct area *area, const struct chart *chart);
