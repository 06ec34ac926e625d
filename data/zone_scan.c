#include "data/zone_scan.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "data/dns.h"
#include "data/record_set.h"
#include "data/route53_call.h"

#include <string.h>

#define PAGE_MAX "300"
enum { PAGE_EVERY_MS = 200, PAGE_DEADLINE_MS = 20000 };

struct zone_scan {
    struct aws_client *client;
    char *zone_id;
    zone_scan_fn fn;
    zone_scan_progress_fn progress;
    gpointer data;
    GHashTable *names;
    char *from; /* the name that the page begins with; NULL: the zone's first */
    struct aws_call *call;
    gint64 asked_mono_ms;
    guint pause;
};

static void free_record(gpointer record)
{
    zone_record_free(record);
}

GHashTable *zone_scan_names(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_record);
}

static struct zone_record *record_of(GHashTable *names, const char *name)
{
    struct zone_record *record = g_hash_table_lookup(names, name);
    if (record)
        return record;
    record = g_new0(struct zone_record, 1);
    record->targets = g_ptr_array_new_with_free_func(g_free);
    record->values = g_ptr_array_new_with_free_func(g_free);
    record->ttl_s = -1;
    g_hash_table_insert(names, g_strdup(name), record);
    return record;
}

/* As zone_record_read does with the sets of one name. */
static void add_set(struct zone_record *record, const struct record_set *set)
{
    bool leads = strcmp(set->type, "CNAME") == 0;
    record->sets++;
    if (set->alias_name)
        g_ptr_array_add(record->targets, dns_plain(set->alias_name));
    for (guint i = 0; i < set->values->len; i++)
        g_ptr_array_add(leads ? record->targets : record->values,
                        leads ? dns_plain(set->values->pdata[i]) : g_strdup(set->values->pdata[i]));
    if (set->ttl_s >= 0)
        record->ttl_s = record->ttl_s < 0 ? set->ttl_s : MIN(record->ttl_s, set->ttl_s);
}

static bool sends_people(const struct record_set *set)
{
    static const char *const types[] = {"A", "AAAA", "CNAME", NULL};
    return g_strv_contains(types, set->type);
}

void zone_scan_take(GHashTable *names, const GPtrArray *sets, const char *next)
{
    g_autofree char *again = next ? dns_plain(next) : NULL;
    for (guint i = 0; i < sets->len; i++) {
        const struct record_set *set = sets->pdata[i];
        g_autofree char *name = dns_plain(set->name);
        if (sends_people(set) && g_strcmp0(name, again) != 0)
            add_set(record_of(names, name), set);
    }
}

static void ask_page(struct zone_scan *scan);

static gboolean on_pause(gpointer data)
{
    struct zone_scan *scan = data;
    scan->pause = 0;
    ask_page(scan);
    return G_SOURCE_REMOVE;
}

static void fail(struct zone_scan *scan, const GError *error)
{
    scan->fn(NULL, error, scan->data);
}

/* More sets of one name than a page takes: it would begin with that name for ever. */
static bool is_stuck(const struct zone_scan *scan, const char *next)
{
    return scan->from && strcmp(scan->from, next) == 0;
}

static void go_on(struct zone_scan *scan, char *next)
{
    g_free(scan->from);
    scan->from = next;
    if (scan->progress)
        scan->progress(g_hash_table_size(scan->names), scan->data);
    gint64 since_ms = when_mono_ms() - scan->asked_mono_ms;
    scan->pause =
        g_timeout_add((guint)CLAMP(PAGE_EVERY_MS - since_ms, 0, PAGE_EVERY_MS), on_pause, scan);
}

static void on_page(const char *reply, const GError *error, gpointer data)
{
    struct zone_scan *scan = data;
    g_autoptr(GError) wrong = NULL;
    g_autofree char *next = NULL;
    scan->call = NULL;
    g_autoptr(GPtrArray) sets = reply ? record_sets_read(reply, NULL, &next, &wrong) : NULL;
    if (sets && next && is_stuck(scan, next)) {
        g_set_error(&wrong, CD_ERROR, CD_ERROR_SOURCE,
                    "Route 53 ListResourceRecordSets: %s has more record sets than a page holds",
                    next);
        fail(scan, wrong);
    } else if (!sets) {
        fail(scan, error ? error : wrong);
    } else {
        zone_scan_take(scan->names, sets, next);
        if (next)
            go_on(scan, g_steal_pointer(&next));
        else
            scan->fn(scan->names, NULL, scan->data);
    }
}

static void ask_page(struct zone_scan *scan)
{
    g_autofree char *path = zone_path("/2013-04-01/hostedzone/{id}/rrset", scan->zone_id);
    const char *const first[] = {"maxitems", PAGE_MAX, NULL};
    const char *const later[] = {"maxitems", PAGE_MAX, "name", scan->from, NULL};
    scan->asked_mono_ms = when_mono_ms();
    scan->call = aws_rest_get(scan->client, &zone_target, "ListResourceRecordSets", path,
                              scan->from ? later : first, PAGE_DEADLINE_MS, on_page, scan);
}

struct zone_scan *zone_scan_new(struct aws_client *client, const char *zone_id, zone_scan_fn fn,
                                zone_scan_progress_fn progress, gpointer data)
{
    struct zone_scan *scan = g_new0(struct zone_scan, 1);
    scan->client = client;
    scan->zone_id = g_strdup(zone_id);
    scan->fn = fn;
    scan->progress = progress;
    scan->data = data;
    scan->names = zone_scan_names();
    ask_page(scan);
    return scan;
}

void zone_scan_free(struct zone_scan *scan)
{
    if (!scan)
        return;
    aws_call_cancel(scan->call);
    g_clear_handle_id(&scan->pause, g_source_remove);
    g_hash_table_unref(scan->names);
    g_free(scan->from);
    g_free(scan->zone_id);
    g_free(scan);
}
