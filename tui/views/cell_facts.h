/* The lower half of the cell screen: probe, alarms, tenants, and what was done to the cell. */
#pragma once

#include "tui/views/deck.h"

void cell_facts_draw(const struct deck *deck, const struct cell *cell, struct canvas *canvas,
                     const struct area *area);
