/* A failover's words, its life, and what a conductor and people may ask of it. */
#include "rollout/failover.h"

#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "rollout/failover_state.h"

#include <string.h>

static const char *const states[] = {
    [FAILOVER_PLANNED] = "planned",     [FAILOVER_RUNNING] = "running",
    [FAILOVER_HELD] = "held",           [FAILOVER_REVERTING] = "reverting",
    [FAILOVER_COMPLETED] = "completed", [FAILOVER_REVERTED] = "reverted",
    [FAILOVER_REFUSED] = "refused",
};

const char *failover_state_name(enum failover_state state)
{
    return states[state];
}

bool failover_state_final(enum failover_state state)
{
    return state >= FAILOVER_COMPLETED;
}

static const char *const codes[FAILOVER_CODES] = {
    [FAILOVER_PREFLIGHT] = "preflight",
    [FAILOVER_LOCKED] = "locked",
    [FAILOVER_FENCE_FAILED] = "fence_failed",
    [FAILOVER_PROMOTE_FAILED] = "promote_failed",
    [FAILOVER_DATA_FAILED] = "data_failed",
    [FAILOVER_REGISTRY_AWAY] = "registry_away",
    [FAILOVER_DNS_THROTTLED] = "dns_throttled",
    [FAILOVER_DNS_AWAY] = "dns_away",
    [FAILOVER_DNS_REFUSED] = "dns_refused",
    [FAILOVER_DNS_PENDING] = "dns_pending",
    [FAILOVER_VERIFY] = "verify",
    [FAILOVER_STRANGERS] = "strangers",
};

const char *failover_code_name(enum failover_code code)
{
    return codes[code];
}

static const char *const steps[TENANT_STEPS] = {
    [TENANT_PLANNED] = "planned",   [TENANT_MARKED] = "marked",
    [TENANT_COPIED] = "copied",     [TENANT_SWITCHED] = "switched",
    [TENANT_INSYNC] = "insync",     [TENANT_PLACED] = "placed",
    [TENANT_VERIFIED] = "verified", [TENANT_CHECKED] = "checked",
    [TENANT_UNPLACED] = "unplaced", [TENANT_UNSWITCHED] = "unswitched",
    [TENANT_RESTORED] = "restored", [TENANT_BACK] = "back",
    [TENANT_LEFT] = "left",
};

const char *tenant_step_name(enum tenant_step step)
{
    return steps[step];
}

static const char *const registry_steps[] = {
    [REGISTRY_MARK] = "mark", [REGISTRY_PLACE] = "place", [REGISTRY_RESTORE] = "restore"};

const char *registry_step_name(enum registry_step step)
{
    return registry_steps[step];
}

static void tenant_free(gpointer data)
{
    struct failover_tenant *tenant = data;
    g_free(tenant->why);
    g_free(tenant->stamp);
    json_decref(tenant->was);
    json_decref(tenant->becomes);
    g_free(tenant);
}

static void batch_free(gpointer data)
{
    struct failover_batch *batch = data;
    g_ptr_array_unref(batch->changes);
    g_free(batch);
}

static void command_clear(gpointer data)
{
    struct failover_command *command = data;
    g_free(command->error);
    g_free(command->acked_by);
}

void failover_forget_intent(struct failover *failover)
{
    struct failover_intent *intent = &failover->intent;
    g_free(intent->token);
    g_free(intent->cell);
    g_free(intent->stamp);
    g_clear_pointer(&intent->tenants, g_ptr_array_unref);
    json_decref(intent->changes);
    *intent = (struct failover_intent){.act = ACT_NONE};
}

struct failover *failover_new(const char *id)
{
    struct failover *failover = g_new0(struct failover, 1);
    failover->id = g_strdup(id);
    failover->tenants = g_ptr_array_new_with_free_func(tenant_free);
    failover->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    failover->batches = g_ptr_array_new_with_free_func(batch_free);
    failover->promotes = g_array_new(FALSE, TRUE, sizeof(struct failover_command));
    g_array_set_clear_func(failover->promotes, command_clear);
    failover->refusals = g_new0(char *, 1);
    failover->behind.n = -1;
    failover->behind.first = g_new0(char *, 1);
    return failover;
}

void failover_free(struct failover *failover)
{
    if (!failover)
        return;
    failover_forget_intent(failover);
    g_hash_table_unref(failover->by_id);
    g_ptr_array_unref(failover->tenants);
    g_ptr_array_unref(failover->batches);
    g_array_unref(failover->promotes);
    command_clear(&failover->fence);
    failover_plan_free(failover->plan);
    g_strfreev(failover->refusals);
    g_strfreev(failover->behind.first);
    g_free(failover->behind.why);
    g_free(failover->id);
    g_free(failover->kind);
    g_free(failover->cell);
    g_free(failover->state_reason);
    g_free(failover->held_cause);
    g_free(failover->failed_why);
    g_free(failover->delay.why);
    g_free(failover->requested_by);
    g_free(failover->requester_arn);
    g_free(failover->reason);
    g_free(failover->ticket);
    g_free(failover->keys_end);
    g_free(failover->head);
    g_free(failover);
}

const struct failover_tenant *failover_tenant(const struct failover *failover, const char *id)
{
    return id ? g_hash_table_lookup(failover->by_id, id) : NULL;
}

static bool is_at_work(const struct failover *failover)
{
    return failover->state == FAILOVER_RUNNING || failover->state == FAILOVER_REVERTING;
}

bool failover_wants_locks(const struct failover *failover)
{
    return failover->plan && !failover_is_drill(failover) && !failover_state_final(failover->state);
}

