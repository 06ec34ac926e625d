/* What a store of the journal has to be able to do; data/journal.c is all that calls it. SQLite is
 * one (journal_sqlite.c); DynamoDB, which several bastions share, the other (journal_dynamodb.c).
 */
#pragma once

#include "data/journal.h"

/* An event as it is kept: `data` is the very text that was hashed. Borrowed. */
struct journal_row {
    const char *stream;
    gint64 seq;
    const char *id;
    gint64 at_ms;
    const char *actor, *type, *data;
    const char *prev_hash, *hash;
};

enum { JOURNAL_HASH_SIZE = 65 }; /* 64 hex digits and the end */
enum { JOURNAL_ANY_HEAD = -1 };
#define JOURNAL_NO_HASH "0000000000000000000000000000000000000000000000000000000000000000"

/* The hash of `row` by the rule in journal.h, from its prev_hash on. Caller frees. */
char *journal_row_hash(const struct journal_row *row);
/* NULL with an error naming stream and seq where `data` is no JSON object. */
struct event *journal_row_event(const struct journal_row *row, GError **error);

/* CD_ERROR_CONFLICT where `head` is neither JOURNAL_ANY_HEAD nor what is `there`: somebody has
 * appended an event, to whichever stream, since the maker of `row` has looked. */
bool journal_row_is_at_head(const struct journal_row *row, gint64 head, gint64 there,
                            GError **error);

/* An operation's first event, its last that carries `state`, both without `plan`, and how many it
 * has. */
struct journal_summary {
    struct event *opened;
    struct event *last_state; /* NULL: none */
    gint64 events;
};
void journal_summary_free(struct journal_summary *summary);

/* False ends the walk, which then fails with the error that was set. */
typedef bool (*journal_row_fn)(const struct journal_row *row, gpointer data, GError **error);

struct journal_store {
    const struct journal_store_ops *ops;
};

struct journal_store_ops {
    /* Compare-and-append of `row`, whose hashes are not set yet: links it to the last event of its
     * stream and gives both hashes. CD_ERROR_CONFLICT where the number is taken, or where there are
     * other than `head` events before it (JOURNAL_ANY_HEAD: however many); a gap is an error. */
    bool (*append)(struct journal_store *store, const struct journal_row *row, gint64 head,
                   char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE], GError **error);
    /* How many events there are, which is the position of the newest; -1 with an error. */
    gint64 (*head)(struct journal_store *store, GError **error);
    /* At most `limit` events (0 = all) from number `from` on, oldest first. */
    GPtrArray *(*read)(struct journal_store *store, const char *stream, gint64 from, int limit,
                       GError **error);
    struct event *(*last)(struct journal_store *store, const char *stream, GError **error);
    char **(*streams)(struct journal_store *store, const char *prefix, GError **error);
    gint64 (*version)(struct journal_store *store);
    char *(*head_hash)(struct journal_store *store, GError **error);
    /* Every event, stream by stream, in order. */
    bool (*walk)(struct journal_store *store, journal_row_fn fn, gpointer data, GError **error);
    /* What the store itself can tell of rows that are gone, beyond the chains. */
    bool (*check)(struct journal_store *store, GError **error);
    /* struct journal_summary * of `id`, or of all where it is NULL, newest first, at most `limit`
     * (0 = all), freed with the array. */
    GPtrArray *(*summaries)(struct journal_store *store, const char *id, int limit, GError **error);
    void (*close)(struct journal_store *store);
};

/* A journal kept in `store`, which journal_close() closes; its state folder is `dir` (NULL: none).
 * NULL where `store` is NULL. */
struct journal *journal_over(struct journal_store *store, const char *dir);
/* The store of an open journal, for the queries of history.c. */
struct journal_store *journal_store(struct journal *journal);
