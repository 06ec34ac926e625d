/* A conductor's own handle on the journal, which has its troubles; people's has none. */
#include "data/base/error.h"
#include "tests/simulation/failover/evac.h"

struct handle {
    struct journal_store base;
    struct sim *sim;
    struct shell *shell;
};

static struct handle *handle_of(struct journal_store *store)
{
    return (struct handle *)store;
}

#define INNER(store) handle_of(store)->sim->truth

static bool reaches(struct journal_store *store, GError **error)
{
    const struct handle *handle = handle_of(store);
    const struct shell *shell = handle->shell;
    if (!shell || (!shell->dying && handle->sim->now_ms >= shell->away_until_ms))
        return true;
    g_set_error_literal(error, CD_ERROR, CD_ERROR_FAILED, "the journal is away");
    return false;
}

static bool append(struct journal_store *store, const struct journal_row *row, gint64 head,
                   char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE], GError **error)
{
    struct handle *handle = handle_of(store);
    struct sim *sim = handle->sim;
    if (handle->shell)
        shell_dies_here(handle->shell, "before an append");
    if (!reaches(store, error) ||
        !sim->truth->ops->append(sim->truth, row, head, prev_hash, hash, error))
        return false;
    struct journal_row kept = *row;
    kept.prev_hash = prev_hash;
    kept.hash = hash;
    OWN(event) event = journal_row_event(&kept, NULL);
    rules_event(sim, event);
    if (!handle->shell || shell_dies_here(handle->shell, "after an append"))
        return !handle->shell || reaches(store, error);
    if (!trouble_comes(sim, ON_LOST_APPEND, 200))
        return true;
    sim_tell(sim, "... and p%d never hears that it was appended", handle->shell->number);
    g_set_error_literal(error, CD_ERROR, CD_ERROR_FAILED, "the answer was lost");
    return false;
}

static gint64 head(struct journal_store *store, GError **error)
{
    return reaches(store, error) ? INNER(store)->ops->head(INNER(store), error) : -1;
}

static GPtrArray *rows(struct journal_store *store, const char *stream, gint64 from, int limit,
                       GError **error)
{
    return reaches(store, error) ? INNER(store)->ops->read(INNER(store), stream, from, limit, error)
                                 : NULL;
}

static struct event *last(struct journal_store *store, const char *stream, GError **error)
{
    return reaches(store, error) ? INNER(store)->ops->last(INNER(store), stream, error) : NULL;
}

static char **streams(struct journal_store *store, const char *prefix, GError **error)
{
    return reaches(store, error) ? INNER(store)->ops->streams(INNER(store), prefix, error) : NULL;
}

static gint64 version(struct journal_store *store)
{
    return INNER(store)->ops->version(INNER(store));
}

static char *head_hash(struct journal_store *store, GError **error)
{
    return reaches(store, error) ? INNER(store)->ops->head_hash(INNER(store), error) : NULL;
}

static bool walk(struct journal_store *store, journal_row_fn fn, gpointer data, GError **error)
{
    return reaches(store, error) && INNER(store)->ops->walk(INNER(store), fn, data, error);
}

static bool check(struct journal_store *store, GError **error)
{
    return INNER(store)->ops->check(INNER(store), error);
}

static GPtrArray *summaries(struct journal_store *store, const char *id, int limit, GError **error)
{
    return reaches(store, error) ? INNER(store)->ops->summaries(INNER(store), id, limit, error)
                                 : NULL;
}

static void close_handle(struct journal_store *store)
{
    g_free(handle_of(store));
}

struct journal *journal_for(struct sim *sim, struct shell *shell)
{
    static const struct journal_store_ops ops = {append,  head,      rows,        last,
                                                 streams, version,   head_hash,   walk,
                                                 check,   summaries, close_handle};
    struct handle *handle = g_new0(struct handle, 1);
    *handle = (struct handle){{&ops}, sim, shell};
    return journal_over(&handle->base, NULL);
}
