/* The journal in SQLite: one table, one index for each question. */
#include "data/journal_sqlite.h"

#include "data/base/error.h"
#include "data/sqlite.h"

#include <string.h>

/* `copy` has a row where the events are a copy of what several bastions share, and says of what
 * (journal_copy.c).
 *
 * `position` counts the events of all streams as they were appended, without gaps: the newest is
 * the head, and a row that was taken out of the end of a stream leaves a hole. */
static const char *const migrations[] = {
    "CREATE TABLE event ("
    " stream TEXT NOT NULL, seq INTEGER NOT NULL CHECK (seq > 0),"
    " position INTEGER NOT NULL UNIQUE,"
    " id TEXT NOT NULL, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, type TEXT NOT NULL,"
    " data TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL,"
    " PRIMARY KEY (stream, seq)) WITHOUT ROWID;"
    "CREATE INDEX event_first ON event (position) WHERE seq = 1;"
    "CREATE INDEX event_state ON event (stream, seq)"
    " WHERE CASE WHEN json_valid(data) THEN json_extract(data, '$.state') END IS NOT NULL;",
    "CREATE TABLE copy (of TEXT NOT NULL)"};

static const struct sqlite_schema schema = {migrations, G_N_ELEMENTS(migrations), false};

#define COLUMNS(of)                                                                                \
    of "stream, " of "seq, " of "id, " of "at_ms, " of "actor, " of "type, " of "data, " of        \
       "prev_hash, " of "hash "
enum { N_COLUMNS = 9 };

struct sqlite_store {
    struct journal_store base;
    sqlite3 *db;
    guint32 appended; /* by this handle: PRAGMA data_version tells of others' only */
};

static sqlite3 *db_of(struct journal_store *store)
{
    return ((struct sqlite_store *)store)->db;
}

sqlite3 *journal_sqlite_db(struct journal_store *store)
{
    return db_of(store);
}

void journal_sqlite_wrote(struct journal_store *store)
{
    ((struct sqlite_store *)store)->appended++;
}

static const char *text_at(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

static struct journal_row row_at(sqlite3_stmt *at, int first)
{
    return (struct journal_row){.stream = text_at(at, first),
                                .seq = sqlite3_column_int64(at, first + 1),
                                .id = text_at(at, first + 2),
                                .at_ms = sqlite3_column_int64(at, first + 3),
                                .actor = text_at(at, first + 4),
                                .type = text_at(at, first + 5),
                                .data = text_at(at, first + 6),
                                .prev_hash = text_at(at, first + 7),
                                .hash = text_at(at, first + 8)};
}

/* A text with a NUL in it would be hashed only up to there, and its rest could be anything. */
static bool has_hidden_text(sqlite3_stmt *at)
{
    for (int column = 0; column < N_COLUMNS; column++)
        if (strlen(text_at(at, column)) != (size_t)sqlite3_column_bytes(at, column))
            return true;
    return false;
}

bool journal_sqlite_place(sqlite3 *db, const struct journal_row *row,
                          char prev_hash[JOURNAL_HASH_SIZE], GError **error)
{
    g_autoptr(sqlite3_stmt) get =
        sqlite_prepare(db, "SELECT seq, hash FROM event WHERE stream = ? ORDER BY seq DESC LIMIT 1",
                       "append to the journal", error);
    if (!get)
        return false;
    sqlite_bind(get, 1, row->stream);
    int code = sqlite3_step(get);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return sqlite_fail(db, NULL, "append to the journal", error);
    gint64 last = code == SQLITE_ROW ? sqlite3_column_int64(get, 0) : 0;
    g_strlcpy(prev_hash, code == SQLITE_ROW ? text_at(get, 1) : JOURNAL_NO_HASH, JOURNAL_HASH_SIZE);
    if (row->seq == last + 1)
        return true;
    if (row->seq <= last)
        g_set_error(error, CD_ERROR, CD_ERROR_CONFLICT,
                    "%s: somebody else has appended event %" G_GINT64_FORMAT " first", row->stream,
                    row->seq);
    else
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "%s: event %" G_GINT64_FORMAT " would leave a gap after %" G_GINT64_FORMAT,
                    row->stream, row->seq, last);
    return false;
}

bool journal_sqlite_insert(sqlite3 *db, const struct journal_row *row, GError **error)
{
    g_autoptr(sqlite3_stmt) put = sqlite_prepare(
        db,
        "INSERT INTO event (" COLUMNS("") ", position) SELECT ?,?,?,?,?,?,?,?,?,"
                                          " coalesce(max(position), 0) + 1 FROM event",
        "append to the journal", error);
    if (!put)
        return false;
    sqlite_bind(put, 1, row->stream);
    sqlite3_bind_int64(put, 2, row->seq);
    sqlite_bind(put, 3, row->id);
    sqlite3_bind_int64(put, 4, row->at_ms);
    sqlite_bind(put, 5, row->actor);
    sqlite_bind(put, 6, row->type);
    sqlite_bind(put, 7, row->data);
    sqlite_bind(put, 8, row->prev_hash);
    sqlite_bind(put, 9, row->hash);
    return sqlite3_step(put) == SQLITE_DONE ||
           sqlite_fail(db, NULL, "append to the journal", error);
}

static gint64 store_head(struct journal_store *store, GError **error)
{
    sqlite3 *db = db_of(store);
    g_autoptr(sqlite3_stmt) get = sqlite_prepare(db, "SELECT coalesce(max(position), 0) FROM event",
                                                 "read the journal's head", error);
    if (!get)
        return -1;
    if (sqlite3_step(get) == SQLITE_ROW)
        return sqlite3_column_int64(get, 0);
    sqlite_fail(db, NULL, "read the journal's head", error);
    return -1;
}

