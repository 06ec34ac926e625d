/* Small pictures of numbers. A value that was never measured is NAN, and shows as a gap: never as
 * zero, never as a line drawn across it. */
#pragma once

#include "tui/console/canvas.h"

#include <stddef.h>

/* `n` values as `n` columns ▁▂▃▄▅▆▇█, from 0 to `top` (> 0). Caller frees. */
char *chart_spark(const double *values, size_t n, double top);

/* `pct` of 100 in `cols` columns: "████░░░░░░". Caller frees. */
char *chart_bar(double pct, int cols);

/* Something that was done at one moment. */
struct chart_marker {
    gint64 at;
    const char *label;
    bool back; /* it took something back: another line, another colour */
};

/* What others had in one span of time: the least and the most of them. */
struct chart_band {
    gint64 at; /* where it begins; it lasts chart.band_step */
    double low, high;
};

struct chart {
    const gint64 *at; /* when each value was measured, in order */
    const double *values;
    size_t n;
    gint64 from, to; /* the time shown */
    gint64 step;     /* between two values; a longer hole is a gap */
    double limit;    /* a line where it is inside, and what lies beyond it is bad; NAN: none */
    bool below;      /* beyond is below it */
    double expected; /* a line, and no more; NAN: none */
    const struct chart_band *bands; /* in order; a hole between two is a gap */
    size_t n_bands;
    gint64 band_step;
    const struct chart_marker *markers; /* the one whose label matters most first */
    size_t n_markers;
};

/* Symbols that the words beside a chart explain it with. */
#define CHART_BAND     "░"
#define CHART_LIMIT    "┄"
#define CHART_EXPECTED "┈"
#define CHART_MARKER   "┊"
#define CHART_BACK     "╎"

/* Draws into `area`: values as dots of Braille (2x4 a character; `*` in ASCII) over the others'
 * bands, the limit and what was expected as lines across, and the markers as lines down. A label
 * stands beside its line where it covers neither a value nor another marker; where there is no such
 * place it is left out: half a version is another version. The last row of the area is the ground.
 * Returns the top of the scale, which starts at 0. The limit does not stretch it to more than twice
 * what was measured: one that is far away is left to words. */
double chart_draw(struct canvas *canvas, const struct area *area, const struct chart *chart);
/* The row of `area` in which a value stands on a scale that ends at `top`; -1: above it. */
int chart_row(const struct area *area, double value, double top);

/* The times of a chart over `from` to `to` (milliseconds since 1970), as "09:00" in UTC, each below
 * its moment, in the first row of `area`, which is as wide as the chart. */
void chart_axis(struct canvas *canvas, const struct area *area, gint64 from, gint64 to);
