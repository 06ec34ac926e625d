/* What the journal in SQLite is asked, for the table of journal_sqlite.c: each as struct
 * journal_store_ops has it. */
#pragma once

#include "data/journal_store.h"

/* The columns of an event in the order of struct journal_row; `of` is the table's name and a dot,
 * or nothing. */
#define JOURNAL_SQLITE_COLUMNS(of)                                                                 \
    of "stream, " of "seq, " of "id, " of "at_ms, " of "actor, " of "type, " of "data, " of        \
       "prev_hash, " of "hash "

GPtrArray *journal_sqlite_read(struct journal_store *store, const char *stream, gint64 from,
                               int limit, GError **error);
struct event *journal_sqlite_last(struct journal_store *store, const char *stream, GError **error);
char **journal_sqlite_streams(struct journal_store *store, const char *prefix, GError **error);
char *journal_sqlite_head_hash(struct journal_store *store, GError **error);
bool journal_sqlite_walk(struct journal_store *store, journal_row_fn fn, gpointer data,
                         GError **error);
bool journal_sqlite_check(struct journal_store *store, GError **error);
GPtrArray *journal_sqlite_summaries(struct journal_store *store, const char *id, int limit,
                                    GError **error);
