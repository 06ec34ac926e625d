/* The judgement of one cell: part of fleet_fold(), whose comment has the rules. */
#pragma once

#include "data/fleet.h"

/* Fills health, reasons, since_ms, closed_to_new, version, version_at_ms, used_pct, change_ms and
 * tells_age of `cell` from its config and reading. */
void cell_judge(struct cell *cell, const struct config *config, gint64 now_ms);
/* The same out of `before`, judged at `before_ms`, where judging anew could say nothing else; false
 * where it could: then `cell` is as it was. */
bool cell_judged_before(struct cell *cell, const struct cell *before, gint64 before_ms,
                        gint64 now_ms);
/* The earlier of `next_ms` and the moment at which what was measured until `end_ms` is stale, where
 * that is still to come. */
gint64 sooner_stale_ms(gint64 next_ms, gint64 end_ms, gint64 period_ms, gint64 now_ms);
