/* The sets of many names out of a zone's list, which has 300 on a page at the most.
 *
 * A page begins at the first name that is still wanted, and brings whatever the zone has from there
 * on. Wanted names that stand in it are done with; of names that do not stand in it nothing is
 * concluded, but of the one that it begins with. So the order in which Route 53 sorts names saves
 * pages, and nothing that is read depends on it. */
#include "data/dns.h"
#include "data/record_set.h"
#include "data/route53_call.h"

#include <string.h>

#define PAGE_MAX "300"

struct wanted {
    char *name; /* dns_plain() */
    guint place;
    bool told;
};

struct reading {
    struct zone_call public;
    struct aws_client *client;
    char *zone_id;
    gint64 deadline_ms;
    GArray *wanted;  /* struct wanted, in order of their names */
    GPtrArray *sets; /* GPtrArray * a name, in the caller's order */
    guint asked;     /* whose name the page begins with */
};

static void ask_page(struct reading *reading);

static struct wanted *wanted_at(const struct reading *reading, guint i)
{
    return &g_array_index(reading->wanted, struct wanted, i);
}

static void reading_free(struct zone_call *call)
{
    struct reading *reading = (struct reading *)call;
    for (guint i = 0; i < reading->wanted->len; i++)
        g_free(wanted_at(reading, i)->name);
    g_array_unref(reading->wanted);
    g_ptr_array_unref(reading->sets);
    g_free(reading->zone_id);
    g_free(reading);
}

static void free_sets(gpointer sets)
{
    g_ptr_array_unref(sets);
}

/* Plain name -> GPtrArray of its sets. Takes them out of `page`. */
static GHashTable *by_name(GPtrArray *page)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_sets);
    g_ptr_array_set_free_func(page, NULL);
    for (guint i = 0; i < page->len; i++) {
        struct record_set *set = page->pdata[i];
        char *name = dns_plain(set->name);
        GPtrArray *sets = g_hash_table_lookup(names, name);
        if (!sets) {
            sets = record_sets_new();
            g_hash_table_insert(names, g_strdup(name), sets);
        }
        g_ptr_array_add(sets, set);
        g_free(name);
    }
    return names;
}

/* What a name has may go on on the next page, which then begins with it. So many sets as fill a
 * page of its own a name has only by a routing policy, and then none of them is ours to change. */
static void take_page(struct reading *reading, GPtrArray *page, const char *next)
{
    g_autoptr(GHashTable) names = by_name(page);
    g_autofree char *cut = next ? dns_plain(next) : NULL;
    for (guint i = 0; i < reading->wanted->len; i++) {
        struct wanted *wanted = wanted_at(reading, i);
        GPtrArray *sets = g_hash_table_lookup(names, wanted->name);
        bool goes_on = g_strcmp0(cut, wanted->name) == 0;
        if (wanted->told || (i != reading->asked && (!sets || goes_on)))
            continue;
        wanted->told = true;
        for (guint at = 0; sets && at < sets->len; at++)
            g_ptr_array_add(reading->sets->pdata[wanted->place], record_set_copy(sets->pdata[at]));
    }
}

static bool is_left(struct reading *reading)
{
    while (reading->asked < reading->wanted->len && wanted_at(reading, reading->asked)->told)
        reading->asked++;
    return reading->asked < reading->wanted->len;
}

static void page_came(const char *reply, const GError *error, gpointer data)
{
    struct reading *reading = data;
    zone_sets_fn fn = (zone_sets_fn)reading->public.fn;
    g_autoptr(GError) unread = NULL;
    g_autofree char *next = NULL;
    g_autoptr(GPtrArray) page = reply ? record_sets_read(reply, NULL, &next, &unread) : NULL;
    if (page)
        take_page(reading, page, next);
    if (page && is_left(reading)) {
        ask_page(reading);
        return;
    }
    reading->public.ended = true;
    fn(page ? (GPtrArray *const *)reading->sets->pdata : NULL, error ? error : unread,
       reading->public.data);
    zone_call_done(&reading->public);
}

static void ask_page(struct reading *reading)
{
    g_autofree char *path = zone_path("/2013-04-01/hostedzone/{id}/rrset", reading->zone_id);
    const char *name = wanted_at(reading, reading->asked)->name;
    const char *const params[] = {"name", name, "maxitems", PAGE_MAX, NULL};
    reading->public.call = aws_rest_get(reading->client, &zone_target, "ListResourceRecordSets",
                                        path, params, reading->deadline_ms, page_came, reading);
}

static gint in_order(gconstpointer a, gconstpointer b)
{
    const struct wanted *x = a, *y = b;
    return strcmp(x->name, y->name);
}

struct zone_call *zone_sets_read(struct aws_client *client, const char *zone_id,
                                 const char *const *names, gint64 deadline_ms, zone_sets_fn fn,
                                 gpointer data)
{
    struct reading *reading = g_new0(struct reading, 1);
    reading->public = (struct zone_call){.fn = G_CALLBACK(fn), .data = data, .free = reading_free};
    reading->client = client;
    reading->zone_id = g_strdup(zone_id);
    reading->deadline_ms = deadline_ms;
    reading->wanted = g_array_new(FALSE, FALSE, sizeof(struct wanted));
    reading->sets = g_ptr_array_new_with_free_func(free_sets);
    for (guint i = 0; names[i]; i++) {
        struct wanted wanted = {.name = dns_plain(names[i]), .place = i};
        g_array_append_val(reading->wanted, wanted);
        g_ptr_array_add(reading->sets, record_sets_new());
    }
    g_array_sort(reading->wanted, in_order);
    ask_page(reading);
    return &reading->public;
}
