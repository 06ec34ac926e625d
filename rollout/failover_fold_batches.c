/* Batches in a failover's fold: registry, records, verification. */
#include "rollout/failover_fold.h"

#include "data/base/when.h"

#include <string.h>

static json_t *list_of(const struct event *event, const char *key)
{
    return json_object_get(event->data, key);
}

/* The batch that the event is about, where it is one of this way and has come to `phase`. */
static struct failover_batch *batch_of(const struct failover *failover, const struct event *event,
                                       enum phase phase, GError **error)
{
    json_int_t number = json_integer_value(json_object_get(event->data, "batch"));
    bool back = json_is_true(json_object_get(event->data, "back"));
    if (number < 1 || number > (json_int_t)failover->batches->len) {
        fold_broken(error, event, "there is no such batch");
        return NULL;
    }
    guint place = (guint)number - 1;
    if (back != failover->reverting || batch_phase(failover, place) != phase) {
        fold_broken(error, event, "its batch is at another step");
        return NULL;
    }
    return failover_batch_at(failover, place);
}

/* The batches before it in turn are far enough, and so are the commands before all of them. */
static bool its_turn_has_come(const struct failover *failover, const struct failover_batch *batch)
{
    guint place = batch->number - 1;
    bool ready = failover->reverting || failover_commands_settled(failover);
    return ready && batch_may_begin(
                        failover, failover->reverting ? failover->batches->len - 1 - place : place);
}

static struct failover_tenant *tenant_in(const struct failover *failover,
                                         const struct failover_batch *batch, const char *id)
{
    struct failover_tenant *tenant = id ? g_hash_table_lookup(failover->by_id, id) : NULL;
    return tenant && tenant->batch == batch->number - 1 ? tenant : NULL;
}

static const char *tenant_id(const json_t *item)
{
    return json_string_value(json_is_object(item) ? json_object_get(item, "tenant") : item);
}

/* The tenants that a list names, all of the batch and all wanting `phase`; NULL: it names another.
 */
static GPtrArray *tenants_of(const struct failover *failover, const struct failover_batch *batch,
                             const json_t *list, enum phase phase)
{
    g_autoptr(GPtrArray) tenants = g_ptr_array_new();
    size_t i;
    json_t *item;
    json_array_foreach (list, i, item) {
        struct failover_tenant *tenant = tenant_in(failover, batch, tenant_id(item));
        if (!tenant || !tenant_wants(failover, tenant, phase))
            return NULL;
        g_ptr_array_add(tenants, tenant);
    }
    return tenants->len > 0 ? g_steal_pointer(&tenants) : NULL;
}

/* A batch that goes back forgets how far it was on the way there. */
static void turn(const struct failover *failover, struct failover_batch *batch)
{
    if (batch->back == failover->reverting)
        return;
    batch->back = failover->reverting;
    batch->insync = batch->verified = batch->unexplained = batch->later = false;
    g_ptr_array_set_size(batch->changes, 0);
}

static void leave(struct failover_tenant *tenant, const char *why, gint64 at_ms)
{
    fold_set_text(&tenant->why, why ? why : "changed by somebody else");
    failover_fold_step(tenant, TENANT_LEFT, at_ms);
}

static bool step_of(const struct event *event, enum registry_step *step)
{
    const char *name = event_text(event, "step");
    for (enum registry_step s = REGISTRY_MARK; name && s <= REGISTRY_RESTORE; s++)
        if (strcmp(registry_step_name(s), name) == 0) {
            *step = s;
            return true;
        }
    return false;
}

static const enum phase phases[] = {[REGISTRY_MARK] = PHASE_MARK,
                                    [REGISTRY_PLACE] = PHASE_PLACE,
                                    [REGISTRY_RESTORE] = PHASE_GIVE_BACK};

bool failover_fold_registry_intent(struct failover *failover, const struct event *event,
                                   GError **error)
{
    enum registry_step step;
    const char *stamp = event_text(event, "stamp");
    gint64 stamp_ms = 0;
    if (!step_of(event, &step) || !stamp || !when_parse(stamp, &stamp_ms))
        return fold_broken(error, event, "it has no step, or no stamp");
    if (stamp_ms <= failover->last_stamp_ms)
        return fold_broken(error, event, "its stamp is not later than the last one");
    struct failover_batch *batch = batch_of(failover, event, phases[step], error);
    if (!batch)
        return false;
    g_autoptr(GPtrArray) tenants =
        tenants_of(failover, batch, list_of(event, "tenants"), phases[step]);
    if (!tenants || !its_turn_has_come(failover, batch))
        return fold_broken(error, event, "it names tenants whose turn has not come");
    failover_fold_begin(failover, event, ACT_REGISTRY);
    turn(failover, batch);
    failover->intent.step = step;
    failover->intent.batch = batch->number - 1;
    failover->intent.stamp = g_strdup(stamp);
    failover->intent.tenants = g_steal_pointer(&tenants);
    failover->last_stamp_ms = stamp_ms;
    return true;
}

