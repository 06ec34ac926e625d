/* A failover's fold: what each event makes of it. One table says which call an event begins or
 * ends; anything that comes out of order is refused. Events of people are kept in any case: they
 * may have raced with what made them pointless, and then change nothing. */
#include "rollout/failover_fold.h"

#include "data/base/error.h"
#include "data/base/fault_switch.h"
#include "data/base/when.h"

#include <string.h>

void failover_fold_step(struct failover_tenant *tenant, enum tenant_step step, gint64 at_ms)
{
    tenant->step = step;
    tenant->since_ms = at_ms;
}

void failover_fold_begin(struct failover *failover, const struct event *event,
                         enum failover_act act)
{
    struct failover_intent *intent = &failover->intent;
    failover_forget_intent(failover);
    intent->act = act;
    intent->back = failover->reverting;
    intent->token = g_strdup(event_text(event, "token"));
    intent->at_ms = intent->deadline_ms = event->at_ms;
    intent->seq = event->seq;
    const char *deadline = event_text(event, "deadline");
    if (deadline)
        when_parse(deadline, &intent->deadline_ms);
}

void failover_fold_failed(struct failover *failover, enum failover_code code, const char *why)
{
    if (failover->intent.back == failover->reverting) {
        failover->failed = code;
        fold_set_text(&failover->failed_why, why);
    }
    failover_forget_intent(failover);
}

void failover_fold_delay(struct failover *failover, enum failover_code code, const char *why)
{
    failover->delay.act = failover->intent.act;
    failover->delay.code = code;
    fold_set_text(&failover->delay.why, why);
}

static void end_delay(struct failover *failover)
{
    failover->delay.act = ACT_NONE;
    failover->delay.code = FAILOVER_NO_CODE;
    g_clear_pointer(&failover->delay.why, g_free);
}

/* A person has seen what failed: what is waited for is waited for anew. */
static void forgive(struct failover *failover)
{
    failover->failed = failover->code = FAILOVER_NO_CODE;
    g_clear_pointer(&failover->failed_why, g_free);
    end_delay(failover);
}

static void add_batches(struct failover *failover)
{
    guint first = 0;
    for (guint i = 0; i < failover->plan->batches->len; i++) {
        struct failover_batch *batch = g_new0(struct failover_batch, 1);
        batch->number = i + 1;
        batch->first = first;
        batch->n = g_array_index(failover->plan->batches, guint, i);
        batch->changes = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(failover->batches, batch);
        for (guint t = 0; t < batch->n; t++) {
            struct failover_tenant *tenant = g_new0(struct failover_tenant, 1);
            tenant->plan = g_ptr_array_index(failover->plan->tenants, first + t);
            tenant->place = first + t;
            tenant->batch = i;
            tenant->since_ms = failover->opened_ms;
            g_ptr_array_add(failover->tenants, tenant);
            g_hash_table_insert(failover->by_id, tenant->plan->id, tenant);
        }
        first += batch->n;
    }
}

static void add_promotes(struct failover *failover)
{
    const struct failover_plan *plan = failover->plan;
    bool promotes = plan->promote_ms > 0 && !failover_is_drill(failover);
    for (guint i = 0; promotes && i < plan->targets->len; i++) {
        struct failover_command promote = {.target = g_ptr_array_index(plan->targets, i)};
        if (promote.target->promote)
            g_array_append_val(failover->promotes, promote);
    }
}

static void take_refusals(struct failover *failover, const json_t *refusals)
{
    GPtrArray *words = g_ptr_array_new();
    size_t i;
    json_t *item;
    json_array_foreach (refusals, i, item) {
        const char *why =
            json_string_value(json_is_object(item) ? json_object_get(item, "why") : item);
        if (why)
            g_ptr_array_add(words, g_strdup(why));
    }
    g_ptr_array_add(words, NULL);
    g_strfreev(failover->refusals);
    failover->refusals = (char **)g_ptr_array_free(words, FALSE);
}

