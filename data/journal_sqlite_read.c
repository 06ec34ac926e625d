#include "data/journal_sqlite_read.h"

#include "data/base/error.h"
#include "data/journal_sqlite.h"
#include "data/sqlite.h"

#include <string.h>

enum { N_COLUMNS = 9 };

static struct journal_row row_at(sqlite3_stmt *at, int first)
{
    return (struct journal_row){.stream = sqlite_text(at, first),
                                .seq = sqlite3_column_int64(at, first + 1),
                                .id = sqlite_text(at, first + 2),
                                .at_ms = sqlite3_column_int64(at, first + 3),
                                .actor = sqlite_text(at, first + 4),
                                .type = sqlite_text(at, first + 5),
                                .data = sqlite_text(at, first + 6),
                                .prev_hash = sqlite_text(at, first + 7),
                                .hash = sqlite_text(at, first + 8)};
}

/* A text with a NUL in it would be hashed only up to there, and its rest could be anything. */
static bool has_hidden_text(sqlite3_stmt *at)
{
    for (int column = 0; column < N_COLUMNS; column++)
        if (strlen(sqlite_text(at, column)) != (size_t)sqlite3_column_bytes(at, column))
            return true;
    return false;
}

static bool add_event(GPtrArray *events, sqlite3_stmt *row, GError **error)
{
    const struct journal_row at = row_at(row, 0);
    struct event *event = journal_row_event(&at, error);
    if (event)
        g_ptr_array_add(events, event);
    return event;
}

GPtrArray *journal_sqlite_read(struct journal_store *store, const char *stream, gint64 from,
                               int limit, GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    g_autoptr(sqlite3_stmt) get = sqlite_prepare(
        db,
        "SELECT " JOURNAL_SQLITE_COLUMNS("") "FROM event WHERE stream = ? AND seq >= ?"
                                             " ORDER BY seq LIMIT ?",
        "read the journal", error);
    if (!get)
        return NULL;
    sqlite_bind(get, 1, stream);
    sqlite3_bind_int64(get, 2, from);
    sqlite3_bind_int(get, 3, limit ? limit : -1);
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    int code;
    while ((code = sqlite3_step(get)) == SQLITE_ROW)
        if (!add_event(events, get, error))
            return NULL;
    if (code != SQLITE_DONE) {
        sqlite_fail(db, NULL, "read the journal", error);
        return NULL;
    }
    return g_steal_pointer(&events);
}

struct event *journal_sqlite_last(struct journal_store *store, const char *stream, GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    g_autoptr(sqlite3_stmt) get =
        sqlite_prepare(db,
                       "SELECT " JOURNAL_SQLITE_COLUMNS(
                           "") "FROM event WHERE stream = ? ORDER BY seq DESC LIMIT 1",
                       "read the journal", error);
    if (!get)
        return NULL;
    sqlite_bind(get, 1, stream);
    int code = sqlite3_step(get);
    if (code == SQLITE_ROW) {
        const struct journal_row row = row_at(get, 0);
        return journal_row_event(&row, error);
    }
    if (code != SQLITE_DONE)
        sqlite_fail(db, NULL, "read the journal", error);
    return NULL;
}

