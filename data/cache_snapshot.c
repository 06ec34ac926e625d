/* A snapshot's way into cache.db and out of it. */
#include "data/base/text.h"
#include "data/cache_db.h"
#include "data/cache_json.h"

#define FEW_TENANTS 5000

/* Takes what the head says of the sources. *head->gen is 0 where there is none, or another
 * configuration's. */
static bool read_head(struct cache *cache, struct cache_head *head, GError **error)
{
    *head = (struct cache_head){0};
    g_autoptr(sqlite3_stmt) select =
        sqlite_prepare(cache->db,
                       "SELECT gen, tenants_gen, registry, registry_at, complete, tenants, sources,"
                       " cost, slowed FROM head WHERE fleet = ?",
                       CACHE_READING, error);
    if (!select)
        return false;
    sqlite_bind(select, 1, cache->fleet);
    int step = sqlite3_step(select);
    if (step != SQLITE_ROW)
        return step == SQLITE_DONE || sqlite_fail(cache->db, NULL, CACHE_READING, error);
    *head = (struct cache_head){sqlite3_column_int64(select, 0), sqlite3_column_int64(select, 1),
                                sqlite3_column_int(select, 2),   sqlite3_column_int(select, 4),
                                sqlite3_column_int64(select, 3), sqlite3_column_int64(select, 5)};
    OWN_JSON sources = json_loads((const char *)sqlite3_column_text(select, 6), 0, NULL);
    g_clear_pointer(&cache->sources, g_ptr_array_unref);
    cache->sources = cache_sources(sources);
    cache->cost_usd_per_hour = sqlite3_column_double(select, 7);
    g_free(cache->slowed);
    cache->slowed = g_strdup((const char *)sqlite3_column_text(select, 8));
    return true;
}

static bool read_registry(struct cache *cache, const struct cache_head *head, enum cache_what what,
                          GError **error)
{
    if (!head->has_registry) {
        g_clear_pointer(&cache->registry, registry_unref);
        cache->tenants_gen = 0;
        return true;
    }
    bool wanted = what == CACHE_ALL || (what == CACHE_FIRST && head->tenants <= FEW_TENANTS);
    return !wanted || cache_read_tenants(cache, head, error);
}

static bool read_all(struct cache *cache, enum cache_what what, GError **error)
{
    struct cache_head head;
    if (!read_head(cache, &head, error))
        return false;
    if (head.gen < cache->gen)
        cache_forget(cache);
    if (head.gen == 0)
        return true;
    bool news = head.gen != cache->gen;
    if ((news && !cache_read_cells(cache, what, error)) ||
        !read_registry(cache, &head, what, error))
        return false;
    cache->gen = head.gen;
    return true;
}

/* When metrics were read is part of them: who has them all, and so asks for none, would otherwise
 * take them for never read. */
static void keep_sources_of_metrics(GPtrArray *sources)
{
    for (guint i = sources->len; i > 0; i--)
        if (!g_str_has_prefix(((const struct source *)sources->pdata[i - 1])->name, "metrics "))
            g_ptr_array_remove_index(sources, i - 1);
}

struct snapshot *cache_read(struct cache *cache, enum cache_what what, gint64 now_ms,
                            GError **error)
{
    bool alone = sqlite3_get_autocommit(cache->db);
    bool good = (!alone || sqlite_exec(cache->db, "BEGIN", CACHE_READING, error)) &&
                read_all(cache, what, error);
    if (!good)
        cache->damaged |= cache_is_damaged(cache);
    if (alone)
        sqlite3_exec(cache->db, "ROLLBACK", NULL, NULL, NULL);
    if (alone)
        sqlite3_db_release_memory(cache->db);
    if (!good || !cache->gen)
        return NULL;
    if (what == CACHE_METRICS)
        keep_sources_of_metrics(cache->sources);
    g_autoptr(GPtrArray) sources =
        sources_as_of(cache->sources, cache->config->metrics.period_ms, now_ms);
    struct fleet_input input = {cache->config, cache->readings,          cache->registry,
                                sources,       cache->cost_usd_per_hour, cache->slowed};
    struct snapshot *snapshot = fleet_fold(&input, now_ms);
    if (what == CACHE_FIRST || what == CACHE_METRICS)
        cache_forget(cache); /* it was not all */
    return snapshot;
}

