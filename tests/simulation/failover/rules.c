/* The rules, asked of what the world knows to be true: after every event, before every write, and
 * when it lands. The journal's own fold says what was told; that it is so is seen here. */
#include "tests/simulation/failover/evac.h"

#include "rollout/lock.h"

#include <string.h>

static int cell_index(const char *id)
{
    for (int i = 0; i < CELLS; i++)
        if (strcmp(sim_cells[i], id) == 0)
            return i;
    return -1;
}

static const char *text(const struct event *event, const char *key)
{
    return json_string_value(json_object_get(event->data, key));
}

static bool is_of_us(const struct kept_item *item, const struct kept_item *before)
{
    return strcmp(item->cell, before->cell) == 0 && strcmp(item->region, before->region) == 0 &&
           strcmp(item->status, before->status) == 0;
}

static bool record_same(const struct kept_record *a, const struct kept_record *b)
{
    return a->there == b->there &&
           (!a->there || (strcmp(a->leads, b->leads) == 0 && a->ttl_s == b->ttl_s));
}

static void leads_there(const struct resident *tenant, char name[32])
{
    g_snprintf(name, 32, "%s.example.com", tenant->to);
}

/* As the journal has it when it has gone all the way. */
static void is_there(struct sim *sim, const struct resident *tenant)
{
    char name[32];
    leads_there(tenant, name);
    bool item = tenant->item_by != US || (strcmp(tenant->item.cell, tenant->to) == 0 &&
                                          strcmp(tenant->item.status, "ACTIVE") == 0);
    bool led = !sim->plan->dns || !tenant->has_record || tenant->record_by != US ||
               strcmp(tenant->record.leads, name) == 0;
    if (!item || !led)
        sim_broke(sim, RULE_ENDS_AS_TOLD, "%s is said to be in %s, and is in %s (%s), led to %s",
                  tenant->id, tenant->to, tenant->item.cell, tenant->item.status,
                  tenant->record.leads);
}

/* `left`: its record is left alone, which is told. */
static void is_as_before(struct sim *sim, const struct resident *tenant, bool left, enum rule rule)
{
    bool item = tenant->item_by != US || is_of_us(&tenant->item, &tenant->item_before);
    bool record =
        left || tenant->record_by != US || record_same(&tenant->record, &tenant->record_before);
    if (!item || !record)
        sim_broke(sim, rule, "%s is said to be as before, and is in %s (%s), led to %s, TTL %d",
                  tenant->id, tenant->item.cell, tenant->item.status,
                  tenant->record.there ? tenant->record.leads : "nothing",
                  (int)tenant->record.ttl_s);
}

static void every_transition_has_cause_and_actor(struct sim *sim, const struct event *event)
{
    const char *state = text(event, "state");
    bool said = text(event, "reason") != NULL;
    bool final = json_is_true(json_object_get(event->data, "final"));
    if (!event->actor || !*event->actor)
        sim_broke(sim, RULE_CAUSE, "nobody did %s", event->type);
    if (g_strcmp0(state, "held") == 0 && (!said || !text(event, "code")))
        sim_broke(sim, RULE_CAUSE, "it is held, and nothing says why");
    if (final && !said)
        sim_broke(sim, RULE_CAUSE, "it ends, and nothing says how");
}

static void left_ones_are_told(struct sim *sim, const struct event *event)
{
    size_t i;
    json_t *item;
    json_array_foreach (json_object_get(event->data, "left"), i, item)
        if (!json_string_value(json_object_get(item, "why")))
            sim_broke(sim, RULE_CAUSE, "a tenant is left alone, and nothing says why");
}

/* What sets out for a target does so while preflight says yes. */
static void targets_are_fit(struct sim *sim, const struct event *event)
{
    bool mark =
        strcmp(event->type, "registry.intent") == 0 && g_strcmp0(text(event, "step"), "mark") == 0;
    bool forth = !json_is_true(json_object_get(event->data, "back"));
    if (forth && (mark || strcmp(event->type, "dns.intent") == 0) && !(sim->fit && sim->fit_read))
        sim_broke(sim, RULE_FIT, "%s although preflight says no", event->type);
}

static void verified_ones_are_there(struct sim *sim, const struct event *event)
{
    size_t i;
    json_t *id;
    bool back = json_is_true(json_object_get(event->data, "back"));
    json_array_foreach (json_object_get(event->data, "tenants"), i, id) {
        const struct resident *tenant = sim_tenant(sim, json_string_value(id));
        if (back)
            is_as_before(sim, tenant, false, RULE_REVERT_EXACT);
        else
            is_there(sim, tenant);
    }
}

