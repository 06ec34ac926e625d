/* What is typed by its name, and may not be there. One rule for all of them: a name that nothing
 * bears is CD_ERROR_USAGE, be it a cell's, a tenant's, a wave's or an operation's: the line has to
 * be written otherwise, and trying again helps nobody. (A version is refused instead: rollout.md,
 * "Plan".) Where what could name it was read in part, it is CD_ERROR_SOURCE. */
#pragma once

#include "data/fleet.h"

/* NULL with an error that says what was meant, or what there is. */
const struct cell_config *named_cell(const struct config *config, const char *id, GError **error);
/* Of the registry as `snapshot` has it. */
const struct tenant *named_tenant(const struct snapshot *snapshot, const char *id, GError **error);
