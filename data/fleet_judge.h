/* The judgement of one cell: part of fleet_fold(), whose comment has the rules. */
#pragma once

#include "data/fleet.h"

/* Fills health, reasons, since_ms, closed_to_new, version, version_at_ms and used_pct of `cell`
 * from its config and reading. */
void cell_judge(struct cell *cell, const struct config *config, gint64 now_ms);
