/* What readers want of the leader. */
#include "data/base/text.h"
#include "data/lead.h"

#include <string.h>

static const char tried[] = "tell the one who polls what is wanted";

struct want *want_new(void)
{
    struct want *want = g_new0(struct want, 1);
    want->since = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    want->shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return want;
}

void want_free(struct want *want)
{
    if (!want)
        return;
    g_strfreev(want->watched);
    g_hash_table_unref(want->since);
    g_hash_table_unref(want->shown);
    g_free(want);
}

static void put(GHashTable *wishes, const char *cell, gint64 since_ms)
{
    g_hash_table_insert(wishes, g_strdup(cell), g_memdup2(&since_ms, sizeof since_ms));
}

/* The earliest holds: false where there was one as early. */
static bool put_earlier(GHashTable *wishes, const char *cell, gint64 since_ms)
{
    const gint64 *before = g_hash_table_lookup(wishes, cell);
    if (before && *before <= since_ms)
        return false;
    put(wishes, cell, since_ms);
    return true;
}

bool want_only_since(struct want *want, const char *cell, gint64 since_ms)
{
    const gint64 *before = g_hash_table_lookup(want->since, cell);
    if (before && *before == since_ms)
        return false;
    put(want->since, cell, since_ms);
    return true;
}

bool want_since(struct want *want, const char *cell, gint64 since_ms)
{
    return put_earlier(want->since, cell, since_ms);
}

void want_shown(struct want *want, const char *cell, gint64 since_ms)
{
    if (since_ms)
        put(want->shown, cell, since_ms);
    else
        g_hash_table_remove(want->shown, cell);
}

static void merge_wishes(GHashTable *into, GHashTable *other)
{
    GHashTableIter iter;
    gpointer cell, since_ms;
    g_hash_table_iter_init(&iter, other);
    while (g_hash_table_iter_next(&iter, &cell, &since_ms))
        put_earlier(into, cell, *(const gint64 *)since_ms);
}

struct want *want_copy(const struct want *want)
{
    struct want *copy = want_new();
    copy->watched = g_strdupv(want->watched);
    copy->refresh_ms = want->refresh_ms;
    merge_wishes(copy->since, want->since);
    merge_wishes(copy->shown, want->shown);
    return copy;
}

void want_merge(struct want *into, const struct want *other)
{
    merge_wishes(into->since, other->since);
    merge_wishes(into->shown, other->shown);
    into->refresh_ms = MAX(into->refresh_ms, other->refresh_ms);
    if (!into->watched || !other->watched) {
        g_clear_pointer(&into->watched, g_strfreev);
        return;
    }
    g_autoptr(GStrvBuilder) both = g_strv_builder_new();
    g_strv_builder_addv(both, (const char **)into->watched);
    for (char **cell = other->watched; *cell; cell++)
        if (!g_strv_contains((const char *const *)into->watched, *cell))
            g_strv_builder_add(both, *cell);
    g_strfreev(into->watched);
    into->watched = g_strv_builder_end(both);
}

static json_t *wishes_json(GHashTable *wishes)
{
    json_t *json = json_object();
    GHashTableIter iter;
    gpointer cell, since_ms;
    g_hash_table_iter_init(&iter, wishes);
    while (g_hash_table_iter_next(&iter, &cell, &since_ms))
        json_object_set_new(json, cell, json_integer(*(const gint64 *)since_ms));
    return json;
}

static void wishes_of(GHashTable *wishes, json_t *json)
{
    const char *cell;
    json_t *since_ms;
    json_object_foreach (json, cell, since_ms) {
        if (json_is_integer(since_ms))
            put_earlier(wishes, cell, json_integer_value(since_ms));
    }
}

static json_t *want_json(const struct want *want)
{
    json_t *json = json_object();
    if (want->watched)
        json_object_set_new(json, "watched", json_array());
    for (char **cell = want->watched; cell && *cell; cell++)
        json_array_append_new(json_object_get(json, "watched"), text_json(*cell));
    json_object_set_new(json, "since", wishes_json(want->since));
    json_object_set_new(json, "shown", wishes_json(want->shown));
    return json;
}

char *want_text(const struct want *want)
{
    OWN_JSON json = want_json(want);
    json_object_set_new(json, "refresh", json_integer(want->refresh_ms));
    return json_dumps(json, JSON_SORT_KEYS);
}

