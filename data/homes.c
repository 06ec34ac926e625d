#include "data/homes.h"

#include "data/cache_db.h"

#include <string.h>

#define READING "read where tenants lived"
#define WRITING "keep where tenants live"

struct homes {
    struct cache *cache;
    char *registry;         /* which one they are of */
    struct registry *known; /* its tenants are at home but for those in `away`; or NULL */
    GHashTable *away;       /* ids */
};

void away_free(struct away *away)
{
    tenant_unref(away->tenant);
    g_free(away->home);
    g_free(away);
}

/* Whatever decides which table is asked. */
static char *registry_of(const struct config *config)
{
    static const char *const names[] = {"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
                                        "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"};
    const char *region = config->registry_region ? config->registry_region : config->aws_region;
    g_autoptr(GString) text = g_string_new(config->registry_table);
    g_string_append_printf(text, "\n%s\n%s", region ? region : "",
                           config->aws_profile ? config->aws_profile : "");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = g_getenv(names[i]);
        g_string_append_printf(text, "\n%s", value ? value : "");
    }
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
}

/* The homes of another registry are nobody's here. */
static bool take_over(struct homes *homes, GError **error)
{
    sqlite3 *db = homes->cache->db;
    g_autoptr(sqlite3_stmt) ask =
        sqlite_prepare(db, "SELECT count(*) FROM homes WHERE registry = ?", READING, error);
    if (!ask)
        return false;
    sqlite_bind(ask, 1, homes->registry);
    if (sqlite3_step(ask) != SQLITE_ROW)
        return sqlite_fail(db, NULL, READING, error);
    if (sqlite3_column_int(ask, 0) == 1)
        return true;
    g_autoptr(sqlite3_stmt) put = sqlite_prepare(
        db, "REPLACE INTO homes (one, registry, at) VALUES (1, ?, 0)", WRITING, error);
    if (!put)
        return false;
    sqlite_bind(put, 1, homes->registry);
    return sqlite_exec(db, "DELETE FROM home", WRITING, error) && cache_do(db, put, error);
}

struct homes *homes_open(const char *dir, struct config *config, GError **error)
{
    struct cache *cache = cache_open(dir, config, error);
    if (!cache)
        return NULL;
    OWN(homes) homes = g_new0(struct homes, 1);
    homes->cache = cache;
    homes->registry = registry_of(config);
    homes->away = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool begun = cache_begin(cache, error);
    bool good = begun && take_over(homes, error);
    if (begun && !cache_end(cache, good, good ? error : NULL))
        good = false;
    return good ? g_steal_pointer(&homes) : NULL;
}

void homes_close(struct homes *homes)
{
    if (!homes)
        return;
    cache_close(homes->cache);
    registry_unref(homes->known);
    g_hash_table_unref(homes->away);
    g_free(homes->registry);
    g_free(homes);
}

bool homes_in_place(const struct homes *homes)
{
    return cache_is_in_place(homes->cache);
}

/* Statements of one look. */
struct look {
    sqlite3_stmt *ask, *put;
    GPtrArray *away;
};

static bool step_put(struct homes *homes, sqlite3_stmt *put, const struct tenant *tenant,
                     GError **error)
{
    sqlite_bind(put, 1, tenant->id);
    sqlite_bind(put, 2, tenant->cell);
    return cache_do(homes->cache->db, put, error);
}

static bool look_at(struct homes *homes, struct look *look, struct tenant *tenant, GError **error)
{
    sqlite_bind(look->ask, 1, tenant->id);
    int code = sqlite3_step(look->ask);
    g_autofree char *home =
        code == SQLITE_ROW ? g_strdup((const char *)sqlite3_column_text(look->ask, 0)) : NULL;
    sqlite3_reset(look->ask);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return sqlite_fail(homes->cache->db, NULL, READING, error);
    if (!home)
        return step_put(homes, look->put, tenant, error);
    if (strcmp(home, tenant->cell) == 0) {
        g_hash_table_remove(homes->away, tenant->id);
        return true;
    }
    struct away *away = g_new(struct away, 1);
    *away = (struct away){tenant_ref(tenant), g_steal_pointer(&home)};
    g_ptr_array_add(look->away, away);
    g_hash_table_add(homes->away, g_strdup(tenant->id));
    return true;
}

