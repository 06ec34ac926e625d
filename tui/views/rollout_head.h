/* The top of the rollout screen: what it is, how it stands and why, who asked for it and for what,
 * and what comes next. */
#pragma once

#include "tui/views/deck.h"

/* Draws it on top of the area; `canvas` NULL: measures it alone. A reason is told whole where there
 * are rows for it, else as far as one goes. The rows that it takes. */
int rollout_head_draw(const struct deck *deck, const struct rollout *rollout, struct canvas *canvas,
                      const struct area *area);
