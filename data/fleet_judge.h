/* The judgement of one cell: part of fleet_fold(), whose comment has the rules. */
#pragma once

#include "data/fleet.h"

/* Fills health, reasons, since_ms, closed_to_new, version, version_at_ms, used_pct, change_ms and
 * tells_age of `cell` from its config and reading. */
void cell_judge(struct cell *cell, const struct config *config, gint64 now_ms);

/* When the same reading may next be judged otherwise; G_MAXINT64: never. */
gint64 cell_change_ms(const struct cell *cell, gint64 period_ms, gint64 now_ms);
/* What cell_judge() fills, out of `before`, judged at `before_ms`, where judging anew could say
 * nothing else; false where it could: then `cell` is as it was. */
bool cell_judged_before(struct cell *cell, const struct cell *before, gint64 before_ms,
                        gint64 now_ms);
