#include "tests/unit/flight_world.h"

#include "data/record_set.h"

#include <string.h>

static bool stands(const struct flight_tenant *tenant, struct registry_stand as)
{
    return strcmp(tenant->cell, as.cell) == 0 && strcmp(tenant->status, as.status) == 0 &&
           g_strcmp0(tenant->stamp, as.updated_at) == 0;
}

static json_t *raw_set(const struct flight *flight, guint i)
{
    const struct flight_tenant *tenant = &flight->tenants[i];
    if (!*tenant->record)
        return NULL;
    g_autofree char *name = g_strdup_printf("t-%u.example.com.", i);
    OWN(record_set) set = record_set_cname(name, tenant->record, tenant->ttl_s);
    return record_set_json(set);
}

static void write_items(struct flight *flight)
{
    const struct failover *failover = flight->failover;
    for (guint i = 0; i < failover->intent.tenants->len; i++) {
        const struct failover_tenant *tenant = g_ptr_array_index(failover->intent.tenants, i);
        struct flight_tenant *item = &flight->tenants[tenant->place];
        struct registry_stand then = failover_becomes(failover, tenant);
        if (item->throttled || !stands(item, failover_stands(tenant)))
            continue;
        item->writes++;
        g_strlcpy(item->cell, then.cell, sizeof item->cell);
        g_strlcpy(item->status, then.status, sizeof item->status);
        g_strlcpy(item->stamp, then.updated_at, sizeof item->stamp);
    }
}

static bool record_stands(const struct flight *flight, guint i, const json_t *as)
{
    OWN_JSON is = raw_set(flight, i);
    if (!is || !json_is_object(as))
        return !is && !json_is_object(as);
    OWN(record_set) a = record_set_of_json(is, NULL);
    OWN(record_set) b = record_set_of_json(as, NULL);
    return record_set_equal(a, b);
}

static void set_record(struct flight_tenant *tenant, const json_t *becomes)
{
    OWN(record_set) set = json_is_object(becomes) ? record_set_of_json(becomes, NULL) : NULL;
    tenant->changes++;
    *tenant->record = '\0';
    if (!set)
        return;
    g_strlcpy(tenant->record, g_ptr_array_index(set->values, 0), sizeof tenant->record);
    if (g_str_has_suffix(tenant->record, "."))
        tenant->record[strlen(tenant->record) - 1] = '\0';
    tenant->ttl_s = set->ttl_s;
}

static bool all_stand(const struct flight *flight, const char *as)
{
    const struct failover_intent *intent = &flight->failover->intent;
    for (guint i = 0; i < intent->tenants->len; i++) {
        const struct failover_tenant *tenant = g_ptr_array_index(intent->tenants, i);
        const json_t *change = json_array_get(intent->changes, i);
        if (!record_stands(flight, tenant->place, json_object_get(change, as)))
            return false;
    }
    return true;
}

/* All or nothing; what was done before a crash is found done. */
static void change_records(struct flight *flight)
{
    const struct failover_intent *intent = &flight->failover->intent;
    flight->dns_calls++;
    flight->called = all_stand(flight, "becomes");
    if (flight->called || flight->dns_code || !all_stand(flight, "was"))
        return;
    for (guint i = 0; i < intent->tenants->len; i++) {
        const struct failover_tenant *tenant = g_ptr_array_index(intent->tenants, i);
        set_record(&flight->tenants[tenant->place],
                   json_object_get(json_array_get(intent->changes, i), "becomes"));
    }
    flight->called = true;
}

void flight_call(struct flight *flight)
{
    const struct failover_intent *intent = &flight->failover->intent;
    if (!failover_may_call(flight->failover) || flight->called_seq == intent->seq)
        return;
    flight->called_seq = intent->seq;
    flight->called = false;
    if (flight->failover->plan->kind == FAILOVER_DRILL)
        return;
    if (intent->act == ACT_REGISTRY)
        write_items(flight);
    else if (intent->act == ACT_DNS)
        change_records(flight);
    else
        flight->commands++;
}

static void observe_item(const struct flight *flight, const struct failover_tenant *tenant,
                         struct observed_tenant *there)
{
    const struct flight_tenant *item = &flight->tenants[tenant->place];
    bool drill = flight->failover->plan->kind == FAILOVER_DRILL;
    if (flight->failover->intent.act != ACT_REGISTRY || flight->blind || flight->lost ||
        tenant->batch != flight->failover->intent.batch)
        return;
    bool before = stands(item, failover_stands(tenant));
    there->item = drill ? (before ? OUTCOME_DONE : OUTCOME_REFUSED)
                  : stands(item, failover_becomes(flight->failover, tenant)) ? OUTCOME_DONE
                  : before                                                   ? OUTCOME_NOT
                                                                             : OUTCOME_REFUSED;
    there->item_why = there->item == OUTCOME_NOT       ? "throttled"
                      : there->item == OUTCOME_REFUSED ? "it was changed by somebody else"
                                                       : NULL;
}

