#include "data/cache_db.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* The poller's tables stand here, too: one file is moved forward by one list. */
static const char *const migrations[] = {
    "CREATE TABLE part (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID",
    "DROP TABLE part;"
    "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), fleet TEXT NOT NULL,"
    " gen INTEGER NOT NULL, tenants_gen INTEGER NOT NULL, registry INTEGER NOT NULL,"
    " registry_at INTEGER NOT NULL, complete INTEGER NOT NULL, tenants INTEGER NOT NULL,"
    " sources TEXT NOT NULL, cost REAL NOT NULL, slowed TEXT);"
    "CREATE TABLE alarms (cell TEXT PRIMARY KEY, gen INTEGER NOT NULL, body TEXT NOT NULL);"
    "CREATE INDEX alarms_gen ON alarms (gen);"
    "CREATE TABLE probe (cell TEXT NOT NULL, at INTEGER NOT NULL, gen INTEGER NOT NULL,"
    " body TEXT NOT NULL, PRIMARY KEY (cell, at));"
    "CREATE INDEX probe_gen ON probe (gen);"
    "CREATE TABLE points (cell TEXT NOT NULL, chunk INTEGER NOT NULL, gen INTEGER NOT NULL,"
    " body BLOB NOT NULL, PRIMARY KEY (cell, chunk));"
    "CREATE INDEX points_gen ON points (gen);"
    "CREATE TABLE tenant (id TEXT NOT NULL, nth INTEGER NOT NULL, tier INTEGER NOT NULL,"
    " status INTEGER NOT NULL, max_users INTEGER NOT NULL, max_patients INTEGER NOT NULL,"
    " current_users INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,"
    " cell TEXT, region TEXT, subdomain TEXT, residency TEXT, name TEXT, failover_cell TEXT,"
    " environment TEXT, fault TEXT, PRIMARY KEY (id, nth)) WITHOUT ROWID;"
    "CREATE TABLE lead (one INTEGER PRIMARY KEY CHECK (one = 1), token TEXT NOT NULL,"
    " fleet TEXT NOT NULL, kind INTEGER NOT NULL, actor TEXT NOT NULL, host TEXT NOT NULL,"
    " boot TEXT NOT NULL, pids TEXT NOT NULL, pid INTEGER NOT NULL, started INTEGER NOT NULL,"
    " beat INTEGER NOT NULL, well INTEGER NOT NULL);"
    "CREATE TABLE want (token TEXT PRIMARY KEY, host TEXT NOT NULL, boot TEXT NOT NULL,"
    " pids TEXT NOT NULL, pid INTEGER NOT NULL, started INTEGER NOT NULL, beat INTEGER NOT NULL,"
    " refresh INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID",
    /* A row of points is written otherwise; nothing is kept of what was read before. */
    "DELETE FROM head; DELETE FROM alarms; DELETE FROM probe; DELETE FROM points;"
    "DELETE FROM tenant",
    /* Metrics of the fleet's own have places of theirs. */
    "DELETE FROM head; DELETE FROM points",
    /* What an item's updatedAt says, letter by letter. */
    "ALTER TABLE tenant ADD COLUMN updated_text TEXT; DELETE FROM head; DELETE FROM tenant",
    /* data/homes.h */
    "CREATE TABLE home (tenant TEXT PRIMARY KEY, cell TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE homes (one INTEGER PRIMARY KEY CHECK (one = 1), registry TEXT NOT NULL,"
    " at INTEGER NOT NULL)"};
static const struct sqlite_schema schema = {migrations, G_N_ELEMENTS(migrations), true};

static void stat_file(const char *path, guint64 *device, guint64 *inode)
{
    struct stat file;
    bool there = stat(path, &file) == 0;
    *device = there ? file.st_dev : 0;
    *inode = there ? file.st_ino : 0;
}

static void throw_away(const char *path)
{
    static const char *const files[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *file = g_strconcat(path, files[i], NULL);
        g_unlink(file);
    }
}

static bool is_damage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

/* A file that can't be opened has nobody to ask for its error code: so SQLite is asked again. */
static bool file_is_damaged(const char *path)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    sqlite3_close(db);
    return is_damage(code);
}

