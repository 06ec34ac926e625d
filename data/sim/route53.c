/* Route 53: record sets of zones that are there as soon as they are named, and changes that are
 * PENDING for a while. XML elements arrive as objects, repeated ones as arrays. */
#include "data/base/when.h"
#include "data/sim/call.h"
#include "data/sim/value.h"

#include <string.h>

#define PAGE_MAX          300
#define VALUES_MAX        1000 /* an UPSERT counts twice (guide/aws.md) */
#define VALUE_LETTERS_MAX 32000

/* One child or several: XML can't tell a list of one from a thing. */
static const json_t *nth(const json_t *value, size_t i)
{
    if (json_is_array(value))
        return json_array_get(value, i);
    return i == 0 ? value : NULL;
}

static char *set_key(const char *name, const char *type, const char *identifier)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    return g_strdup_printf("%s%s %s %s", lower, g_str_has_suffix(lower, ".") ? "" : ".", type,
                           identifier);
}

static char *key_of(const json_t *set)
{
    return set_key(sim_text(set, "Name", ""), sim_text(set, "Type", ""),
                   sim_text(set, "SetIdentifier", ""));
}

static json_t *normal(const json_t *set)
{
    json_t *copy = json_deep_copy(set);
    const char *name = sim_text(copy, "Name", "");
    g_autofree char *lower = g_ascii_strdown(name, -1);
    g_autofree char *dotted = g_strconcat(lower, g_str_has_suffix(lower, ".") ? "" : ".", NULL);
    json_object_set_new(copy, "Name", json_string(dotted));
    return copy;
}

/* "" where the change can be done to `zone`; else Route 53's word for why not. Caller frees. */
static char *change_fault(const json_t *zone, const char *action, const json_t *set)
{
    const char *name = sim_text(set, "Name", ""), *type = sim_text(set, "Type", "");
    if (!*name || !*type)
        return g_strdup("A ResourceRecordSet needs a Name and a Type");
    g_autofree char *key = key_of(set);
    const json_t *there = json_object_get(zone, key);
    OWN_JSON given = normal(set);
    if (g_str_equal(action, "CREATE") && there)
        return g_strdup_printf("Tried to create resource record set [name='%s', type='%s'] but it "
                               "already exists",
                               name, type);
    if (g_str_equal(action, "DELETE") && !there)
        return g_strdup_printf("Tried to delete resource record set [name='%s', type='%s'] but it "
                               "was not found",
                               name, type);
    if (g_str_equal(action, "DELETE") && !json_equal(given, there))
        return g_strdup_printf("Tried to delete resource record set [name='%s', type='%s'] but "
                               "the values provided do not match the current values",
                               name, type);
    bool known = g_str_equal(action, "CREATE") || g_str_equal(action, "DELETE") ||
                 g_str_equal(action, "UPSERT");
    return g_strdup(known ? "" : "The Action must be CREATE, DELETE or UPSERT");
}

static void weigh(const json_t *change, size_t *values, size_t *letters)
{
    size_t twice = g_str_equal(sim_text(change, "Action", ""), "UPSERT") ? 2 : 1;
    const json_t *set = json_object_get(change, "ResourceRecordSet");
    const json_t *records =
        json_object_get(json_object_get(set, "ResourceRecords"), "ResourceRecord");
    const json_t *record;
    for (size_t i = 0; (record = nth(records, i)); i++) {
        *values += twice;
        *letters += twice * strlen(sim_text(record, "Value", ""));
    }
}

/* All or nothing: the zone as it would be, or NULL and refused. */
static json_t *changed_zone(struct sim_call *call, const json_t *zone)
{
    const json_t *batch = json_object_get(call->in, "ChangeBatch");
    const json_t *changes = json_object_get(json_object_get(batch, "Changes"), "Change");
    OWN_JSON next = zone ? json_copy((json_t *)zone) : json_object();
    size_t values = 0, letters = 0, i = 0;
    const json_t *change;
    for (; (change = nth(changes, i)); i++) {
        const char *action = sim_text(change, "Action", "");
        const json_t *set = json_object_get(change, "ResourceRecordSet");
        g_autofree char *fault = change_fault(next, action, set);
        if (*fault)
            return sim_refuse(call, 400, "InvalidChangeBatch", "[%s]", fault);
        weigh(change, &values, &letters);
        g_autofree char *key = key_of(set);
        if (g_str_equal(action, "DELETE"))
            json_object_del(next, key);
        else
            json_object_set_new(next, key, normal(set));
    }
    if (i == 0 || values > VALUES_MAX || letters > VALUE_LETTERS_MAX)
        return sim_refuse(call, 400, "InvalidChangeBatch",
                          "[Number of records limit of %d, or %d characters, exceeded, or none]",
                          VALUES_MAX, VALUE_LETTERS_MAX);
    return json_incref(next);
}

