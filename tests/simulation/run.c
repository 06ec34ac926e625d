/* One run: a fleet, its conductors and its people from a seed, and time that passes for them until
 * nothing is live any more, or nothing more will come of it. */
#include "tests/simulation/base/memory_store.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/table.h"

#include <glib/gstdio.h>

enum { TICK_LEAST_MS = 1500, TICK_MOST_MS = 9000 };
#define SETTLED_AFTER_MS (7 * WHEN_HOUR) /* the longest rollout of the longest fleet, twice */

void sim_tell(struct sim *sim, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    run_tell(&sim->run, sim->now_ms - sim->began_ms, format, args);
    va_end(args);
}

void sim_broke(struct sim *sim, int rule, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    run_broke(&sim->run, sim->now_ms - sim->began_ms, rule, format, args);
    va_end(args);
}

static void add_processes(struct sim *sim)
{
    hosts_begin(sim->hosts, sim->now_ms);
    for (int i = 0; i < sim->n_processes; i++) {
        struct process *process = &sim->processes[i];
        process->sim = sim;
        process->number = i;
        process->host = &sim->hosts[i % HOSTS];
        process->journal_failed_ms = G_MININT64 / 2;
        process_start(process);
    }
}

static int own_or_by_chance(struct sim *sim, enum own own, int least, int most)
{
    int chance = (int)sim_between(sim->run.chance, least, most);
    return sim->run.options.own[own] ? sim->run.options.own[own] : chance;
}

struct sim *sim_new(const struct sim_options *options)
{
    struct sim *sim = g_new0(struct sim, 1);
    run_begin(&sim->run, options);
    sim->now_ms = sim->began_ms = 1800000000000 + options->seed % 1000 * 61 * WHEN_SECOND;
    sim->calls = g_ptr_array_new_with_free_func(sim_call_free);
    sim->ledger = ledger_new();
    sim->commit = g_strdup("c0ffee0000000000");
    sim->commit_now = g_strdup(sim->commit);
    sim->n_cells = own_or_by_chance(sim, OWN_CELLS, 1, MOST_CELLS);
    sim->n_processes = own_or_by_chance(sim, OWN_PROCESSES, 1, MOST_PROCESSES);
    gint64 until_ms = own_or_by_chance(sim, OWN_UNTIL, 20, 110) * WHEN_MINUTE;
    sim->troubles_end_ms = sim->now_ms + (options->kills ? 3 * WHEN_HOUR : until_ms);
    seat_take(sim, NULL);
    sim->dir = g_dir_make_tmp("celldeck-simulation-XXXXXX", NULL);
    sim->truth = options->own[OWN_STORE] == STORE_MEMORY ? memory_store_new() : NULL;
    sim->table = options->own[OWN_STORE] == STORE_DYNAMODB ? table_new(sim) : NULL;
    sim->settling = true; /* nothing goes wrong before it begins */
    cells_begin(sim);
    sim->settling = false;
    fleet_configure(sim);
    fleet_begin(sim);
    sim->console = journal_for(sim, NULL);
    cells_tick(sim);
    add_processes(sim);
    return sim;
}

static void remove_dir(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        if (g_unlink(file) != 0)
            remove_dir(file);
    }
    g_rmdir(path);
}

void sim_free(struct sim *sim)
{
    sim->run.options.told = false;
    for (int i = 0; i < sim->n_processes; i++)
        process_kill(&sim->processes[i], "at the end");
    journal_close(sim->console);
    copies_clear(sim);
    table_free(sim->table);
    if (sim->truth)
        sim->truth->ops->close(sim->truth);
    ledger_free(sim->ledger);
    g_ptr_array_unref(sim->calls);
    cells_clear(sim);
    config_unref(sim->config);
    config_unref(sim->whole);
    remove_dir(sim->dir);
    g_free(sim->dir);
    g_free(sim->commit);
    g_free(sim->commit_now);
    g_free(sim->rival);
    g_free(sim->rival_cell);
    run_clear(&sim->run);
    g_free(sim);
}

/* Something goes on that excuses slowness. */
static bool is_troubled(const struct sim *sim)
{
    bool troubled = sim->rival != NULL || sim->now_ms < sim->half_read_until_ms;
    for (int i = 0; i <= MOST_PROCESSES; i++)
        troubled = troubled || sim->now_ms < sim->weather[i].refused_until_ms ||
                   sim->now_ms < sim->weather[i].away_until_ms;
    for (int i = 0; i < sim->n_processes; i++)
        troubled = troubled || sim->now_ms < sim->processes[i].stalled_until_ms ||
                   sim->now_ms < sim->processes[i].blind_until_ms;
    for (int i = 0; i < HOSTS; i++)
        troubled = troubled || sim->hosts[i].wall_offset_ms;
    for (int i = 0; i < sim->n_cells; i++)
        troubled = troubled || sim->now_ms < sim->cells[i].silent_until_ms ||
                   sim->now_ms < sim->cells[i].unreachable_until_ms || !sim->cells[i].in_config;
    return troubled;
}

static void turn(struct sim *sim, struct process *except)
{
    cells_tick(sim);
    deployer_tick(sim);
    table_tick(sim);
    int first = (int)sim_between(sim->run.chance, 0, sim->n_processes - 1);
    for (int i = 0; i < sim->n_processes && !sim->run.broken; i++) {
        struct process *process = &sim->processes[(first + i) % sim->n_processes];
        if (process != except)
            process_step(process);
    }
}

void sim_pass(struct sim *sim, gint64 ms, struct process *except)
{
    struct process *before = seat_take(sim, NULL);
    gint64 until_ms = sim->now_ms + ms;
    while (sim->now_ms < until_ms && !sim->run.broken) {
        sim->now_ms =
            MIN(until_ms, sim->now_ms + sim_between(sim->run.chance, TICK_LEAST_MS, TICK_MOST_MS));
        turn(sim, except);
    }
    seat_take(sim, before);
}

static bool is_over(const struct sim *sim)
{
    if (!sim->settling)
        return false;
    for (guint i = 0; i < sim->ledger->operations->len; i++)
        if (!((const struct operation_ledger *)g_ptr_array_index(sim->ledger->operations, i))
                 ->final)
            return sim->now_ms - sim->troubles_end_ms > SETTLED_AFTER_MS;
    return true;
}

bool sim_run(struct sim *sim)
{
    gint64 next_minute_ms = 0;
    while (!sim->run.broken && !is_over(sim)) {
        sim->now_ms += sim_between(sim->run.chance, TICK_LEAST_MS, TICK_MOST_MS);
        if (!sim->settling)
            troubles_tick(sim);
        if (!sim->settling && sim->now_ms >= sim->troubles_end_ms)
            troubles_end(sim);
        people_tick(sim);
        turn(sim, NULL);
        if (is_troubled(sim))
            sim->calm_since_ms = sim->now_ms;
        if (sim->now_ms < next_minute_ms)
            continue;
        next_minute_ms = sim->now_ms + WHEN_MINUTE;
        ledger_minute(sim);
    }
    ledger_end(sim);
    return !sim->run.broken;
}