/* Of the tenants that the outcome lists, all have to be the intent's. */
static bool are_the_intents(const struct failover *failover, const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach (list, i, item) {
        const char *id = tenant_id(item);
        gpointer tenant = id ? g_hash_table_lookup(failover->by_id, id) : NULL;
        if (!tenant || !g_ptr_array_find(failover->intent.tenants, tenant, NULL))
            return false;
    }
    return true;
}

static void write_item(struct failover *failover, struct failover_tenant *tenant, gint64 at_ms)
{
    const struct failover_intent *intent = &failover->intent;
    bool was_placed = tenant->item == ITEM_PLACED;
    if (failover_is_drill(failover)) {
        tenant->checked = true;
        bool record = failover->plan->dns && tenant->plan->record;
        failover_fold_step(tenant, record ? TENANT_PLANNED : TENANT_CHECKED, at_ms);
        return;
    }
    fold_set_text(&tenant->stamp, intent->stamp);
    switch (intent->step) {
    case REGISTRY_MARK:
        tenant->item = ITEM_MARKED;
        tenant->unplaced = was_placed;
        failover_fold_step(tenant, was_placed ? TENANT_UNPLACED : TENANT_MARKED, at_ms);
        break;
    case REGISTRY_PLACE:
        tenant->item = ITEM_PLACED;
        failover_fold_step(tenant, TENANT_PLACED, at_ms);
        break;
    case REGISTRY_RESTORE:
        tenant->item = ITEM_RESTORED;
        if (!tenant->record_left)
            failover_fold_step(tenant, TENANT_RESTORED, at_ms);
        break;
    }
}

bool failover_fold_registry_done(struct failover *failover, const struct event *event,
                                 GError **error)
{
    const json_t *done = list_of(event, "tenants"), *left = list_of(event, "left");
    const char *why = event_text(event, "error");
    size_t i;
    json_t *item;
    if (!are_the_intents(failover, done) || !are_the_intents(failover, left))
        return fold_broken(error, event, "it names tenants that its intent has not");
    json_array_foreach (done, i, item)
        write_item(failover, g_hash_table_lookup(failover->by_id, tenant_id(item)), event->at_ms);
    json_array_foreach (left, i, item) {
        struct failover_tenant *tenant = g_hash_table_lookup(failover->by_id, tenant_id(item));
        tenant->item_left = true;
        leave(tenant, json_string_value(json_object_get(item, "why")), event->at_ms);
    }
    if (why)
        failover_fold_failed(failover, FAILOVER_REGISTRY_AWAY, why);
    else
        failover_forget_intent(failover);
    return true;
}

static void take_record(struct failover *failover, struct failover_tenant *tenant,
                        const json_t *item, gint64 at_ms)
{
    json_t *was = json_object_get(item, "was");
    const char *left = json_string_value(json_object_get(item, "left"));
    if (left) {
        tenant->record_left = true;
        leave(tenant, left, at_ms);
        return;
    }
    tenant->record_known = true;
    if (failover->reverting)
        return;
    const struct planned_target *target = failover_plan_target(failover->plan, tenant->plan->to);
    json_decref(tenant->was);
    tenant->was = json_is_object(was) ? json_incref(was) : NULL;
    tenant->record_read = true;
    tenant->record_there = record_leads_to(tenant->was, target->dns_name);
    if (failover_is_drill(failover))
        failover_fold_step(tenant, TENANT_CHECKED, at_ms);
}

bool failover_fold_dns_read(struct failover *failover, const struct event *event, GError **error)
{
    const json_t *records = list_of(event, "records");
    struct failover_batch *batch = batch_of(failover, event, PHASE_READ, error);
    if (!batch)
        return false;
    g_autoptr(GPtrArray) tenants = tenants_of(failover, batch, records, PHASE_READ);
    if (!tenants || failover->intent.act != ACT_NONE)
        return fold_broken(error, event, "it names tenants whose records are not wanted now");
    turn(failover, batch);
    for (guint i = 0; i < tenants->len; i++) {
        struct failover_tenant *tenant = g_ptr_array_index(tenants, i);
        take_record(failover, tenant, json_array_get(records, i), event->at_ms);
        if (tenant->record_left || tenant->record_there)
            batch->unexplained = false;
    }
    return true;
}

bool failover_fold_dns_intent(struct failover *failover, const struct event *event, GError **error)
{
    json_t *changes = list_of(event, "changes");
    struct failover_batch *batch = batch_of(failover, event, PHASE_CHANGE, error);
    if (!batch)
        return false;
    g_autoptr(GPtrArray) tenants = tenants_of(failover, batch, changes, PHASE_CHANGE);
    if (!tenants || !its_turn_has_come(failover, batch))
        return fold_broken(error, event, "it names tenants whose turn has not come");
    failover_fold_begin(failover, event, ACT_DNS);
    turn(failover, batch);
    failover->intent.batch = batch->number - 1;
    failover->intent.tenants = g_steal_pointer(&tenants);
    failover->intent.changes = json_incref(changes);
    return true;
}

