#include "data/route53.h"

#include "data/dns.h"
#include "data/record_set.h"

#include <string.h>

void zone_record_free(struct zone_record *record)
{
    if (!record)
        return;
    g_ptr_array_unref(record->targets);
    g_ptr_array_unref(record->values);
    g_free(record);
}

static bool leads_somewhere(const char *type)
{
    return strcmp(type, "A") == 0 || strcmp(type, "AAAA") == 0 || strcmp(type, "CNAME") == 0;
}

static void take_set(struct zone_record *record, const struct record_set *set)
{
    bool names = strcmp(set->type, "CNAME") == 0;
    if (!leads_somewhere(set->type))
        return;
    record->sets++;
    if (set->alias_name)
        g_ptr_array_add(record->targets, dns_plain(set->alias_name));
    for (guint i = 0; i < set->values->len; i++)
        g_ptr_array_add(names ? record->targets : record->values,
                        names ? dns_plain(set->values->pdata[i]) : g_strdup(set->values->pdata[i]));
    if (set->ttl_s >= 0)
        record->ttl_s = record->ttl_s < 0 ? set->ttl_s : MIN(record->ttl_s, set->ttl_s);
}

struct zone_record *zone_record_read(const char *xml, const char *name, GError **error)
{
    g_autoptr(GPtrArray) sets = record_sets_read(xml, name, NULL, error);
    if (!sets)
        return NULL;
    struct zone_record *record = g_new0(struct zone_record, 1);
    record->targets = g_ptr_array_new_with_free_func(g_free);
    record->values = g_ptr_array_new_with_free_func(g_free);
    record->ttl_s = -1;
    for (guint i = 0; i < sets->len; i++)
        take_set(record, sets->pdata[i]);
    return record;
}

/* A name has one CNAME, or an A and an AAAA set, each of them several times where it is routed by
 * a policy; the list begins at the name. */
#define SETS_ASKED "20"

struct aws_call *zone_record_ask(struct aws_client *client, const char *zone_id, const char *name,
                                 gint64 deadline_ms, aws_text_fn fn, gpointer data)
{
    static const struct aws_target target = {.service = AWS_ROUTE53};
    const char *slash = strrchr(zone_id, '/');
    g_autofree char *zone = g_uri_escape_string(slash ? slash + 1 : zone_id, NULL, FALSE);
    g_autofree char *path = g_strdup_printf("/2013-04-01/hostedzone/%s/rrset", zone);
    const char *const params[] = {"name", name, "maxitems", SETS_ASKED, NULL};
    return aws_rest_get(client, &target, "ListResourceRecordSets", path, params, deadline_ms, fn,
                        data);
}