char **journal_sqlite_streams(struct journal_store *store, const char *prefix, GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    g_autoptr(sqlite3_stmt) get = sqlite_prepare(
        db,
        "SELECT stream FROM event WHERE seq = 1 AND substr(stream, 1, length(?1)) = ?1"
        " ORDER BY position",
        "read the journal", error);
    if (!get)
        return NULL;
    sqlite_bind(get, 1, prefix);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    int code;
    while ((code = sqlite3_step(get)) == SQLITE_ROW)
        g_ptr_array_add(names, g_strdup(sqlite_text(get, 0)));
    if (code != SQLITE_DONE) {
        sqlite_fail(db, NULL, "read the journal", error);
        return NULL;
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

char *journal_sqlite_head_hash(struct journal_store *store, GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    g_autoptr(sqlite3_stmt) get =
        sqlite_prepare(db, "SELECT hash FROM event ORDER BY position DESC LIMIT 1",
                       "read the journal's head", error);
    if (!get)
        return NULL;
    int code = sqlite3_step(get);
    if (code == SQLITE_ROW)
        return g_strdup(sqlite_text(get, 0));
    if (code == SQLITE_DONE)
        return g_strdup(JOURNAL_NO_HASH);
    sqlite_fail(db, NULL, "read the journal's head", error);
    return NULL;
}

bool journal_sqlite_walk(struct journal_store *store, journal_row_fn fn, gpointer data,
                         GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    g_autoptr(sqlite3_stmt) get =
        sqlite_prepare(db, "SELECT " JOURNAL_SQLITE_COLUMNS("") "FROM event ORDER BY stream, seq",
                       "verify the journal", error);
    if (!get)
        return false;
    g_autofree char *good = g_strdup("its start");
    int code;
    while ((code = sqlite3_step(get)) == SQLITE_ROW) {
        const struct journal_row row = row_at(get, 0);
        if (has_hidden_text(get)) {
            g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                        "%s, event %" G_GINT64_FORMAT ": it was changed after it was written",
                        row.stream, row.seq);
            return false;
        }
        if (!fn(&row, data, error))
            return false;
        g_free(good);
        good = g_strdup_printf("%s, event %" G_GINT64_FORMAT, row.stream, row.seq);
    }
    if (code == SQLITE_DONE)
        return true;
    g_autofree char *tried = g_strdup_printf("verify the journal after %s", good);
    return sqlite_fail(db, NULL, tried, error);
}

bool journal_sqlite_check(struct journal_store *store, GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    g_autoptr(sqlite3_stmt) get =
        sqlite_prepare(db,
                       "SELECT stream, seq FROM (SELECT stream, seq, position,"
                       " row_number() OVER (ORDER BY position) AS place FROM event)"
                       " WHERE position <> place LIMIT 1",
                       "verify the journal", error);
    if (!get)
        return false;
    int code = sqlite3_step(get);
    if (code == SQLITE_DONE)
        return true;
    if (code != SQLITE_ROW)
        return sqlite_fail(db, NULL, "verify the journal", error);
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "%s, event %" G_GINT64_FORMAT
                ": what was written just before it, in this stream or another, is gone",
                sqlite_text(get, 0), (gint64)sqlite3_column_int64(get, 1));
    return false;
}

#define STATE_OF(event)                                                                            \
    "CASE WHEN json_valid(" event ".data) THEN json_extract(" event ".data, '$.state') END"

/* A plan has all tenants of a cell, and nobody who lists operations reads it: left out here it
 * costs a tenth. */
#define SHORT(of)                                                                                  \
    "CASE WHEN json_valid(" of "data) THEN json_remove(" of "data, '$.plan') ELSE " of "data END"
#define SUMMARY_COLUMNS(of)                                                                        \
    of "stream, " of "seq, " of "id, " of "at_ms, " of "actor, " of                                \
       "type, " SHORT(of) ", " of "prev_hash, " of "hash "

static struct journal_summary *summary_at(sqlite3_stmt *get, GError **error)
{
    const struct journal_row opened = row_at(get, 0);
    const struct journal_row state = row_at(get, N_COLUMNS);
    struct journal_summary *summary = g_new0(struct journal_summary, 1);
    summary->events = sqlite3_column_int64(get, 2 * N_COLUMNS);
    summary->opened = journal_row_event(&opened, error);
    if (summary->opened && state.seq > 0)
        summary->last_state = journal_row_event(&state, error);
    if (summary->opened && (summary->last_state || state.seq == 0))
        return summary;
    journal_summary_free(summary);
    return NULL;
}

GPtrArray *journal_sqlite_summaries(struct journal_store *store, const char *id, int limit,
                                    GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    g_autofree char *sql =
        g_strconcat("SELECT " SUMMARY_COLUMNS("o.") ", " SUMMARY_COLUMNS("s.") ",",
                    " (SELECT max(seq) FROM event e WHERE e.stream = o.stream)"
                    " FROM event o LEFT JOIN event s ON s.stream = o.stream AND s.seq ="
                    " (SELECT max(l.seq) FROM event l WHERE l.stream = o.stream AND " STATE_OF("l"),
                    " IS NOT NULL)"
                    " WHERE o.seq = 1 AND o.type = 'opened'",
                    id ? " AND o.stream = ?2" : "", " ORDER BY o.position DESC LIMIT ?1", NULL);
    g_autoptr(sqlite3_stmt) get = sqlite_prepare(db, sql, "read the history", error);
    if (!get)
        return NULL;
    sqlite3_bind_int(get, 1, limit ? limit : -1);
    if (id)
        sqlite_bind(get, 2, id);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)journal_summary_free);
    int code;
    while ((code = sqlite3_step(get)) == SQLITE_ROW) {
        struct journal_summary *summary = summary_at(get, error);
        if (!summary)
            return NULL;
        g_ptr_array_add(all, summary);
    }
    if (code != SQLITE_DONE) {
        sqlite_fail(db, NULL, "read the history", error);
        return NULL;
    }
    return g_steal_pointer(&all);
}
