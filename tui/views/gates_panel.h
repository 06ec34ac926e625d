/* The gates of one cell: each verdict with its reason and the datapoints it rests on. */
#pragma once

#include "rollout/engine.h"
#include "tui/console/canvas.h"

#define GATES_PANEL_ROWS (1 + GATE_COUNT)

void gates_panel_draw(const struct rollout_cell *cell, struct canvas *canvas,
                      const struct area *area);
