/* Our own SQLite files (history.db, cache.db): opened alike, moved forward alike, failing in the
 * same words. Every message names the file, and says what to do where that is known. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

/* Migration i takes a file from schema version (PRAGMA user_version) i to i + 1. */
struct sqlite_schema {
    const char *const *migrations;
    int n;
    bool replaceable; /* the last commits may be lost with the machine's power */
};

/* Opens `path` or creates it: WAL, synchronous=FULL (a commit is on the disk when it returns;
 * NORMAL for what is `replaceable`: no commit waits for the disk, and the file stays whole),
 * foreign keys, 2 s of patience with other writers, each missing migration in a transaction of its
 * own. A new file is 0600; 0660 in a setgid folder that its group may write (the shared
 * /var/lib/celldeck). A schema newer than ours is refused. `read_only` creates and moves nothing.
 */
sqlite3 *sqlite_open(const char *path, const struct sqlite_schema *schema, bool read_only,
                     GError **error);

/* NULL with an error that says what `tried` was. */
sqlite3_stmt *sqlite_prepare(sqlite3 *db, const char *sql, const char *tried, GError **error);
/* Runs statements that give no rows. */
bool sqlite_exec(sqlite3 *db, const char *sql, const char *tried, GError **error);
/* Binds `text` as it is, until the statement is done; parameters count from 1. */
void sqlite_bind(sqlite3_stmt *statement, int parameter, const char *text);
/* A column's text, borrowed until the next step; "" where it is NULL. */
const char *sqlite_text(sqlite3_stmt *row, int column);

/* Sets `error` from the failure that `db` has just met (NULL: there was no memory for it). Always
 * false, to be returned. */
bool sqlite_fail(sqlite3 *db, const char *path, const char *tried, GError **error);
