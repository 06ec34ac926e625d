/* What cache.db has of each cell. Alarms, probes and datapoints change at different times, so each
 * has rows of its own. */
#include "data/cache_db.h"
#include "data/cache_json.h"

#include "data/base/text.h"
#include "data/base/when.h"

/* So many periods a row: the newest is written anew each period, the others never. */
#define CHUNK_PERIODS 60

/* A part of a reading that is written whole. */
struct part {
    const char *kind;
    bool (*differs)(const struct cell_reading *kept, const struct cell_reading *fresh);
    json_t *(*to_json)(const struct cell_reading *reading);
    void (*from_json)(struct cell_reading *reading, const json_t *json);
};

/* What is shared is the same: readings are immutable. */
static bool alarms_differ(const struct cell_reading *kept, const struct cell_reading *fresh)
{
    return kept->alarms != fresh->alarms || kept->alarms_at_ms != fresh->alarms_at_ms;
}

static bool probes_differ(const struct cell_reading *kept, const struct cell_reading *fresh)
{
    return kept->probes != fresh->probes;
}

static const struct part parts[] = {
    {"alarms", alarms_differ, cache_alarms_json, cache_alarms},
    {"probes", probes_differ, cache_probes_json, cache_probes},
};

static const struct part *part_named(const char *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (g_strcmp0(parts[i].kind, kind) == 0)
            return &parts[i];
    return NULL;
}

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

static bool read_parts(struct cache *cache, GError **error)
{
    g_autoptr(sqlite3_stmt) select =
        select_since(cache, "SELECT cell, kind, body FROM part WHERE gen > ?", error);
    int step = SQLITE_ERROR;
    while (select && (step = sqlite3_step(select)) == SQLITE_ROW) {
        struct cell_reading *reading =
            reading_of(cache, (const char *)sqlite3_column_text(select, 0));
        const struct part *part = part_named((const char *)sqlite3_column_text(select, 1));
        const char *body = (const char *)sqlite3_column_text(select, 2);
        OWN_JSON json = json_loads(body ? body : "", 0, NULL);
        if (reading && part && json)
            part->from_json(reading, json);
    }
    return step == SQLITE_DONE || !select || sqlite_fail(cache->db, NULL, CACHE_READING, error);
}

/* Points that the writer has let go of are let go of here, too: what is older than its oldest row.
 */
static gint64 keep_from_ms(const struct cell_reading *reading, gint64 oldest_chunk,
                           gint64 length_ms)
{
    gint64 first_ms, last_ms;
    bool any = cache_points_span(reading, &first_ms, &last_ms);
    return any ? MAX(first_ms, oldest_chunk * length_ms) : G_MININT64;
}

static bool read_points(struct cache *cache, GError **error)
{
    g_autoptr(sqlite3_stmt) select =
        select_since(cache,
                     "SELECT cell, body, (SELECT min(chunk) FROM points AS p WHERE p.cell = q.cell)"
                     " FROM points AS q WHERE gen > ? ORDER BY cell, chunk",
                     error);
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

bool cache_read_cells(struct cache *cache, GError **error)
{
    return read_parts(cache, error) && read_points(cache, error);
}

/* The statements of one writing, prepared once for all cells. */
struct writing {
    struct cache *cache;
    gint64 gen;
    sqlite3_stmt *part, *points, *drop;
};

static bool write_part(const struct writing *writing, const char *cell, const struct part *part,
                       const struct cell_reading *fresh, GError **error)
{
    OWN_JSON json = part->to_json(fresh);
    g_autofree char *body = text_json_dump(json, false);
    sqlite_bind(writing->part, 1, cell);
    sqlite_bind(writing->part, 2, part->kind);
    sqlite3_bind_int64(writing->part, 3, writing->gen);
    sqlite_bind(writing->part, 4, body);
    return cache_do(writing->cache->db, writing->part, error);
}

static bool write_chunk(const struct writing *writing, const char *cell, gint64 chunk,
                        const struct cell_reading *fresh, GError **error)
{
    gint64 length_ms = chunk_ms(writing->cache);
    g_autoptr(GVariant) body = cache_points(fresh, chunk * length_ms, (chunk + 1) * length_ms);
    sqlite_bind(writing->points, 1, cell);
    sqlite3_bind_int64(writing->points, 2, chunk);
    sqlite3_bind_int64(writing->points, 3, writing->gen);
    sqlite3_bind_blob(writing->points, 4, g_variant_get_data(body), (int)g_variant_get_size(body),
                      SQLITE_TRANSIENT);
    return cache_do(writing->cache->db, writing->points, error);
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
    sqlite_bind(writing->drop, 1, cell);
    sqlite3_bind_int64(writing->drop, 2, first_ms / length_ms);
    return cache_do(writing->cache->db, writing->drop, error);
}

static bool write_cell(const struct writing *writing, const struct cell *cell, GError **error)
{
    const struct cell_reading *kept = reading_of(writing->cache, cell->config->id);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i].differs(kept, &cell->reading) &&
            !write_part(writing, cell->config->id, &parts[i], &cell->reading, error))
            return false;
    return write_points(writing, cell->config->id, kept, &cell->reading, error);
}

bool cache_write_cells(struct cache *cache, const struct snapshot *snapshot, gint64 gen,
                       GError **error)
{
    g_autoptr(sqlite3_stmt) part =
        sqlite_prepare(cache->db, "REPLACE INTO part (cell, kind, gen, body) VALUES (?, ?, ?, ?)",
                       CACHE_WRITING, error);
    g_autoptr(sqlite3_stmt) points = sqlite_prepare(
        cache->db, "REPLACE INTO points (cell, chunk, gen, body) VALUES (?, ?, ?, ?)",
        CACHE_WRITING, part ? error : NULL);
    g_autoptr(sqlite3_stmt) drop =
        sqlite_prepare(cache->db, "DELETE FROM points WHERE cell = ? AND chunk < ?", CACHE_WRITING,
                       part && points ? error : NULL);
    const struct writing writing = {cache, gen, part, points, drop};
    bool good = part && points && drop;
    for (size_t i = 0; good && i < snapshot->n_cells; i++)
        good = write_cell(&writing, &snapshot->cells[i], error);
    return good;
}
