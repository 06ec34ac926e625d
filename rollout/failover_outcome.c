/* What became of the intent in flight. Nothing else is begun before that is on record. */
#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "rollout/failover_steps.h"

/* What has not happened and can't any more is tried again for as long as it may; then, or where it
 * is no longer wanted, that is its outcome. */
static bool gives_up(const struct failover *failover, const struct failover_observation *seen)
{
    return failover_is_late(failover, seen) || failover->state == FAILOVER_HELD ||
           failover->intent.back != failover->reverting;
}

/* Said once until it is through: who looks on would else see it stand still, and not why. */
static struct failover_decision delayed(const struct failover *failover, enum failover_code code,
                                        const char *error)
{
    const struct failover_intent *intent = &failover->intent;
    if (failover->delay.act == intent->act)
        return NO_EVENT;
    return (struct failover_decision){
        .type = "delayed",
        .data = json_pack("{s:s, s:i, s:b, s:s, s:o}", "call",
                          intent->act == ACT_DNS ? "dns" : "registry", "batch",
                          (int)intent->batch + 1, "back", intent->back, "code",
                          failover_code_name(code), "error", text_json(error))};
}

static json_t *who(const struct failover *failover)
{
    const struct failover_intent *intent = &failover->intent;
    if (intent->act == ACT_PROMOTE)
        return json_pack("{s:o}", "cell", text_json(intent->cell));
    if (intent->act != ACT_DATA)
        return json_object();
    const struct failover_tenant *tenant = g_ptr_array_index(intent->tenants, 0);
    return json_pack("{s:o}", "tenant", text_json(tenant->plan->id));
}

static struct failover_decision command_outcome(const struct failover *failover,
                                                const struct failover_observation *seen)
{
    static const char *const done[] = {
        [ACT_FENCE] = "fence.done", [ACT_PROMOTE] = "promote.done", [ACT_DATA] = "data.done"};
    static const char *const failed[] = {
        [ACT_FENCE] = "fence.failed", [ACT_PROMOTE] = "promote.failed", [ACT_DATA] = "data.failed"};
    bool late = failover_is_late(failover, seen);
    bool over = seen->call == OUTCOME_DONE || seen->call == OUTCOME_REFUSED || late ||
                (seen->call == OUTCOME_NOT && gives_up(failover, seen));
    if (!over)
        return NO_EVENT;
    bool well = seen->call == OUTCOME_DONE;
    json_t *data = who(failover);
    json_object_set_new(data, "output", text_json(seen->call_output));
    if (!well)
        json_object_set_new(data, "error",
                            text_json(seen->call_error ? seen->call_error
                                                       : "it is not known to have ended by its "
                                                         "deadline"));
    return (struct failover_decision){.type = (well ? done : failed)[failover->intent.act],
                                      .data = data};
}

/* What the tenants of a registry intent have come to. */
struct tally {
    json_t *done, *left;
    const char *kept; /* what kept one that was not written */
    bool unknown, unwritten;
};

static void leave(struct tally *tally, const struct failover_tenant *tenant, const char *why)
{
    json_array_append_new(tally->left,
                          json_pack("{s:o, s:o}", "tenant", text_json(tenant->plan->id), "why",
                                    failover_left_why(tenant, why)));
}

/* A drill leaves nothing to a person: what it could not read in time is what would have failed. */
static void count(const struct failover *failover, const struct failover_observation *seen,
                  const struct failover_tenant *tenant, struct tally *tally)
{
    const struct observed_tenant *there = failover_observed(seen, tenant);
    bool ends = failover_is_drill(failover) && failover_is_late(failover, seen);
    bool guessed = FAULT_SWITCH(OUTCOME_GUESSED) && failover->intent.step == REGISTRY_PLACE;
    switch (guessed ? OUTCOME_DONE : there->item) {
    case OUTCOME_DONE:
        json_array_append_new(tally->done, text_json(tenant->plan->id));
        break;
    case OUTCOME_REFUSED:
        leave(tally, tenant, there->item_why);
        break;
    default:
        if (ends) {
            leave(tally, tenant, there->item_why ? there->item_why : "it could not be read");
            break;
        }
        tally->unknown = tally->unknown || there->item == OUTCOME_UNKNOWN;
        tally->unwritten = tally->unwritten || there->item == OUTCOME_NOT;
        if (there->item_why)
            tally->kept = there->item_why;
    }
}

