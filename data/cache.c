#include "data/cache.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/cache_json.h"
#include "data/sqlite.h"

#include <glib/gstdio.h>

/* So many tenants a row: few enough for a row to stay small, enough for 100,000 to be few rows. */
#define TENANTS_A_ROW 500

static const char *const migrations[] = {
    "CREATE TABLE part (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID"};
static const struct sqlite_schema schema = {migrations, G_N_ELEMENTS(migrations)};

static void close_db(sqlite3 **db)
{
    sqlite3_close(*db);
}
#define OWN_DB __attribute__((cleanup(close_db))) sqlite3 *

static char *path_in(const char *dir)
{
    return g_build_filename(dir, "cache.db", NULL);
}

/* Opens it for writing; what is not ours to write is thrown away once, as it is only a cache. */
static sqlite3 *open_for_save(const char *dir, GError **error)
{
    g_autofree char *path = path_in(dir);
    sqlite3 *db = sqlite_open(path, &schema, false, NULL);
    if (db)
        return db;
    static const char *const files[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *file = g_strconcat(path, files[i], NULL);
        g_unlink(file);
    }
    return sqlite_open(path, &schema, false, error);
}

/* Takes `body`. */
static bool put(sqlite3 *db, const char *name, json_t *body, GError **error)
{
    static const char tried[] = "keep the last snapshot";
    g_autofree char *text = text_json_dump(body, false);
    json_decref(body);
    g_autoptr(sqlite3_stmt) insert =
        sqlite_prepare(db, "INSERT INTO part (name, body) VALUES (?, ?)", tried, error);
    if (!insert)
        return false;
    sqlite_bind(insert, 1, name);
    sqlite_bind(insert, 2, text);
    return sqlite3_step(insert) == SQLITE_DONE || sqlite_fail(db, NULL, tried, error);
}

static bool put_cells(sqlite3 *db, const struct snapshot *snapshot, GError **error)
{
    for (size_t i = 0; i < snapshot->n_cells; i++) {
        const struct cell *cell = &snapshot->cells[i];
        g_autofree char *name = g_strconcat("cell/", cell->config->id, NULL);
        if (!put(db, name, cache_reading_json(&cell->reading), error))
            return false;
    }
    return true;
}

static bool put_tenants(sqlite3 *db, const struct registry *registry, GError **error)
{
    for (guint from = 0; registry && from < registry->tenants->len; from += TENANTS_A_ROW) {
        g_autofree char *name = g_strdup_printf("tenants/%08u", from / TENANTS_A_ROW);
        json_t *list = json_array();
        for (guint i = from; i < MIN(from + TENANTS_A_ROW, registry->tenants->len); i++)
            json_array_append_new(list, cache_tenant_json(registry->tenants->pdata[i]));
        if (!put(db, name, list, error))
            return false;
    }
    return true;
}

static json_t *head_json(const struct snapshot *snapshot)
{
    const struct registry *registry = snapshot->registry;
    return json_pack("{s:o, s:o, s:b, s:I, s:I, s:b}", "fleet", text_json(snapshot->config->name),
                     "sources", cache_sources_json(snapshot->sources), "registry", registry != NULL,
                     "tenants", (json_int_t)(registry ? registry->tenants->len : 0), "registry_at",
                     (json_int_t)(registry ? registry->at_ms : 0), "registry_complete",
                     registry && registry->complete);
}

bool cache_save(const char *dir, const struct snapshot *snapshot, GError **error)
{
    static const char tried[] = "keep the last snapshot";
    OWN_DB db = open_for_save(dir, error);
    if (!db || !sqlite_exec(db, "BEGIN IMMEDIATE", tried, error))
        return false;
    bool done = sqlite_exec(db, "DELETE FROM part", tried, error) &&
                put(db, "head", head_json(snapshot), error) && put_cells(db, snapshot, error) &&
                put_tenants(db, snapshot->registry, error) &&
                sqlite_exec(db, "COMMIT", tried, error);
    if (!done)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return done;
}

/* All rows: name -> json_t *. NULL with an error where one can't be read. */
static GHashTable *read_parts(sqlite3 *db, GError **error)
{
    static const char tried[] = "read the last snapshot";
    g_autoptr(sqlite3_stmt) select =
        sqlite_prepare(db, "SELECT name, body FROM part", tried, error);
    if (!select)
        return NULL;
    g_autoptr(GHashTable) parts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_decref);
    int step;
    while ((step = sqlite3_step(select)) == SQLITE_ROW) {
        const char *body = (const char *)sqlite3_column_text(select, 1);
        json_t *json = json_loads(body ? body : "", 0, NULL);
        if (json)
            g_hash_table_insert(parts, g_strdup((const char *)sqlite3_column_text(select, 0)),
                                json);
    }
    if (step != SQLITE_DONE) {
        sqlite_fail(db, NULL, tried, error);
        return NULL;
    }
    return g_steal_pointer(&parts);
}

/* A row that is missing or damaged makes the registry incomplete, never smaller in silence. */
static struct registry *registry_of(GHashTable *parts, const json_t *head)
{
    if (!json_is_true(json_object_get(head, "registry")))
        return NULL;
    bool complete = json_is_true(json_object_get(head, "registry_complete"));
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_free);
    GHashTableIter iter;
    gpointer name, part;
    g_hash_table_iter_init(&iter, parts);
    while (g_hash_table_iter_next(&iter, &name, &part)) {
        size_t i;
        json_t *item;
        if (!g_str_has_prefix(name, "tenants/"))
            continue;
        json_array_foreach ((json_t *)part, i, item) {
            struct tenant *tenant = cache_tenant(item);
            if (tenant)
                g_ptr_array_add(tenants, tenant);
        }
    }
    complete = complete &&
               (json_int_t)tenants->len == json_integer_value(json_object_get(head, "tenants"));
    return registry_new(tenants, json_integer_value(json_object_get(head, "registry_at")),
                        complete);
}

static struct snapshot *fold_parts(GHashTable *parts, const json_t *head, struct config *config,
                                   gint64 now_ms)
{
    g_autoptr(GPtrArray) sources = cache_sources(json_object_get(head, "sources"));
    g_autofree struct cell_reading *readings = g_new0(struct cell_reading, config->cells->len);
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = config->cells->pdata[i];
        g_autofree char *name = g_strconcat("cell/", cell->id, NULL);
        readings[i] = cache_reading(g_hash_table_lookup(parts, name));
    }
    struct registry *registry = registry_of(parts, head);
    struct fleet_input input = {
        .config = config, .readings = readings, .registry = registry, .sources = sources};
    struct snapshot *snapshot = fleet_fold(&input, now_ms);
    registry_unref(registry);
    for (guint i = 0; i < config->cells->len; i++)
        cell_reading_clear(&readings[i]);
    return snapshot;
}

struct snapshot *cache_load(const char *dir, struct config *config, gint64 now_ms, GError **error)
{
    g_autofree char *path = path_in(dir);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    OWN_DB db = sqlite_open(path, &schema, true, error);
    g_autoptr(GHashTable) parts = db ? read_parts(db, error) : NULL;
    if (!parts)
        return NULL;
    const json_t *head = g_hash_table_lookup(parts, "head");
    const char *fleet = json_string_value(json_object_get(head, "fleet"));
    if (!head)
        return NULL;
    if (g_strcmp0(fleet, config->name) != 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "%s is of another fleet (%s); it will be written anew", path,
                    fleet ? fleet : "unnamed");
        return NULL;
    }
    return fold_parts(parts, head, config, now_ms);
}
