/* The registry in cache.db: one row a tenant. Writing touches the rows that differ, reading takes
 * all of them as soon as one has changed: they are in order, and there is nothing to merge. */
#include "data/cache_db.h"

#include <string.h>

/* Column by column after `id` and `nth`; numbers first. */
static const size_t numbers[] = {
    offsetof(struct tenant, max_users),     offsetof(struct tenant, max_patients),
    offsetof(struct tenant, current_users), offsetof(struct tenant, created_ms),
    offsetof(struct tenant, updated_ms),
};
static const size_t texts[] = {
    offsetof(struct tenant, cell),        offsetof(struct tenant, region),
    offsetof(struct tenant, subdomain),   offsetof(struct tenant, residency),
    offsetof(struct tenant, name),        offsetof(struct tenant, failover_cell),
    offsetof(struct tenant, environment), offsetof(struct tenant, fault),
    offsetof(struct tenant, updated),
};
#define COLUMNS                                                                                    \
    "id, nth, tier, status, max_users, max_patients, current_users, created, updated, cell, "      \
    "region, subdomain, residency, name, failover_cell, environment, fault, updated_text"
enum { ID, NTH, TIER, STATUS, NUMBERS, TEXTS = NUMBERS + G_N_ELEMENTS(numbers) };

static gint64 *number_at(const struct tenant *tenant, size_t i)
{
    return (gint64 *)(void *)((char *)tenant + numbers[i]);
}

static const char **text_at(const struct tenant *tenant, size_t i)
{
    return (const char **)(void *)((char *)tenant + texts[i]);
}

static bool equal(const struct tenant *a, const struct tenant *b)
{
    if (a->tier != b->tier || a->status != b->status)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (*number_at(a, i) != *number_at(b, i))
            return false;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (g_strcmp0(*text_at(a, i), *text_at(b, i)) != 0)
            return false;
    return true;
}

/* NULL: it is none. */
static struct tenant *tenant_of(sqlite3_stmt *row)
{
    gint64 tier = sqlite3_column_int64(row, TIER), status = sqlite3_column_int64(row, STATUS);
    struct tenant draft = {.id = (const char *)sqlite3_column_text(row, ID)};
    if (!draft.id || tier < 0 || tier > TIER_ENTERPRISE || status < 0 || status > TENANT_DOWN)
        return NULL;
    draft.tier = (enum tenant_tier)tier;
    draft.status = (enum tenant_status)status;
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        *number_at(&draft, i) = sqlite3_column_int64(row, NUMBERS + (int)i);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        *text_at(&draft, i) = (const char *)sqlite3_column_text(row, (int)TEXTS + (int)i);
    return tenant_new(&draft);
}

static GPtrArray *read_rows(sqlite3 *db, GError **error)
{
    g_autoptr(sqlite3_stmt) select =
        sqlite_prepare(db, "SELECT " COLUMNS " FROM tenant ORDER BY id, nth", CACHE_READING, error);
    if (!select)
        return NULL;
    g_autoptr(GPtrArray) tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    int step;
    while ((step = sqlite3_step(select)) == SQLITE_ROW) {
        struct tenant *tenant = tenant_of(select);
        if (tenant)
            g_ptr_array_add(tenants, tenant);
    }
    if (step != SQLITE_DONE) {
        sqlite_fail(db, NULL, CACHE_READING, error);
        return NULL;
    }
    return g_steal_pointer(&tenants);
}

/* A row that is missing or damaged makes the registry incomplete, never smaller in silence. */
bool cache_read_tenants(struct cache *cache, const struct cache_head *head, GError **error)
{
    struct registry *registry;
    if (cache->registry && cache->tenants_gen == head->tenants_gen) {
        if (cache->registry->at_ms == head->registry_at_ms)
            return true;
        bool whole = (gint64)cache->registry->tenants->len == head->tenants;
        registry = registry_again(cache->registry, head->registry_at_ms, head->complete && whole);
    } else {
        GPtrArray *tenants = read_rows(cache->db, error);
        if (!tenants)
            return false;
        bool whole = (gint64)tenants->len == head->tenants;
        registry = registry_new(tenants, head->registry_at_ms, head->complete && whole);
    }
    registry_unref(cache->registry);
    cache->registry = registry;
    cache->tenants_gen = head->tenants_gen;
    return true;
}

/* One side of the comparison: tenants in order, each with its place among those of its id. */
struct walk {
    const GPtrArray *tenants;
    guint at;
    gint64 nth;
};

static const struct tenant *walk_at(const struct walk *walk)
{
    return walk->tenants && walk->at < walk->tenants->len ? walk->tenants->pdata[walk->at] : NULL;
}

static void walk_on(struct walk *walk)
{
    const struct tenant *before = walk_at(walk);
    walk->at++;
    const struct tenant *after = walk_at(walk);
    walk->nth = after && strcmp(before->id, after->id) == 0 ? walk->nth + 1 : 0;
}

static int walk_order(const struct walk *a, const struct walk *b)
{
    const struct tenant *x = walk_at(a), *y = walk_at(b);
    if (!x || !y)
        return x ? -1 : 1;
    int order = strcmp(x->id, y->id);
    return order ? order : (a->nth > b->nth) - (a->nth < b->nth);
}

static bool put(sqlite3 *db, sqlite3_stmt *replace, const struct walk *walk, GError **error)
{
    const struct tenant *tenant = walk_at(walk);
    sqlite_bind(replace, ID + 1, tenant->id);
    sqlite3_bind_int64(replace, NTH + 1, walk->nth);
    sqlite3_bind_int(replace, TIER + 1, (int)tenant->tier);
    sqlite3_bind_int(replace, STATUS + 1, (int)tenant->status);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        sqlite3_bind_int64(replace, NUMBERS + 1 + (int)i, *number_at(tenant, i));
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        sqlite_bind(replace, (int)TEXTS + 1 + (int)i, *text_at(tenant, i));
    return cache_do(db, replace, error);
}

static bool take_out(sqlite3 *db, sqlite3_stmt *delete, const struct walk *walk, GError **error)
{
    sqlite_bind(delete, 1, walk_at(walk)->id);
    sqlite3_bind_int64(delete, 2, walk->nth);
    return cache_do(db, delete, error);
}

bool cache_write_tenants(struct cache *cache, const struct registry *registry, bool *changed,
                         GError **error)
{
    sqlite3 *db = cache->db;
    struct walk kept = {cache->registry ? cache->registry->tenants : NULL, 0, 0};
    struct walk fresh = {registry->tenants, 0, 0};
    if (kept.tenants == fresh.tenants)
        return true;
    g_autoptr(sqlite3_stmt) replace =
        sqlite_prepare(db,
                       "REPLACE INTO tenant (" COLUMNS
                       ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       CACHE_WRITING, error);
    g_autoptr(sqlite3_stmt) delete = sqlite_prepare(
        db, "DELETE FROM tenant WHERE id = ? AND nth = ?", CACHE_WRITING, replace ? error : NULL);
    bool good = replace && delete;
    while (good && (walk_at(&kept) || walk_at(&fresh))) {
        int order = walk_order(&kept, &fresh);
        bool same = order == 0 && equal(walk_at(&kept), walk_at(&fresh));
        if (!same)
            *changed = true;
        if (order < 0)
            good = take_out(db, delete, &kept, error);
        else if (!same)
            good = put(db, replace, &fresh, error);
        if (order <= 0)
            walk_on(&kept);
        if (order >= 0)
            walk_on(&fresh);
    }
    return good;
}
