/* What AWS asks before a service sees a call: is it signed, now, with keys that still hold, and may
 * the caller do that? Signatures themselves are not computed again: botocore does that in the
 * peers' tests. */
#pragma once

#include "data/sim/wire.h"

/* False with the refusal in call->error, in the service's own words. `subject` is what faults are
 * about. */
bool sim_admit(struct sim_call *call, const struct sim_wire *wire,
               const struct sim_subject *subject);
