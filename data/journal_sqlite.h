/* The journal's store in SQLite, and what of it a copy of a shared journal is made with. */
#pragma once

#include "data/journal_store.h"

#include <sqlite3.h>

struct journal_store *journal_sqlite_open(const char *dir, bool read_only, GError **error);

sqlite3 *journal_sqlite_db(struct journal_store *store);
/* For the version: SQLite itself tells of other handles' writes only. */
void journal_sqlite_wrote(struct journal_store *store);

/* Gives the hash that event `row->seq` has to be chained to. CD_ERROR_CONFLICT where the number is
 * taken; a gap is an error. */
bool journal_sqlite_place(sqlite3 *db, const struct journal_row *row,
                          char prev_hash[JOURNAL_HASH_SIZE], GError **error);
/* At the end of all events, as it is. Both within a transaction of the caller's. */
bool journal_sqlite_insert(sqlite3 *db, const struct journal_row *row, GError **error);