/* Of one that was refused the plan is shown as far as it goes, and nothing is ever done by it. */
static bool take_plan(struct failover *failover, const struct event *event, GError **error)
{
    g_autoptr(GError) why = NULL;
    bool refused =
        g_strcmp0(event_text(event, "state"), failover_state_name(FAILOVER_REFUSED)) == 0;
    struct failover_plan *plan =
        failover_plan_from_json(json_object_get(event->data, "plan"), &why);
    if (!plan && !refused)
        return fold_broken(error, event, why->message);
    failover->plan = plan;
    return true;
}

static bool opened(struct failover *failover, const struct event *event, GError **error)
{
    if (failover->seq > 0)
        return fold_broken(error, event, "it is open already");
    if (!take_plan(failover, event, error))
        return false;
    failover->opened_ms = event->at_ms;
    fold_set_text(&failover->kind, event_text(event, "kind"));
    fold_set_text(&failover->cell,
                  failover->plan ? failover->plan->source : event_text(event, "subject"));
    fold_set_text(&failover->requested_by, event->actor);
    fold_set_text(&failover->requester_arn, event_text(event, "arn"));
    fold_set_text(&failover->reason, event_text(event, "reason"));
    fold_set_text(&failover->ticket, event_text(event, "ticket"));
    take_refusals(failover, json_object_get(event->data, "refusals"));
    if (!failover->plan)
        return true;
    add_batches(failover);
    add_promotes(failover);
    return true;
}

static bool state_of(const char *name, enum failover_state *state)
{
    for (enum failover_state s = FAILOVER_PLANNED; name && s <= FAILOVER_REFUSED; s++)
        if (strcmp(failover_state_name(s), name) == 0) {
            *state = s;
            return true;
        }
    return false;
}

enum failover_code failover_code_parse(const char *name)
{
    for (enum failover_code code = FAILOVER_PREFLIGHT; name && code < FAILOVER_CODES; code++)
        if (strcmp(failover_code_name(code), name) == 0)
            return code;
    return FAILOVER_NO_CODE;
}

/* Whether the engine may say so of it: people alone resume and revert. */
static bool may_become(const struct failover *failover, enum failover_state state)
{
    switch (state) {
    case FAILOVER_RUNNING:
        return failover->state == FAILOVER_PLANNED;
    case FAILOVER_HELD:
        return true;
    case FAILOVER_COMPLETED:
        return !failover->reverting && failover->intent.act == ACT_NONE &&
               (failover_is_drill(failover) || failover_is_done(failover));
    case FAILOVER_REVERTED:
        return failover->reverting && failover->intent.act == ACT_NONE &&
               failover_is_done(failover);
    case FAILOVER_REFUSED:
        return failover_is_drill(failover) || (!failover->reverting && !failover->begun);
    default:
        return false;
    }
}

/* It is no transition: what was waited for still is, since when it was. */
static bool delayed(struct failover *failover, const struct event *event, GError **error)
{
    enum failover_code code = failover_code_parse(event_text(event, "code"));
    if (failover->intent.act == ACT_NONE || code == FAILOVER_NO_CODE)
        return fold_broken(error, event, "nothing is in flight that could be, or it has no code");
    failover_fold_delay(failover, code, event_text(event, "error"));
    return true;
}

static bool state_changed(struct failover *failover, const struct event *event, GError **error)
{
    enum failover_state state;
    if (!state_of(event_text(event, "state"), &state))
        return fold_broken(error, event, "it names no state that is known");
    if (!may_become(failover, state))
        return fold_broken(error, event, failover_state_name(failover->state));
    if (state == FAILOVER_RUNNING)
        failover->since_ms = event->at_ms;
    if (state != FAILOVER_RUNNING)
        end_delay(failover);
    failover->state = state;
    failover->code = failover_code_parse(event_text(event, "code"));
    fold_set_text(&failover->state_reason, event_text(event, "reason"));
    fold_set_text(&failover->held_cause, event_text(event, "cause"));
    failover_fold_behind(failover, event);
    return true;
}

