/* The one call that an intent authorises, and what became of it: told, or seen by what stands. */
#include "data/base/error.h"
#include "data/base/fault_switch.h"
#include "tests/simulation/failover/evac.h"

#include <string.h>

void shell_forget_calls(struct shell *shell)
{
    for (guint i = 0; i < shell->sim->calls->len; i++) {
        struct call *call = g_ptr_array_index(shell->sim->calls, i);
        if (call->shell == shell)
            call->shell = NULL;
    }
    shell->watch = (struct watch){0};
}

/* A new intent: nobody has tried it, or somebody before us may have. */
static void follow(struct shell *shell)
{
    const struct failover_intent *intent = &shell->failover->intent;
    struct watch *watch = &shell->watch;
    if (watch->seq == intent->seq)
        return;
    bool ours = watch->ours;
    shell_forget_calls(shell);
    watch->seq = intent->seq;
    watch->definite_ms = ours ? 0 : shell->taken_ms + CALL_DEADLINE_MS;
    watch->unsure = !ours;
    for (guint i = 0; i < shell->sim->n; i++)
        watch->items[i] = OUTCOME_UNKNOWN;
}

static void give_up_late_call(struct shell *shell)
{
    struct watch *watch = &shell->watch;
    if (watch->under_way && shell->sim->now_ms >= watch->under_way->began_ms + CALL_DEADLINE_MS) {
        watch->under_way = NULL;
        watch->unsure = true;
        watch->definite_ms = MAX(watch->definite_ms, shell->sim->now_ms);
    }
}

static void read_item(struct shell *shell, const struct failover_tenant *tenant)
{
    struct watch *watch = &shell->watch;
    const struct kept_item *item = &shell->sim->tenants[tenant->place].item;
    struct registry_stand before = failover_stands(tenant);
    struct registry_stand after = failover_becomes(shell->failover, tenant);
    bool drill = shell->failover->plan->kind == FAILOVER_DRILL;
    enum outcome *outcome = &watch->items[tenant->place];
    if (*outcome == OUTCOME_DONE || shell->sim->now_ms < shell->sim->registry_blind_until_ms)
        return;
    if (drill)
        *outcome = item_is(item, &before) ? OUTCOME_DONE : OUTCOME_REFUSED;
    else if (item_is(item, &after))
        *outcome = OUTCOME_DONE;
    else if (!item_is(item, &before))
        *outcome = OUTCOME_REFUSED;
    else if (shell->sim->now_ms >= watch->definite_ms)
        *outcome = OUTCOME_NOT;
    watch->item_why[tenant->place] = "as it was read";
}

static void look_for_command(struct shell *shell)
{
    struct watch *watch = &shell->watch;
    gpointer known = g_hash_table_lookup(shell->sim->commands, shell->failover->intent.token);
    if (known)
        watch->call = GPOINTER_TO_INT(known) == 1 ? OUTCOME_DONE : OUTCOME_REFUSED;
    else if (shell->sim->now_ms >= watch->definite_ms)
        watch->call = OUTCOME_NOT;
}

/* Those of the intent's changes whose new set stands. */
static json_t *those_that_stand(struct shell *shell)
{
    json_t *changes = json_array(), *change;
    size_t i;
    json_array_foreach (shell->failover->intent.changes, i, change)
        if (world_stands(shell->sim, change, "becomes"))
            json_array_append(changes, change);
    return changes;
}

/* Each replaced by itself; empty where none of them can be. */
static json_t *replacements(struct shell *shell)
{
    OWN_JSON stand = those_that_stand(shell);
    json_t *changes = json_array(), *change;
    size_t i;
    json_array_foreach (stand, i, change) {
        json_t *becomes = json_object_get(change, "becomes");
        if (json_is_object(becomes))
            json_array_append_new(changes, json_pack("{s:O, s:O, s:O}", "tenant",
                                                     json_object_get(change, "tenant"), "was",
                                                     becomes, "becomes", becomes));
    }
    return changes;
}

static size_t those_as_before(struct shell *shell)
{
    size_t i, n = 0;
    json_t *change;
    json_array_foreach (shell->failover->intent.changes, i, change)
        n += world_stands(shell->sim, change, "was");
    return n;
}

/* Nothing of it has landed, and nothing will. */
static enum outcome what_stands_tells(struct shell *shell)
{
    struct watch *watch = &shell->watch;
    bool as_before = world_all_stand(shell->sim, shell->failover->intent.changes, "was");
    bool for_good = g_strcmp0(watch->code, "refused") == 0;
    if (!as_before)
        watch->code = "changed";
    return as_before && !for_good ? OUTCOME_NOT : OUTCOME_REFUSED;
}

/* A change is all or nothing: where records stand as they were to become, it has landed, and what
 * stands otherwise was changed since; unless more of them stand as before, and somebody else made
 * the same of the rest. */