static bool is_left(const struct failover_tenant *told)
{
    return told->item_left || told->record_left;
}

static void ends_as_told(struct sim *sim)
{
    const struct failover *ledger = sim->ledger;
    for (guint i = 0; i < sim->n; i++) {
        const struct failover_tenant *told = failover_tenant_at(ledger, i);
        const struct resident *tenant = &sim->tenants[i];
        if (ledger->plan->kind == FAILOVER_DRILL &&
            (tenant->item_by == US || tenant->record_by == US))
            sim_broke(sim, RULE_ENDS_AS_TOLD, "a drill has changed %s", tenant->id);
        else if (told->item_left)
            continue;
        else if (ledger->state == FAILOVER_REFUSED)
            is_as_before(sim, tenant, false, RULE_ENDS_AS_TOLD);
        else if (ledger->state == FAILOVER_REVERTED)
            is_as_before(sim, tenant, told->record_left, RULE_REVERT_EXACT);
        else if (told->step == TENANT_VERIFIED || (told->record_left && told->item == ITEM_PLACED))
            is_there(sim, tenant);
        else if (told->record_left || told->step == TENANT_CHECKED ||
                 ledger->plan->kind == FAILOVER_DRILL)
            is_as_before(sim, tenant, told->record_left, RULE_ENDS_AS_TOLD);
        else
            sim_broke(sim, RULE_ENDS_AS_TOLD, "it is over, and %s is %s", tenant->id,
                      tenant_step_name(told->step));
        if (tenant->forth > tenant->back + 1 || tenant->back > tenant->forth)
            sim_broke(sim, RULE_ENDS_AS_TOLD, "%s was changed %u times, and %u times back",
                      tenant->id, tenant->forth, tenant->back);
    }
}

/* By the registry a tenant is in one cell, the old or the new one, unless somebody else says other.
 */
static void every_tenant_is_in_one_cell(struct sim *sim)
{
    for (guint i = 0; i < sim->n; i++) {
        const struct resident *tenant = &sim->tenants[i];
        if (tenant->item_by != OTHERS && strcmp(tenant->item.cell, sim_cells[0]) != 0 &&
            strcmp(tenant->item.cell, tenant->to) != 0)
            sim_broke(sim, RULE_ONE_CELL, "%s is in %s", tenant->id, tenant->item.cell);
    }
}

/* Held for what did not come, not for what failed: no sooner than the plan allows. */
static void waits_its_whole_time(struct sim *sim, const struct event *event)
{
    const struct failover *ledger = sim->ledger;
    bool late = strcmp(event->type, "state") == 0 && ledger->state == FAILOVER_HELD &&
                !ledger->failed && ledger->code != FAILOVER_PREFLIGHT;
    if (late && sim->now_ms - sim->since_ms < STEP_MS - WHEN_SECOND)
        sim_broke(sim, RULE_PATIENCE, "it is held after %d s for what may take %d s",
                  (int)((sim->now_ms - sim->since_ms) / WHEN_SECOND), (int)(STEP_MS / WHEN_SECOND));
}

static void note_intent(struct sim *sim, const struct event *event)
{
    bool outcome = g_str_has_suffix(event->type, ".done") ||
                   g_str_has_suffix(event->type, ".failed") ||
                   strcmp(event->type, "dns.called") == 0;
    if (g_str_has_suffix(event->type, ".intent"))
        sim->open_intent_seq = event->seq;
    else if (outcome)
        sim->open_intent_seq = 0;
}

static void operation_event(struct sim *sim, const struct event *event)
{
    g_autoptr(GError) error = NULL;
    sim->run.events++;
    if (sim->run.options.told) {
        g_autofree char *data = json_dumps(event->data, JSON_COMPACT);
        sim_tell(sim, "%s #%d %s: %.300s", event->actor, (int)event->seq, event->type,
                 strcmp(event->type, "opened") == 0 ? "" : data);
    }
    gint64 since_ms = sim->ledger->since_ms;
    bool first = !sim->ledger->begun;
    if (!failover_apply(sim->ledger, event, &error)) {
        sim_broke(sim, -1, "%s", error->message);
        return;
    }
    if (since_ms != sim->ledger->since_ms)
        sim->since_ms = sim->now_ms;
    waits_its_whole_time(sim, event);
    note_intent(sim, event);
    every_transition_has_cause_and_actor(sim, event);
    left_ones_are_told(sim, event);
    targets_are_fit(sim, event);
    if (strcmp(event->type, "verified") == 0)
        verified_ones_are_there(sim, event);
    if (failover_state_final(sim->ledger->state) && sim->ledger->ended_ms == event->at_ms &&
        strcmp(event->type, "state") == 0)
        ends_as_told(sim);
    every_tenant_is_in_one_cell(sim);
    rules_strangers(sim, event, first);
}