static void wished(struct failover *failover, const struct event *event, enum failover_state state)
{
    forgive(failover);
    failover->state = state;
    failover->since_ms = event->at_ms;
    fold_set_text(&failover->state_reason, event_text(event, "reason"));
    fold_set_text(&failover->held_cause, NULL);
}

static bool resumed(struct failover *failover, const struct event *event, GError **error)
{
    (void)error;
    g_autofree char *refusal = failover_refuses(failover, "resume");
    if (refusal)
        return true;
    failover_fold_ack(failover, event);
    failover->resumed_ms = event->at_ms;
    failover->resumed_done = failover_progress(failover).done;
    wished(failover, event, failover->reverting ? FAILOVER_REVERTING : FAILOVER_RUNNING);
    return true;
}

static bool reverted(struct failover *failover, const struct event *event, GError **error)
{
    (void)error;
    g_autofree char *refusal = failover_refuses(failover, "revert");
    if (refusal)
        return true;
    wished(failover, event, FAILOVER_REVERTING);
    failover->reverting = true;
    return true;
}

static bool noted(struct failover *failover, const struct event *event, GError **error)
{
    (void)error;
    if (g_strcmp0(event_text(event, "trouble"), "credentials") != 0)
        return true;
    bool over = json_is_true(json_object_get(event->data, "over"));
    if (!failover->keys_end)
        failover->keys_end_since_ms = event->at_ms;
    fold_set_text(&failover->keys_end, over ? NULL : event_text(event, "reason"));
    return true;
}

/* Somebody has taken it over, and looks first: what was in flight still is. */
static bool conducted(struct failover *failover, const struct event *event, GError **error)
{
    (void)event, (void)error;
    if (FAULT_SWITCH(INTENT_FORGOTTEN))
        failover_forget_intent(failover);
    return true;
}

/* `begins`: a call that only this event makes possible, one at a time. `ends`: the call that must
 * be in flight. `comes_on`: deadlines count from here. */
static const struct rule {
    const char *type;
    enum failover_act begins, ends;
    bool comes_on, by_person;
    failover_fold_fn *apply;
} rules[] = {
    {"opened", ACT_NONE, ACT_NONE, true, false, opened},
    {"state", ACT_NONE, ACT_NONE, false, false, state_changed},
    {"fence.intent", ACT_FENCE, ACT_NONE, true, false, failover_fold_fence_intent},
    {"fence.done", ACT_NONE, ACT_FENCE, true, false, failover_fold_command_done},
    {"fence.failed", ACT_NONE, ACT_FENCE, true, false, failover_fold_command_failed},
    {"promote.intent", ACT_PROMOTE, ACT_NONE, true, false, failover_fold_promote_intent},
    {"promote.done", ACT_NONE, ACT_PROMOTE, true, false, failover_fold_command_done},
    {"promote.failed", ACT_NONE, ACT_PROMOTE, true, false, failover_fold_command_failed},
    {"data.intent", ACT_DATA, ACT_NONE, true, false, failover_fold_data_intent},
    {"data.done", ACT_NONE, ACT_DATA, true, false, failover_fold_command_done},
    {"data.failed", ACT_NONE, ACT_DATA, true, false, failover_fold_command_failed},
    {"registry.intent", ACT_REGISTRY, ACT_NONE, true, false, failover_fold_registry_intent},
    {"registry.done", ACT_NONE, ACT_REGISTRY, true, false, failover_fold_registry_done},
    {"dns.read", ACT_NONE, ACT_NONE, true, false, failover_fold_dns_read},
    {"dns.intent", ACT_DNS, ACT_NONE, true, false, failover_fold_dns_intent},
    {"dns.called", ACT_NONE, ACT_DNS, true, false, failover_fold_dns_called},
    {"dns.failed", ACT_NONE, ACT_DNS, true, false, failover_fold_dns_failed},
    {"dns.insync", ACT_NONE, ACT_NONE, true, false, failover_fold_dns_insync},
    {"delayed", ACT_NONE, ACT_NONE, false, false, delayed},
    {"verified", ACT_NONE, ACT_NONE, false, false, failover_fold_verified},
    {"tenant.left", ACT_NONE, ACT_NONE, true, false, failover_fold_tenant_left},
    {"resume", ACT_NONE, ACT_NONE, false, true, resumed},
    {"revert", ACT_NONE, ACT_NONE, false, true, reverted},
    {"note", ACT_NONE, ACT_NONE, false, true, noted},
    {"conductor", ACT_NONE, ACT_NONE, true, true, conducted},
};