/* What belongs to another configuration goes; so it is as if nothing had been there. */
static bool make_ours(struct cache *cache, GError **error)
{
    cache_forget(cache);
    return sqlite_exec(cache->db,
                       "DELETE FROM alarms; DELETE FROM probe; DELETE FROM points;"
                       "DELETE FROM tenant; DELETE FROM head",
                       CACHE_WRITING, error);
}

static bool write_head(struct cache *cache, const struct snapshot *snapshot,
                       const struct cache_head *head, GError **error)
{
    g_autoptr(sqlite3_stmt) put = sqlite_prepare(
        cache->db,
        "REPLACE INTO head (one, fleet, gen, tenants_gen, registry, registry_at, complete, tenants,"
        " sources, cost, slowed) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        CACHE_WRITING, error);
    if (!put)
        return false;
    OWN_JSON json = cache_sources_json(snapshot->sources);
    g_autofree char *sources = text_json_dump(json, false);
    sqlite_bind(put, 1, cache->fleet);
    const gint64 numbers[] = {head->gen,          head->tenants_gen,
                              head->has_registry, head->registry_at_ms,
                              head->complete,     head->tenants};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        sqlite3_bind_int64(put, (int)i + 2, numbers[i]);
    sqlite_bind(put, 8, sources);
    sqlite3_bind_double(put, 9, snapshot->cost_usd_per_hour);
    sqlite_bind(put, 10, snapshot->slowed);
    return cache_do(cache->db, put, error);
}

/* The tenants too, unless they are the very ones that are known to be there. */
static bool write_registry(struct cache *cache, struct registry *registry, struct cache_head *head,
                           GError **error)
{
    bool changed = false;
    if (!registry)
        return true;
    if (cache->tenants_gen != head->tenants_gen && !cache_read_tenants(cache, head, error))
        return false;
    if (!cache_write_tenants(cache, registry, &changed, error))
        return false;
    head->has_registry = true;
    head->complete = registry->complete;
    head->registry_at_ms = registry->at_ms;
    head->tenants = registry->tenants->len;
    if (changed || !head->tenants_gen)
        head->tenants_gen = head->gen;
    registry_ref(registry);
    registry_unref(cache->registry);
    cache->registry = registry;
    cache->tenants_gen = head->tenants_gen;
    return true;
}

static void know(struct cache *cache, const struct snapshot *snapshot,
                 const struct cache_head *head)
{
    for (size_t i = 0; i < snapshot->n_cells; i++) {
        struct cell_reading *kept = &cache->readings[i];
        GPtrArray *probes =
            g_steal_pointer(&kept->probes); /* with those of before (write_probes) */
        cell_reading_clear(kept);
        *kept = cell_reading_share(&snapshot->cells[i].reading);
        g_clear_pointer(&kept->probes, g_ptr_array_unref);
        kept->probes = probes;
    }
    g_ptr_array_ref(snapshot->sources);
    g_clear_pointer(&cache->sources, g_ptr_array_unref);
    cache->sources = snapshot->sources;
    cache->cost_usd_per_hour = snapshot->cost_usd_per_hour;
    g_free(cache->slowed);
    cache->slowed = g_strdup(snapshot->slowed);
    cache->gen = head->gen;
}

static bool write_all(struct cache *cache, const struct snapshot *snapshot, enum cache_what what,
                      GError **error)
{
    struct cache_head head;
    gint64 gen = cache_number(cache, "SELECT gen FROM head");
    if (!read_all(cache, CACHE_CELLS, error) || !read_head(cache, &head, error) ||
        (head.gen == 0 && !make_ours(cache, error)))
        return false;
    head.gen = MAX(gen, 0) + 1;
    if (!cache_write_cells(cache, snapshot, head.gen, error) ||
        (what == CACHE_ALL && !write_registry(cache, snapshot->registry, &head, error)) ||
        !write_head(cache, snapshot, &head, error))
        return false;
    know(cache, snapshot, &head);
    return true;
}

/* What was written in part is undone with its transaction. */
bool cache_write(struct cache *cache, const struct snapshot *snapshot, enum cache_what what,
                 GError **error)
{
    bool written = write_all(cache, snapshot, what, error);
    if (!written)
        cache_forget(cache);
    return written;
}