static void lease_event(struct sim *sim, const struct event *event)
{
    const json_t *holder = json_object_get(event->data, "holder");
    bool held = json_is_true(json_object_get(event->data, "held"));
    sim->lease_pid = held ? json_integer_value(json_object_get(holder, "pid")) : 0;
    sim->lease_renewed_ms = sim->now_ms;
    sim->lease_ms = json_integer_value(json_object_get(event->data, "lease_ms"));
}

static void lock_event(struct sim *sim, const struct event *event)
{
    int cell = cell_index(event->stream + strlen("lock/"));
    bool held = json_is_true(json_object_get(event->data, "held"));
    const char *operation = text(event, "operation");
    if (cell < 0)
        return;
    /* Other operations come one after the other. */
    bool ours = g_strcmp0(sim->lock_of[cell], sim->ledger->id) == 0;
    bool rival = sim->rival_cell && strcmp(sim->rival_cell, sim_cells[cell]) == 0;
    bool takes = strcmp(operation, sim->ledger->id) == 0;
    if (held && !failover_state_final(sim->ledger->state) && sim->lock_of[cell] &&
        (takes ? rival && !ours : ours))
        sim_broke(sim, RULE_ONE_HOLDER, "%s takes %s, which %s has", operation, sim_cells[cell],
                  sim->lock_of[cell]);
    g_free(sim->lock_of[cell]);
    sim->lock_of[cell] = held ? g_strdup(operation) : NULL;
}

void rules_event(struct sim *sim, const struct event *event)
{
    if (strcmp(event->stream, sim->ledger->id) == 0)
        operation_event(sim, event);
    else if (g_str_has_prefix(event->stream, "lease/"))
        lease_event(sim, event);
    else if (g_str_has_prefix(event->stream, "lock/"))
        lock_event(sim, event);
}

static void may_be_written(struct sim *sim, const struct call *call, const char *id)
{
    const struct failover_tenant *told = failover_tenant(sim->ledger, id);
    bool goes_back =
        call->what.act == ACT_REGISTRY && (call->what.back || call->what.step == REGISTRY_RESTORE);
    if (told && is_left(told) && (told->item_left || !goes_back))
        sim_broke(sim, RULE_LEFT_ALONE, "%s is left alone, and is to be written", id);
}

static void whom_it_writes(struct sim *sim, const struct call *call)
{
    size_t i;
    json_t *change;
    if (call->what.act == ACT_REGISTRY)
        may_be_written(sim, call, sim->tenants[call->tenant].id);
    json_array_foreach (call->changes, i, change)
        may_be_written(sim, call, json_string_value(json_object_get(change, "tenant")));
}

void rules_call(struct sim *sim, const struct shell *shell, const struct call *call)
{
    const struct failover *ledger = sim->ledger;
    bool live = sim->lease_pid == shell->pid &&
                sim->now_ms + CALL_DEADLINE_MS <= sim->lease_renewed_ms + sim->lease_ms;
    if (!live || sim->open_intent_seq != call->what.seq)
        sim_broke(sim, RULE_INTENT_FIRST, "p%d writes %s", shell->number,
                  live ? "what no intent on record says" : "without a lease that outlasts it");
    for (int i = 0; i < CELLS; i++)
        if (g_strcmp0(sim->lock_of[i], ledger->id) != 0)
            sim_broke(sim, RULE_ONE_HOLDER, "p%d writes, and %s is locked by %s", shell->number,
                      sim_cells[i], sim->lock_of[i] ? sim->lock_of[i] : "nobody");
    bool at_work = ledger->state == FAILOVER_RUNNING || ledger->state == FAILOVER_REVERTING;
    if (!at_work || call->what.back != ledger->reverting)
        sim_broke(sim, RULE_HELD, "p%d writes, and it is %s", shell->number,
                  failover_state_name(ledger->state));
    whom_it_writes(sim, call);
}

