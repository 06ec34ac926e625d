#include "data/journal_copy.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "data/sqlite.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIED "copy the shared journal"
#define GONE  "what was written just before it is gone"

char *journal_copy_name(const char *region, const char *table)
{
    return g_strdup_printf("table %s in %s", table, region ? region : "the region of its profile");
}

/* The one text that `sql` gives, "" where there is no row; NULL with an error. Caller frees. */
static char *text_of(struct journal_store *store, const char *sql, GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    g_autoptr(sqlite3_stmt) get = sqlite_prepare(db, sql, TRIED, error);
    if (!get)
        return NULL;
    int code = sqlite3_step(get);
    if (code == SQLITE_ROW)
        return g_strdup((const char *)sqlite3_column_text(get, 0));
    if (code == SQLITE_DONE)
        return g_strdup("");
    sqlite_fail(db, NULL, TRIED, error);
    return NULL;
}

static bool claim_locked(struct journal_store *store, const char *name, GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    g_autofree char *of = text_of(store, "SELECT of FROM copy", error);
    gint64 head = of ? store->ops->head(store, error) : -1;
    if (head < 0)
        return false;
    if (strcmp(of, name) == 0)
        return true;
    if (*of || head > 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "%s %s%s, so it can't become the copy of %s: name another state folder with "
                    "$CELLDECK_STATE or journal.path",
                    sqlite3_db_filename(db, "main"),
                    *of ? "is the copy of " : "has a journal of its own", of, name);
        return false;
    }
    g_autoptr(sqlite3_stmt) put = sqlite_prepare(db, "INSERT INTO copy VALUES (?)", TRIED, error);
    if (!put)
        return false;
    sqlite_bind(put, 1, name);
    return sqlite3_step(put) == SQLITE_DONE || sqlite_fail(db, NULL, TRIED, error);
}

static bool end(sqlite3 *db, bool good, GError **error)
{
    if (good && sqlite_exec(db, "COMMIT", TRIED, error))
        return true;
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

bool journal_copy_claim(struct journal_store *store, const char *name, GError **error)
{
    g_autofree char *of = text_of(store, "SELECT of FROM copy", error);
    if (!of || strcmp(of, name) == 0)
        return of;
    sqlite3 *db = journal_sqlite_db(store);
    return sqlite_exec(db, "BEGIN IMMEDIATE", TRIED, error) &&
           end(db, claim_locked(store, name, error), error);
}

bool journal_copy_refuse(struct journal_store *store, GError **error)
{
    g_autofree char *of = text_of(store, "SELECT of FROM copy", error);
    if (!of || !*of)
        return of;
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                "%s is a copy of the shared journal in %s, and celldeck.yaml has journal.store: "
                "sqlite: name another state folder with $CELLDECK_STATE or journal.path, or keep "
                "to store: dynamodb",
                sqlite3_db_filename(journal_sqlite_db(store), "main"), of);
    return false;
}

static bool bad_item(const char *table, const struct journal_item *item, const char *fault,
                     GError **error)
{
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "%s, event %" G_GINT64_FORMAT " (position %" G_GINT64_FORMAT
                " of table %s): %s; stop acting, and compare the table with this copy and with its "
                "point-in-time backups",
                item->row.stream, item->row.seq, item->position, table, fault);
    return false;
}

/* An event that is here. */
static bool is_same(struct journal_store *store, const char *table, const struct journal_item *item,
                    GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    g_autoptr(sqlite3_stmt) get =
        sqlite_prepare(db, "SELECT hash FROM event WHERE position = ?", TRIED, error);
    if (!get)
        return false;
    sqlite3_bind_int64(get, 1, item->position);
    if (sqlite3_step(get) != SQLITE_ROW)
        return sqlite_fail(db, NULL, TRIED, error);
    const char *kept = (const char *)sqlite3_column_text(get, 0);
    g_autofree char *hash = journal_row_hash(&item->row);
    if (g_strcmp0(kept, hash) == 0 && strcmp(item->row.hash, hash) == 0)
        return true;
    return bad_item(table, item, "the table has it otherwise than it was when it was copied here",
                    error);
}

static bool append(struct journal_store *store, const char *table, const struct journal_item *item,
                   GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    char prev_hash[JOURNAL_HASH_SIZE];
    g_autoptr(GError) misplaced = NULL;
    g_autofree char *hash = journal_row_hash(&item->row);
    if (!journal_sqlite_place(db, &item->row, prev_hash, &misplaced))
        return bad_item(table, item, misplaced->message, error);
    if (strcmp(prev_hash, item->row.prev_hash) != 0)
        return bad_item(table, item, "it is not chained to the event before it", error);
    if (strcmp(hash, item->row.hash) != 0)
        return bad_item(table, item, "it was changed after it was written", error);
    return journal_sqlite_insert(db, &item->row, error);
}

static bool take_locked(struct journal_store *store, const char *table,
                        const struct journal_item *items, guint n, bool *grown, GError **error)
{
    gint64 head = store->ops->head(store, error);
    bool good = head >= 0;
    for (guint i = 0; good && i < n; i++) {
        if (items[i].position <= head) {
            good = is_same(store, table, &items[i], error);
            continue;
        }
        good = items[i].position == head + 1 ? append(store, table, &items[i], error)
                                             : bad_item(table, &items[i], GONE, error);
        head += good;
        *grown = *grown || good;
    }
    return good;
}

static bool follow_each_other(const char *table, const struct journal_item *items, guint n,
                              GError **error)
{
    for (guint i = 1; i < n; i++)
        if (items[i].position != items[i - 1].position + 1)
            return bad_item(table, &items[i], GONE, error);
    return true;
}

bool journal_copy_take(struct journal_store *store, const char *table,
                       const struct journal_item *items, guint n, GError **error)
{
    sqlite3 *db = journal_sqlite_db(store);
    bool grown = false;
    if (!follow_each_other(table, items, n, error) ||
        !sqlite_exec(db, "BEGIN IMMEDIATE", TRIED, error))
        return false;
    g_autoptr(GError) fault = NULL;
    bool good = take_locked(store, table, items, n, &grown, &fault);
    bool kept = end(db, good || grown, good ? error : NULL);
    if (kept && grown)
        journal_sqlite_wrote(store);
    if (good)
        return kept;
    g_propagate_error(error, g_steal_pointer(&fault));
    return false;
}

static char *touched_file(const char *dir)
{
    return g_build_filename(dir, "history.read", NULL);
}

void journal_copy_touch(const char *dir)
{
    g_autofree char *path = touched_file(dir);
    struct stat folder;
    bool shared = stat(dir, &folder) == 0 && (folder.st_mode & S_ISGID) != 0 &&
                  (folder.st_mode & S_IWGRP) != 0;
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (shared)
        fchmod(fd, 0660);
    futimens(fd, NULL);
    close(fd);
}

gint64 journal_copy_age_ms(const char *dir)
{
    g_autofree char *path = touched_file(dir);
    struct stat st;
    if (stat(path, &st) != 0)
        return -1;
    gint64 touched_ms = (gint64)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
    return ABS(when_now_ms() - touched_ms);
}
