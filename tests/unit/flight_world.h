/* The outside of flight.h: what its registry, its zone and its users' commands make of a call, and
 * what can be seen of them afterwards. Private to flight*.c. */
#pragma once

#include "tests/unit/flight.h"

/* Makes the call of the intent that stands, once, where it may be made. A drill makes none. */
void flight_call(struct flight *flight);
/* What the engine makes of all that there is to see now. The decision's data are the caller's. */
struct failover_decision flight_decide(const struct flight *flight);
