/* Which cells a bake is compared with: the one choice, for the conductor that judges it, for those
 * who look back on it, and for the console that shows it. Pure. */
#pragma once

#include "rollout/engine.h"

/* Of a bake under way: cells still on the old version by their /healthcheck; where there is none
 * any more, those that have passed. `own`: the cell's place in the snapshot. New array of guint:
 * places in the snapshot. */
GArray *compared_now(const struct rollout *rollout, const struct snapshot *snapshot, guint own);

/* Of one that is over, by `policy`: cells that did not run the version when it began, by the
 * rollout's events (each counts until bakes_control_until_ms). New array of guint: places in
 * config->cells. */
GArray *compared_then(const struct config *config, const struct gates_config *policy,
                      const GPtrArray *events, guint own, gint64 deployed_at_ms);
