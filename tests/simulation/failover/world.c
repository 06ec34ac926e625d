/* The registry and the zone: an item changes only where it stands as the write expects it, a change
 * of records is all or nothing, and either may land long after its maker has given it up. */
#include "data/record_set.h"
#include "tests/simulation/failover/evac.h"

#include <string.h>

void evac_call_free(gpointer data)
{
    struct call *call = data;
    json_decref(call->changes);
    g_free(call->token);
    g_strfreev(call->names);
    g_free(call);
}

bool item_is(const struct kept_item *item, const struct registry_stand *stand)
{
    return strcmp(item->cell, stand->cell) == 0 && strcmp(item->status, stand->status) == 0 &&
           strcmp(item->region, stand->region) == 0 &&
           g_strcmp0(item->stamp, stand->updated_at) == 0;
}

static bool items_same(const struct kept_item *a, const struct kept_item *b)
{
    const struct registry_stand stand = {b->cell, b->status, b->region, b->stamp};
    return item_is(a, &stand);
}

static struct record_set *set_of(const struct resident *tenant, const struct kept_record *record)
{
    g_autofree char *name = g_strdup_printf("%s.example.com.", tenant->id);
    struct record_set *set = record_set_cname(name, record->leads, record->ttl_s);
    if (record->routed)
        set->foreign = g_strdup("SetIdentifier, Weight");
    return set;
}

json_t *record_raw(const struct resident *tenant)
{
    if (!tenant->record.there)
        return NULL;
    OWN(record_set) set = set_of(tenant, &tenant->record);
    return record_set_json(set);
}

bool record_is(const struct resident *tenant, const struct kept_record *record, const json_t *raw)
{
    if (!record->there || !json_is_object(raw))
        return !record->there && !json_is_object(raw);
    OWN(record_set) is = set_of(tenant, record);
    OWN(record_set) as = record_set_of_json(raw, NULL);
    return as && record_set_equal(is, as);
}

bool world_stands(struct sim *sim, const json_t *change, const char *as)
{
    const struct resident *tenant =
        sim_tenant(sim, json_string_value(json_object_get(change, "tenant")));
    return record_is(tenant, &tenant->record, json_object_get(change, as));
}

bool world_all_stand(struct sim *sim, const json_t *changes, const char *as)
{
    size_t i;
    json_t *change;
    json_array_foreach (changes, i, change)
        if (!world_stands(sim, change, as))
            return false;
    return true;
}

bool world_is_insync(struct sim *sim, const char *change)
{
    const gint64 *at_ms = g_hash_table_lookup(sim->changes, change);
    return at_ms && sim->now_ms >= *at_ms && sim->now_ms >= sim->pending_until_ms;
}

static void take_record(struct resident *tenant, const json_t *becomes)
{
    OWN(record_set) set = json_is_object(becomes) ? record_set_of_json(becomes, NULL) : NULL;
    tenant->record = (struct kept_record){.there = set != NULL};
    if (!set)
        return;
    g_strlcpy(tenant->record.leads, g_ptr_array_index(set->values, 0), sizeof tenant->record.leads);
    if (g_str_has_suffix(tenant->record.leads, "."))
        tenant->record.leads[strlen(tenant->record.leads) - 1] = '\0';
    tenant->record.ttl_s = set->ttl_s;
}

/* Changes of a zone come everywhere in their order. */
static gint64 new_change(struct sim *sim, char change[16])
{
    gint64 *at_ms = g_new(gint64, 1);
    gint64 due_ms = sim->now_ms + sim_between(sim->run.chance, 1, 60) * WHEN_SECOND;
    g_snprintf(change, 16, "C%u", ++sim->next_change);
    *at_ms = sim->last_insync_ms = MAX(due_ms, sim->last_insync_ms);
    g_hash_table_insert(sim->changes, g_strdup(change), at_ms);
    return *at_ms;
}

static void refuse(struct call *call, enum outcome outcome, const char *code, const char *why)
{
    call->outcome = outcome;
    call->code = code;
    call->why = why;
}

static void land_item(struct sim *sim, struct call *call)
{
    struct resident *tenant = &sim->tenants[call->tenant];
    struct kept_item expected = call->expected, becomes = call->becomes;
    if (!*expected.region)
        g_strlcpy(expected.region, tenant->item.region, sizeof expected.region);
    if (!*becomes.region)
        g_strlcpy(becomes.region, tenant->item.region, sizeof becomes.region);
    call->found = tenant->item;
    if (sim->now_ms < sim->registry_throttled_until_ms) {
        refuse(call, OUTCOME_NOT, "throttled", "ProvisionedThroughputExceededException");
        return;
    }
    if (!items_same(&tenant->item, &expected)) {
        bool ours = items_same(&tenant->item, &becomes);
        refuse(call, ours ? OUTCOME_DONE : OUTCOME_REFUSED, NULL, "it stands otherwise");
        return;
    }
    rules_item_landed(sim, tenant, call);
    tenant->item = call->found = becomes;
    tenant->item_by = US;
    call->outcome = OUTCOME_DONE;
    sim->run.touches++;
    sim_tell(sim, "    registry: %s is in %s, %s (%s)", tenant->id, tenant->item.cell,
             tenant->item.status, tenant->item.stamp);
}

/* A set that is put in place of itself: nothing is changed, and there is an id that can be asked.
 */
static bool changes_nothing(const json_t *change)
{
    return json_equal(json_object_get(change, "was"), json_object_get(change, "becomes"));
}

