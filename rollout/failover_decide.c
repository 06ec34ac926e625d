/* What happens next to a failover: what was learned of the call in flight, then the next step of
 * this way, batch by batch, then its state as a whole. */
#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/failover_steps.h"

/* Of an intent what counts is how long it may take: its moments are its own host's. */
gint64 failover_due_ms(const struct failover *failover)
{
    const struct failover_intent *intent = &failover->intent;
    gint64 step_ms = failover->plan->step_ms, takes_ms = intent->deadline_ms - intent->at_ms;
    bool command =
        intent->act == ACT_FENCE || intent->act == ACT_PROMOTE || intent->act == ACT_DATA;
    /* A command ends, or is ended, by its own deadline; that takes a moment to be told. */
    return failover->since_ms + (command ? takes_ms + step_ms : MAX(step_ms, takes_ms));
}

static gint64 credit_ms(const struct failover_observation *seen)
{
    return FAULT_SWITCH(CLOCK_BELIEVED) ? 0 : seen->credit_ms;
}

bool failover_is_late(const struct failover *failover, const struct failover_observation *seen)
{
    return !FAULT_SWITCH(DEADLINE_FORGOTTEN) &&
           seen->now_ms - credit_ms(seen) >= failover_due_ms(failover);
}

bool failover_may_write(const struct failover *failover, const struct failover_observation *seen)
{
    return failover_is_drill(failover) || seen->locks_ours || FAULT_SWITCH(LOCK_IGNORED);
}

bool failover_is_fit(const struct failover *failover, const struct failover_observation *seen)
{
    bool fit = (seen->preflight_read && !seen->preflight_why) || FAULT_SWITCH(PREFLIGHT_SKIPPED);
    return fit && failover_has_everybody(failover, seen);
}

json_t *failover_left_why(const struct failover_tenant *tenant, const char *why)
{
    g_autofree char *words = g_strdup(why ? why : "somebody else has changed it");
    if (tenant->record != RECORD_CHANGED)
        return text_json(words);
    g_autofree char *whole =
        g_strdup_printf("%s; its record was led to %s already", words, tenant->plan->to);
    return text_json(whole);
}

json_t *failover_moment(gint64 at_ms)
{
    g_autofree char *text = when_rfc3339(at_ms);
    return json_string(text);
}

/* New for every intent, and the same for everybody who decides it (engine.c, next_token). */
static json_t *next_token(const struct failover *failover)
{
    return json_sprintf("%s-%" G_GINT64_FORMAT "-%.12s", failover->id, failover->seq + 1,
                        failover->head ? failover->head : "0");
}

static struct failover_decision command_intent(const struct failover *failover,
                                               const struct failover_observation *seen,
                                               const char *type, gint64 takes_ms, const char *key,
                                               const char *value)
{
    if (!failover_is_fit(failover, seen))
        return NO_EVENT;
    json_t *data = json_pack("{s:o, s:o}", "token", next_token(failover), "deadline",
                             failover_moment(seen->now_ms + takes_ms));
    if (key)
        json_object_set_new(data, key, text_json(value));
    return (struct failover_decision){.type = type, .data = data};
}

/* The source stops taking writes before a replica becomes writable: never both. */
static struct failover_decision commands(const struct failover *failover,
                                         const struct failover_observation *seen)
{
    const struct failover_plan *plan = failover->plan;
    if (!failover_fence_settled(failover))
        return command_intent(failover, seen, "fence.intent", plan->fence_ms, NULL, NULL);
    for (guint i = 0; i < failover->promotes->len; i++) {
        const struct failover_command *promote =
            &g_array_index(failover->promotes, struct failover_command, i);
        if (!failover_command_settled(promote))
            return command_intent(failover, seen, "promote.intent", plan->promote_ms, "cell",
                                  promote->target->cell);
    }
    return NO_EVENT;
}

static struct failover_decision data_intent(const struct failover *failover,
                                            const struct failover_observation *seen, guint place)
{
    const struct failover_batch *batch = failover_batch_at(failover, place);
    for (guint i = 0; i < batch->n; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, batch->first + i);
        if (tenant_wants(failover, tenant, PHASE_COPY))
            return command_intent(failover, seen, "data.intent", failover->plan->move_ms, "tenant",
                                  tenant->plan->id);
    }
    return NO_EVENT;
}

static bool is_at_work(const struct failover *failover)
{
    return (failover->state == FAILOVER_RUNNING || failover->state == FAILOVER_REVERTING) &&
           !failover->failed;
}

/* The first thing that is due in the order of the batches. While it is held what was begun is
 * waited for all the same. */
static struct failover_decision batches(const struct failover *failover,
                                        const struct failover_observation *seen)
{
    bool waits_only = !is_at_work(failover) || !failover_may_write(failover, seen);
    struct failover_decision decision = NO_EVENT;
    for (guint i = 0; i < failover->batches->len && batch_may_begin(failover, i); i++) {
        guint place = batch_in_turn(failover, i);
        if (batch_phase(failover, place) == PHASE_COPY && !waits_only)
            decision = data_intent(failover, seen, place);
        else
            decision = failover_batch_step(failover, seen, place, waits_only);
        if (decision.type)
            break;
    }
    return decision;
}

static struct failover_decision next_step(const struct failover *failover,
                                          const struct failover_observation *seen)
{
    if (failover->intent.act != ACT_NONE || failover->state == FAILOVER_PLANNED)
        return NO_EVENT;
    if (failover->reverting || failover_commands_settled(failover))
        return batches(failover, seen);
    return is_at_work(failover) && failover_may_write(failover, seen) ? commands(failover, seen)
                                                                      : NO_EVENT;
}

typedef struct failover_decision (*step_fn)(const struct failover *failover,
                                            const struct failover_observation *seen);
static const step_fn steps[] = {failover_outcome, next_step, failover_state_news};

struct failover_decision failover_decide(const struct failover *failover,
                                         const struct failover_observation *seen)
{
    if (!failover->plan || failover_state_final(failover->state))
        return NO_EVENT;
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        struct failover_decision decision = steps[i](failover, seen);
        if (decision.type)
            return decision;
    }
    gint64 due_ms = failover_due_ms(failover) + credit_ms(seen);
    bool held = failover->state == FAILOVER_HELD;
    return (struct failover_decision){.look_again_ms = held || due_ms <= seen->now_ms ? 0 : due_ms};
}
