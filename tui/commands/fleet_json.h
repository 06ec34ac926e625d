/* The fleet as `status --json`, `cells --json` and `tenants --json` give it (product.md). */
#pragma once

#include "data/fleet.h"
#include "data/history.h"
#include "rollout/placement.h"

/* {at, sources[], cells[], tenants{}, spares[], operations[], cost_usd_per_hour}. `drains`: of this
 * snapshot. `operations` (struct operation *, all) may be NULL (could not be read): null; only live
 * ones are shown, but each cell has `last_drill_at` (null: never, or not known), and its `drain`
 * the `operation`, a failover or move, that has it and must be over before another begins (null:
 * none, or not known). New reference. */
json_t *fleet_status_json(const struct snapshot *snapshot, const struct evacuations *drains,
                          const GPtrArray *operations);
json_t *fleet_cells_json(const struct snapshot *snapshot, const struct evacuations *drains);
json_t *fleet_tenant_json(const struct tenant *tenant);
