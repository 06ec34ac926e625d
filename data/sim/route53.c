/* Route 53: record sets of the scenario's zones, and changes that are PENDING for a while. */
#include "data/sim/route53.h"

#include "data/base/when.h"
#include "data/sim/value.h"
#include "data/sim/zone.h"

#include <string.h>

#define PAGE_MAX 300

/* NULL, refused, where there is no such zone. */
static struct sim_zone *zone_of(struct sim_call *call, const char *key)
{
    const char *id = sim_text(call->in, key, "");
    struct sim_zone *zone = sim_zone_find(call->cloud, id);
    if (!zone)
        sim_refuse(call, 404, "NoSuchHostedZone", "No hosted zone found with ID: %s", id);
    return zone;
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
    struct sim_zone *zone = zone_of(call, "HostedZoneId");
    OWN_JSON next = zone ? sim_route53_changed(call, zone) : NULL;
    if (!next)
        return NULL;
    sim_zone_replace(zone, next, call->now_ms);
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

static GPtrArray *sorted_keys(const json_t *sets)
{
    GPtrArray *keys = g_ptr_array_new();
    const char *key;
    json_t *set;
    json_object_foreach ((json_t *)sets, key, set)
        g_ptr_array_add(keys, (gpointer)key);
    g_ptr_array_sort(keys, by_text);
    return keys;
}

static json_t *list_record_sets(struct sim_call *call)
{
    const struct sim_zone *zone = zone_of(call, "HostedZoneId");
    if (!zone)
        return NULL;
    json_t *all = sim_zone_sets(zone);
    g_autofree char *start =
        sim_zone_key(sim_text(call->in, "name", ""), sim_text(call->in, "type", ""),
                     sim_text(call->in, "identifier", ""));
    bool from_start = !json_object_get(call->in, "name");
    gint64 most = CLAMP((gint64)sim_number(call->in, "maxitems", PAGE_MAX), 1, PAGE_MAX);
    g_autoptr(GPtrArray) keys = sorted_keys(all);
    json_t *sets = json_array(), *answer = json_object();
    const json_t *next = NULL;
    for (guint i = 0; i < keys->len && !next; i++) {
        json_t *set = json_object_get(all, keys->pdata[i]);
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
        if (json_object_get(next, "SetIdentifier"))
            json_object_set(answer, "NextRecordIdentifier", json_object_get(next, "SetIdentifier"));
    }
    json_object_set_new(answer, "MaxItems", json_string(limit));
    return answer;
}

/* What stands there once all servers know it; an alias answers by the address that it leads to. */
static json_t *test_dns_answer(struct sim_call *call)
{
    const char *name = sim_text(call->in, "recordname", "");
    const char *type = sim_text(call->in, "recordtype", "");
    const struct sim_zone *zone = zone_of(call, "hostedzoneid");
    if (!zone)
        return NULL;
    /* Its API reference: "This call only supports querying public hosted zones." */
    if (sim_zone_is_private(zone))
        return sim_refuse(call, 400, "InvalidInput",
                          "TestDNSAnswer is not supported for private hosted zones");
    g_autofree char *key = sim_zone_key(name, type, "");
    const json_t *set = json_object_get(sim_zone_served(call->cloud, zone, call->now_ms), key);
    const json_t *records =
        json_object_get(json_object_get(set, "ResourceRecords"), "ResourceRecord");
    json_t *values = json_array();
    const json_t *record;
    for (size_t i = 0; (record = sim_nth(records, i)); i++)
        json_array_append(values, json_object_get(record, "Value"));
    if (json_object_get(set, "AliasTarget"))
        json_array_append_new(values, json_string("127.0.0.1"));
    return json_pack("{s:s, s:s, s:s, s:{s:o}, s:s, s:s}", "Nameserver", "ns-2048.awsdns-64.com",
                     "RecordName", name, "RecordType", type, "RecordData", "RecordDataEntry",
                     values, "ResponseCode", set ? "NOERROR" : "NXDOMAIN", "Protocol", "UDP");
}

static json_t *get_hosted_zone(struct sim_call *call)
{
    const char *id = sim_text(call->in, "Id", "");
    const struct sim_zone *zone = zone_of(call, "Id");
    if (!zone)
        return NULL;
    bool private = sim_zone_is_private(zone);
    g_autofree char *path = g_strdup_printf("/hostedzone/%s", id);
    g_autofree char *sets = g_strdup_printf("%zu", json_object_size(sim_zone_sets(zone)));
    json_t *told = json_pack("{s:{s:s, s:s, s:s, s:{s:b}, s:s}}", "HostedZone", "Id", path, "Name",
                             sim_zone_domain(zone), "CallerReference", id, "Config", "PrivateZone",
                             private, "ResourceRecordSetCount", sets);
    if (private)
        json_object_set_new(
            told, "VPCs",
            json_pack("{s:{s:s, s:s}}", "VPC", "VPCRegion", "us-east-1", "VPCId", "vpc-0ce11dec0"));
    else
        json_object_set_new(
            told, "DelegationSet",
            json_pack("{s:{s:s}}", "NameServers", "NameServer", "ns-2048.awsdns-64.com"));
    return told;
}

const struct sim_action sim_route53_actions[] = {
    {"GetHostedZone", get_hosted_zone, SIM_READ},
    {"ChangeResourceRecordSets", change_record_sets, SIM_WRITE},
    {"ListResourceRecordSets", list_record_sets, SIM_READ},
    {"GetChange", get_change, SIM_READ},
    {"TestDNSAnswer", test_dns_answer, SIM_READ},
    {0}};
