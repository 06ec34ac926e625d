/* The next event of a batch, by its phase (failover_state.h). */
#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "rollout/failover_steps.h"

/* What one phase decides. */
typedef struct failover_decision (*phase_fn)(const struct failover *failover,
                                             const struct failover_observation *seen, guint place);

static struct failover_decision about(const struct failover *failover, guint place,
                                      const char *type, json_t *data)
{
    json_object_set_new(data, "batch", json_integer(failover_batch_at(failover, place)->number));
    json_object_set_new(data, "back", json_boolean(failover->reverting));
    return (struct failover_decision){.type = type, .data = data};
}

/* updatedAt of every write of one intent: later than any before it, so that a write that comes late
 * finds another one and changes nothing. With its milliseconds always, as JavaScript writes it. */
static json_t *next_stamp(const struct failover *failover, gint64 now_ms)
{
    gint64 at_ms = MAX(now_ms, failover->last_stamp_ms + 1);
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_ms / 1000);
    g_autofree char *text = g_date_time_format(at, "%Y-%m-%dT%H:%M:%S");
    return json_sprintf("%s.%03dZ", text, (int)(at_ms % 1000));
}

static struct failover_decision registry_intent(const struct failover *failover,
                                                const struct failover_observation *seen,
                                                guint place, enum registry_step step,
                                                enum phase phase)
{
    const struct failover_batch *batch = failover_batch_at(failover, place);
    json_t *tenants = json_array();
    for (guint i = 0; i < batch->n; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, batch->first + i);
        if (tenant_wants(failover, tenant, phase))
            json_array_append_new(tenants, text_json(tenant->plan->id));
    }
    json_t *data =
        json_pack("{s:s, s:o, s:o, s:o}", "step", registry_step_name(step), "stamp",
                  next_stamp(failover, seen->now_ms), "deadline",
                  failover_moment(seen->now_ms + failover->plan->step_ms), "tenants", tenants);
    return about(failover, place, "registry.intent", data);
}

static struct failover_decision mark(const struct failover *failover,
                                     const struct failover_observation *seen, guint place)
{
    if (!failover->reverting && !failover_is_fit(failover, seen))
        return NO_EVENT;
    return registry_intent(failover, seen, place, REGISTRY_MARK, PHASE_MARK);
}

static struct failover_decision place_there(const struct failover *failover,
                                            const struct failover_observation *seen, guint place)
{
    return registry_intent(failover, seen, place, REGISTRY_PLACE, PHASE_PLACE);
}

static struct failover_decision give_back(const struct failover *failover,
                                          const struct failover_observation *seen, guint place)
{
    return registry_intent(failover, seen, place, REGISTRY_RESTORE, PHASE_GIVE_BACK);
}

/* Why the record that stands is not ours to change, or NULL. */
static char *record_trouble(const struct failover *failover, const struct failover_tenant *tenant,
                            const struct observed_tenant *there)
{
    const json_t *expected = failover->reverting ? tenant->becomes : tenant->was;
    const struct planned_target *target = failover_plan_target(failover->plan, tenant->plan->to);
    if (!there->record_read)
        return g_strdup("its record could not be read");
    if (there->record_why)
        return g_strdup(there->record_why);
    bool known = failover->reverting || tenant->record_read;
    if (!known || record_same(there->record, expected) ||
        (!failover->reverting && record_leads_to(there->record, target->dns_name)))
        return NULL;
    g_autofree char *is = record_words(there->record), *was = record_words(expected);
    return g_strdup_printf("somebody else has changed its record: it was %s, and is %s", was, is);
}

static json_t *record_json(const struct failover *failover, const struct failover_tenant *tenant,
                           const struct observed_tenant *there)
{
    g_autofree char *left = record_trouble(failover, tenant, there);
    return json_pack("{s:o, s:o, s:o, s:o}", "tenant", text_json(tenant->plan->id), "name",
                     text_json(tenant->plan->record), "was",
                     there->record ? json_incref(there->record) : json_null(), "left",
                     text_json(left));
}

