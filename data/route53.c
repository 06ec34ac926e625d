#include "data/route53.h"

#include "data/base/error.h"
#include "data/dns.h"

#include <string.h>

void zone_record_free(struct zone_record *record)
{
    if (!record)
        return;
    g_ptr_array_unref(record->targets);
    g_ptr_array_unref(record->values);
    g_free(record);
}

/* The answer on its way through the parser: one ResourceRecordSet after the other. */
struct reading {
    const char *wanted; /* dns_plain() */
    struct zone_record *record;
    GString *text; /* of the element at hand */
    char *name, *type;
    GPtrArray *values; /* of the set */
    char *alias;
    gint64 ttl_s;
    bool sets; /* there is a list of them at all */
};

static void start_element(GMarkupParseContext *context, const gchar *element, const gchar **names,
                          const gchar **values, gpointer data, GError **error)
{
    struct reading *reading = data;
    (void)context, (void)names, (void)values, (void)error;
    g_string_truncate(reading->text, 0);
    reading->sets = reading->sets || strcmp(element, "ResourceRecordSets") == 0;
    if (strcmp(element, "ResourceRecordSet") != 0)
        return;
    g_clear_pointer(&reading->name, g_free);
    g_clear_pointer(&reading->type, g_free);
    g_clear_pointer(&reading->alias, g_free);
    g_ptr_array_set_size(reading->values, 0);
    reading->ttl_s = -1;
}

static bool leads_somewhere(const char *type)
{
    return type &&
           (strcmp(type, "A") == 0 || strcmp(type, "AAAA") == 0 || strcmp(type, "CNAME") == 0);
}

static void take_set(struct reading *reading)
{
    struct zone_record *record = reading->record;
    g_autofree char *name = dns_plain(reading->name ? reading->name : "");
    if (strcmp(name, reading->wanted) != 0 || !leads_somewhere(reading->type))
        return;
    bool names = strcmp(reading->type, "CNAME") == 0;
    record->sets++;
    if (reading->alias)
        g_ptr_array_add(record->targets, dns_plain(reading->alias));
    for (guint i = 0; i < reading->values->len; i++)
        g_ptr_array_add(names ? record->targets : record->values,
                        names ? dns_plain(reading->values->pdata[i])
                              : g_strdup(reading->values->pdata[i]));
    if (reading->ttl_s >= 0)
        record->ttl_s = record->ttl_s < 0 ? reading->ttl_s : MIN(record->ttl_s, reading->ttl_s);
}

static void end_element(GMarkupParseContext *context, const gchar *element, gpointer data,
                        GError **error)
{
    struct reading *reading = data;
    const GSList *stack = g_markup_parse_context_get_element_stack(context);
    const char *parent = stack && stack->next ? stack->next->data : "";
    bool of_set = strcmp(parent, "ResourceRecordSet") == 0;
    g_autofree char *text = g_strstrip(g_strdup(reading->text->str));
    (void)error;
    if (strcmp(element, "ResourceRecordSet") == 0)
        take_set(reading);
    else if (of_set && strcmp(element, "Name") == 0 && !reading->name)
        reading->name = g_steal_pointer(&text);
    else if (of_set && strcmp(element, "Type") == 0 && !reading->type)
        reading->type = g_steal_pointer(&text);
    else if (of_set && strcmp(element, "TTL") == 0)
        reading->ttl_s = g_ascii_strtoll(text, NULL, 10);
    else if (strcmp(parent, "ResourceRecord") == 0 && strcmp(element, "Value") == 0)
        g_ptr_array_add(reading->values, g_steal_pointer(&text));
    else if (strcmp(parent, "AliasTarget") == 0 && strcmp(element, "DNSName") == 0) {
        g_free(reading->alias);
        reading->alias = g_steal_pointer(&text);
    }
    g_string_truncate(reading->text, 0);
}

static void take_text(GMarkupParseContext *context, const gchar *text, gsize length, gpointer data,
                      GError **error)
{
    (void)context, (void)error;
    g_string_append_len(((struct reading *)data)->text, text, (gssize)length);
}

struct zone_record *zone_record_read(const char *xml, const char *name, GError **error)
{
    static const GMarkupParser parser = {
        .start_element = start_element, .end_element = end_element, .text = take_text};
    g_autofree char *wanted = dns_plain(name);
    OWN(zone_record) record = g_new0(struct zone_record, 1);
    record->targets = g_ptr_array_new_with_free_func(g_free);
    record->values = g_ptr_array_new_with_free_func(g_free);
    record->ttl_s = -1;
    struct reading reading = {.wanted = wanted,
                              .record = record,
                              .text = g_string_new(NULL),
                              .values = g_ptr_array_new_with_free_func(g_free)};
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, G_MARKUP_DEFAULT_FLAGS, &reading, NULL);
    bool read = g_markup_parse_context_parse(context, xml, -1, NULL) &&
                g_markup_parse_context_end_parse(context, NULL) && reading.sets;
    g_string_free(reading.text, TRUE);
    g_ptr_array_unref(reading.values);
    g_free(reading.name);
    g_free(reading.type);
    g_free(reading.alias);
    if (read)
        return g_steal_pointer(&record);
    g_set_error(error, CD_ERROR, CD_ERROR_SOURCE,
                "Route 53 ListResourceRecordSets of %s: the answer is no list of record sets",
                name);
    return NULL;
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