static void canary_comes_first(struct sim *sim, const struct resident *tenant,
                               const struct call *call)
{
    const struct failover_tenant *canary = failover_tenant_at(sim->ledger, 0);
    bool through = canary->verified_ms > 0 || is_left(canary);
    if (!call->what.back && call->what.step == REGISTRY_MARK && tenant != &sim->tenants[0] &&
        !through)
        sim_broke(sim, RULE_CANARY, "%s is marked before %s is verified", tenant->id,
                  sim->tenants[0].id);
}

/* Named by the registry only once everybody is led there. */
static void is_led_there(struct sim *sim, const struct resident *tenant)
{
    char name[32];
    leads_there(tenant, name);
    if (sim->plan->dns && tenant->has_record && tenant->record_by == US &&
        (strcmp(tenant->record.leads, name) != 0 || sim->now_ms < tenant->insync_ms))
        sim_broke(sim, RULE_DNS_AS_PLANNED, "%s is placed before its record is INSYNC", tenant->id);
}

void rules_item_landed(struct sim *sim, const struct resident *tenant, const struct call *call)
{
    if (tenant->item_by == OTHERS)
        sim_broke(sim, RULE_LEFT_ALONE, "%s is somebody else's, and is written", tenant->id);
    canary_comes_first(sim, tenant, call);
    if (call->what.step == REGISTRY_PLACE)
        is_led_there(sim, tenant);
}

void rules_record_landed(struct sim *sim, const struct resident *tenant, const struct call *call)
{
    char name[32];
    size_t i;
    json_t *change;
    leads_there(tenant, name);
    json_array_foreach (call->changes, i, change) {
        const json_t *becomes = json_object_get(change, "becomes");
        if (strcmp(json_string_value(json_object_get(change, "tenant")), tenant->id) != 0)
            continue;
        const char *leads =
            json_string_value(json_array_get(json_object_get(becomes, "values"), 0));
        bool there = leads && g_str_has_prefix(leads, name);
        bool back = record_is(tenant, &tenant->record_before, becomes);
        if (call->what.back ? !back : !there)
            sim_broke(sim, call->what.back ? RULE_REVERT_EXACT : RULE_DNS_AS_PLANNED,
                      "%s is led to %s", tenant->id, leads ? leads : "nothing");
    }
    if (!call->what.back && tenant->item_by == US && strcmp(tenant->item.status, "MIGRATING") != 0)
        sim_broke(sim, RULE_DNS_AS_PLANNED, "the record of %s is changed while it is %s",
                  tenant->id, tenant->item.status);
    if (!call->what.back && tenant->item_by == NOBODY)
        sim_broke(sim, RULE_DNS_AS_PLANNED, "the record of %s is changed before it is marked",
                  tenant->id);
}

void rules_decided(struct sim *sim, const struct failover *failover,
                   const struct failover_decision *decision, gint64 now_ms)
{
    if (decision->type || failover_state_final(failover->state))
        return;
    g_autofree char *resume = failover_refuses(failover, "resume");
    g_autofree char *revert = failover_refuses(failover, "revert");
    if (failover->state == FAILOVER_HELD && resume && revert)
        sim_broke(sim, RULE_WAY_OUT, "it is held, and nobody may do anything: %s", resume);
    if (failover->state != FAILOVER_HELD && decision->look_again_ms <= now_ms)
        sim_broke(sim, RULE_WAY_OUT, "it is %s and waits without a deadline",
                  failover_state_name(failover->state));
}

static void locks_are_free(struct sim *sim)
{
    for (int i = 0; i < CELLS; i++) {
        g_autofree char *holder = lock_holder(sim->desk, sim_cells[i], NULL, NULL);
        if (g_strcmp0(holder, sim->ledger->id) == 0)
            sim_broke(sim, RULE_NO_LOCK_LEFT, "it is over, and %s is locked", sim_cells[i]);
    }
}

void rules_end(struct sim *sim)
{
    g_autoptr(GError) error = NULL;
    if (sim->run.broken || (sim->run.options.kills && sim->ledger->state == FAILOVER_HELD))
        return;
    if (!failover_state_final(sim->ledger->state))
        sim_broke(sim, RULE_WAY_OUT, "it does not end: %s (%s)",
                  failover_state_name(sim->ledger->state),
                  sim->ledger->state_reason ? sim->ledger->state_reason : "");
    locks_are_free(sim);
    if (!journal_verify(sim->desk, NULL, &error))
        sim_broke(sim, -1, "%s", error->message);
}
