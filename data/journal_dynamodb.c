#include "data/journal_dynamodb.h"

#include "data/base/error.h"
#include "data/base/fault_switch.h"
#include "data/base/when.h"
#include "data/journal_share.h"
#include "data/sqlite.h"

#include <string.h>

#define TRIED "append to the shared journal"
/* Beyond any table: only an error or a person ends a comparison. */
#define COMPARE_MS (10 * WHEN_MINUTE)

struct dynamodb_store {
    struct journal_store base;
    struct journal_share *share;
    bool looked; /* at the table, by this handle: it is the one that was copied */
};

static struct dynamodb_store *store_of(struct journal_store *store)
{
    return (struct dynamodb_store *)store;
}

static struct journal_store *copy_of(struct journal_store *store)
{
    return store_of(store)->share->copy;
}

static bool catch_up(struct dynamodb_store *store, gint64 until_ms, GError **error)
{
    if (!journal_share_catch_up(store->share, until_ms, error))
        return false;
    store->looked = true;
    return true;
}

/* Where `row` goes by what the copy has: its hashes, and its position among all. */
static bool find_place(struct dynamodb_store *store, struct journal_row *row, gint64 asked_head,
                       gint64 *position, char prev_hash[JOURNAL_HASH_SIZE],
                       char hash[JOURNAL_HASH_SIZE], GError **error)
{
    struct journal_store *copy = store->share->copy;
    sqlite3 *db = journal_sqlite_db(copy);
    /* Another process may bring the copy forward between the two: this is one look at it. */
    if (!sqlite_exec(db, "BEGIN", TRIED, error))
        return false;
    gint64 head = copy->ops->head(copy, error);
    bool good = journal_row_is_at_head(row, asked_head, head, error) &&
                journal_sqlite_place(db, row, prev_hash, error);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (!good)
        return false;
    row->prev_hash = prev_hash;
    g_autofree char *computed = journal_row_hash(row);
    g_strlcpy(hash, computed, JOURNAL_HASH_SIZE);
    row->hash = hash;
    *position = head + 1;
    return true;
}

/* What looks like a gap may be what the copy has not yet. */
static bool find_place_behind(struct dynamodb_store *store, struct journal_row *row, gint64 head,
                              gint64 *position, char prev_hash[JOURNAL_HASH_SIZE],
                              char hash[JOURNAL_HASH_SIZE], gint64 until_ms, GError **error)
{
    g_autoptr(GError) fault = NULL;
    if (find_place(store, row, head, position, prev_hash, hash, &fault))
        return true;
    if (g_error_matches(fault, CD_ERROR, CD_ERROR_CONFLICT)) {
        g_propagate_error(error, g_steal_pointer(&fault));
        return false;
    }
    return catch_up(store, until_ms, error) &&
           find_place(store, row, head, position, prev_hash, hash, error);
}

enum put { PUT_DONE, PUT_BEATEN, PUT_FAILED, PUT_REFUSED };

static enum put put(struct dynamodb_store *store, gint64 position, const struct journal_row *row,
                    gint64 until_ms, GError **error)
{
    struct journal_link *link = store->share->link;
    const char *table = journal_link_table(link);
    json_t *body = journal_table_put(table, position, row, error);
    if (!body)
        return PUT_REFUSED;
    OWN_JSON reply = journal_link_call(link, "PutItem", body,
                                       MIN(until_ms, when_mono_ms() + JOURNAL_PUT_MS), error);
    if (reply)
        return PUT_DONE;
    return g_error_matches(*error, AWS_ERROR, AWS_ERROR_CONDITION) ? PUT_BEATEN : PUT_FAILED;
}

/* It was not written, and asking the table would tell no more. */
static bool is_plain_refusal(const GError *cause)
{
    static const enum aws_error codes[] = {AWS_ERROR_CREDENTIALS, AWS_ERROR_DENIED,
                                           AWS_ERROR_NOT_FOUND, AWS_ERROR_REQUEST};
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        if (g_error_matches(cause, AWS_ERROR, (int)codes[i]))
            return true;
    return false;
}

/* Does the table have our event, behind the one that it was put behind? The copy is told so by
 * nobody else: a put's condition is met by a table that was emptied, or restored to an earlier
 * time, too, and who goes on there is not seen by those who stop, and take over. */
static bool is_there(struct dynamodb_store *store, const struct journal_row *row, gint64 until_ms,
                     char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE],
                     GError **unread)
{
    if (!catch_up(store, until_ms, unread))
        return false;
    struct journal_store *copy = store->share->copy;
    g_autoptr(GPtrArray) found = copy->ops->read(copy, row->stream, row->seq, 1, unread);
    const struct event *event = found && found->len ? found->pdata[0] : NULL;
    if (!event || (strcmp(event->id, row->id) != 0 && !FAULT_SWITCH(BEATEN_PUT_BELIEVED)))
        return false;
    g_strlcpy(prev_hash, event->prev_hash, JOURNAL_HASH_SIZE);
    g_strlcpy(hash, event->hash, JOURNAL_HASH_SIZE);
    return true;
}

static void say_unsure(const struct journal_row *row, GError **error)
{
    g_prefix_error(error,
                   "whether event %" G_GINT64_FORMAT " of %s was written is not known, so look "
                   "before you ask again: ",
                   row->seq, row->stream);
}

