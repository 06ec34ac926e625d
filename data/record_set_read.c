/* Route 53's list of record sets, read. */
#include "data/base/error.h"
#include "data/dns.h"
#include "data/record_set.h"

#include <string.h>

#define TTL_MAX 2147483647 /* aws.md's model of the API: a TTL is 0 to 2^31 - 1 */

/* The answer on its way through the parser: one ResourceRecordSet after the other. */
struct reading {
    char *wanted; /* dns_plain(), or NULL */
    GPtrArray *sets;
    GString *text; /* of the element at hand */
    struct record_set *set;
    GString *foreign;
    bool listed; /* there is a list of them at all */
    bool truncated;
    char *next;
};

static void add_foreign(struct reading *reading, const char *part)
{
    if (reading->foreign->len)
        g_string_append(reading->foreign, ", ");
    g_string_append(reading->foreign, part);
}

static void take_text(char **place, char **text)
{
    g_free(*place);
    *place = g_steal_pointer(text);
}

static void read_name(struct reading *reading, char **text)
{
    take_text(&reading->set->name, text);
}

static void read_type(struct reading *reading, char **text)
{
    take_text(&reading->set->type, text);
}

static void read_ttl(struct reading *reading, char **text)
{
    guint64 ttl_s;
    if (g_ascii_string_to_unsigned(*text, 10, 0, TTL_MAX, &ttl_s, NULL))
        reading->set->ttl_s = (gint64)ttl_s;
    else
        add_foreign(reading, "TTL");
}

static void read_value(struct reading *reading, char **text)
{
    g_ptr_array_add(reading->set->values, g_steal_pointer(text));
}

static void read_alias_name(struct reading *reading, char **text)
{
    take_text(&reading->set->alias_name, text);
}

static void read_alias_zone(struct reading *reading, char **text)
{
    take_text(&reading->set->alias_zone, text);
}

static void read_alias_health(struct reading *reading, char **text)
{
    reading->set->alias_health = strcmp(*text, "true") == 0;
}

static void nothing(struct reading *reading, char **text)
{
    (void)reading, (void)text;
}

/* Every part of a set that is known; another one beside them is foreign. */
static const struct {
    const char *parent, *element;
    void (*read)(struct reading *reading, char **text);
} parts[] = {
    {"ResourceRecordSet", "Name", read_name},
    {"ResourceRecordSet", "Type", read_type},
    {"ResourceRecordSet", "TTL", read_ttl},
    {"ResourceRecordSet", "ResourceRecords", nothing},
    {"ResourceRecordSet", "AliasTarget", nothing},
    {"ResourceRecords", "ResourceRecord", nothing},
    {"ResourceRecord", "Value", read_value},
    {"AliasTarget", "DNSName", read_alias_name},
    {"AliasTarget", "HostedZoneId", read_alias_zone},
    {"AliasTarget", "EvaluateTargetHealth", read_alias_health},
};

static void take_part(struct reading *reading, const char *parent, const char *element, char **text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strcmp(parent, parts[i].parent) == 0 && strcmp(element, parts[i].element) == 0) {
            parts[i].read(reading, text);
            return;
        }
    if (strcmp(parent, "ResourceRecordSet") == 0)
        add_foreign(reading, element);
}

static void start_element(GMarkupParseContext *context, const gchar *element, const gchar **names,
                          const gchar **values, gpointer data, GError **error)
{
    struct reading *reading = data;
    (void)context, (void)names, (void)values, (void)error;
    g_string_truncate(reading->text, 0);
    reading->listed = reading->listed || strcmp(element, "ResourceRecordSets") == 0;
    if (strcmp(element, "ResourceRecordSet") != 0)
        return;
    record_set_free(reading->set);
    reading->set = record_set_new(NULL, NULL);
    g_string_truncate(reading->foreign, 0);
}

static bool is_wanted(const struct reading *reading, const struct record_set *set)
{
    if (!set->name || !set->type)
        return false;
    if (!reading->wanted)
        return true;
    g_autofree char *name = dns_plain(set->name);
    return strcmp(name, reading->wanted) == 0;
}

/* What could not be put back as it is is not ours to change. */
static void take_set(struct reading *reading)
{
    OWN(record_set) set = g_steal_pointer(&reading->set);
    if (!set || !is_wanted(reading, set))
        return;
    bool alias = set->alias_name && set->alias_zone;
    if (!reading->foreign->len && alias == (set->values->len > 0))
        add_foreign(reading, alias ? "both alias and values" : "neither alias nor values");
    if (!reading->foreign->len && !alias && set->ttl_s < 0)
        add_foreign(reading, "no TTL");
    if (reading->foreign->len)
        set->foreign = g_strdup(reading->foreign->str);
    g_ptr_array_add(reading->sets, g_steal_pointer(&set));
}

static void end_element(GMarkupParseContext *context, const gchar *element, gpointer data,
                        GError **error)
{
    struct reading *reading = data;
    const GSList *stack = g_markup_parse_context_get_element_stack(context);
    const char *parent = stack && stack->next ? stack->next->data : "";
    g_autofree char *text = g_strstrip(g_strdup(reading->text->str));
    (void)error;
    if (strcmp(element, "ResourceRecordSet") == 0)
        take_set(reading);
    else if (strcmp(element, "IsTruncated") == 0)
        reading->truncated = strcmp(text, "true") == 0;
    else if (strcmp(element, "NextRecordName") == 0)
        take_text(&reading->next, &text);
    else if (reading->set)
        take_part(reading, parent, element, &text);
    g_string_truncate(reading->text, 0);
}

static void hear_text(GMarkupParseContext *context, const gchar *text, gsize length, gpointer data,
                      GError **error)
{
    (void)context, (void)error;
    g_string_append_len(((struct reading *)data)->text, text, (gssize)length);
}

static void reading_clear(struct reading *reading)
{
    g_free(reading->wanted);
    g_ptr_array_unref(reading->sets);
    g_string_free(reading->text, TRUE);
    g_string_free(reading->foreign, TRUE);
    record_set_free(reading->set);
    g_free(reading->next);
}

static bool parse(struct reading *reading, const char *xml)
{
    static const GMarkupParser parser = {
        .start_element = start_element, .end_element = end_element, .text = hear_text};
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, G_MARKUP_DEFAULT_FLAGS, reading, NULL);
    return g_markup_parse_context_parse(context, xml, -1, NULL) &&
           g_markup_parse_context_end_parse(context, NULL) && reading->listed &&
           (!reading->truncated || reading->next);
}

GPtrArray *record_sets_read(const char *xml, const char *name, char **next, GError **error)
{
    struct reading reading = {.wanted = name ? dns_plain(name) : NULL,
                              .sets = record_sets_new(),
                              .text = g_string_new(NULL),
                              .foreign = g_string_new(NULL)};
    GPtrArray *sets = parse(&reading, xml) ? g_ptr_array_ref(reading.sets) : NULL;
    if (!sets)
        g_set_error(error, CD_ERROR, CD_ERROR_SOURCE,
                    "Route 53 ListResourceRecordSets%s%s: the answer is no list of record sets",
                    name ? " of " : "", name ? name : "");
    else if (next)
        *next = reading.truncated ? g_steal_pointer(&reading.next) : NULL;
    reading_clear(&reading);
    return sets;
}
