/* The gates of one cell: each verdict with its reason and the datapoints it rests on. A reason that
 * does not fit goes on below, FAIL's and HOLD's first: whoever is called by one reads it whole. */
#pragma once

#include "rollout/engine.h"
#include "tui/console/canvas.h"

/* The rows that it takes to show all of what FAIL and HOLD say on `cols`. */
int gates_panel_rows(const struct rollout_cell *cell, int cols);
void gates_panel_draw(const struct rollout_cell *cell, struct canvas *canvas,
                      const struct area *area);
