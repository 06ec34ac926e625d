/* The registry's writes of one intent: each a compare-and-swap of one tenant's item, several at a
 * time. A write that is made again after its answer was lost finds its own stamp, and is done. */
#include "rollout/failover_conduct.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/fault_point.h"

#include <string.h>

enum { WRITES_AT_ONCE = 8 };

bool registry_stands(const struct registry_stand *stand, const struct tenant_item *item)
{
    const struct tenant_condition condition = {stand->cell, stand->status, stand->updated_at};
    return tenant_condition_holds(&condition, item) &&
           (!stand->region || g_strcmp0(item->region, stand->region) == 0);
}

char *registry_item_words(const struct tenant_item *item)
{
    if (!item->raw)
        return g_strdup("it is no longer in the registry");
    return g_strdup_printf("the registry has it in %s, %s, as of %s",
                           item->cell ? item->cell : "no cell",
                           item->status ? item->status : "without a status",
                           item->updated_at ? item->updated_at : "no time");
}

const char *registry_fault_name(const struct crossing *crossing)
{
    static const char *const names[] = {[REGISTRY_MARK] = "registry.mark",
                                        [REGISTRY_PLACE] = "registry.place",
                                        [REGISTRY_RESTORE] = "registry.restore"};
    return names[crossing->failover->intent.step];
}

/* What stands tells: our own write, what was there before it, or somebody else's. */
static void judge(struct traveller *traveller, const struct tenant_item *item, bool may_still_land)
{
    const struct failover_tenant *tenant = traveller_tenant(traveller);
    const struct registry_stand before = failover_stands(tenant);
    const struct registry_stand after = failover_becomes(traveller->crossing->failover, tenant);
    bool drill = crossing_is_drill(traveller->crossing);
    g_autofree char *words = registry_item_words(item);
    if (registry_stands(drill ? &before : &after, item))
        attempt_ends(&traveller->item, OUTCOME_DONE, NULL);
    else if (!registry_stands(&before, item))
        attempt_ends(&traveller->item, OUTCOME_REFUSED, words);
    else if (may_still_land)
        attempt_failed(&traveller->item, traveller->item.why);
    else
        attempt_ends(&traveller->item, OUTCOME_NOT, traveller->item.why);
}

static void is_over(struct traveller *traveller)
{
    traveller->writing = NULL;
    traveller->crossing->n_writing--;
    conduct_wake(&traveller->crossing->base);
}

static void on_written(const struct tenant_item *item, const GError *error, gpointer data)
{
    struct traveller *traveller = data;
    fault_point("answered", registry_fault_name(traveller->crossing));
    if (!error)
        attempt_ends(&traveller->item, OUTCOME_DONE, NULL);
    else if (g_error_matches(error, AWS_ERROR, AWS_ERROR_CONDITION) && item)
        judge(traveller, item, true);
    else if (aws_error_is_unsure(error) || g_error_matches(error, AWS_ERROR, AWS_ERROR_CONDITION))
        attempt_lost(&traveller->item, error->message);
    else
        attempt_failed(&traveller->item, error->message);
    if (error)
        conduct_complain(&traveller->crossing->base, "write the registry", error);
    is_over(traveller);
}

static void on_looked(const struct tenant_item *item, const GError *error, gpointer data)
{
    struct traveller *traveller = data;
    if (item)
        judge(traveller, item, false);
    else
        attempt_failed(&traveller->item, error->message);
    if (error)
        conduct_complain(&traveller->crossing->base, "read the registry", error);
    is_over(traveller);
}

static void begin_write(struct traveller *traveller)
{
    struct crossing *crossing = traveller->crossing;
    const struct world *world = crossing->base.world;
    const struct failover_tenant *tenant = traveller_tenant(traveller);
    const struct registry_stand before = failover_stands(tenant);
    const struct registry_stand after = failover_becomes(crossing->failover, tenant);
    const struct tenant_condition condition = {before.cell, before.status, before.updated_at};
    const struct tenant_change change = {after.cell, after.region, after.status, after.updated_at};
    crossing->n_writing++;
    traveller->item.outcome = OUTCOME_UNKNOWN;
    fault_point("call", registry_fault_name(crossing));
    traveller->writing = tenant_item_update(world->client, world->config, tenant->plan->id, &change,
                                            &condition, CONDUCT_CALL_MS, on_written, traveller);
}

static void begin_look(struct traveller *traveller)
{
    struct crossing *crossing = traveller->crossing;
    const struct world *world = crossing->base.world;
    crossing->n_writing++;
    traveller->writing =
        tenant_item_get(world->client, world->config, traveller_tenant(traveller)->plan->id,
                        CONDUCT_CALL_MS, on_looked, traveller);
}

/* A drill only looks. So does whoever may not write (any more), once an earlier try can't land. */
static void begin_due(struct traveller *traveller, bool may_write, gint64 mono_ms)
{
    struct attempt *item = &traveller->item;
    bool drill = crossing_is_drill(traveller->crossing);
    if (may_write)
        begin_write(traveller);
    else if (drill || (item->outcome == OUTCOME_UNKNOWN && mono_ms >= item->unsure_until_mono_ms))
        begin_look(traveller);
}

void registry_call(struct crossing *crossing)
{
    const struct failover *failover = crossing->failover;
    const struct failover_batch *batch = failover_batch_at(failover, failover->intent.batch);
    gint64 mono_ms = when_boot_ms();
    bool may_call = failover_may_call(failover);
    for (guint i = batch->first;
         i < batch->first + batch->n && crossing->n_writing < WRITES_AT_ONCE; i++) {
        struct traveller *traveller = &crossing->travellers[i];
        if (!traveller->in_intent || traveller->writing ||
            !attempt_is_due(&traveller->item, mono_ms))
            continue;
        begin_due(traveller, may_call && crossing_may_write(crossing), mono_ms);
    }
}