static struct failover_decision registry_outcome(const struct failover *failover,
                                                 const struct failover_observation *seen)
{
    const struct failover_intent *intent = &failover->intent;
    OWN_JSON done = json_array();
    OWN_JSON left = json_array();
    struct tally tally = {.done = done, .left = left};
    for (guint i = 0; i < intent->tenants->len; i++)
        count(failover, seen, g_ptr_array_index(intent->tenants, i), &tally);
    if (tally.unwritten && tally.kept && !gives_up(failover, seen))
        return delayed(failover, FAILOVER_REGISTRY_AWAY, tally.kept);
    if (tally.unknown || (tally.unwritten && !gives_up(failover, seen)))
        return NO_EVENT;
    json_t *data =
        json_pack("{s:s, s:i, s:b, s:O, s:O}", "step", registry_step_name(intent->step), "batch",
                  (int)intent->batch + 1, "back", intent->back, "tenants", done, "left", left);
    const char *kept = tally.kept ? tally.kept : seen->call_error;
    if (tally.unwritten)
        json_object_set_new(data, "error", text_json(kept ? kept : "the registry did not take it"));
    return (struct failover_decision){.type = "registry.done", .data = data};
}

static struct failover_decision dns_event(const struct failover *failover, const char *type,
                                          json_t *data)
{
    json_object_set_new(data, "batch", json_integer(failover->intent.batch + 1));
    json_object_set_new(data, "back", json_boolean(failover->intent.back));
    return (struct failover_decision){.type = type, .data = data};
}

/* Once: whoever is before it in turn is sent to a new cell already, and the registry has yet to say
 * so. */
static bool others_go_first(const struct failover *failover)
{
    const struct failover_intent *intent = &failover->intent;
    const struct failover_batch *batch = failover_batch_at(failover, intent->batch);
    guint turn = 0;
    while (batch_in_turn(failover, turn) != intent->batch)
        turn++;
    bool waited = batch->later && batch->back == intent->back;
    return !waited && !batches_are_done(failover, turn);
}

static bool is_refused_for_now(const struct failover_observation *seen)
{
    enum failover_code code = failover_code_of_dns(seen->call_code);
    return seen->call_error && (code == FAILOVER_DNS_THROTTLED || code == FAILOVER_DNS_AWAY);
}

static struct failover_decision dns_outcome(const struct failover *failover,
                                            const struct failover_observation *seen)
{
    if (seen->call == OUTCOME_DONE)
        return dns_event(failover, "dns.called",
                         json_pack("{s:o}", "change", text_json(seen->call_change)));
    bool refused = seen->call == OUTCOME_REFUSED;
    bool ends = gives_up(failover, seen);
    bool later = !refused && !ends && seen->call == OUTCOME_NOT && others_go_first(failover);
    if (!refused && !later && !ends && is_refused_for_now(seen))
        return delayed(failover, failover_code_of_dns(seen->call_code), seen->call_error);
    if (!refused && !later && (seen->call != OUTCOME_NOT || !ends))
        return NO_EVENT;
    const char *code = seen->call_code ? seen->call_code : refused ? "refused" : "away";
    const char *error = seen->call_error ? seen->call_error : "Route 53 did not take the change";
    json_t *data = json_pack("{s:o, s:o}", "error", text_json(error), "code", text_json(code));
    if (later)
        json_object_set_new(data, "later", json_true());
    return dns_event(failover, "dns.failed", data);
}

struct failover_decision failover_outcome(const struct failover *failover,
                                          const struct failover_observation *seen)
{
    switch (failover->intent.act) {
    case ACT_FENCE:
    case ACT_PROMOTE:
    case ACT_DATA:
        return command_outcome(failover, seen);
    case ACT_REGISTRY:
        return registry_outcome(failover, seen);
    case ACT_DNS:
        return dns_outcome(failover, seen);
    default:
        return NO_EVENT;
    }
}