static const struct rule *rule_of(const char *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
        if (strcmp(rules[i].type, type) == 0)
            return &rules[i];
    return NULL;
}

static bool in_sequence(const struct failover *failover, const struct event *event, GError **error)
{
    if (event->seq != failover->seq + 1)
        return fold_broken(error, event, "its number is not the next one");
    if (failover->head && event->prev_hash && strcmp(failover->head, event->prev_hash) != 0)
        return fold_broken(error, event, "it does not carry the hash of the one before");
    if (failover->seq == 0 && strcmp(event->type, "opened") != 0)
        return fold_broken(error, event, "the operation was never opened");
    return true;
}

static bool may_come(const struct failover *failover, const struct rule *rule,
                     const struct event *event, GError **error)
{
    bool at_work = failover->state == FAILOVER_RUNNING || failover->state == FAILOVER_REVERTING;
    if (failover_state_final(failover->state))
        return rule->by_person || fold_broken(error, event, "the operation is over");
    if (rule->begins && failover->intent.act != ACT_NONE)
        return fold_broken(error, event, "the intent before it has no outcome yet");
    if (rule->begins && !at_work)
        return fold_broken(error, event, failover_state_name(failover->state));
    if (rule->ends && failover->intent.act != rule->ends)
        return fold_broken(error, event, "nothing of the kind is in flight");
    return true;
}

/* The state that it is opened in is the event's own. */
static void take_opened_state(struct failover *failover, const struct event *event)
{
    enum failover_state state = FAILOVER_PLANNED;
    state_of(event_text(event, "state"), &state);
    failover->state = state == FAILOVER_REFUSED ? state : FAILOVER_PLANNED;
}

bool failover_apply(struct failover *failover, const struct event *event, GError **error)
{
    const struct rule *rule = rule_of(event->type);
    if (!in_sequence(failover, event, error))
        return false;
    if (!rule)
        return fold_broken(error, event, "no such event is known to this version of celldeck");
    bool over = failover_state_final(failover->state);
    bool later = json_is_true(json_object_get(event->data, "later"));
    if (!may_come(failover, rule, event, error) || !rule->apply(failover, event, error))
        return false;
    if (rule->ends && rule->ends == failover->delay.act && !later)
        end_delay(failover);
    if (failover->seq == 0)
        take_opened_state(failover, event);
    failover->begun = failover->begun || rule->begins != ACT_NONE;
    if (rule->comes_on)
        failover->since_ms = event->at_ms;
    if (!over && failover_state_final(failover->state))
        failover->ended_ms = event->at_ms;
    failover->seq = event->seq;
    failover->last_ms = event->at_ms;
    fold_set_text(&failover->head, event->hash);
    return true;
}

struct failover *failover_fold(const char *id, const GPtrArray *events, GError **error)
{
    if (events->len == 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "there is no failover %s; `celldeck history list` names all operations", id);
        return NULL;
    }
    OWN(failover) failover = failover_new(id);
    for (guint i = 0; i < events->len; i++)
        if (!failover_apply(failover, g_ptr_array_index(events, i), error))
            return NULL;
    return g_steal_pointer(&failover);
}

struct failover *failover_load(struct journal *journal, const char *id, GError **error)
{
    g_autoptr(GPtrArray) events = journal_read(journal, id, 1, error);
    return events ? failover_fold(id, events, error) : NULL;
}
