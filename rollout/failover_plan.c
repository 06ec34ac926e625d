#include "rollout/failover_plan.h"

#include "rollout/plan_make.h"

#include <string.h>

static const char *const kinds[] = {
    [FAILOVER_FAILOVER] = "failover", [FAILOVER_MOVE] = "move", [FAILOVER_DRILL] = "drill"};

const char *failover_kind_name(enum failover_kind kind)
{
    return kinds[kind];
}

bool failover_kind_parse(const char *name, enum failover_kind *kind)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i], name) == 0) {
            *kind = (enum failover_kind)i;
            return true;
        }
    return false;
}

static void planned_tenant_free(gpointer data)
{
    struct planned_tenant *tenant = data;
    g_free(tenant->id);
    g_free(tenant->from);
    g_free(tenant->to);
    g_free(tenant->region_from);
    g_free(tenant->region_to);
    g_free(tenant->status);
    g_free(tenant->updated_at);
    g_free(tenant->record);
    g_free(tenant->shared_record);
    g_free(tenant);
}

static void planned_target_free(gpointer data)
{
    struct planned_target *target = data;
    g_free(target->cell);
    g_free(target->dns_name);
    g_free(target->version);
    g_free(target);
}

struct failover_plan *failover_plan_new(enum failover_kind kind, const char *source)
{
    struct failover_plan *plan = g_new0(struct failover_plan, 1);
    plan->kind = kind;
    plan->source = g_strdup(source);
    plan->tenants = g_ptr_array_new_with_free_func(planned_tenant_free);
    plan->targets = g_ptr_array_new_with_free_func(planned_target_free);
    plan->acks = g_new0(char *, 1);
    plan->step_ms = FAILOVER_STEP_MS;
    plan->batches = g_array_new(FALSE, FALSE, sizeof(guint));
    return plan;
}

struct planned_tenant *failover_plan_add_tenant(struct failover_plan *plan)
{
    struct planned_tenant *tenant = g_new0(struct planned_tenant, 1);
    g_ptr_array_add(plan->tenants, tenant);
    return tenant;
}

struct planned_target *failover_plan_add_target(struct failover_plan *plan)
{
    struct planned_target *target = g_new0(struct planned_target, 1);
    g_ptr_array_add(plan->targets, target);
    return target;
}

void failover_plan_free(struct failover_plan *plan)
{
    if (!plan)
        return;
    g_ptr_array_unref(plan->tenants);
    g_ptr_array_unref(plan->targets);
    g_array_unref(plan->batches);
    g_strfreev(plan->acks);
    g_free(plan->source);
    g_free(plan->hash);
    g_free(plan);
}

void failover_plan_seal(struct failover_plan *plan)
{
    guint size = 1, left = plan->tenants->len;
    g_array_set_size(plan->batches, 0);
    while (left > 0) {
        guint n = MIN(left, size);
        g_array_append_val(plan->batches, n);
        left -= n;
        size = MIN(2 * size, (guint)FAILOVER_BATCH_MOST);
    }
    OWN_JSON json = failover_plan_json(plan);
    json_object_del(json, "hash");
    g_free(plan->hash);
    plan->hash = json_sha256(json);
}

const struct planned_target *failover_plan_target(const struct failover_plan *plan,
                                                  const char *cell)
{
    for (guint i = 0; cell && i < plan->targets->len; i++) {
        const struct planned_target *target = g_ptr_array_index(plan->targets, i);
        if (g_strcmp0(target->cell, cell) == 0)
            return target;
    }
    return NULL;
}

gint64 failover_plan_users(const struct failover_plan *plan)
{
    gint64 users = 0;
    for (guint i = 0; i < plan->tenants->len; i++)
        users += ((const struct planned_tenant *)g_ptr_array_index(plan->tenants, i))->users;
    return users;
}

static char *tenant_fault(const struct failover_plan *plan, const struct planned_tenant *tenant)
{
    if (!tenant->id || !tenant->from || !tenant->to || !tenant->status)
        return g_strdup_printf("tenant %s lacks a cell or a status",
                               tenant->id ? tenant->id : "without an id");
    if (strcmp(tenant->from, plan->source) != 0)
        return g_strdup_printf("tenant %s is in %s, not in %s", tenant->id, tenant->from,
                               plan->source);
    if (!failover_plan_target(plan, tenant->to))
        return g_strdup_printf("tenant %s goes to %s, which is not among the targets", tenant->id,
                               tenant->to);
    return NULL;
}

static char *target_fault(const struct failover_plan *plan)
{
    for (guint i = 0; i < plan->targets->len; i++) {
        const struct planned_target *target = g_ptr_array_index(plan->targets, i);
        if (!target->cell || (plan->dns && !target->dns_name))
            return g_strdup_printf("target %s has no DNS name",
                                   target->cell ? target->cell : "without an id");
        if (strcmp(target->cell, plan->source) == 0)
            return g_strdup_printf("%s would go to itself", plan->source);
        if (failover_plan_target(plan, target->cell) != target)
            return g_strdup_printf("target %s is there twice", target->cell);
    }
    return NULL;
}

static char *batches_fault(const struct failover_plan *plan)
{
    guint64 sum = 0;
    for (guint i = 0; i < plan->batches->len; i++) {
        guint n = g_array_index(plan->batches, guint, i);
        if (n == 0 || n > FAILOVER_BATCH_MOST)
            return g_strdup_printf("batch %u would have %u tenants", i + 1, n);
        sum += n;
    }
    return sum == plan->tenants->len ? NULL : g_strdup("its batches are not its tenants");
}

char *failover_plan_fault(const struct failover_plan *plan)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    if (!plan->source || plan->tenants->len == 0)
        return g_strdup("it has nobody to move");
    char *fault = target_fault(plan);
    for (guint i = 0; !fault && i < plan->tenants->len; i++) {
        const struct planned_tenant *tenant = g_ptr_array_index(plan->tenants, i);
        fault = tenant_fault(plan, tenant);
        if (!fault && !g_hash_table_add(seen, tenant->id))
            fault = g_strdup_printf("tenant %s is there twice", tenant->id);
    }
    return fault ? fault : batches_fault(plan);
}
