/* The gates of one cell: each verdict with its reason and the datapoints it rests on. A reason that
 * does not fit goes on below, FAIL's and HOLD's first: whoever is called by one reads it whole. */
#pragma once

#include "rollout/last_time.h"
#include "tui/console/canvas.h"

struct gates_panel {
    const struct rollout_cell *cell;
    const struct last_cell *last; /* what they said the last time, or NULL */
    int chosen;                   /* the gate that somebody chose, or -1 */
};

/* The rows that it takes to show all of what FAIL and HOLD say on `cols`. */
int gates_panel_rows(const struct rollout_cell *cell, int cols);
void gates_panel_draw(const struct gates_panel *panel, struct canvas *canvas,
                      const struct area *area);
