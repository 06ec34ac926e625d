/* A gate's finding as a picture: the cell before and since the deploy, its controls, and the limit
 * or what was expected; and the same in words, for whoever can't or won't read pictures. Nothing is
 * shown that was not read: rows that this console does not have are a hole. */
#pragma once

#include "tui/views/deck.h"

/* The least and the most rows that one has a use for. */
enum { GATE_CHART_LEAST = 6, GATE_CHART_MOST = 15 };

struct gate_chart {
    const struct rollout *rollout;
    const struct rollout_cell *cell;
    enum gate gate;
    const struct last_cell *last; /* what it said the last time, or NULL */
};

void gate_chart_draw(const struct deck *deck, const struct gate_chart *chart, struct canvas *canvas,
                     const struct area *area);
