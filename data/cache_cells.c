/* What cache.db has of each cell. Alarms, probes and datapoints change at different times, so each
 * has rows of its own. */
#include "data/cache_db.h"
#include "data/cache_json.h"

#include "data/base/text.h"
#include "data/probe.h"

/* So many periods a row: the newest is written anew each period, the others never. */
#define CHUNK_PERIODS 60

static struct cell_reading *reading_of(struct cache *cache, const char *cell)
{
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(cache->places, cell ? cell : ""));
    return place ? &cache->readings[place - 1] : NULL;
}

static gint64 chunk_ms(const struct cache *cache)
{
    return CHUNK_PERIODS * cache->config->metrics.period_ms;
}

static sqlite3_stmt *select_since(struct cache *cache, const char *sql, GError **error)
{
    sqlite3_stmt *select = sqlite_prepare(cache->db, sql, CACHE_READING, error);
    if (select)
        sqlite3_bind_int64(select, 1, cache->gen);
    return select;
}

/* Each row of a cell and a JSON text goes to `take`. */
static bool read_json(struct cache *cache, const char *sql,
                      void (*take)(struct cell_reading *reading, const json_t *json),
                      GError **error)
{
    g_autoptr(sqlite3_stmt) select = select_since(cache, sql, error);
    int step = SQLITE_DONE;
    while (select && (step = sqlite3_step(select)) == SQLITE_ROW) {
        struct cell_reading *reading =
            reading_of(cache, (const char *)sqlite3_column_text(select, 0));
        const char *body = (const char *)sqlite3_column_text(select, 1);
        OWN_JSON json = json_loads(body ? body : "", 0, NULL);
        if (reading && json)
            take(reading, json);
    }
    return select && (step == SQLITE_DONE || sqlite_fail(cache->db, NULL, CACHE_READING, error));
}

static void take_probe(struct cell_reading *reading, const json_t *json)
{
    if (!json_is_object(json))
        return;
    GPtrArray *probes = probes_append(reading->probes, cache_probe(json));
    g_clear_pointer(&reading->probes, g_ptr_array_unref);
    reading->probes = probes;
}

/* Points that the writer has let go of are let go of here, too: what is older than its oldest row.
 */
static gint64 keep_from_ms(const struct cell_reading *reading, gint64 oldest_chunk,
                           gint64 length_ms)
{
    gint64 first_ms, last_ms;
    bool any = cache_points_span(reading, &first_ms, &last_ms);
    return any ? oldest_chunk * length_ms : G_MININT64;
}

static bool read_points(struct cache *cache, const char *sql, GError **error)
{
    g_autoptr(sqlite3_stmt) select = select_since(cache, sql, error);
    if (!select)
        return false;
    struct cache_gathered gathered;
    cache_gather_init(&gathered);
    struct cell_reading *reading = NULL;
    gint64 oldest = 0;
    int step;
    while ((step = sqlite3_step(select)) == SQLITE_ROW) {
        struct cell_reading *next = reading_of(cache, (const char *)sqlite3_column_text(select, 0));
        if (reading && next != reading)
            cache_gather_into(&gathered, reading, keep_from_ms(reading, oldest, chunk_ms(cache)));
        reading = next;
        oldest = sqlite3_column_int64(select, 2);
        if (reading)
            cache_gather(&gathered, sqlite3_column_blob(select, 1),
                         (size_t)sqlite3_column_bytes(select, 1));
    }
    if (reading)
        cache_gather_into(&gathered, reading, keep_from_ms(reading, oldest, chunk_ms(cache)));
    cache_gather_clear(&gathered);
    return step == SQLITE_DONE || sqlite_fail(cache->db, NULL, CACHE_READING, error);
}

#define EVERY_PROBE "SELECT cell, body FROM probe WHERE gen > ? ORDER BY cell, at"
#define LAST_PROBE  "SELECT cell, body, max(at) FROM probe WHERE gen > ? GROUP BY cell"
#define CELL_PROBES "SELECT body FROM probe WHERE cell = ? ORDER BY at"
#define EVERY_POINT                                                                                \
    "SELECT cell, body, (SELECT min(chunk) FROM points AS p WHERE p.cell = q.cell)"                \
    " FROM points AS q WHERE gen > ? ORDER BY cell, chunk"
#define LAST_POINTS                                                                                \
    "SELECT cell, body, chunk FROM points WHERE gen > ?"                                           \
    " AND chunk >= (SELECT max(chunk) FROM points) - 1 ORDER BY cell, chunk"

