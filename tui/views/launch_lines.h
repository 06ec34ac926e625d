/* A plan as lines for a dialog: what stands against it first, then the blast radius, then the waves
 * and their cells, then what else is worth knowing. */
#pragma once

#include "rollout/estimate.h"

/* On these terms. `refusals` and `attendance` (why somebody has to stay, or NULL): as `rollout plan
 * --json` has them; `attended`: somebody stays. char *; the caller unrefs. */
GPtrArray *launch_lines(const struct plan *plan, const json_t *refusals, const char *attendance,
                        bool attended, const struct estimate_terms *terms);
