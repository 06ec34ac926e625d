/* The user's own commands in a failover's fold: the source is fenced, replicas are promoted, and a
 * move's data is moved. */
#include "rollout/failover_fold.h"

#include <string.h>

bool failover_fold_fence_intent(struct failover *failover, const struct event *event,
                                GError **error)
{
    if (failover->reverting || failover->fence.done || !failover_fences(failover))
        return fold_broken(error, event, "there is nothing to fence");
    failover_fold_begin(failover, event, ACT_FENCE);
    failover->intent.command = &failover->fence;
    return true;
}

bool failover_commands_settled(const struct failover *failover)
{
    bool settled = failover_fence_settled(failover);
    for (guint i = 0; i < failover->promotes->len; i++)
        settled = settled && failover_command_settled(
                                 &g_array_index(failover->promotes, struct failover_command, i));
    return settled;
}

static struct failover_command *promote_of(struct failover *failover, const char *cell)
{
    for (guint i = 0; cell && i < failover->promotes->len; i++) {
        struct failover_command *promote =
            &g_array_index(failover->promotes, struct failover_command, i);
        if (strcmp(promote->target->cell, cell) == 0)
            return promote;
    }
    return NULL;
}

bool failover_fold_promote_intent(struct failover *failover, const struct event *event,
                                  GError **error)
{
    const char *cell = event_text(event, "cell");
    struct failover_command *promote = promote_of(failover, cell);
    if (failover->reverting || !promote || promote->done)
        return fold_broken(error, event, "there is nothing to promote");
    if (!failover_fence_settled(failover))
        return fold_broken(error, event, "the source is not fenced yet");
    failover_fold_begin(failover, event, ACT_PROMOTE);
    failover->intent.cell = g_strdup(cell);
    failover->intent.command = promote;
    return true;
}

bool failover_fold_data_intent(struct failover *failover, const struct event *event, GError **error)
{
    struct failover_tenant *tenant =
        g_hash_table_lookup(failover->by_id, event_text(event, "tenant") ?: "");
    if (failover->reverting || !tenant || !tenant_wants(failover, tenant, PHASE_COPY) ||
        batch_phase(failover, tenant->batch) != PHASE_COPY)
        return fold_broken(error, event, "its data is not to be moved now");
    failover_fold_begin(failover, event, ACT_DATA);
    failover->intent.batch = tenant->batch;
    failover->intent.tenants = g_ptr_array_new();
    g_ptr_array_add(failover->intent.tenants, tenant);
    return true;
}

/* The outcome names whom the intent named. */
static bool is_of_the_intent(const struct failover *failover, const struct event *event)
{
    const struct failover_intent *intent = &failover->intent;
    if (intent->act == ACT_PROMOTE)
        return g_strcmp0(event_text(event, "cell"), intent->cell) == 0;
    if (intent->act != ACT_DATA)
        return true;
    const struct failover_tenant *tenant = g_ptr_array_index(intent->tenants, 0);
    return g_strcmp0(event_text(event, "tenant"), tenant->plan->id) == 0;
}

bool failover_fold_command_done(struct failover *failover, const struct event *event,
                                GError **error)
{
    if (!is_of_the_intent(failover, event))
        return fold_broken(error, event, "another one's is in flight");
    struct failover_command *command = failover->intent.command;
    if (command) {
        command->done = true;
        g_clear_pointer(&command->error, g_free);
    } else {
        struct failover_tenant *tenant = g_ptr_array_index(failover->intent.tenants, 0);
        tenant->copied = true;
        failover_fold_step(tenant, TENANT_COPIED, event->at_ms);
    }
    failover_forget_intent(failover);
    return true;
}

bool failover_fold_command_failed(struct failover *failover, const struct event *event,
                                  GError **error)
{
    static const enum failover_code codes[] = {[ACT_FENCE] = FAILOVER_FENCE_FAILED,
                                               [ACT_PROMOTE] = FAILOVER_PROMOTE_FAILED,
                                               [ACT_DATA] = FAILOVER_DATA_FAILED};
    const char *why = event_text(event, "error");
    if (!is_of_the_intent(failover, event))
        return fold_broken(error, event, "another one's is in flight");
    if (failover->intent.command)
        fold_set_text(&failover->intent.command->error, why);
    failover_fold_failed(failover, codes[failover->intent.act], why);
    return true;
}
