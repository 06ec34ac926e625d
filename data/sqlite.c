#include "data/sqlite.h"

#include "data/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, RETRY_US = 10000 };

static const struct {
    int code;
    const char *advice;
} advices[] = {
    {SQLITE_FULL, "the disk is full: make room, then ask again"},
    {SQLITE_READONLY, "it may not be written: check owner and mode of the file and its folder"},
    {SQLITE_CORRUPT, "the file is damaged: stop acting, move it away, restore it from a backup "
                     "(the copy of a shared journal is read anew by itself)"},
    {SQLITE_NOTADB, "this is no SQLite file: move it away, or name another state folder"},
    {SQLITE_BUSY, "another process has kept it locked: find it with `fuser` and ask again"},
    {SQLITE_LOCKED, "another process has kept it locked: find it with `fuser` and ask again"},
    {SQLITE_CANTOPEN, "check that the folder exists and that you may write in it"},
    {SQLITE_PERM, "check owner and mode of the file and its folder"},
    /* A quota and a file size limit reach us as this, too. */
    {SQLITE_IOERR, "make room (disk, quota, file size limit); if there is room, the disk fails: "
                   "see dmesg"},
};

static const char *advice_for(int code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(advices); i++)
        if (advices[i].code == code)
            return advices[i].advice;
    return NULL;
}

bool sqlite_fail(sqlite3 *db, const char *path, const char *tried, GError **error)
{
    int code = db ? sqlite3_extended_errcode(db) & 0xff : SQLITE_NOMEM;
    const char *advice = advice_for(code);
    const char *file = path ? path : sqlite3_db_filename(db, "main");
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "%s: can't %s: %s%s%s", file, tried,
                db ? sqlite3_errmsg(db) : "out of memory", advice ? "; " : "",
                advice ? advice : "");
    return false;
}

sqlite3_stmt *sqlite_prepare(sqlite3 *db, const char *sql, const char *tried, GError **error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        sqlite_fail(db, NULL, tried, error);
    return statement;
}

bool sqlite_exec(sqlite3 *db, const char *sql, const char *tried, GError **error)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           sqlite_fail(db, NULL, tried, error);
}

void sqlite_bind(sqlite3_stmt *statement, int parameter, const char *text)
{
    sqlite3_bind_text(statement, parameter, text, -1, SQLITE_STATIC);
}

const char *sqlite_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

/* SQLite would create the file by the umask alone; its -wal and -shm take the file's mode. */
static bool create_file(const char *path, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(path);
    struct stat folder;
    bool shared = stat(dir, &folder) == 0 && (folder.st_mode & S_ISGID) != 0 &&
                  (folder.st_mode & S_IWGRP) != 0;
    int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return true;
    if (fd < 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "%s: can't create it: %s; check that the folder exists and that you may write "
                    "in it",
                    path, g_strerror(errno));
        return false;
    }
    if (shared)
        fchmod(fd, 0660);
    close(fd);
    return true;
}

static int schema_version(sqlite3 *db, GError **error)
{
    g_autoptr(sqlite3_stmt) get =
        sqlite_prepare(db, "PRAGMA user_version", "read its schema version", error);
    if (!get)
        return -1;
    if (sqlite3_step(get) != SQLITE_ROW) {
        sqlite_fail(db, NULL, "read its schema version", error);
        return -1;
    }
    return sqlite3_column_int(get, 0);
}

static bool migrate_once(sqlite3 *db, const struct sqlite_schema *schema, int version,
                         GError **error)
{
    g_autofree char *stamp = g_strdup_printf("PRAGMA user_version=%d", version + 1);
    return sqlite_exec(db, schema->migrations[version], "move its schema forward", error) &&
           sqlite_exec(db, stamp, "move its schema forward", error) &&
           sqlite_exec(db, "COMMIT", "move its schema forward", error);
}

/* The version is read again under the write lock: another process may just have migrated. */
static bool migrate(sqlite3 *db, const struct sqlite_schema *schema, GError **error)
{
    for (;;) {
        int version = schema_version(db, error);
        if (version < 0)
            return false;
        if (version >= schema->n)
            return true;
        if (!sqlite_exec(db, "BEGIN IMMEDIATE", "move its schema forward", error))
            return false;
        version = schema_version(db, error);
        if (version >= 0 && version >= schema->n) {
            sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
            continue;
        }
        if (version < 0 || !migrate_once(db, schema, version, error)) {
            sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
            return false;
        }
    }
}

static bool refuse_other_version(sqlite3 *db, const struct sqlite_schema *schema, bool read_only,
                                 GError **error)
{
    int version = schema_version(db, error);
    if (version < 0)
        return false;
    if (version > schema->n) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "%s has schema %d and this celldeck knows %d: use the newer celldeck that "
                    "wrote it",
                    sqlite3_db_filename(db, "main"), version, schema->n);
        return false;
    }
    if (read_only && version < schema->n) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "%s has the older schema %d, and may only be read here: run any celldeck "
                    "command once as somebody who may write it",
                    sqlite3_db_filename(db, "main"), version);
        return false;
    }
    return true;
}

/* Two processes that create the file at once: the switch to WAL does not wait by itself. */
static bool switch_to_wal(sqlite3 *db, GError **error)
{
    int code = SQLITE_BUSY;
    for (int waited_us = 0; waited_us < PATIENCE_MS * 1000; waited_us += RETRY_US) {
        code = sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
        if (code != SQLITE_BUSY)
            break;
        g_usleep(RETRY_US);
    }
    return code == SQLITE_OK || sqlite_fail(db, NULL, "switch it to WAL", error);
}

static bool prepare_to_read(sqlite3 *db, const struct sqlite_schema *schema, GError **error)
{
    return sqlite_exec(db, "PRAGMA query_only=ON", "set it up", error) &&
           refuse_other_version(db, schema, true, error);
}

static bool prepare_to_write(sqlite3 *db, const struct sqlite_schema *schema, GError **error)
{
    const char *settings = schema->replaceable ? "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON"
                                               : "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON";
    return refuse_other_version(db, schema, false, error) && switch_to_wal(db, error) &&
           sqlite_exec(db, settings, "set it up", error) && migrate(db, schema, error);
}

sqlite3 *sqlite_open(const char *path, const struct sqlite_schema *schema, bool read_only,
                     GError **error)
{
    if (!read_only && !create_file(path, error))
        return NULL;
    sqlite3 *db = NULL;
    /* What a killed writer left in the WAL is recovered only by somebody who could write. */
    bool able = !read_only || access(path, W_OK) == 0;
    int how = able ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    bool good = sqlite3_open_v2(path, &db, how | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK ||
                sqlite_fail(db, path, "open it", error);
    if (good) {
        sqlite3_extended_result_codes(db, 1);
        sqlite3_busy_timeout(db, PATIENCE_MS);
        /* Readers who may not write the folder need the -wal and -shm files to be there. */
        int keep = 1;
        sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
        good = read_only ? prepare_to_read(db, schema, error) : prepare_to_write(db, schema, error);
    }
    if (good)
        return db;
    sqlite3_close(db);
    return NULL;
}
