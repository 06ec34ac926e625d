/* The journal in SQLite: one table, one index for each question (journal_sqlite_read.c). */
#include "data/journal_sqlite.h"

#include "data/base/error.h"
#include "data/journal_sqlite_read.h"
#include "data/sqlite.h"

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
    g_strlcpy(prev_hash, code == SQLITE_ROW ? sqlite_text(get, 1) : JOURNAL_NO_HASH,
              JOURNAL_HASH_SIZE);
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
    g_autoptr(sqlite3_stmt) put =
        sqlite_prepare(db,
                       "INSERT INTO event (" JOURNAL_SQLITE_COLUMNS(
                           "") ", position) SELECT ?,?,?,?,?,?,?,?,?,"
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

static gint64 store_version(struct journal_store *store)
{
    g_autoptr(sqlite3_stmt) get =
        sqlite_prepare(db_of(store), "PRAGMA data_version", "read the journal", NULL);
    gint64 others = get && sqlite3_step(get) == SQLITE_ROW ? sqlite3_column_int64(get, 0) : 0;
    return others << 32 | ((struct sqlite_store *)store)->appended;
}

static void store_close(struct journal_store *store)
{
    sqlite3_close(db_of(store));
    g_free(store);
}

static const struct journal_store_ops sqlite_ops = {
    .append = store_append,
    .head = store_head,
    .read = journal_sqlite_read,
    .last = journal_sqlite_last,
    .streams = journal_sqlite_streams,
    .version = store_version,
    .head_hash = journal_sqlite_head_hash,
    .walk = journal_sqlite_walk,
    .check = journal_sqlite_check,
    .summaries = journal_sqlite_summaries,
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
