/* Where tenants were moved from, by the journal: that a tenant may go back there is what makes a
 * fail-back possible, which is another failover (rollout.md, "Failover"), out of a cell that took
 * them in but declares no backup for them. */
#pragma once

#include "data/journal.h"

/* Tenant -> the cell that a failover or move last took it from, into `cell`. Of operations that
 * were completed, and tenants that arrived. NULL with an error where the journal can't be read. */
GHashTable *failover_origins(struct journal *journal, const char *cell, GError **error);
