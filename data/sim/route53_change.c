/* ChangeResourceRecordSets: a batch is done as a whole, or refused with every fault that it has, in
 * Route 53's words. */
#include "data/sim/route53.h"
#include "data/sim/value.h"
#include "data/sim/zone.h"

#include <string.h>

#define VALUES_MAX        1000 /* an UPSERT counts twice (guide/aws.md) */
#define VALUE_LETTERS_MAX 32000

const json_t *sim_nth(const json_t *value, size_t i)
{
    if (json_is_array(value))
        return json_array_get(value, i);
    return i == 0 ? value : NULL;
}

/* A batch on its way: the zone as it would be, and what is wrong with it. */
struct batch {
    struct sim_call *call;
    const struct sim_zone *zone;
    json_t *sets;
    GString *faults;
    size_t values, letters;
};

static void fault(struct batch *batch, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void fault(struct batch *batch, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (batch->faults->len)
        g_string_append(batch->faults, ", ");
    g_string_append_vprintf(batch->faults, format, args);
    va_end(args);
}

static char *key_of(const json_t *set)
{
    return sim_zone_key(sim_text(set, "Name", ""), sim_text(set, "Type", ""),
                        sim_text(set, "SetIdentifier", ""));
}

static const json_t *values_of(const json_t *set)
{
    return json_object_get(json_object_get(set, "ResourceRecords"), "ResourceRecord");
}

static json_t *normal(const json_t *set)
{
    json_t *copy = json_deep_copy(set);
    g_autofree char *lower = g_ascii_strdown(sim_text(copy, "Name", ""), -1);
    g_autofree char *dotted = g_strconcat(lower, g_str_has_suffix(lower, ".") ? "" : ".", NULL);
    json_object_set_new(copy, "Name", json_string(dotted));
    return copy;
}

/* False after a refusal: what is not even a change is no matter of the zone. */
static bool is_change(struct sim_call *call, const json_t *change, const json_t *set)
{
    static const char *const actions[] = {"CREATE", "DELETE", "UPSERT", NULL};
    const char *action = sim_text(change, "Action", ""), *name = sim_text(set, "Name", ""),
               *type = sim_text(set, "Type", "");
    bool plain = sim_text(set, "TTL", NULL) && sim_nth(values_of(set), 0);
    bool alias = json_is_object(json_object_get(set, "AliasTarget"));
    if (!g_strv_contains(actions, action))
        sim_refuse(call, 400, "InvalidInput",
                   "1 validation error detected: Value '%s' at "
                   "'changeBatch.changes.member.action' failed to satisfy constraint: Member must "
                   "satisfy enum value set: [CREATE, DELETE, UPSERT]",
                   action);
    else if (!*name || !*type)
        sim_refuse(call, 400, "InvalidInput",
                   "Invalid request: Missing field 'Name' or 'Type' in ResourceRecordSet");
    else if (plain == alias)
        sim_refuse(call, 400, "InvalidInput",
                   "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and "
                   "ResourceRecords], or TrafficPolicyInstanceId], but found %s in Change with "
                   "[Action=%s, Name=%s, Type=%s, SetIdentifier=%s]",
                   plain ? "more than one" : "none", action, name, type,
                   sim_text(set, "SetIdentifier", "null"));
    return call->error.status == 0;
}

static void weigh(struct batch *batch, const json_t *change, const json_t *set)
{
    size_t twice = g_str_equal(sim_text(change, "Action", ""), "UPSERT") ? 2 : 1;
    const json_t *record;
    for (size_t i = 0; (record = sim_nth(values_of(set), i)); i++) {
        batch->values += twice;
        batch->letters += twice * strlen(sim_text(record, "Value", ""));
    }
}

static void apply(struct batch *batch, const char *action, const json_t *set)
{
    const char *name = sim_text(set, "Name", ""), *type = sim_text(set, "Type", "");
    const char *domain = sim_zone_domain(batch->zone);
    g_autofree char *key = key_of(set), *below = g_strconcat(".", domain, NULL);
    const json_t *there = json_object_get(batch->sets, key);
    if (!g_str_equal(name, domain) && !g_str_has_suffix(name, below))
        fault(batch, "RRSet with DNS name %s is not permitted in zone %s", name, domain);
    else if (g_str_equal(action, "CREATE") && there)
        fault(batch,
              "Tried to create resource record set [name='%s', type='%s'] but it already exists",
              name, type);
    else if (g_str_equal(action, "DELETE") && !there)
        fault(batch,
              "Tried to delete resource record set [name='%s', type='%s'] but it was not found",
              name, type);
    else if (g_str_equal(action, "DELETE") && !json_equal(set, there))
        fault(batch,
              "Tried to delete resource record set [name='%s', type='%s'] but the values provided "
              "do not match the current values",
              name, type);
    else if (g_str_equal(action, "DELETE"))
        json_object_del(batch->sets, key);
    else
        json_object_set(batch->sets, key, (json_t *)set);
}

/* A name with a CNAME has nothing else, and the zone's own name has none. */
static void look_at_cname(struct batch *batch, const json_t *set)
{
    const char *name = sim_text(set, "Name", ""), *type = sim_text(set, "Type", "");
    const char *domain = sim_zone_domain(batch->zone);
    g_autofree char *all = sim_zone_key(name, "", ""), *own = key_of(set);
    g_autofree char *cname = sim_zone_key(name, "CNAME", "");
    size_t others = 0;
    const char *key;
    json_t *other;
    if (!json_object_get(batch->sets, own))
        return;
    g_strchomp(all);
    json_object_foreach (batch->sets, key, other) {
        bool same = g_str_has_prefix(key, all) && key[strlen(all)] == ' ';
        others += same && !g_str_equal(sim_text(other, "Type", ""), type);
    }
    bool is_cname = g_str_equal(type, "CNAME");
    if (is_cname && g_str_equal(name, domain))
        fault(batch, "RRSet of type CNAME with DNS name %s is not permitted at apex in zone %s",
              name, domain);
    else if (others && (is_cname || json_object_get(batch->sets, cname)))
        fault(batch,
              "RRSet of type %s with DNS name %s is not permitted as it conflicts with other "
              "records with the same DNS name in zone %s",
              type, name, domain);
}

/* The zone as it would be; NULL and refused where anything is wrong. New reference. */
static json_t *changed(struct batch *batch, const json_t *changes)
{
    const json_t *change;
    size_t i = 0;
    OWN_JSON given = json_array();
    for (; (change = sim_nth(changes, i)); i++) {
        const json_t *raw = json_object_get(change, "ResourceRecordSet");
        if (!is_change(batch->call, change, raw))
            return NULL;
        json_t *set = normal(raw);
        json_array_append_new(given, set);
        weigh(batch, change, set);
        apply(batch, sim_text(change, "Action", ""), set);
    }
    json_t *set;
    json_array_foreach (given, i, set)
        look_at_cname(batch, set);
    if (json_array_size(given) == 0)
        return sim_refuse(batch->call, 400, "InvalidInput",
                          "1 validation error detected: Value '[]' at 'changeBatch.changes' failed "
                          "to satisfy constraint: Member must have length greater than or equal to "
                          "1");
    if (batch->values > VALUES_MAX)
        fault(batch, "Number of records limit of %d exceeded.", VALUES_MAX);
    if (batch->letters > VALUE_LETTERS_MAX)
        fault(batch, "Number of characters limit of %d exceeded.", VALUE_LETTERS_MAX);
    if (batch->faults->len)
        return sim_refuse(batch->call, 400, "InvalidChangeBatch", "[%s]", batch->faults->str);
    return json_incref(batch->sets);
}

json_t *sim_route53_changed(struct sim_call *call, const struct sim_zone *zone)
{
    const json_t *batch = json_object_get(call->in, "ChangeBatch");
    const json_t *changes = json_object_get(json_object_get(batch, "Changes"), "Change");
    OWN_JSON sets = json_copy(sim_zone_sets(zone));
    g_autoptr(GString) faults = g_string_new(NULL);
    struct batch made = {.call = call, .zone = zone, .sets = sets, .faults = faults};
    return changed(&made, changes);
}
