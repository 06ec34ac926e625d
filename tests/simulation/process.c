/* Conductors: each has the real struct world and the real conducts, a host, and a life that may end
 * at any instant. A process that is dying goes on to the end of its turn, but nothing of what it
 * does there reaches the world; for everybody else it has ended where it died. */
#include "tests/simulation/sim.h"

#include "data/base/error.h"
#include "data/history.h"

#include <string.h>

static void woken(gpointer conductor)
{
    (void)conductor; /* every tick is a turn */
}

static struct holder *holder_of(const struct process *process)
{
    struct holder *holder = g_new0(struct holder, 1);
    *holder = (struct holder){g_strdup(process->host->name), g_strdup(process->host->boot),
                              g_strdup("pids"), process->pid, process->pid};
    return holder;
}

void process_start(struct process *process)
{
    struct sim *sim = process->sim;
    g_autoptr(GError) error = NULL;
    process->pid = ++sim->next_pid;
    process->alive = true;
    process->dying = false;
    process->back_ms = process->stalled_until_ms = process->crash_in = 0;
    process->scanned_version = -1;
    process->conducts = g_ptr_array_new_with_free_func((GDestroyNotify)conduct_free);
    struct process *before = seat_take(sim, process);
    struct world *world = &process->world;
    *world = (struct world){
        .config = config_ref(sim->config),
        .journal = journal_for(sim, process),
        .deployer = deployer_new(sim->config, NULL, "", &error),
        .releases = (struct releases *)sim, /* asked only through releases_resolve */
        .self = holder_of(process),
        .wake = woken,
        .conductor = process,
    };
    world->actor = holder_actor(world->self);
    if (!world->deployer)
        g_error("%s", error->message);
    seat_take(sim, before);
    sim_tell(sim, "p%d begins on %s (process %d)", process->number, process->host->name,
             (int)process->pid);
}

static void bury(struct process *process)
{
    struct sim *sim = process->sim;
    struct process *before = seat_take(sim, process);
    struct world *world = &process->world;
    deployer_forget(sim, process);
    g_ptr_array_unref(process->conducts);
    process->conducts = NULL;
    deployer_free(world->deployer);
    journal_close(world->journal);
    if (world->snapshot)
        snapshot_unref(world->snapshot);
    holder_free(world->self);
    g_free(world->actor);
    config_unref(world->config);
    *world = (struct world){0};
    process->alive = process->dying = false;
    seat_take(sim, before);
}

void process_kill(struct process *process, const char *why)
{
    struct sim *sim = process->sim;
    if (!process->alive || process->dying)
        return;
    process->dying = true;
    process->back_ms = sim->now_ms + sim_between(sim->run.dice[ON_CRASH], 1,
                                                 sim_between(sim->run.dice[ON_CRASH], 2, 900)) *
                                         WHEN_SECOND;
    sim->calm_since_ms = sim->now_ms;
    sim_tell(sim, "p%d is killed %s; back in %d s", process->number, why,
             (int)((process->back_ms - sim->now_ms) / WHEN_SECOND));
    if (!process->stepping)
        bury(process);
}

bool process_dies_here(struct process *process, const char *where)
{
    process->sim->run.touches++;
    if (process->dying)
        return true;
    if (process->crash_in > 0 && --process->crash_in == 0 && process->stepping)
        process_kill(process, where);
    return process->dying;
}

static bool has(const struct process *process, const char *id)
{
    for (guint i = 0; i < process->conducts->len; i++)
        if (strcmp(((struct conduct *)g_ptr_array_index(process->conducts, i))->id, id) == 0)
            return true;
    return false;
}

/* conductor.c's scan: which rollouts are live. */
static void scan(struct process *process)
{
    struct world *world = &process->world;
    gint64 version = journal_version(world->journal);
    if (version == process->scanned_version)
        return;
    g_autoptr(GPtrArray) operations = history_operations(world->journal, 0, NULL);
    for (guint i = 0; operations && i < operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(operations, i);
        if (operation->ended_ms == 0 && strcmp(operation->kind, "rollout") == 0 &&
            !has(process, operation->id))
            g_ptr_array_add(process->conducts, conduct_new(world, operation->kind, operation->id));
    }
    if (operations)
        process->scanned_version = version;
}

static void see(struct process *process)
{
    struct sim *sim = process->sim;
    struct world *world = &process->world;
    if (!sim->snapshot || sim->now_ms < process->blind_until_ms || world->snapshot == sim->snapshot)
        return;
    if (world->snapshot)
        snapshot_unref(world->snapshot);
    world->snapshot = snapshot_ref(sim->snapshot);
}

void process_step(struct process *process)
{
    struct sim *sim = process->sim;
    if (!process->alive && process->back_ms && sim->now_ms >= process->back_ms)
        process_start(process);
    if (!process->alive || process->stepping || sim->now_ms < process->stalled_until_ms)
        return;
    struct process *before = seat_take(sim, process);
    process->stepping = true;
    see(process);
    copy_follow(sim, process);
    scan(process);
    for (guint i = 0; i < process->conducts->len && !process->dying; i++)
        conduct_step(g_ptr_array_index(process->conducts, i));
    process->stepping = false;
    if (process->dying)
        bury(process);
    seat_take(sim, before);
}