static struct want *want_of(const json_t *json, gint64 refresh_ms)
{
    struct want *want = want_new();
    want->refresh_ms = refresh_ms;
    const json_t *watched = json_object_get(json, "watched"), *item;
    g_autoptr(GStrvBuilder) cells = g_strv_builder_new();
    size_t i;
    json_array_foreach (watched, i, item) {
        if (json_is_string(item))
            g_strv_builder_add(cells, json_string_value(item));
    }
    if (json_is_array(watched))
        want->watched = g_strv_builder_end(cells);
    wishes_of(want->since, json_object_get(json, "since"));
    wishes_of(want->shown, json_object_get(json, "shown"));
    return want;
}

bool want_write(struct cache *cache, const struct lead_self *self, const struct want *want,
                gint64 boot_ms, GError **error)
{
    g_autoptr(sqlite3_stmt) put = sqlite_prepare(
        cache->db,
        "REPLACE INTO want (token, refresh, body, beat, pid, started, host, boot, pids)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        tried, error);
    if (!put)
        return false;
    OWN_JSON json = want_json(want);
    g_autofree char *body = text_json_dump(json, false);
    sqlite_bind(put, 1, self->token);
    sqlite3_bind_int64(put, 2, want->refresh_ms);
    sqlite_bind(put, 3, body);
    const gint64 numbers[] = {boot_ms, self->holder->pid, self->holder->started};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        sqlite3_bind_int64(put, 4 + (int)i, numbers[i]);
    sqlite_bind(put, 7, self->holder->host);
    sqlite_bind(put, 8, self->holder->boot);
    sqlite_bind(put, 9, self->holder->pids);
    return cache_do(cache->db, put, error);
}

/* What lead.h leaves out: dead readers, and those that say nothing any more. A reader of another
 * boot (of a machine that shares the folder) has another clock, and is left in until it is seen to
 * be dead. */
static bool is_over(sqlite3_stmt *row, const struct lead_self *self, gint64 boot_ms,
                    gint64 patience_ms)
{
    const struct holder reader = {(char *)sqlite3_column_text(row, 3),
                                  (char *)sqlite3_column_text(row, 4),
                                  (char *)sqlite3_column_text(row, 5), sqlite3_column_int64(row, 6),
                                  sqlite3_column_int64(row, 7)};
    if (!reader.host || !reader.boot || !reader.pids || !holder_may_live(&reader, self->holder))
        return true;
    return strcmp(reader.boot, self->holder->boot) == 0 &&
           boot_ms - sqlite3_column_int64(row, 8) > patience_ms;
}

#define EVERY_WANT                                                                                 \
    "SELECT token, refresh, body, host, boot, pids, pid, started, beat FROM want WHERE token <> ?"

static sqlite3_stmt *every_want(struct cache *cache, const struct lead_self *self, GError **error)
{
    sqlite3_stmt *select = sqlite_prepare(cache->db, EVERY_WANT, tried, error);
    if (select)
        sqlite_bind(select, 1, self->token);
    return select;
}

struct want *want_read(struct cache *cache, const struct lead_self *self, gint64 boot_ms,
                       gint64 patience_ms, bool *dead, GError **error)
{
    g_autoptr(sqlite3_stmt) row = every_want(cache, self, error);
    OWN(want) all = NULL;
    int step = SQLITE_DONE;
    *dead = false;
    while (row && (step = sqlite3_step(row)) == SQLITE_ROW) {
        if (is_over(row, self, boot_ms, patience_ms)) {
            *dead = true;
            continue;
        }
        const char *body = (const char *)sqlite3_column_text(row, 2);
        OWN_JSON json = json_loads(body ? body : "", 0, NULL);
        OWN(want) one = want_of(json, sqlite3_column_int64(row, 1));
        if (all)
            want_merge(all, one);
        else
            all = g_steal_pointer(&one);
    }
    if (step != SQLITE_DONE)
        sqlite_fail(cache->db, NULL, tried, error);
    return g_steal_pointer(&all);
}

bool want_sweep(struct cache *cache, const struct lead_self *self, gint64 boot_ms,
                gint64 patience_ms, GError **error)
{
    g_autoptr(sqlite3_stmt) row = every_want(cache, self, error);
    g_autoptr(sqlite3_stmt) delete =
        sqlite_prepare(cache->db, "DELETE FROM want WHERE token = ?", tried, row ? error : NULL);
    g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func(g_free);
    while (row && sqlite3_step(row) == SQLITE_ROW)
        if (is_over(row, self, boot_ms, patience_ms))
            g_ptr_array_add(tokens, g_strdup((const char *)sqlite3_column_text(row, 0)));
    bool good = row && delete;
    for (guint i = 0; good && i < tokens->len; i++) {
        sqlite_bind(delete, 1, tokens->pdata[i]);
        good = cache_do(cache->db, delete, error);
    }
    return good;
}
