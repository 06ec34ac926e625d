/* A failover's plan as JSON and back, exactly: the journal keeps it so, and its hash is taken of
 * it. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "rollout/failover_plan.h"
#include "rollout/plan_make.h"

#include <string.h>

static json_t *tenant_json(const struct planned_tenant *tenant)
{
    json_t *json = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:b}", "id", text_json(tenant->id),
        "from", text_json(tenant->from), "to", text_json(tenant->to), "region_from",
        text_json(tenant->region_from), "region_to", text_json(tenant->region_to), "status",
        text_json(tenant->status), "updated_at", text_json(tenant->updated_at), "record",
        text_json(tenant->record), "users", (json_int_t)tenant->users, "data_proven",
        tenant->data_proven, "declared", tenant->declared);
    if (tenant->shared_record)
        json_object_set_new(json, "shared_record", text_json(tenant->shared_record));
    return json;
}

static json_t *target_json(const struct planned_target *target)
{
    return json_pack("{s:o, s:o, s:o, s:I, s:I, s:b}", "cell", text_json(target->cell), "dns_name",
                     text_json(target->dns_name), "version", text_json(target->version),
                     "users_before", (json_int_t)target->users_before, "users_max",
                     (json_int_t)target->users_max, "promote", target->promote);
}

json_t *failover_plan_json(const struct failover_plan *plan)
{
    json_t *tenants = json_array(), *targets = json_array(), *acks = json_array(),
           *batches = json_array();
    for (guint i = 0; i < plan->tenants->len; i++)
        json_array_append_new(tenants, tenant_json(g_ptr_array_index(plan->tenants, i)));
    for (guint i = 0; i < plan->targets->len; i++)
        json_array_append_new(targets, target_json(g_ptr_array_index(plan->targets, i)));
    for (char **ack = plan->acks; *ack; ack++)
        json_array_append_new(acks, text_json(*ack));
    for (guint i = 0; i < plan->batches->len; i++)
        json_array_append_new(batches, json_integer(g_array_index(plan->batches, guint, i)));
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}",
                     "kind", failover_kind_name(plan->kind), "source", text_json(plan->source),
                     "tenants", tenants, "targets", targets, "acks", acks, "dns", plan->dns,
                     "fence_ms", (json_int_t)plan->fence_ms, "promote_ms",
                     (json_int_t)plan->promote_ms, "move_ms", (json_int_t)plan->move_ms, "ttl_s",
                     (json_int_t)plan->ttl_s, "step_ms", (json_int_t)plan->step_ms, "rto_ms",
                     (json_int_t)plan->rto_ms, "batches", batches, "hash", text_json(plan->hash));
}

static bool unreadable(GError **error, const char *why)
{
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "the plan can't be read: %s", why);
    return false;
}

static char *text_of(const json_t *json, const char *key)
{
    return g_strdup(json_string_value(json_object_get(json, key)));
}

static void tenant_from_json(const json_t *json, struct planned_tenant *tenant)
{
    tenant->id = text_of(json, "id");
    tenant->from = text_of(json, "from");
    tenant->to = text_of(json, "to");
    tenant->region_from = text_of(json, "region_from");
    tenant->region_to = text_of(json, "region_to");
    tenant->status = text_of(json, "status");
    tenant->updated_at = text_of(json, "updated_at");
    tenant->record = text_of(json, "record");
    tenant->shared_record = text_of(json, "shared_record");
    tenant->users = json_integer_value(json_object_get(json, "users"));
    tenant->data_proven = json_is_true(json_object_get(json, "data_proven"));
    /* Older plans do not say it: nothing more is asked of theirs than was. */
    tenant->declared = !json_is_false(json_object_get(json, "declared"));
}

static void target_from_json(const json_t *json, struct planned_target *target)
{
    target->cell = text_of(json, "cell");
    target->dns_name = text_of(json, "dns_name");
    target->version = text_of(json, "version");
    target->users_before = json_integer_value(json_object_get(json, "users_before"));
    target->users_max = json_integer_value(json_object_get(json, "users_max"));
    target->promote = json_is_true(json_object_get(json, "promote"));
}

static void lists_from_json(struct failover_plan *plan, const json_t *json)
{
    const json_t *acks = json_object_get(json, "acks");
    size_t i, n_acks = json_array_size(acks);
    json_t *item;
    json_array_foreach (json_object_get(json, "tenants"), i, item)
        tenant_from_json(item, failover_plan_add_tenant(plan));
    json_array_foreach (json_object_get(json, "targets"), i, item)
        target_from_json(item, failover_plan_add_target(plan));
    json_array_foreach (json_object_get(json, "batches"), i, item) {
        json_int_t size = json_integer_value(item);
        guint n = size > 0 && size <= FAILOVER_BATCH_MOST ? (guint)size : 0;
        g_array_append_val(plan->batches, n);
    }
    g_strfreev(plan->acks);
    plan->acks = g_new0(char *, n_acks + 1);
    for (i = 0; i < n_acks; i++) {
        const char *ack = json_string_value(json_array_get(acks, i));
        plan->acks[i] = g_strdup(ack ? ack : "");
    }
}

static void figures_from_json(struct failover_plan *plan, const json_t *json)
{
    const struct {
        const char *key;
        gint64 *place;
    } figures[] = {{"fence_ms", &plan->fence_ms}, {"promote_ms", &plan->promote_ms},
                   {"move_ms", &plan->move_ms},   {"ttl_s", &plan->ttl_s},
                   {"step_ms", &plan->step_ms},   {"rto_ms", &plan->rto_ms}};
    for (size_t i = 0; i < G_N_ELEMENTS(figures); i++)
        *figures[i].place = json_integer_value(json_object_get(json, figures[i].key));
}

static bool has_its_own_hash(const json_t *json)
{
    OWN_JSON rest = json_copy((json_t *)json);
    g_autofree char *said = text_of(json, "hash");
    json_object_del(rest, "hash");
    g_autofree char *hash = json_sha256(rest);
    return g_strcmp0(hash, said) == 0;
}

struct failover_plan *failover_plan_from_json(const json_t *json, GError **error)
{
    enum failover_kind kind = FAILOVER_FAILOVER;
    if (!failover_kind_parse(json_string_value(json_object_get(json, "kind")), &kind)) {
        unreadable(error, "it says of no kind that is known");
        return NULL;
    }
    OWN(failover_plan)
    plan = failover_plan_new(kind, json_string_value(json_object_get(json, "source")));
    plan->hash = text_of(json, "hash");
    plan->dns = json_is_true(json_object_get(json, "dns"));
    lists_from_json(plan, json);
    figures_from_json(plan, json);
    g_autofree char *fault = failover_plan_fault(plan);
    if (!fault && !has_its_own_hash(json))
        fault = g_strdup("its hash is not its own");
    if (fault) {
        unreadable(error, fault);
        return NULL;
    }
    return g_steal_pointer(&plan);
}
