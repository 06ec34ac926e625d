/* A process's own handle on the journal: full disks, lost answers, slow appends, and a process that
 * dies before or after a write. */
#include "data/journal_sqlite.h"
#include "tests/simulation/base/handle.h"
#include "tests/simulation/sim.h"

#include <string.h>

static struct sim *sim_of(const struct handle *handle)
{
    return handle->sim;
}

static struct process *process_of(const struct handle *handle)
{
    return handle->who;
}

const struct weather *weather_for(const struct sim *sim, const struct process *process)
{
    return &sim->weather[process ? process->number : MOST_PROCESSES];
}

static const struct weather *weather_of(const struct handle *handle)
{
    return weather_for(handle->sim, handle->who);
}

static bool may_read(const struct handle *handle, GError **error)
{
    struct process *process = process_of(handle);
    if (process && process->dying)
        return handle_fails(error, "the process is dead");
    if (sim_of(handle)->now_ms >= weather_of(handle)->away_until_ms)
        return true;
    if (process)
        process->journal_failed_ms = process->sim->now_ms;
    return handle_fails(error, "the journal is away");
}

/* Conductors go on while this append waits; and where a rollout is being opened, so does somebody
 * who opens another. */
static void wait_long(struct sim *sim, struct process *process, const struct journal_row *row)
{
    gint64 ms = sim_between(sim->run.dice[ON_SLOW_APPEND], 5, 150) * WHEN_SECOND;
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
    struct process *process = handle->who;
    if (process)
        process_dies_here(process, "before an append");
    append_may_wait(sim, process, row);
    if (!may_read(handle, error))
        return false;
    if (sim->now_ms >= weather_of(handle)->refused_until_ms)
        return true;
    if (process)
        process->journal_failed_ms = sim->now_ms;
    return handle_fails(error, "the disk is full");
}

static bool append(struct handle *handle, const struct journal_row *row, gint64 head,
                   char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE], GError **error)
{
    struct sim *sim = handle->sim;
    struct process *process = handle->who;
    if (!may_write(handle, row, error) ||
        !handle->inner->ops->append(handle->inner, row, head, prev_hash, hash, error))
        return false;
    struct journal_row kept = *row;
    kept.prev_hash = prev_hash;
    kept.hash = hash;
    ledger_event(sim, process, &kept);
    if (!process)
        return true;
    process_dies_here(process, "after an append");
    if (process->dying)
        return handle_fails(error, "the process is dead");
    if (!trouble_comes(sim, ON_LOST_APPEND, 300))
        return true;
    sim_tell(sim, "... and p%d never hears that %s was appended", process->number, row->type);
    process->journal_failed_ms = sim->now_ms;
    return handle_fails(error, "the answer was lost");
}

struct journal *journal_for(struct sim *sim, struct process *process)
{
    if (sim->table)
        return copy_journal(sim, process);
    struct handle handle = {.inner = sim->truth,
                            .owns = !sim->truth,
                            .may_read = may_read,
                            .append = append,
                            .sim = sim,
                            .who = process};
    g_autoptr(GError) error = NULL;
    if (handle.owns)
        handle.inner = journal_sqlite_open(sim->dir, false, &error);
    if (!handle.inner)
        g_error("the journal can't be opened: %s", error->message);
    return journal_over(handle_new(&handle), NULL);
}
