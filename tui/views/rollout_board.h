/* The waves of a rollout as a board: a heading a wave, then its cells, each with its state, what
 * its gates say and how far its bake is. */
#pragma once

#include "tui/views/view.h"

/* From row `top` on, in so many rows; scrolled so that the selected one of the `list` of its cells
 * (in execution order) is seen. */
void rollout_board_draw(const struct rollout *rollout, const struct list *list,
                        const struct deck *deck, struct canvas *canvas, int top, int rows);
