#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "data/record_set.h"
#include "data/route53_write.h"
#include "rollout/failover_state.h"

#include <string.h>

/* What Route 53 counts of a set: an alias is one value. */
struct weight {
    guint values, letters;
};

static struct record_set *set_of(const json_t *record)
{
    return json_is_object(record) ? record_set_of_json(record, NULL) : NULL;
}

bool record_leads_to(const json_t *record, const char *dns_name)
{
    OWN(record_set) set = set_of(record);
    if (!set || !dns_name || strcmp(set->type, "CNAME") != 0 || set->foreign)
        return false;
    OWN(record_set) wanted = record_set_cname(set->name, dns_name, set->ttl_s);
    return record_set_equal(set, wanted);
}

bool record_same(const json_t *a, const json_t *b)
{
    OWN(record_set) set_a = set_of(a);
    OWN(record_set) set_b = set_of(b);
    if (!set_a || !set_b)
        return !set_a && !set_b;
    return record_set_equal(set_a, set_b);
}

char *record_words(const json_t *record)
{
    OWN(record_set) set = set_of(record);
    return set ? record_set_text(set) : g_strdup("no record");
}

static struct weight weight_of(const json_t *record)
{
    OWN(record_set) set = set_of(record);
    struct weight weight = {0};
    if (!set)
        return weight;
    if (set->alias_name)
        return (struct weight){1, (guint)strlen(set->alias_name)};
    weight.values = set->values->len;
    for (guint i = 0; i < set->values->len; i++)
        weight.letters += (guint)strlen(g_ptr_array_index(set->values, i));
    return weight;
}

/* Of a DELETE and a CREATE, or of an UPSERT, which counts twice. */
static struct weight weight_of_change(const json_t *was, const json_t *becomes)
{
    struct weight before = weight_of(was), after = weight_of(becomes);
    guint times = before.values == 0 ? 2 : 1;
    return (struct weight){before.values + times * after.values,
                           before.letters + times * after.letters};
}

/* The CNAME that leads the tenant to its target, by the name that stands, where one does. */
static json_t *new_record(const struct failover *failover, const struct failover_tenant *tenant)
{
    const struct planned_target *target = failover_plan_target(failover->plan, tenant->plan->to);
    OWN(record_set) was = set_of(tenant->was);
    OWN(record_set)
    set = record_set_cname(was ? was->name : tenant->plan->record, target->dns_name,
                           failover->plan->ttl_s);
    return record_set_json(set);
}

static json_t *or_null(json_t *record)
{
    return record ? json_incref(record) : json_null();
}

json_t *record_changes(const struct failover *failover, guint place)
{
    const struct failover_batch *batch = failover_batch_at(failover, place);
    json_t *changes = json_array();
    struct weight sum = {0};
    for (guint i = 0; i < batch->n; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, batch->first + i);
        if (!tenant_wants(failover, tenant, PHASE_CHANGE))
            continue;
        OWN_JSON new = failover->reverting ? NULL : new_record(failover, tenant);
        json_t *was = failover->reverting ? tenant->becomes : tenant->was;
        json_t *old = FAULT_SWITCH(RECORD_FORGOTTEN) ? NULL : tenant->was;
        json_t *becomes = failover->reverting ? old : new;
        struct weight weight = weight_of_change(was, becomes);
        sum.values += weight.values;
        sum.letters += weight.letters;
        if (json_array_size(changes) > 0 &&
            (sum.values > ZONE_VALUES_MAX || sum.letters > ZONE_LETTERS_MAX))
            break;
        json_array_append_new(changes, json_pack("{s:o, s:o, s:o, s:o}", "tenant",
                                                 text_json(tenant->plan->id), "name",
                                                 text_json(tenant->plan->record), "was",
                                                 or_null(was), "becomes", or_null(becomes)));
    }
    return changes;
}
