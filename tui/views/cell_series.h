/* A metric over the time that a chart shows: where it has more periods than dots, a dot stands for
 * several of them. Pure. */
#pragma once

#include "data/fleet.h"

/* Which of several periods a dot shows. */
enum dot_of { DOT_HIGHEST, DOT_LOWEST, DOT_MEAN };

struct cell_series {
    gint64 *at; /* where each value stands, in order */
    double *values;
    size_t n;
    gint64 step_ms; /* between two values */
};
void cell_series_clear(struct cell_series *series);

/* How many periods a dot stands for, so that no more than `dots` are needed for `span_ms`. */
gint64 cell_series_periods(gint64 span_ms, gint64 period_ms, int dots);

/* What `series` (may be NULL) has of `metric` from `from_ms` until `now_ms`, `periods` of them to
 * a value. Values stand at the same times in whichever frame: they count from 1970. One over a time
 * in which three periods running are missing (no data: rollout.md), or all of them, is not there: a
 * gap stays one however many periods a dot has. */
struct cell_series cell_series_read(const struct series *series, enum metric metric,
                                    enum dot_of dot, gint64 from_ms, gint64 now_ms,
                                    gint64 period_ms, gint64 periods);