/* It was taken; by the table that was copied? */
static bool confirm(struct dynamodb_store *store, const struct journal_row *row, gint64 until_ms,
                    char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE], GError **error)
{
    GError *unread = NULL;
    if (is_there(store, row, until_ms, prev_hash, hash, &unread))
        return true;
    if (!unread)
        g_set_error(&unread, CD_ERROR, CD_ERROR_FAILED,
                    "can't " TRIED " (table %s): it was taken, and is not there",
                    journal_link_table(store->share->link));
    g_propagate_error(error, unread);
    say_unsure(row, error);
    return false;
}

/* The put's answer was lost, or was a refusal that may be one of a repetition: the table itself
 * says whether the event is there. What is not there now may still come, should the request be on
 * its way: nobody else can have its position then, and the next append is refused by it. */
static bool settle(struct dynamodb_store *store, const struct journal_row *row, GError *cause,
                   gint64 until_ms, char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE],
                   GError **error)
{
    if (is_plain_refusal(cause))
        return journal_link_fail(store->share->link, TRIED, cause, error);
    g_autoptr(GError) unread = NULL;
    if (is_there(store, row, until_ms, prev_hash, hash, &unread) ||
        FAULT_SWITCH(LOST_PUT_BELIEVED)) {
        g_error_free(cause);
        return true;
    }
    bool unsure = unread || aws_error_is_unsure(cause);
    journal_link_fail(store->share->link, TRIED, cause, error);
    if (unsure)
        say_unsure(row, error);
    return false;
}

/* Before anything is put: who can't keep it here could not tell what became of it. */
static bool may_keep(struct dynamodb_store *store, GError **error)
{
    sqlite3 *db = journal_sqlite_db(store->share->copy);
    if (sqlite3_db_readonly(db, "main") != 1)
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "%s: can't " TRIED " (table %s), nothing was sent: this host's copy of it may not "
                "be written by you; check owner and mode of the file and its folder",
                sqlite3_db_filename(db, "main"), journal_link_table(store->share->link));
    return false;
}

static bool store_append(struct journal_store *base, const struct journal_row *asked, gint64 head,
                         char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE],
                         GError **error)
{
    struct dynamodb_store *store = store_of(base);
    gint64 until_ms = when_mono_ms() + JOURNAL_APPEND_MS;
    if (!may_keep(store, error) || (!store->looked && !catch_up(store, until_ms, error)))
        return false;
    for (;;) {
        struct journal_row row = *asked;
        gint64 position;
        if (!find_place_behind(store, &row, head, &position, prev_hash, hash, until_ms, error))
            return false;
        GError *cause = NULL;
        switch (put(store, position, &row, until_ms, &cause)) {
        case PUT_DONE:
            return confirm(store, &row, until_ms, prev_hash, hash, error);
        case PUT_BEATEN:
            g_error_free(cause);
            if (!catch_up(store, until_ms, error))
                return false;
            break;
        case PUT_REFUSED:
            g_propagate_error(error, cause);
            return false;
        default:
            return settle(store, &row, cause, until_ms, prev_hash, hash, error);
        }
    }
}

static gint64 store_head(struct journal_store *store, GError **error)
{
    return copy_of(store)->ops->head(copy_of(store), error);
}

static GPtrArray *store_read(struct journal_store *store, const char *stream, gint64 from,
                             int limit, GError **error)
{
    return copy_of(store)->ops->read(copy_of(store), stream, from, limit, error);
}

static struct event *store_last(struct journal_store *store, const char *stream, GError **error)
{
    return copy_of(store)->ops->last(copy_of(store), stream, error);
}

static char **store_streams(struct journal_store *store, const char *prefix, GError **error)
{
    return copy_of(store)->ops->streams(copy_of(store), prefix, error);
}

static gint64 store_version(struct journal_store *store)
{
    return copy_of(store)->ops->version(copy_of(store));
}

static char *store_head_hash(struct journal_store *store, GError **error)
{
    return copy_of(store)->ops->head_hash(copy_of(store), error);
}

static bool store_walk(struct journal_store *store, journal_row_fn fn, gpointer data,
                       GError **error)
{
    return copy_of(store)->ops->walk(copy_of(store), fn, data, error);
}

static bool store_check(struct journal_store *store, GError **error)
{
    return copy_of(store)->ops->check(copy_of(store), error) &&
           journal_share_compare(store_of(store)->share, when_mono_ms() + COMPARE_MS, error);
}

static GPtrArray *store_summaries(struct journal_store *store, const char *id, int limit,
                                  GError **error)
{
    return copy_of(store)->ops->summaries(copy_of(store), id, limit, error);
}

static void store_close(struct journal_store *store)
{
    journal_share_free(store_of(store)->share);
    g_free(store);
}

static const struct journal_store_ops dynamodb_ops = {
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

struct journal_store *journal_dynamodb_open(const struct config *config, const char *dir,
                                            char **trouble, GError **error)
{
    struct journal_share *share = journal_share_open(config, dir, error);
    if (!share)
        return NULL;
    struct dynamodb_store *store = g_new0(struct dynamodb_store, 1);
    store->base.ops = &dynamodb_ops;
    store->share = share;
    g_autoptr(GError) behind = NULL;
    if (!catch_up(store, when_mono_ms() + JOURNAL_OPEN_MS, &behind))
        *trouble = g_strdup(behind->message);
    return &store->base;
}