static json_t *change_info(const struct sim_call *call, const json_t *change)
{
    gint64 at_ms = sim_moment(change, "SubmittedAt", 0);
    bool insync = call->now_ms >= at_ms + call->cloud->world->dns_ms;
    g_autofree char *at = when_rfc3339(at_ms);
    return json_pack("{s:{s:s, s:s, s:s}}", "ChangeInfo", "Id", sim_text(change, "Id", ""),
                     "Status", insync ? "INSYNC" : "PENDING", "SubmittedAt", at);
}

static json_t *change_record_sets(struct sim_call *call)
{
    const char *zone_id = sim_text(call->in, "HostedZoneId", "");
    json_t *next = changed_zone(call, json_object_get(call->cloud->zones, zone_id));
    if (!next)
        return NULL;
    json_object_set_new(call->cloud->zones, zone_id, next);
    g_autofree char *sum = sim_cloud_uuid(call->cloud);
    g_autofree char *upper = g_ascii_strup(sum + 24, -1);
    g_autofree char *id = g_strdup_printf("/change/C%s", upper);
    json_t *change = json_pack("{s:s, s:f}", "Id", id, "SubmittedAt", (double)call->now_ms / 1000);
    json_object_set_new(call->cloud->changes, strrchr(id, '/') + 1, change);
    return change_info(call, change);
}

static json_t *get_change(struct sim_call *call)
{
    const char *id = sim_text(call->in, "Id", "");
    const json_t *change = json_object_get(call->cloud->changes, id);
    if (!change)
        return sim_refuse(call, 404, "NoSuchChange", "Could not find resource with ID: %s", id);
    return change_info(call, change);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *sorted_keys(const json_t *zone)
{
    GPtrArray *keys = g_ptr_array_new();
    const char *key;
    json_t *set;
    json_object_foreach ((json_t *)zone, key, set)
        g_ptr_array_add(keys, (gpointer)key);
    g_ptr_array_sort(keys, by_text);
    return keys;
}

static json_t *list_record_sets(struct sim_call *call)
{
    const json_t *zone =
        json_object_get(call->cloud->zones, sim_text(call->in, "HostedZoneId", ""));
    g_autofree char *start = set_key(sim_text(call->in, "name", ""), sim_text(call->in, "type", ""),
                                     sim_text(call->in, "identifier", ""));
    bool from_start = !json_object_get(call->in, "name");
    gint64 most = CLAMP((gint64)sim_number(call->in, "maxitems", PAGE_MAX), 1, PAGE_MAX);
    g_autoptr(GPtrArray) keys = sorted_keys(zone);
    json_t *sets = json_array(), *answer = json_object();
    const json_t *next = NULL;
    for (guint i = 0; i < keys->len && !next; i++) {
        json_t *set = json_object_get(zone, keys->pdata[i]);
        if (!from_start && strcmp(keys->pdata[i], start) < 0)
            continue;
        if ((gint64)json_array_size(sets) < most)
            json_array_append(sets, set);
        else
            next = set;
    }
    if (next && call->half) {
        json_decref(sets);
        json_decref(answer);
        return sim_refuse(call, 500, "InternalError", "The request processing has failed.");
    }
    g_autofree char *limit = g_strdup_printf("%" G_GINT64_FORMAT, most);
    json_object_set_new(answer, "ResourceRecordSets",
                        json_pack("{s:o}", "ResourceRecordSet", sets));
    json_object_set_new(answer, "IsTruncated", json_boolean(next != NULL));
    if (next) {
        json_object_set(answer, "NextRecordName", json_object_get(next, "Name"));
        json_object_set(answer, "NextRecordType", json_object_get(next, "Type"));
    }
    json_object_set_new(answer, "MaxItems", json_string(limit));
    return answer;
}

static json_t *test_dns_answer(struct sim_call *call)
{
    const char *name = sim_text(call->in, "recordname", "");
    const char *type = sim_text(call->in, "recordtype", "");
    const char *zone_id = sim_text(call->in, "hostedzoneid", "");
    g_autofree char *key = set_key(name, type, "");
    const json_t *set = json_object_get(json_object_get(call->cloud->zones, zone_id), key);
    const json_t *records =
        json_object_get(json_object_get(set, "ResourceRecords"), "ResourceRecord");
    json_t *values = json_array();
    const json_t *record;
    for (size_t i = 0; (record = nth(records, i)); i++)
        json_array_append(values, json_object_get(record, "Value"));
    return json_pack("{s:s, s:s, s:s, s:{s:o}, s:s, s:s}", "Nameserver", "ns-2048.awsdns-64.com",
                     "RecordName", name, "RecordType", type, "RecordData", "RecordDataEntry",
                     values, "ResponseCode", set ? "NOERROR" : "NXDOMAIN", "Protocol", "UDP");
}

const struct sim_action sim_route53_actions[] = {
    {"ChangeResourceRecordSets", change_record_sets, SIM_WRITE},
    {"ListResourceRecordSets", list_record_sets, SIM_READ},
    {"GetChange", get_change, SIM_READ},
    {"TestDNSAnswer", test_dns_answer, SIM_READ},
    {0}};