/* What was made of its record, or what was there before, stands. */
static bool has_its_record(const struct flight *flight, const struct failover_tenant *tenant)
{
    const struct failover *failover = flight->failover;
    bool touched = failover->plan->dns && tenant->record != RECORD_AS_IT_WAS;
    const json_t *as = failover->reverting ? tenant->was : tenant->becomes;
    return !touched || record_stands(flight, tenant->place, as);
}

static void observe_tenant(const struct flight *flight, const struct failover_tenant *tenant,
                           struct observed_tenant *there)
{
    const struct flight_tenant *item = &flight->tenants[tenant->place];
    observe_item(flight, tenant, there);
    if (flight->blind)
        return;
    there->record_read = failover_reads(flight->failover) == (gssize)tenant->batch;
    there->record = there->record_read ? raw_set(flight, tenant->place) : NULL;
    there->record_why = item->record_why;
    bool taken = !stands(item, failover_stands(tenant));
    there->record_taken = !taken && !has_its_record(flight, tenant);
    there->verified = taken || there->record_taken ? OUTCOME_REFUSED
                      : item->unverified           ? OUTCOME_NOT
                                                   : OUTCOME_DONE;
    there->verified_why = item->unverified;
}

/* What is not wanted any more is not called, and whether it ever was is looked at. */
static enum outcome outcome_of_change(const struct flight *flight)
{
    bool made = flight->called_seq == flight->failover->intent.seq;
    if (!failover_may_call(flight->failover))
        return all_stand(flight, "becomes") ? OUTCOME_DONE : OUTCOME_NOT;
    if (!made || flight->called)
        return made ? OUTCOME_DONE : OUTCOME_UNKNOWN;
    return flight->dns_code && strcmp(flight->dns_code, "refused") != 0 ? OUTCOME_NOT
                                                                        : OUTCOME_REFUSED;
}

static void observe_call(const struct flight *flight, struct failover_observation *seen)
{
    const struct failover_intent *intent = &flight->failover->intent;
    bool command = intent->act != ACT_DNS;
    if (intent->act == ACT_NONE || flight->lost)
        return;
    if (command && flight->called_seq != intent->seq)
        seen->call = failover_may_call(flight->failover) ? OUTCOME_UNKNOWN : OUTCOME_NOT;
    else if (command)
        seen->call = flight->fails ? OUTCOME_REFUSED : OUTCOME_DONE;
    else
        seen->call = outcome_of_change(flight);
    seen->call_change = "C1";
    seen->call_code = flight->dns_code ? flight->dns_code : "changed";
    seen->call_error = command ? flight->fails : seen->call_code;
}

/* Ids, borrowed. NULL: not read. */
static GPtrArray *residents(const struct flight *flight)
{
    GPtrArray *ids = g_ptr_array_new();
    for (guint i = 0; i < flight->n; i++)
        if (strcmp(flight->tenants[i].cell, "cell-1") == 0)
            g_ptr_array_add(ids, failover_tenant_at(flight->failover, i)->plan->id);
    if (flight->stranger)
        g_ptr_array_add(ids, (gpointer)flight->stranger);
    if (!flight->uncounted && failover_counts(flight->failover) != COUNT_NOBODY)
        return ids;
    g_ptr_array_unref(ids);
    return NULL;
}

struct failover_decision flight_decide(const struct flight *flight)
{
    const struct failover *failover = flight->failover;
    g_autofree struct observed_tenant *tenants = g_new0(struct observed_tenant, flight->n);
    g_autofree enum outcome *insync = g_new0(enum outcome, failover->batches->len);
    GPtrArray *ids = residents(flight);
    struct failover_observation seen = {.now_ms = flight->now_ms,
                                        .credit_ms = flight->credit_ms,
                                        .preflight_read = !flight->unread,
                                        .preflight_why = flight->unfit,
                                        .locks_ours = !flight->locked,
                                        .lock_why = flight->locked,
                                        .residents = ids,
                                        .residents_why = flight->uncounted,
                                        .tenants = tenants,
                                        .insync = insync};
    for (guint i = 0; i < flight->n; i++)
        observe_tenant(flight, failover_tenant_at(failover, i), &tenants[i]);
    for (guint i = 0; i < failover->batches->len && !flight->pending; i++)
        insync[i] = OUTCOME_DONE;
    observe_call(flight, &seen);
    struct failover_decision decision = failover_decide(failover, &seen);
    for (guint i = 0; i < flight->n; i++)
        json_decref(tenants[i].record);
    g_clear_pointer(&ids, g_ptr_array_unref);
    return decision;
}