static bool is_of_one_item(const GPtrArray *tenants, guint i)
{
    const struct tenant *tenant = tenants->pdata[i];
    const struct tenant *before = i > 0 ? tenants->pdata[i - 1] : NULL;
    const struct tenant *after = i + 1 < tenants->len ? tenants->pdata[i + 1] : NULL;
    return !(before && strcmp(before->id, tenant->id) == 0) &&
           !(after && strcmp(after->id, tenant->id) == 0);
}

/* Most are as they were at the last look, and need not be asked for. */
static bool is_known_at_home(const struct homes *homes, const struct tenant *tenant)
{
    gint64 place = homes->known ? registry_place(homes->known, tenant->id) : -1;
    if (place < 0 || !is_of_one_item(homes->known->tenants, (guint)place))
        return false;
    const struct tenant *before = homes->known->tenants->pdata[place];
    return (before == tenant || g_strcmp0(before->cell, tenant->cell) == 0) &&
           !g_hash_table_contains(homes->away, tenant->id);
}

static bool look_at_all(struct homes *homes, struct look *look, const struct registry *registry,
                        GError **error)
{
    for (guint i = 0; i < registry->tenants->len; i++) {
        struct tenant *tenant = registry->tenants->pdata[i];
        if (tenant->cell && *tenant->cell && is_of_one_item(registry->tenants, i) &&
            !is_known_at_home(homes, tenant) && !look_at(homes, look, tenant, error))
            return false;
    }
    return true;
}

/* What a look that failed half-way has learned is forgotten. */
static void remember(struct homes *homes, struct registry *registry)
{
    registry_unref(homes->known);
    homes->known = registry ? registry_ref(registry) : NULL;
    if (!registry)
        g_hash_table_remove_all(homes->away);
}

static const char put_home[] = "REPLACE INTO home (tenant, cell) VALUES (?, ?)";

GPtrArray *homes_look(struct homes *homes, struct registry *registry, GError **error)
{
    sqlite3 *db = homes->cache->db;
    g_autoptr(GPtrArray) away = g_ptr_array_new_with_free_func((GDestroyNotify)away_free);
    if (registry == homes->known && g_hash_table_size(homes->away) == 0)
        return g_steal_pointer(&away);
    if (!cache_begin(homes->cache, error))
        return NULL;
    g_autoptr(sqlite3_stmt) ask =
        sqlite_prepare(db, "SELECT cell FROM home WHERE tenant = ?", READING, error);
    g_autoptr(sqlite3_stmt) put = ask ? sqlite_prepare(db, put_home, WRITING, error) : NULL;
    struct look look = {ask, put, away};
    bool good = put && look_at_all(homes, &look, registry, error);
    if (!cache_end(homes->cache, good, good ? error : NULL))
        good = false;
    remember(homes, good ? registry : NULL);
    return good ? g_steal_pointer(&away) : NULL;
}

bool homes_settle(struct homes *homes, const struct tenant *tenant, GError **error)
{
    g_autoptr(sqlite3_stmt) put = sqlite_prepare(homes->cache->db, put_home, WRITING, error);
    if (!put || !step_put(homes, put, tenant, error))
        return false;
    g_hash_table_remove(homes->away, tenant->id);
    return true;
}

gint64 homes_as_of(struct homes *homes, GError **error)
{
    sqlite3 *db = homes->cache->db;
    g_autoptr(sqlite3_stmt) ask = sqlite_prepare(db, "SELECT at FROM homes", READING, error);
    int code = ask ? sqlite3_step(ask) : SQLITE_ERROR;
    if (code == SQLITE_ROW)
        return sqlite3_column_int64(ask, 0);
    if (ask && code != SQLITE_DONE)
        sqlite_fail(db, NULL, READING, error);
    return 0;
}

bool homes_set_as_of(struct homes *homes, gint64 read_ms, GError **error)
{
    sqlite3 *db = homes->cache->db;
    g_autoptr(sqlite3_stmt) put =
        sqlite_prepare(db, "UPDATE homes SET at = max(at, ?)", WRITING, error);
    if (!put)
        return false;
    sqlite3_bind_int64(put, 1, read_ms);
    return cache_do(db, put, error);
}