/* What the change made of each record stands now, until something tells otherwise. */
bool failover_fold_dns_called(struct failover *failover, const struct event *event, GError **error)
{
    (void)error;
    const struct failover_intent *intent = &failover->intent;
    struct failover_batch *batch = failover_batch_at(failover, intent->batch);
    const char *change = event_text(event, "change");
    for (guint i = 0; i < intent->tenants->len; i++) {
        struct failover_tenant *tenant = g_ptr_array_index(intent->tenants, i);
        json_t *becomes = json_object_get(json_array_get(intent->changes, i), "becomes");
        tenant->record = intent->back ? RECORD_BACK : RECORD_CHANGED;
        tenant->record_known = true;
        if (!intent->back) {
            json_decref(tenant->becomes);
            tenant->becomes = json_incref(becomes);
        }
        failover_fold_step(tenant, intent->back ? TENANT_UNSWITCHED : TENANT_SWITCHED,
                           event->at_ms);
    }
    turn(failover, batch);
    batch->unexplained = batch->later = false;
    batch->insync = false;
    if (change)
        g_ptr_array_add(batch->changes, g_strdup(change));
    failover_forget_intent(failover);
    return true;
}

/* Nothing of it was done. What stands is read anew before the next try, which may be long after. A
 * change that Route 53 refuses because a record has changed, where twice none has, would go round
 * for ever. */
bool failover_fold_dns_failed(struct failover *failover, const struct event *event, GError **error)
{
    (void)error;
    struct failover_batch *batch = failover_batch_at(failover, failover->intent.batch);
    enum failover_code held = failover_code_of_dns(event_text(event, "code"));
    for (guint i = 0; i < failover->intent.tenants->len; i++)
        ((struct failover_tenant *)g_ptr_array_index(failover->intent.tenants, i))->record_known =
            false;
    if (json_is_true(json_object_get(event->data, "later"))) {
        turn(failover, batch);
        batch->later = true;
        failover_fold_delay(failover, held, event_text(event, "error"));
        failover_forget_intent(failover);
        return true;
    }
    if (held == FAILOVER_NO_CODE && batch->unexplained)
        held = FAILOVER_DNS_REFUSED;
    batch->unexplained = held == FAILOVER_NO_CODE;
    if (held != FAILOVER_NO_CODE)
        failover_fold_failed(failover, held, event_text(event, "error"));
    else
        failover_forget_intent(failover);
    return true;
}

bool failover_fold_dns_insync(struct failover *failover, const struct event *event, GError **error)
{
    struct failover_batch *batch = batch_of(failover, event, PHASE_INSYNC, error);
    if (!batch)
        return false;
    batch->insync = true;
    for (guint i = 0; i < batch->n; i++) {
        struct failover_tenant *tenant = failover_tenant_at(failover, batch->first + i);
        if (tenant->step == TENANT_SWITCHED)
            failover_fold_step(tenant, TENANT_INSYNC, event->at_ms);
    }
    return true;
}

bool failover_fold_verified(struct failover *failover, const struct event *event, GError **error)
{
    struct failover_batch *batch = batch_of(failover, event, PHASE_VERIFY, error);
    if (!batch)
        return false;
    g_autoptr(GPtrArray) tenants =
        tenants_of(failover, batch, list_of(event, "tenants"), PHASE_VERIFY);
    if (!tenants)
        return fold_broken(error, event, "it names tenants that are not to be verified");
    turn(failover, batch);
    for (guint i = 0; i < tenants->len; i++) {
        struct failover_tenant *tenant = g_ptr_array_index(tenants, i);
        if (!failover->reverting)
            tenant->verified_ms = failover->verified_ms = event->at_ms;
        failover_fold_step(tenant, failover->reverting ? TENANT_BACK : TENANT_VERIFIED,
                           event->at_ms);
    }
    batch->verified = batch_phase(failover, batch->number - 1) == PHASE_DONE;
    if (batch->verified) /* those that are not through are waited for as before */
        failover->since_ms = event->at_ms;
    return true;
}

bool failover_fold_tenant_left(struct failover *failover, const struct event *event, GError **error)
{
    const char *id = event_text(event, "tenant");
    struct failover_tenant *tenant = id ? g_hash_table_lookup(failover->by_id, id) : NULL;
    if (!tenant || tenant_is_left(tenant) || !tenant_wants(failover, tenant, PHASE_VERIFY))
        return fold_broken(error, event, "no such tenant is to be verified");
    if (g_strcmp0(event_text(event, "what"), "record") == 0)
        tenant->record_left = true;
    else
        tenant->item_left = true;
    leave(tenant, event_text(event, "why"), event->at_ms);
    return true;
}