/* All that is kept of one cell's probes; of what is damaged, nothing. */
static bool read_probes(struct cache *cache, const char *cell, struct cell_reading *reading,
                        GError **error)
{
    g_autoptr(sqlite3_stmt) select = sqlite_prepare(cache->db, CELL_PROBES, CACHE_READING, error);
    if (!select)
        return false;
    sqlite_bind(select, 1, cell);
    g_clear_pointer(&reading->probes, g_ptr_array_unref);
    int step;
    while ((step = sqlite3_step(select)) == SQLITE_ROW) {
        const char *body = (const char *)sqlite3_column_text(select, 0);
        OWN_JSON json = json_loads(body ? body : "", 0, NULL);
        take_probe(reading, json);
    }
    return step == SQLITE_DONE || sqlite_fail(cache->db, NULL, CACHE_READING, error);
}

/* A cell's last probe tells how it is; only of one that is not well do those before it tell more:
 * what it ran, and since when it is so. */
static bool read_telling_probes(struct cache *cache, GError **error)
{
    bool good = read_json(cache, LAST_PROBE, take_probe, error);
    for (guint i = 0; good && i < cache->config->cells->len; i++) {
        const struct cell_config *cell = cache->config->cells->pdata[i];
        struct cell_reading *reading = &cache->readings[i];
        const GPtrArray *probes = reading->probes;
        if (!probes || !probe_tells_all(probes->pdata[probes->len - 1]))
            good = read_probes(cache, cell->id, reading, error);
    }
    return good;
}

bool cache_read_cells(struct cache *cache, enum cache_what what, GError **error)
{
    if (what == CACHE_METRICS)
        return read_telling_probes(cache, error) && read_points(cache, LAST_POINTS, error);
    bool first = what == CACHE_FIRST;
    return read_json(cache, "SELECT cell, body FROM alarms WHERE gen > ?", cache_alarms, error) &&
           (first ? read_telling_probes(cache, error)
                  : read_json(cache, EVERY_PROBE, take_probe, error)) &&
           read_points(cache, first ? LAST_POINTS : EVERY_POINT, error);
}

/* What a cell's rows are written with, prepared once for all cells. */
enum { PUT_ALARMS, PUT_PROBE, DROP_PROBE, DROP_PROBES, PUT_POINTS, DROP_POINTS, STATEMENTS };
static const char *const statements[STATEMENTS] = {
    [PUT_ALARMS] = "REPLACE INTO alarms (cell, gen, body) VALUES (?, ?, ?)",
    [PUT_PROBE] = "REPLACE INTO probe (cell, gen, body, at) VALUES (?, ?, ?, ?)",
    [DROP_PROBE] = "DELETE FROM probe WHERE cell = ? AND at = ?",
    [DROP_PROBES] = "DELETE FROM probe WHERE cell = ? AND at < ?",
    [PUT_POINTS] = "REPLACE INTO points (cell, gen, body, chunk) VALUES (?, ?, ?, ?)",
    [DROP_POINTS] = "DELETE FROM points WHERE cell = ? AND chunk < ?",
};

struct writing {
    struct cache *cache;
    gint64 gen;
    sqlite3_stmt *statements[STATEMENTS];
};

/* `key` is the row's second one, where it has one. Takes `json`. */
static bool put_json(const struct writing *writing, int which, const char *cell, json_t *json,
                     gint64 key, GError **error)
{
    sqlite3_stmt *put = writing->statements[which];
    g_autofree char *body = text_json_dump(json, false);
    json_decref(json);
    sqlite_bind(put, 1, cell);
    sqlite3_bind_int64(put, 2, writing->gen);
    sqlite_bind(put, 3, body);
    if (sqlite3_bind_parameter_count(put) > 3)
        sqlite3_bind_int64(put, 4, key);
    return cache_do(writing->cache->db, put, error);
}

/* The row of this key, or those before it. */
static bool drop(const struct writing *writing, int which, const char *cell, gint64 key,
                 GError **error)
{
    sqlite_bind(writing->statements[which], 1, cell);
    sqlite3_bind_int64(writing->statements[which], 2, key);
    return cache_do(writing->cache->db, writing->statements[which], error);
}

