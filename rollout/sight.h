/* Whether the conductor sees the cells of a rollout: whether it can still read what their gates are
 * asked of. Pure. It is not what the gates find there (a cell that measures nothing is the gates'
 * affair): a conductor that can't read AWS holds everything, and nobody would know why. */
#pragma once

#include "rollout/engine.h"

/* What of the metrics and alarms of the rollout's cells has not been read for more than three
 * periods (product.md: stale), since when and why: "metrics us-east-1, alarms us-east-1: not read
 * since 2026-11-24T14:05:00Z: DETAIL". NULL: all is read. Cells that are out of it (rolled back,
 * skipped) don't count. Caller frees. */
char *sight_missing(const struct rollout *rollout, const struct snapshot *snapshot, gint64 now_ms);

/* The conductor is blind once something has been missing for this long, beyond the three periods:
 * one more period, at least 5 s, so that one slow answer is no news. */
gint64 sight_patience_ms(gint64 period_ms);
