/* Which cells a baking one is compared with. */
#pragma once

#include "data/config.h"

/* Of `candidates` (guint: places in config->cells of cells that run the old version; dr cells are
 * left out): those that gates.controls takes; where it says nothing, those of `own`'s class, or all
 * where there are too few of it. 32 at the most, the first of them in celldeck.yaml: more tell no
 * more of the world. New array of guint. */
GArray *controls_choose(const struct config *config, const struct gates_config *policy, guint own,
                        const GArray *candidates);