static void land_change(struct sim *sim, struct call *call)
{
    size_t i;
    json_t *change;
    if (sim->now_ms < sim->zone_throttled_until_ms)
        refuse(call, OUTCOME_NOT, "throttled", "Throttling: Rate exceeded");
    else if (sim->now_ms < sim->zone_refuses_until_ms)
        refuse(call, OUTCOME_REFUSED, "refused", "AccessDenied");
    else if (!world_all_stand(sim, call->changes, "was"))
        refuse(call, OUTCOME_REFUSED, "changed", "InvalidChangeBatch");
    else
        call->outcome = OUTCOME_DONE;
    if (call->outcome != OUTCOME_DONE)
        return;
    gint64 insync_ms = new_change(sim, call->change);
    json_array_foreach (call->changes, i, change) {
        struct resident *tenant =
            sim_tenant(sim, json_string_value(json_object_get(change, "tenant")));
        if (changes_nothing(change))
            continue;
        tenant->insync_ms = insync_ms;
        rules_record_landed(sim, tenant, call);
        if (!call->what.back && tenant->forth == 0)
            tenant->record_before = tenant->record;
        take_record(tenant, json_object_get(change, "becomes"));
        tenant->record_by = US;
        *(call->what.back ? &tenant->back : &tenant->forth) += 1;
        sim_tell(sim, "    zone: %s leads to %s (%s)", tenant->id,
                 tenant->record.there ? tenant->record.leads : "nothing", call->change);
    }
    sim->run.touches++;
}

/* By its token it runs once, whoever asks. */
static void land_command(struct sim *sim, struct call *call)
{
    gpointer known = g_hash_table_lookup(sim->commands, call->token);
    if (!known) {
        known = GINT_TO_POINTER(sim->now_ms < sim->commands_fail_until_ms ? 2 : 1);
        g_hash_table_insert(sim->commands, g_strdup(call->token), known);
        sim->run.touches++;
    }
    bool well = GPOINTER_TO_INT(known) == 1;
    refuse(call, well ? OUTCOME_DONE : OUTCOME_REFUSED, NULL, well ? NULL : "exit status 1");
}

static void land(struct sim *sim, struct call *call)
{
    call->landed = true;
    if (call->reads) {
        call->found = sim->tenants[call->tenant].item;
        call->outcome = OUTCOME_DONE;
    } else if (call->what.act == ACT_REGISTRY)
        land_item(sim, call);
    else if (call->what.act == ACT_DNS)
        land_change(sim, call);
    else
        land_command(sim, call);
}

void world_call(struct call *call)
{
    struct sim *sim = call->shell->sim;
    gint64 took_ms = sim_between(sim->run.chance, 20, 900);
    call->began_ms = sim->now_ms;
    call->arrives_ms = sim->now_ms + took_ms;
    call->answers_ms = call->arrives_ms + took_ms;
    if (call->reads) {
        /* what it is told is what stands when it comes */
    } else if (trouble_comes(sim, ON_LOST_CALL, 40)) {
        call->answers_ms = -1;
        call->arrives_ms = sim_between(sim->run.dice[ON_LOST_CALL], 0, 1) ? call->arrives_ms : -1;
        sim_tell(sim, "    ... its answer is lost%s",
                 call->arrives_ms < 0 ? ", and so is the call" : "");
    } else if (trouble_comes(sim, ON_LATE_CALL, 40)) {
        call->answers_ms = -1;
        call->arrives_ms =
            sim->now_ms + sim_between(sim->run.dice[ON_LATE_CALL], 1000, CALL_DEADLINE_MS - 1);
        sim_tell(sim, "    ... it lands late");
    }
    g_ptr_array_add(sim->calls, call);
}

static void answer(struct call *call)
{
    struct watch *watch = &call->shell->watch;
    if (watch->under_way != call)
        return;
    watch->under_way = NULL;
    watch->retry_ms = call->shell->sim->now_ms + 5 * WHEN_SECOND;
    /* What one try is told says nothing of another whose answer was lost: what stands does. */
    bool tells = call->outcome == OUTCOME_DONE || !watch->unsure;
    if (call->what.act == ACT_REGISTRY) {
        watch->items[call->tenant] = tells ? call->outcome : OUTCOME_UNKNOWN;
        watch->item_why[call->tenant] = call->why;
        if (call->outcome == OUTCOME_DONE)
            watch->retry_ms = 0;
        return;
    }
    watch->call = tells ? call->outcome : OUTCOME_UNKNOWN;
    watch->code = call->code;
    watch->why = call->why;
    g_strlcpy(watch->change, call->change, sizeof watch->change);
}

/* Its answer, or that none came in time: from then on nobody waits for it. */
static void tell_maker(struct call *call, bool answered)
{
    void (*told)(struct call * call) = call->told;
    if (!answered)
        refuse(call, OUTCOME_UNKNOWN, NULL, "no answer in time");
    call->told = NULL;
    call->answers_ms = -1;
    told(call);
    call->shell = NULL;
}

void world_tick(struct sim *sim)
{
    for (guint i = 0; i < sim->calls->len; i++) {
        struct call *call = g_ptr_array_index(sim->calls, i);
        if (call->arrives_ms >= 0 && !call->landed && sim->now_ms >= call->arrives_ms)
            land(sim, call);
        bool answered = call->answers_ms >= 0 && sim->now_ms >= call->answers_ms;
        bool late = sim->now_ms >= call->began_ms + CALL_DEADLINE_MS;
        if (call->shell && call->told && (answered || late))
            tell_maker(call, answered);
        else if (answered && call->shell && !call->told)
            answer(call);
        bool waited_for = call->shell && (call->told || call->shell->watch.under_way == call);
        bool may_land = call->arrives_ms >= 0 && !call->landed;
        if (!may_land && !waited_for)
            g_ptr_array_remove_index_fast(sim->calls, i--);
    }
}
