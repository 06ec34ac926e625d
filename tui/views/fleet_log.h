/* What stands below the fleet's cells: sources that could not be read, and the journal's last. */
#pragma once

#include "tui/views/view.h"

void fleet_log_draw(const struct deck *deck, struct canvas *canvas, const struct area *area);