/* What a drill can't read by its deadline is what would have failed. */
static struct failover_decision read_records(const struct failover *failover,
                                             const struct failover_observation *seen, guint place)
{
    const struct failover_batch *batch = failover_batch_at(failover, place);
    bool give_up = failover_is_drill(failover) && failover_is_late(failover, seen);
    OWN_JSON records = json_array();
    for (guint i = 0; i < batch->n; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, batch->first + i);
        const struct observed_tenant *there = failover_observed(seen, tenant);
        if (!tenant_wants(failover, tenant, PHASE_READ))
            continue;
        if (!there->record_read && !give_up)
            return NO_EVENT;
        json_array_append_new(records, record_json(failover, tenant, there));
    }
    return about(failover, place, "dns.read", json_pack("{s:O}", "records", records));
}

static struct failover_decision change_records(const struct failover *failover,
                                               const struct failover_observation *seen, guint place)
{
    if (!failover->reverting && !failover_is_fit(failover, seen))
        return NO_EVENT;
    json_t *data =
        json_pack("{s:o, s:o}", "deadline", failover_moment(seen->now_ms + failover->plan->step_ms),
                  "changes", record_changes(failover, place));
    return about(failover, place, "dns.intent", data);
}

static struct failover_decision insync(const struct failover *failover,
                                       const struct failover_observation *seen, guint place)
{
    if (seen->insync[place] != OUTCOME_DONE)
        return NO_EVENT;
    return about(failover, place, "dns.insync", json_object());
}

static struct failover_decision left(const struct failover_tenant *tenant,
                                     const struct observed_tenant *there)
{
    json_t *why = there->record_taken ? text_json(there->verified_why)
                                      : failover_left_why(tenant, there->verified_why);
    json_t *data = json_pack("{s:o, s:s, s:s, s:o}", "tenant", text_json(tenant->plan->id), "step",
                             "verify", "what", there->record_taken ? "record" : "item", "why", why);
    return (struct failover_decision){.type = "tenant.left", .data = data};
}

/* All of a batch in one event; what is verified while others are not is told after a while, so that
 * who waits knows who is through. */
static bool may_tell_some(const struct failover *failover, const struct failover_observation *seen)
{
    gint64 waited_ms = seen->now_ms - seen->credit_ms - failover->since_ms;
    return waited_ms >= failover->plan->step_ms / 10;
}

static struct failover_decision verify(const struct failover *failover,
                                       const struct failover_observation *seen, guint place)
{
    const struct failover_batch *batch = failover_batch_at(failover, place);
    OWN_JSON tenants = json_array();
    bool all = true;
    for (guint i = 0; i < batch->n; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, batch->first + i);
        const struct observed_tenant *there = failover_observed(seen, tenant);
        bool guessed = FAULT_SWITCH(OUTCOME_GUESSED);
        if (!tenant_wants(failover, tenant, PHASE_VERIFY))
            continue;
        if (there->verified == OUTCOME_REFUSED && !guessed)
            return left(tenant, there);
        if (there->verified == OUTCOME_DONE || guessed)
            json_array_append_new(tenants, text_json(tenant->plan->id));
        else
            all = false;
    }
    bool some = json_array_size(tenants) > 0 && may_tell_some(failover, seen);
    if (!all && !some)
        return NO_EVENT;
    json_t *data = json_pack("{s:O}", "tenants", tenants);
    if (seen->verified_how)
        json_object_set_new(data, "how", json_string(seen->verified_how));
    return about(failover, place, "verified", data);
}

/* COPY is a command (failover_decide.c). */
static const struct {
    phase_fn decide;
    bool waits; /* begins nothing */
} phases[] = {
    [PHASE_MARK] = {mark, false},           [PHASE_COPY] = {NULL, false},
    [PHASE_READ] = {read_records, false},   [PHASE_CHANGE] = {change_records, false},
    [PHASE_INSYNC] = {insync, true},        [PHASE_PLACE] = {place_there, false},
    [PHASE_GIVE_BACK] = {give_back, false}, [PHASE_VERIFY] = {verify, true},
    [PHASE_DONE] = {NULL, false},
};

struct failover_decision failover_batch_step(const struct failover *failover,
                                             const struct failover_observation *seen, guint place,
                                             bool waits_only)
{
    enum phase phase = batch_phase(failover, place);
    if (!phases[phase].decide || (waits_only && !phases[phase].waits))
        return NO_EVENT;
    return phases[phase].decide(failover, seen, place);
}