static bool append_locked(struct journal_store *store, struct journal_row *row, gint64 head,
                          char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE],
                          GError **error)
{
    sqlite3 *db = db_of(store);
    if (!journal_sqlite_place(db, row, prev_hash, error) ||
        (head != JOURNAL_ANY_HEAD &&
         !journal_row_is_at_head(row, head, store_head(store, error), error)))
        return false;
    row->prev_hash = prev_hash;
    g_autofree char *computed = journal_row_hash(row);
    g_strlcpy(hash, computed, JOURNAL_HASH_SIZE);
    row->hash = hash;
    return journal_sqlite_insert(db, row, error) &&
           sqlite_exec(db, "COMMIT", "append to the journal", error);
}

/* A file that was moved or removed takes whatever is written, and nobody would ever read it. */
static bool is_in_place(sqlite3 *db, GError **error)
{
    int moved = 0;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved)
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "%s: can't append to the journal: the file was moved or removed while it was "
                    "open; put it back, or end this process and begin anew",
                    sqlite3_db_filename(db, "main"));
    return !moved;
}

static bool store_append(struct journal_store *store, const struct journal_row *row, gint64 head,
                         char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE],
                         GError **error)
{
    sqlite3 *db = db_of(store);
    if (!is_in_place(db, error) ||
        !sqlite_exec(db, "BEGIN IMMEDIATE", "append to the journal", error))
        return false;
    struct journal_row chained = *row;
    if (!append_locked(store, &chained, head, prev_hash, hash, error)) {
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return false;
    }
    journal_sqlite_wrote(store);
    return true;
}

static bool add_event(GPtrArray *events, sqlite3_stmt *row, GError **error)
{
    const struct journal_row at = row_at(row, 0);
    struct event *event = journal_row_event(&at, error);
    if (event)
        g_ptr_array_add(events, event);
    return event;
}

static GPtrArray *store_read(struct journal_store *store, const char *stream, gint64 from,
                             int limit, GError **error)
{
    sqlite3 *db = db_of(store);
    g_autoptr(sqlite3_stmt) get =
        sqlite_prepare(db,
                       "SELECT " COLUMNS("") "FROM event WHERE stream = ? AND seq >= ?"
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

static struct event *store_last(struct journal_store *store, const char *stream, GError **error)
{
    sqlite3 *db = db_of(store);
    g_autoptr(sqlite3_stmt) get = sqlite_prepare(
        db, "SELECT " COLUMNS("") "FROM event WHERE stream = ? ORDER BY seq DESC LIMIT 1",
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

static char **store_streams(struct journal_store *store, const char *prefix, GError **error)
{
    sqlite3 *db = db_of(store);
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
        g_ptr_array_add(names, g_strdup(text_at(get, 0)));
    if (code != SQLITE_DONE) {
        sqlite_fail(db, NULL, "read the journal", error);
        return NULL;
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

static gint64 store_version(struct journal_store *store)
{
    g_autoptr(sqlite3_stmt) get =
        sqlite_prepare(db_of(store), "PRAGMA data_version", "read the journal", NULL);
    gint64 others = get && sqlite3_step(get) == SQLITE_ROW ? sqlite3_column_int64(get, 0) : 0;
    return others << 32 | ((struct sqlite_store *)store)->appended;
}

static char *store_head_hash(struct journal_store *store, GError **error)
{
    sqlite3 *db = db_of(store);
    g_autoptr(sqlite3_stmt) get =
        sqlite_prepare(db, "SELECT hash FROM event ORDER BY position DESC LIMIT 1",
                       "read the journal's head", error);
    if (!get)
        return NULL;
    int code = sqlite3_step(get);
    if (code == SQLITE_ROW)
        return g_strdup(text_at(get, 0));
    if (code == SQLITE_DONE)
        return g_strdup(JOURNAL_NO_HASH);
    sqlite_fail(db, NULL, "read the journal's head", error);
    return NULL;
}

static bool store_walk(struct journal_store *store, journal_row_fn fn, gpointer data,
                       GError **error)
{
    sqlite3 *db = db_of(store);
    g_autoptr(sqlite3_stmt) get = sqlite_prepare(
        db, "SELECT " COLUMNS("") "FROM event ORDER BY stream, seq", "verify the journal", error);
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

static bool store_check(struct journal_store *store, GError **error)
{
    sqlite3 *db = db_of(store);
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
                text_at(get, 0), (gint64)sqlite3_column_int64(get, 1));
    return false;
}

#define STATE_OF(event)                                                                            \
    "CASE WHEN json_valid(" event ".data) THEN json_extract(" event ".data, '$.state') END"

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

static GPtrArray *store_summaries(struct journal_store *store, const char *id, int limit,
                                  GError **error)
{
    sqlite3 *db = db_of(store);
    g_autofree char *sql =
        g_strconcat("SELECT " COLUMNS("o.") ", " COLUMNS("s.") ",",
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

static void store_close(struct journal_store *store)
{
    sqlite3_close(db_of(store));
    g_free(store);
}

static const struct journal_store_ops sqlite_ops = {
    .append = store_append,
    .head = store_head,
    .read = store_read,
    .last = store_last,
    .streams = store_streams,
    .version = store_version,
    .head_hash = store_head_hash,
    .walk = store_walk,
    .check = store_check,
    .summaries = store_summaries,
    .close = store_close,
};

struct journal_store *journal_sqlite_open(const char *dir, bool read_only, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "history.db", NULL);
    sqlite3 *db = sqlite_open(path, &schema, read_only, error);
    if (!db)
        return NULL;
    struct sqlite_store *store = g_new0(struct sqlite_store, 1);
    store->base.ops = &sqlite_ops;
    store->db = db;
    return &store->base;
}
