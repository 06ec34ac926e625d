#include "tests/simulation/base/handle.h"

#include "data/base/error.h"

static struct handle *handle_of(struct journal_store *store)
{
    return (struct handle *)store;
}

bool handle_fails(GError **error, const char *why)
{
    g_set_error_literal(error, CD_ERROR, CD_ERROR_FAILED, why);
    return false;
}

#define INNER(store)           handle_of(store)->inner
#define MAY_READ(store, error) handle_of(store)->may_read(handle_of(store), error)

static bool append(struct journal_store *store, const struct journal_row *row, gint64 head,
                   char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE], GError **error)
{
    return handle_of(store)->append(handle_of(store), row, head, prev_hash, hash, error);
}

static gint64 head(struct journal_store *store, GError **error)
{
    return MAY_READ(store, error) ? INNER(store)->ops->head(INNER(store), error) : -1;
}

static GPtrArray *rows(struct journal_store *store, const char *stream, gint64 from, int limit,
                       GError **error)
{
    return MAY_READ(store, error)
               ? INNER(store)->ops->read(INNER(store), stream, from, limit, error)
               : NULL;
}

static struct event *last(struct journal_store *store, const char *stream, GError **error)
{
    return MAY_READ(store, error) ? INNER(store)->ops->last(INNER(store), stream, error) : NULL;
}

static char **streams(struct journal_store *store, const char *prefix, GError **error)
{
    return MAY_READ(store, error) ? INNER(store)->ops->streams(INNER(store), prefix, error) : NULL;
}

static gint64 version(struct journal_store *store)
{
    return INNER(store)->ops->version(INNER(store));
}

static char *head_hash(struct journal_store *store, GError **error)
{
    return MAY_READ(store, error) ? INNER(store)->ops->head_hash(INNER(store), error) : NULL;
}

static bool walk(struct journal_store *store, journal_row_fn fn, gpointer data, GError **error)
{
    return MAY_READ(store, error) && INNER(store)->ops->walk(INNER(store), fn, data, error);
}

static bool check(struct journal_store *store, GError **error)
{
    return INNER(store)->ops->check(INNER(store), error);
}

static GPtrArray *summaries(struct journal_store *store, const char *id, int limit, GError **error)
{
    return MAY_READ(store, error) ? INNER(store)->ops->summaries(INNER(store), id, limit, error)
                                  : NULL;
}

static void close_handle(struct journal_store *store)
{
    if (handle_of(store)->owns)
        INNER(store)->ops->close(INNER(store));
    g_free(handle_of(store));
}

struct journal_store *handle_new(const struct handle *handle)
{
    static const struct journal_store_ops ops = {append,  head,      rows,        last,
                                                 streams, version,   head_hash,   walk,
                                                 check,   summaries, close_handle};
    struct handle *own = g_memdup2(handle, sizeof *handle);
    own->base.ops = &ops;
    return &own->base;
}