/* Takes `path`. */
static struct cache *cache_new(sqlite3 *db, char *path, struct config *config)
{
    struct cache *cache = g_new0(struct cache, 1);
    cache->db = db;
    cache->path = path;
    stat_file(path, &cache->device, &cache->inode);
    cache->data_version = -1;
    cache->config = config_ref(config);
    cache->fleet = cache_fleet(config);
    cache->readings = g_new0(struct cell_reading, config->cells->len);
    cache->places = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < config->cells->len; i++)
        g_hash_table_insert(cache->places, ((struct cell_config *)config->cells->pdata[i])->id,
                            GUINT_TO_POINTER(i + 1));
    return cache;
}

struct cache *cache_open(const char *dir, struct config *config, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "cache.db", NULL);
    g_autoptr(GError) first = NULL;
    sqlite3 *db = sqlite_open(path, &schema, false, &first);
    if (!db && file_is_damaged(path)) {
        throw_away(path);
        db = sqlite_open(path, &schema, false, error);
    } else if (!db) {
        g_propagate_error(error, g_steal_pointer(&first));
    }
    return db ? cache_new(db, g_steal_pointer(&path), config) : NULL;
}

struct cache *cache_open_to_read(const char *dir, struct config *config, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "cache.db", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    sqlite3 *db = sqlite_open(path, &schema, true, error);
    return db ? cache_new(db, g_steal_pointer(&path), config) : NULL;
}

void cache_forget(struct cache *cache)
{
    for (guint i = 0; i < cache->config->cells->len; i++)
        cell_reading_clear(&cache->readings[i]);
    memset(cache->readings, 0, sizeof *cache->readings * cache->config->cells->len);
    g_clear_pointer(&cache->registry, registry_unref);
    g_clear_pointer(&cache->sources, g_ptr_array_unref);
    g_clear_pointer(&cache->slowed, g_free);
    cache->gen = cache->tenants_gen = 0;
}

void cache_close(struct cache *cache)
{
    if (!cache)
        return;
    cache_forget(cache);
    sqlite3_close(cache->db);
    g_hash_table_unref(cache->places);
    g_free(cache->readings);
    g_free(cache->fleet);
    g_free(cache->path);
    config_unref(cache->config);
    g_free(cache);
}

void cache_discard(struct cache *cache)
{
    if (cache_is_in_place(cache))
        throw_away(cache->path);
    cache_close(cache);
}

bool cache_is_in_place(const struct cache *cache)
{
    guint64 device, inode;
    stat_file(cache->path, &device, &inode);
    return device == cache->device && inode == cache->inode;
}

bool cache_is_damaged(const struct cache *cache)
{
    return cache->damaged || is_damage(sqlite3_extended_errcode(cache->db));
}

gint64 cache_generation(const struct cache *cache)
{
    return cache->gen;
}

gint64 cache_number(struct cache *cache, const char *sql)
{
    g_autoptr(sqlite3_stmt) ask = sqlite_prepare(cache->db, sql, CACHE_READING, NULL);
    return ask && sqlite3_step(ask) == SQLITE_ROW ? sqlite3_column_int64(ask, 0) : -1;
}

bool cache_changed(struct cache *cache)
{
    gint64 before = cache->data_version;
    cache->data_version = cache_number(cache, "PRAGMA data_version");
    return before != cache->data_version || before < 0;
}

bool cache_begin(struct cache *cache, GError **error)
{
    return sqlite_exec(cache->db, "BEGIN IMMEDIATE", CACHE_WRITING, error);
}

bool cache_end(struct cache *cache, bool keep, GError **error)
{
    if (!keep)
        cache->damaged |= is_damage(sqlite3_extended_errcode(cache->db));
    if (keep && sqlite_exec(cache->db, "COMMIT", CACHE_WRITING, error)) {
        sqlite3_db_release_memory(cache->db); /* megabytes of pages, until the next turn for none */
        return true;
    }
    sqlite3_exec(cache->db, "ROLLBACK", NULL, NULL, NULL);
    /* What is known may be of what has just been taken back. */
    cache_forget(cache);
    return false;
}

bool cache_do(sqlite3 *db, sqlite3_stmt *statement, GError **error)
{
    bool done =
        sqlite3_step(statement) == SQLITE_DONE || sqlite_fail(db, NULL, CACHE_WRITING, error);
    sqlite3_reset(statement);
    return done;
}
