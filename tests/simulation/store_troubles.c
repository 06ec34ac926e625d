/* A process's own handle on the journal: full disks, lost answers, slow appends, and a process that
 * dies before or after a write. */
#include "data/base/error.h"
#include "data/journal_sqlite.h"
#include "tests/simulation/sim.h"

#include <string.h>

struct handle {
    struct journal_store base;
    struct journal_store *inner; /* shared, or our own connection to SQLite */
    bool owns;
    struct sim *sim;
    struct process *process;
};

static struct handle *handle_of(struct journal_store *store)
{
    return (struct handle *)store;
}

const struct weather *weather_for(const struct sim *sim, const struct process *process)
{
    return &sim->weather[process ? process->number : MOST_PROCESSES];
}

static const struct weather *weather_of(const struct handle *handle)
{
    return weather_for(handle->sim, handle->process);
}

static bool fail(GError **error, const char *why)
{
    g_set_error_literal(error, CD_ERROR, CD_ERROR_FAILED, why);
    return false;
}

static bool may_read(const struct handle *handle, GError **error)
{
    if (handle->process && handle->process->dying)
        return fail(error, "the process is dead");
    if (handle->sim->now_ms >= weather_of(handle)->away_until_ms)
        return true;
    if (handle->process)
        handle->process->journal_failed_ms = handle->sim->now_ms;
    return fail(error, "the journal is away");
}

/* Conductors go on while this append waits; and where a rollout is being opened, so does somebody
 * who opens another. */
static void wait_long(struct sim *sim, struct process *process, const struct journal_row *row)
{
    gint64 ms = sim_between(sim->dice[ON_SLOW_APPEND], 5, 150) * WHEN_SECOND;
    g_autofree char *who = process ? g_strdup_printf("p%d", process->number) : g_strdup(row->actor);
    sim_tell(sim, "%s waits %d s for the journal", who, (int)(ms / WHEN_SECOND));
    sim->waiting = true;
    sim_pass(sim, ms, process);
    if (!process && strcmp(row->type, "opened") == 0)
        people_start(sim, "5.0.4", &(const struct person){"erin@10.0.0.5", NULL});
    sim->waiting = false;
}

void append_may_wait(struct sim *sim, struct process *process, const struct journal_row *row)
{
    bool may_wait = process ? !process->dying && process->stepping : !sim->waiting;
    if (may_wait && trouble_comes(sim, ON_SLOW_APPEND, process ? 600 : 60))
        wait_long(sim, process, row);
}

/* What goes wrong before the write, or instead of it. */
static bool may_write(struct handle *handle, const struct journal_row *row, GError **error)
{
    struct sim *sim = handle->sim;
    struct process *process = handle->process;
    if (process)
        process_dies_here(process, "before an append");
    append_may_wait(sim, process, row);
    if (!may_read(handle, error))
        return false;
    if (sim->now_ms >= weather_of(handle)->refused_until_ms)
        return true;
    if (process)
        process->journal_failed_ms = sim->now_ms;
    return fail(error, "the disk is full");
}

static bool handle_append(struct journal_store *store, const struct journal_row *row, gint64 head,
                          char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE],
                          GError **error)
{
    struct handle *handle = handle_of(store);
    struct sim *sim = handle->sim;
    if (!may_write(handle, row, error) ||
        !handle->inner->ops->append(handle->inner, row, head, prev_hash, hash, error))
        return false;
    struct journal_row kept = *row;
    kept.prev_hash = prev_hash;
    kept.hash = hash;
    ledger_event(sim, handle->process, &kept);
    if (!handle->process)
        return true;
    process_dies_here(handle->process, "after an append");
    if (handle->process->dying)
        return fail(error, "the process is dead");
    if (!trouble_comes(sim, ON_LOST_APPEND, 300))
        return true;
    sim_tell(sim, "... and p%d never hears that %s was appended", handle->process->number,
             row->type);
    handle->process->journal_failed_ms = sim->now_ms;
    return fail(error, "the answer was lost");
}

#define INNER(store) handle_of(store)->inner->ops

static gint64 handle_head(struct journal_store *store, GError **error)
{
    return may_read(handle_of(store), error) ? INNER(store)->head(handle_of(store)->inner, error)
                                             : -1;
}

static GPtrArray *handle_read(struct journal_store *store, const char *stream, gint64 from,
                              int limit, GError **error)
{
    return may_read(handle_of(store), error)
               ? INNER(store)->read(handle_of(store)->inner, stream, from, limit, error)
               : NULL;
}

static struct event *handle_last(struct journal_store *store, const char *stream, GError **error)
{
    return may_read(handle_of(store), error)
               ? INNER(store)->last(handle_of(store)->inner, stream, error)
               : NULL;
}

static char **handle_streams(struct journal_store *store, const char *prefix, GError **error)
{
    return may_read(handle_of(store), error)
               ? INNER(store)->streams(handle_of(store)->inner, prefix, error)
               : NULL;
}

static gint64 handle_version(struct journal_store *store)
{
    return INNER(store)->version(handle_of(store)->inner);
}

static char *handle_head_hash(struct journal_store *store, GError **error)
{
    return may_read(handle_of(store), error)
               ? INNER(store)->head_hash(handle_of(store)->inner, error)
               : NULL;
}

static bool handle_walk(struct journal_store *store, journal_row_fn fn, gpointer data,
                        GError **error)
{
    return may_read(handle_of(store), error) &&
           INNER(store)->walk(handle_of(store)->inner, fn, data, error);
}

static bool handle_check(struct journal_store *store, GError **error)
{
    return INNER(store)->check(handle_of(store)->inner, error);
}

static GPtrArray *handle_summaries(struct journal_store *store, const char *id, int limit,
                                   GError **error)
{
    return may_read(handle_of(store), error)
               ? INNER(store)->summaries(handle_of(store)->inner, id, limit, error)
               : NULL;
}

static void handle_close(struct journal_store *store)
{
    struct handle *handle = handle_of(store);
    if (handle->owns)
        handle->inner->ops->close(handle->inner);
    g_free(handle);
}

static struct journal_store *handle_new(struct sim *sim, struct process *process)
{
    static const struct journal_store_ops ops = {handle_append,    handle_head,    handle_read,
                                                 handle_last,      handle_streams, handle_version,
                                                 handle_head_hash, handle_walk,    handle_check,
                                                 handle_summaries, handle_close};
    struct handle *handle = g_new0(struct handle, 1);
    g_autoptr(GError) error = NULL;
    *handle = (struct handle){{&ops}, sim->truth, !sim->truth, sim, process};
    if (handle->owns)
        handle->inner = journal_sqlite_open(sim->dir, false, &error);
    if (!handle->inner)
        g_error("the journal can't be opened: %s", error->message);
    return &handle->base;
}

struct journal *journal_for(struct sim *sim, struct process *process)
{
    return sim->table ? copy_journal(sim, process) : journal_over(handle_new(sim, process), NULL);
}
