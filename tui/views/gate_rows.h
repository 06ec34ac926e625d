/* The rows behind a gate's chart: which time, which cells, and what they had in it. */
#pragma once

#include "rollout/finding.h"
#include "tui/console/chart.h"
#include "tui/views/deck.h"

/* The least, the most and the number of some values; n 0: there are none. */
struct extent {
    double low, high;
    gint64 n;
};

struct gate_rows {
    struct finding finding;
    gint64 from_ms, to_ms; /* the time shown: before the deploy as long as since, within bounds */
    bool now;              /* it ends now; else with the bake, or shortly after */
    gint64 *at;            /* the cell's, in order */
    double *values;        /* NAN: no value that the metric can have */
    size_t n;
    struct extent before, since, controls;
    gint64 due; /* settled periods since the deploy, in that time */
    guint n_controls;
    struct chart_band *bands; /* of the controls */
    size_t n_bands;
    gint64 band_step_ms;
};

/* `cols`: of the picture; bands are no finer than it can show. False where the gate asks no metric
 * or nothing was read of the cell. To be cleared in either case. */
bool gate_rows_read(const struct deck *deck, const struct rollout *rollout,
                    const struct rollout_cell *cell, enum gate gate, int cols,
                    struct gate_rows *rows);
void gate_rows_clear(struct gate_rows *rows);
