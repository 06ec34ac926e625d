#include "rollout/failover_origins.h"

#include "data/history.h"
#include "rollout/failover.h"

#include <string.h>

static bool may_have_brought(const struct operation *operation, const char *cell)
{
    enum failover_kind kind;
    return failover_kind_parse(operation->kind, &kind) && kind != FAILOVER_DRILL &&
           strcmp(operation->state, failover_state_name(FAILOVER_COMPLETED)) == 0 &&
           g_strv_contains((const char *const *)operation->cells, cell);
}

static void take(GHashTable *origins, const struct failover *failover, const char *cell)
{
    for (guint i = 0; i < failover->tenants->len; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, i);
        if (tenant->step == TENANT_VERIFIED && strcmp(tenant->plan->to, cell) == 0)
            g_hash_table_insert(origins, g_strdup(tenant->plan->id), g_strdup(tenant->plan->from));
    }
}

GHashTable *failover_origins(struct journal *journal, const char *cell, GError **error)
{
    g_autoptr(GPtrArray) operations = history_operations(journal, 0, error);
    if (!operations)
        return NULL;
    g_autoptr(GHashTable) origins = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = operations->len; i-- > 0;) { /* the newest word is the last */
        const struct operation *operation = operations->pdata[i];
        if (!may_have_brought(operation, cell))
            continue;
        OWN(failover) failover = failover_load(journal, operation->id, error);
        if (!failover)
            return NULL;
        take(origins, failover, cell);
    }
    return g_steal_pointer(&origins);
}