bool failover_wants_preflight(const struct failover *failover)
{
    return failover->state == FAILOVER_PLANNED || failover->state == FAILOVER_RUNNING;
}

bool failover_may_call(const struct failover *failover)
{
    bool held = failover->state == FAILOVER_HELD && FAULT_SWITCH(HELD_GOES_ON);
    return failover->intent.act != ACT_NONE && (is_at_work(failover) || held) &&
           failover->intent.back == failover->reverting;
}

gssize failover_reads(const struct failover *failover)
{
    if (!is_at_work(failover) || failover->intent.act != ACT_NONE)
        return -1;
    for (guint i = 0; i < failover->batches->len && batch_may_begin(failover, i); i++) {
        guint place = batch_in_turn(failover, i);
        if (batch_phase(failover, place) == PHASE_READ)
            return place;
    }
    return -1;
}

static bool is_in_phase(const struct failover *failover, const struct failover_batch *batch,
                        enum phase phase)
{
    return failover->plan && !failover_state_final(failover->state) &&
           batch->back == failover->reverting && batch_phase(failover, batch->number - 1) == phase;
}

bool failover_awaits_insync(const struct failover *failover, const struct failover_batch *batch)
{
    return is_in_phase(failover, batch, PHASE_INSYNC);
}

/* On the way back a batch without records has no word of the way back until it is verified. */
bool failover_awaits_verify(const struct failover *failover, const struct failover_batch *batch)
{
    return failover->plan && !failover_state_final(failover->state) &&
           batch_phase(failover, batch->number - 1) == PHASE_VERIFY;
}

struct registry_stand failover_stands(const struct failover_tenant *tenant)
{
    const struct planned_tenant *plan = tenant->plan;
    bool there = tenant->item == ITEM_PLACED || (tenant->item == ITEM_MARKED && tenant->unplaced);
    const char *to = FAULT_SWITCH(WRONG_CELL) ? plan->region_to : plan->to;
    const char *status = tenant->item == ITEM_MARKED   ? "MIGRATING"
                         : tenant->item == ITEM_PLACED ? "ACTIVE"
                                                       : plan->status;
    return (struct registry_stand){.cell = there ? to : plan->from,
                                   .region = there && plan->region_from ? plan->region_to
                                                                        : plan->region_from,
                                   .status = status,
                                   .updated_at = tenant->stamp ? tenant->stamp : plan->updated_at};
}

struct registry_stand failover_becomes(const struct failover *failover,
                                       const struct failover_tenant *tenant)
{
    const struct failover_intent *intent = &failover->intent;
    struct failover_tenant then = *tenant;
    then.stamp = intent->stamp;
    then.unplaced = intent->step == REGISTRY_MARK && tenant->item == ITEM_PLACED;
    then.item = intent->step == REGISTRY_MARK    ? ITEM_MARKED
                : intent->step == REGISTRY_PLACE ? ITEM_PLACED
                                                 : ITEM_RESTORED;
    return failover_stands(&then);
}

char *failover_refuses(const struct failover *failover, const char *what)
{
    bool resume = strcmp(what, "resume") == 0;
    if (failover_state_final(failover->state))
        return g_strdup_printf(
            "%s is %s%s", failover->id, failover_state_name(failover->state),
            failover->state == FAILOVER_COMPLETED ? ": going back is another failover" : "");
    if (resume && failover->state != FAILOVER_HELD)
        return g_strdup_printf("%s is %s: there is nothing to resume", failover->id,
                               failover_state_name(failover->state));
    if (!resume && failover->reverting)
        return g_strdup_printf("%s is being reverted already%s", failover->id,
                               failover->state == FAILOVER_HELD ? ", and held: resume it" : "");
    return NULL;
}

json_t *failover_wish(const struct failover *failover, const char *what, const char *reason,
                      const char *ack)
{
    bool back = strcmp(what, "revert") == 0 || failover->reverting;
    json_t *data = json_pack("{s:s}", "state",
                             failover_state_name(back ? FAILOVER_REVERTING : FAILOVER_RUNNING));
    if (reason)
        json_object_set_new(data, "reason", text_json(reason));
    const struct failover_command *command = ack ? failover_failed_command(failover) : NULL;
    if (command) {
        json_object_set_new(data, "ack", text_json(ack));
        json_object_set_new(data, "cell",
                            text_json(command->target ? command->target->cell : NULL));
    }
    return data;
}

static bool is_done(const struct failover *failover, const struct failover_tenant *tenant)
{
    if (failover->reverting)
        return tenant->step == TENANT_BACK;
    if (failover_is_drill(failover))
        return tenant->step == TENANT_CHECKED;
    return tenant->verified_ms > 0;
}

struct failover_progress failover_progress(const struct failover *failover)
{
    struct failover_progress progress = {0};
    for (guint i = 0; i < failover->tenants->len; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, i);
        if (failover->reverting && !tenant_was_touched(tenant))
            continue;
        progress.total++;
        if (tenant_is_left(tenant))
            progress.alone++;
        else if (is_done(failover, tenant))
            progress.done++;
    }
    progress.left = progress.total - progress.done - progress.alone;
    return progress;
}

const char *failover_subject(const struct failover *failover)
{
    bool move = failover->plan && failover->plan->kind == FAILOVER_MOVE && failover->tenants->len;
    return move ? failover_tenant_at(failover, 0)->plan->id : failover->cell;
}

gint64 failover_took_ms(const struct failover *failover, gint64 now_ms)
{
    bool there = failover->state == FAILOVER_COMPLETED && failover->verified_ms;
    gint64 until_ms = there                ? failover->verified_ms
                      : failover->ended_ms ? failover->ended_ms
                                           : now_ms;
    return MAX(0, until_ms - failover->opened_ms);
}
