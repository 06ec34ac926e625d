/* The call that a failover's intent authorises: whose it is, how often it is tried, and when it may
 * be known how it ended. */
#include "rollout/failover_conduct.h"

#include "data/base/when.h"

/* A throttled zone wants quiet, and a hospital waits. */
enum { BACK_OFF_MS = 500, LONGEST_BACK_OFF_MS = 8000 };

void attempt_clear(struct attempt *attempt)
{
    g_free(attempt->why);
    *attempt = (struct attempt){0};
}

static void set_why(struct attempt *attempt, const char *why)
{
    char *copy = g_strdup(why);
    g_free(attempt->why);
    attempt->why = copy;
}

/* Known not to have happened, unless an earlier try may yet. */
void attempt_failed(struct attempt *attempt, const char *why)
{
    int doublings = MIN(attempt->tries, 4);
    attempt->tries++;
    attempt->next_mono_ms = when_boot_ms() + MIN(BACK_OFF_MS << doublings, LONGEST_BACK_OFF_MS);
    attempt->outcome = attempt->unsure_until_mono_ms ? OUTCOME_UNKNOWN : OUTCOME_NOT;
    set_why(attempt, why);
}

void attempt_lost(struct attempt *attempt, const char *why)
{
    attempt->unsure_until_mono_ms = when_boot_ms() + CONDUCT_CALL_MS;
    attempt_failed(attempt, why);
}

void attempt_ends(struct attempt *attempt, enum outcome outcome, const char *why)
{
    attempt->outcome = outcome;
    attempt->unsure_until_mono_ms = 0;
    set_why(attempt, why);
}

bool attempt_is_due(const struct attempt *attempt, gint64 mono_ms)
{
    return attempt->outcome != OUTCOME_DONE && attempt->outcome != OUTCOME_REFUSED &&
           mono_ms >= attempt->next_mono_ms;
}

void crossing_forget_call(struct crossing *crossing)
{
    zone_call_cancel(g_steal_pointer(&crossing->zone));
    attempt_clear(&crossing->call);
    g_clear_pointer(&crossing->call_code, g_free);
    g_clear_pointer(&crossing->call_output, g_free);
    g_clear_pointer(&crossing->call_change, g_free);
    crossing->errand = ZONE_ERRAND_CHANGE;
}

static void forget_items(struct crossing *crossing)
{
    for (guint i = 0; i < crossing->n_travellers; i++) {
        struct traveller *traveller = &crossing->travellers[i];
        tenant_call_cancel(g_steal_pointer(&traveller->writing));
        attempt_clear(&traveller->item);
        traveller->in_intent = false;
    }
    crossing->n_writing = 0;
}

static void mark_tenants(struct crossing *crossing, gint64 unsure_until_mono_ms)
{
    const struct failover *failover = crossing->failover;
    const struct failover_batch *batch = failover_batch_at(failover, failover->intent.batch);
    for (guint i = batch->first; i < batch->first + batch->n; i++) {
        struct traveller *traveller = &crossing->travellers[i];
        traveller->in_intent =
            g_ptr_array_find(failover->intent.tenants, failover_tenant_at(failover, i), NULL);
        traveller->item.unsure_until_mono_ms = unsure_until_mono_ms;
    }
}

void crossing_follow_intent(struct crossing *crossing)
{
    const struct failover_intent *intent = &crossing->failover->intent;
    gint64 seq = intent->act == ACT_NONE ? 0 : intent->seq;
    if (seq == crossing->intent_seq)
        return;
    crossing->intent_seq = seq;
    crossing_forget_call(crossing);
    forget_items(crossing);
    if (!seq)
        return;
    /* What another process began with its last breath may land that much later. */
    gint64 unsure_ms = seq == crossing->inherited_seq ? when_boot_ms() + CONDUCT_CALL_MS : 0;
    crossing->call.unsure_until_mono_ms = unsure_ms;
    if (intent->act == ACT_REGISTRY)
        mark_tenants(crossing, unsure_ms);
}

void crossing_call(struct crossing *crossing)
{
    switch (crossing->failover->intent.act) {
    case ACT_FENCE:
    case ACT_PROMOTE:
    case ACT_DATA:
        command_call(crossing);
        break;
    case ACT_REGISTRY:
        registry_call(crossing);
        break;
    case ACT_DNS:
        dns_call(crossing);
        break;
    default:
        break;
    }
}
