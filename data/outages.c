#include "data/outages.h"

#include "data/base/when.h"

#include <string.h>

static void outage_free(gpointer data)
{
    struct outage *outage = data;
    g_free(outage->names);
    g_free(outage->bare);
    g_free(outage->why);
    g_free(outage);
}

/* What an error says before its first ": " is which call of which service in which region it was.
 */
static char *without_call(const struct source *source, gint64 now_ms)
{
    const char *colon = source->error ? strstr(source->error, ": ") : NULL;
    if (source->error)
        return g_strdup(colon ? colon + 2 : source->error);
    g_autofree char *age = source->read_ms ? duration_short(now_ms - source->read_ms) : NULL;
    return age ? g_strdup_printf("no answer since it was last read %s ago", age)
               : g_strdup("no answer yet");
}

/* What makes two troubles one: the id of a request and how long its attempts took do not tell them
 * apart. */
static char *key_of(const char *bare)
{
    static const char *const asides[] = {" (request ", " (attempt "};
    GString *key = g_string_new(bare);
    for (size_t i = 0; i < G_N_ELEMENTS(asides); i++) {
        const char *start = strstr(key->str, asides[i]);
        const char *end = start ? strchr(start, ')') : NULL;
        if (end)
            g_string_erase(key, start - key->str, end + 1 - start);
    }
    return g_string_free(key, FALSE);
}

static void add_name(struct outage *outage, const char *name)
{
    g_autofree char *before = outage->names;
    outage->names = g_strconcat(before, ", ", name, NULL);
    g_free(outage->why);
    outage->why = g_strdup(outage->bare);
}

/* Steals `bare`. */
static struct outage *outage_new(const struct source *source, char *bare)
{
    struct outage *outage = g_new0(struct outage, 1);
    outage->names = g_strdup(source->name);
    outage->bare = bare;
    outage->why = g_strdup(source->error ? source->error : bare);
    return outage;
}

GPtrArray *outages_of(const struct snapshot *snapshot, bool waiting)
{
    GPtrArray *outages = g_ptr_array_new_with_free_func(outage_free);
    g_autoptr(GHashTable) by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < snapshot->sources->len; i++) {
        const struct source *source = snapshot->sources->pdata[i];
        if (source->state == SOURCE_OK || (source->state == SOURCE_WAITING && !waiting) ||
            g_str_has_prefix(source->name, "probe "))
            continue;
        char *bare = without_call(source, snapshot->at_ms);
        g_autofree char *key = key_of(bare);
        struct outage *outage = g_hash_table_lookup(by_key, key);
        if (outage) {
            add_name(outage, source->name);
            g_free(bare);
            continue;
        }
        outage = outage_new(source, bare);
        g_ptr_array_add(outages, outage);
        g_hash_table_insert(by_key, g_steal_pointer(&key), outage);
    }
    return outages;
}
