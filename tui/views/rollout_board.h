/* The waves of a rollout as a board: a heading a wave, then its cells, each with its state, what
 * its gates say and how far its bake is. */
#pragma once

#include "tui/views/deck.h"

/* From row `top` on, in so many rows; scrolled so that the cell at `selection` (in execution order)
 * is seen. */
void rollout_board_draw(const struct rollout *rollout, int selection, const struct deck *deck,
                        struct canvas *canvas, int top, int rows);
