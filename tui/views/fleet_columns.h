/* The columns of the fleet: what of a cell each shows, and what it is sorted by. */
#pragma once

#include "tui/views/sheet.h"

extern const struct sheet fleet_sheet; /* of struct cell */

/* struct cell *, of the deck's snapshot: worst first, ties in celldeck.yaml's order. */
GPtrArray *fleet_in_order(const struct deck *deck);
