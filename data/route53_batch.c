/* A batch of changes as Route 53 takes it: what it may hold, and its XML. */
#include "data/base/error.h"
#include "data/route53_write.h"

#include <string.h>

enum { COMMENT_LETTERS_MAX = 256 }; /* aws.md's model of the API: ResourceDescription */

static const char *const action_names[] = {"CREATE", "DELETE", "UPSERT"};

/* An alias counts for one value, and its target's name for that value's letters: AWS says neither,
 * and who counts too much is never refused. */
static void weigh(const struct zone_change *change, size_t *values, size_t *letters)
{
    const struct record_set *set = change->set;
    size_t times = change->action == ZONE_UPSERT ? 2 : 1;
    *values += times * (set->alias_name ? 1 : set->values->len);
    *letters += times * (set->alias_name ? strlen(set->alias_name) : 0);
    for (guint i = 0; i < set->values->len; i++)
        *letters += times * strlen(set->values->pdata[i]);
}

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "Route 53 ChangeResourceRecordSets: not sent: %s",
                why);
    return false;
}

static bool is_whole(const struct record_set *set, GError **error)
{
    if (set->foreign)
        return refuse(error, "%s %s has %s: celldeck changes simple records only", set->name,
                      set->type, set->foreign);
    if (!set->alias_name && (set->ttl_s < 0 || set->values->len == 0))
        return refuse(error, "%s %s has no TTL or no value", set->name, set->type);
    return true;
}

bool zone_changes_fit(const struct zone_change *changes, size_t n, GError **error)
{
    size_t values = 0, letters = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_whole(changes[i].set, error))
            return false;
        weigh(&changes[i], &values, &letters);
    }
    if (n == 0)
        return refuse(error, "there is nothing to change");
    if (values > ZONE_VALUES_MAX || letters > ZONE_LETTERS_MAX)
        return refuse(
            error,
            "%zu values of %zu letters are more than a batch may hold (%d and %d): change "
            "fewer records at once",
            values, letters, ZONE_VALUES_MAX, ZONE_LETTERS_MAX);
    return true;
}

static void put(GString *xml, const char *element, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);
    g_string_append_printf(xml, "<%s>%s</%s>", element, escaped, element);
}

static void put_alias(GString *xml, const struct record_set *set)
{
    g_string_append(xml, "<AliasTarget>");
    put(xml, "HostedZoneId", set->alias_zone);
    put(xml, "DNSName", set->alias_name);
    put(xml, "EvaluateTargetHealth", set->alias_health ? "true" : "false");
    g_string_append(xml, "</AliasTarget>");
}

static void put_values(GString *xml, const struct record_set *set)
{
    g_string_append_printf(xml, "<TTL>%" G_GINT64_FORMAT "</TTL><ResourceRecords>", set->ttl_s);
    for (guint i = 0; i < set->values->len; i++) {
        g_string_append(xml, "<ResourceRecord>");
        put(xml, "Value", set->values->pdata[i]);
        g_string_append(xml, "</ResourceRecord>");
    }
    g_string_append(xml, "</ResourceRecords>");
}

static void put_change(GString *xml, const struct zone_change *change)
{
    const struct record_set *set = change->set;
    g_string_append(xml, "<Change>");
    put(xml, "Action", action_names[change->action]);
    g_string_append(xml, "<ResourceRecordSet>");
    put(xml, "Name", set->name);
    put(xml, "Type", set->type);
    if (set->alias_name)
        put_alias(xml, set);
    else
        put_values(xml, set);
    g_string_append(xml, "</ResourceRecordSet></Change>");
}

char *zone_changes_body(const struct zone_change *changes, size_t n, const char *comment)
{
    GString *xml = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                                "<ChangeResourceRecordSetsRequest "
                                "xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">"
                                "<ChangeBatch>");
    if (comment) {
        glong letters = MIN(g_utf8_strlen(comment, -1), COMMENT_LETTERS_MAX);
        g_autofree char *start = g_utf8_substring(comment, 0, letters);
        put(xml, "Comment", start);
    }
    g_string_append(xml, "<Changes>");
    for (size_t i = 0; i < n; i++)
        put_change(xml, &changes[i]);
    g_string_append(xml, "</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>");
    return g_string_free(xml, FALSE);
}