static void look_for_change(struct shell *shell)
{
    struct watch *watch = &shell->watch;
    const struct failover_intent *intent = &shell->failover->intent;
    struct sim *sim = shell->sim;
    if (!watch->unsure || watch->call == OUTCOME_DONE || sim->now_ms < sim->zone_blind_until_ms)
        return;
    OWN_JSON stand = those_that_stand(shell);
    OWN_JSON replaceable = replacements(shell);
    bool given_up = intent->back != shell->failover->reverting;
    watch->landed = json_array_size(stand) > 0 && json_array_size(stand) >= those_as_before(shell);
    watch->call = OUTCOME_UNKNOWN;
    if (watch->landed && (given_up || json_array_size(replaceable) == 0))
        watch->call = OUTCOME_DONE;
    else if (!watch->landed && sim->now_ms >= watch->definite_ms)
        watch->call = what_stands_tells(shell);
}

/* What became of it, where nothing is under way. */
static void look(struct shell *shell)
{
    const struct failover_intent *intent = &shell->failover->intent;
    if (shell->watch.under_way)
        return;
    if (intent->act == ACT_DNS)
        look_for_change(shell);
    else if (intent->act != ACT_REGISTRY)
        look_for_command(shell);
    for (guint i = 0; intent->act == ACT_REGISTRY && i < intent->tenants->len; i++)
        read_item(shell, g_ptr_array_index(intent->tenants, i));
}

static struct kept_item item_of(const struct registry_stand *stand)
{
    struct kept_item item = {0};
    g_strlcpy(item.cell, stand->cell, sizeof item.cell);
    g_strlcpy(item.region, stand->region, sizeof item.region);
    g_strlcpy(item.status, stand->status, sizeof item.status);
    g_strlcpy(item.stamp, stand->updated_at, sizeof item.stamp);
    return item;
}

static const struct failover_tenant *next_to_write(const struct shell *shell)
{
    const struct failover_intent *intent = &shell->failover->intent;
    for (guint i = 0; i < intent->tenants->len; i++) {
        const struct failover_tenant *tenant = g_ptr_array_index(intent->tenants, i);
        enum outcome outcome = shell->watch.items[tenant->place];
        if (outcome == OUTCOME_UNKNOWN || outcome == OUTCOME_NOT)
            return tenant;
    }
    return NULL;
}

static struct call *call_for(struct shell *shell)
{
    const struct failover_intent *intent = &shell->failover->intent;
    struct call *call = g_new0(struct call, 1);
    call->shell = shell;
    call->what = (struct failover_intent){.act = intent->act,
                                          .step = intent->step,
                                          .back = intent->back,
                                          .batch = intent->batch,
                                          .seq = intent->seq};
    call->token = g_strdup(intent->token);
    call->changes = shell->watch.landed ? replacements(shell) : json_incref(intent->changes);
    const struct failover_tenant *tenant =
        intent->act == ACT_REGISTRY ? next_to_write(shell) : NULL;
    if (!tenant)
        return call;
    struct registry_stand before = failover_stands(tenant);
    struct registry_stand after = failover_becomes(shell->failover, tenant);
    call->tenant = tenant->place;
    call->expected = item_of(&before);
    call->becomes = item_of(&after);
    return call;
}

static bool wants_call(const struct shell *shell)
{
    const struct failover *failover = shell->failover;
    const struct watch *watch = &shell->watch;
    if (!failover_may_call(failover) || failover->plan->kind == FAILOVER_DRILL ||
        watch->under_way || shell->sim->now_ms < watch->retry_ms)
        return false;
    if (failover->intent.act == ACT_REGISTRY)
        return next_to_write(shell) != NULL;
    return watch->call == OUTCOME_UNKNOWN || watch->call == OUTCOME_NOT;
}

/* The lease has more time left than the call may take, or it is renewed; and the locks are ours. */
static bool may_call(struct shell *shell)
{
    gint64 mono_ms = boot_ms(shell);
    if (FAULT_SWITCH(LEASE_UNCHECKED))
        return true;
    if (lease_left_ms(shell->lease, mono_ms) > CALL_DEADLINE_MS)
        return true;
    g_autoptr(GError) error = NULL;
    if (lease_renew(shell->lease, wall_ms(shell), mono_ms, &error))
        return true;
    if (g_error_matches(error, CD_ERROR, CD_ERROR_BUSY))
        shell_lose(shell);
    return false;
}

void shell_call(struct shell *shell)
{
    follow(shell);
    give_up_late_call(shell);
    if (shell->failover->intent.act == ACT_NONE)
        return;
    if (!wants_call(shell) || !may_call(shell) || shell_dies_here(shell, "before a call")) {
        if (shell->failover && !shell->dying)
            look(shell);
        return;
    }
    struct call *made = call_for(shell);
    rules_call(shell->sim, shell, made);
    world_call(made);
    shell->watch.under_way = made;
    if (made->what.act == ACT_REGISTRY)
        shell->watch.items[made->tenant] = OUTCOME_UNKNOWN;
    else
        shell->watch.call = OUTCOME_UNKNOWN;
    shell_dies_here(shell, "after a call");
}