/* What is shared is the same: readings are immutable. */
static bool write_alarms(const struct writing *writing, const char *cell,
                         const struct cell_reading *kept, const struct cell_reading *fresh,
                         GError **error)
{
    return (kept->alarms == fresh->alarms && kept->alarms_at_ms == fresh->alarms_at_ms) ||
           put_json(writing, PUT_ALARMS, cell, cache_alarms_json(fresh), 0, error);
}

static bool has_probe_of(const GPtrArray *probes, const struct probe *of)
{
    for (guint i = 0; probes && i < probes->len; i++)
        if (((const struct probe *)probes->pdata[i])->at_ms == of->at_ms)
            return true;
    return false;
}

/* A conductor begins without what the one before it has read, for its gates stand on nothing else
 * than its own: what only the past can tell of a cell stays here. The rows are what `kept` has
 * then; old ones may stay and ones between go (probes_append). */
static bool write_probes(const struct writing *writing, const char *cell, struct cell_reading *kept,
                         const struct cell_reading *fresh, GError **error)
{
    if (kept->probes == fresh->probes || !fresh->probes || !fresh->probes->len)
        return true;
    g_autoptr(GPtrArray) before = g_steal_pointer(&kept->probes);
    kept->probes = probes_after(before, fresh->probes);
    for (guint i = 0; i < kept->probes->len; i++) {
        const struct probe *probe = kept->probes->pdata[i];
        if (!has_probe_of(before, probe) &&
            !put_json(writing, PUT_PROBE, cell, cache_probe_json(probe), probe->at_ms, error))
            return false;
    }
    for (guint i = 0; before && i < before->len; i++) {
        const struct probe *probe = before->pdata[i];
        if (!has_probe_of(kept->probes, probe) &&
            !drop(writing, DROP_PROBE, cell, probe->at_ms, error))
            return false;
    }
    const struct probe *oldest = kept->probes->pdata[0];
    return drop(writing, DROP_PROBES, cell, oldest->at_ms, error);
}

static bool write_chunk(const struct writing *writing, const char *cell, gint64 chunk,
                        const struct cell_reading *fresh, GError **error)
{
    gint64 length_ms = chunk_ms(writing->cache);
    sqlite3_stmt *put = writing->statements[PUT_POINTS];
    g_autoptr(GVariant) body = cache_points(fresh, chunk * length_ms, (chunk + 1) * length_ms);
    sqlite_bind(put, 1, cell);
    sqlite3_bind_int64(put, 2, writing->gen);
    sqlite3_bind_blob(put, 3, g_variant_get_data(body), (int)g_variant_get_size(body),
                      SQLITE_TRANSIENT);
    sqlite3_bind_int64(put, 4, chunk);
    return cache_do(writing->cache->db, put, error);
}

static bool write_points(const struct writing *writing, const char *cell,
                         const struct cell_reading *kept, const struct cell_reading *fresh,
                         GError **error)
{
    gint64 from_ms = cache_points_differ_ms(kept, fresh), length_ms = chunk_ms(writing->cache);
    gint64 first_ms, last_ms;
    if (from_ms == G_MAXINT64 || !cache_points_span(fresh, &first_ms, &last_ms))
        return true;
    for (gint64 chunk = from_ms / length_ms; chunk <= last_ms / length_ms; chunk++)
        if (!write_chunk(writing, cell, chunk, fresh, error))
            return false;
    return drop(writing, DROP_POINTS, cell, first_ms / length_ms, error);
}

static bool write_cell(const struct writing *writing, const struct cell *cell, GError **error)
{
    const char *id = cell->config->id;
    struct cell_reading *kept = reading_of(writing->cache, id);
    /* A snapshot has the cells of the configuration, and the cache keeps places for these. */
    return !kept || (write_alarms(writing, id, kept, &cell->reading, error) &&
                     write_probes(writing, id, kept, &cell->reading, error) &&
                     write_points(writing, id, kept, &cell->reading, error));
}

bool cache_write_cells(struct cache *cache, const struct snapshot *snapshot, gint64 gen,
                       GError **error)
{
    struct writing writing = {.cache = cache, .gen = gen};
    bool good = true;
    for (int i = 0; good && i < STATEMENTS; i++) {
        writing.statements[i] = sqlite_prepare(cache->db, statements[i], CACHE_WRITING, error);
        good = writing.statements[i] != NULL;
    }
    for (size_t i = 0; good && i < snapshot->n_cells; i++)
        good = write_cell(&writing, &snapshot->cells[i], error);
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(writing.statements[i]);
    return good;
}
