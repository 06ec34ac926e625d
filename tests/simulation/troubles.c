/* What goes wrong, and how often. */
#include "tests/simulation/sim.h"

bool trouble_comes(struct sim *sim, enum trouble_kind kind, int in)
{
    if (!run_troubles(&sim->run, kind, in, !sim->settling))
        return false;
    if (kind != ON_PEOPLE && kind != ON_STALE_WISH) /* whom nothing excuses */
        sim->calm_since_ms = sim->now_ms;
    return true;
}

static struct process *any_process(struct sim *sim, enum trouble_kind kind)
{
    return &sim->processes[sim_between(sim->run.dice[kind], 0, sim->n_processes - 1)];
}

static struct sim_cell *any_cell(struct sim *sim, enum trouble_kind kind)
{
    return &sim->cells[sim_between(sim->run.dice[kind], 0, sim->n_cells - 1)];
}

static gint64 some_time(struct sim *sim, enum trouble_kind kind)
{
    gint64 most = sim_between(sim->run.dice[kind], 10, 600);
    return sim_between(sim->run.dice[kind], 5, most) * WHEN_SECOND;
}

static void crash(struct sim *sim)
{
    struct process *process = any_process(sim, ON_CRASH);
    int touches = (int)sim_between(sim->run.dice[ON_CRASH], 1, 12);
    if (touches == 12)
        process_kill(process, "between two turns");
    else if (process->alive)
        process->crash_in = touches;
}

static void stall(struct sim *sim)
{
    struct process *process = any_process(sim, ON_STALL);
    gint64 ms = some_time(sim, ON_STALL);
    process->stalled_until_ms = sim->now_ms + ms;
    sim_tell(sim, "p%d is stopped for %d s", process->number, (int)(ms / WHEN_SECOND));
}

static void trouble_the_journal(struct sim *sim, enum trouble_kind kind)
{
    gint64 until_ms = sim->now_ms + some_time(sim, kind);
    bool all = sim_between(sim->run.dice[kind], 0, 1);
    int one = any_process(sim, kind)->number;
    for (int i = 0; i <= MOST_PROCESSES; i++) {
        struct weather *weather = &sim->weather[i];
        if (!all && i != one)
            continue;
        if (kind == ON_REFUSED)
            weather->refused_until_ms = until_ms;
        else
            weather->away_until_ms = until_ms;
    }
    g_autofree char *who = all ? g_strdup("everybody") : g_strdup_printf("p%d", one);
    sim_tell(sim, "the journal %s for %s, for %d s",
             kind == ON_REFUSED ? "takes no event" : "is away", who,
             (int)((until_ms - sim->now_ms) / WHEN_SECOND));
}

static void refused(struct sim *sim)
{
    trouble_the_journal(sim, ON_REFUSED);
}

static void away(struct sim *sim)
{
    trouble_the_journal(sim, ON_AWAY);
}

static void jump(struct sim *sim)
{
    static const gint64 jumps[] = {-WHEN_DAY,       -WHEN_HOUR,       -5 * WHEN_MINUTE,
                                   5 * WHEN_MINUTE, 30 * WHEN_MINUTE, 2 * WHEN_DAY};
    struct host *host = &sim->hosts[sim_between(sim->run.dice[ON_CLOCK], 0, HOSTS - 1)];
    gint64 ms = jumps[sim_between(sim->run.dice[ON_CLOCK], 0, G_N_ELEMENTS(jumps) - 1)];
    /* What has jumped is set right the next time. */
    host->wall_offset_ms = ABS(host->wall_offset_ms) > WHEN_MINUTE ? 0 : ms;
    sim_tell(sim, "the clock of %s is now %d s from true time", host->name,
             (int)(host->wall_offset_ms / WHEN_SECOND));
}

static void unreachable(struct sim *sim)
{
    struct sim_cell *cell = any_cell(sim, ON_UNREACHABLE);
    cell->unreachable_until_ms = sim->now_ms + some_time(sim, ON_UNREACHABLE);
    sim_tell(sim, "the deployer says nothing of %s for %d s", cell->id,
             (int)((cell->unreachable_until_ms - sim->now_ms) / WHEN_SECOND));
}

static void out_of_band(struct sim *sim)
{
    struct sim_cell *cell = any_cell(sim, ON_OUT_OF_BAND);
    guint n = cell->deployments->len;
    const struct deployment *last = n ? g_ptr_array_index(cell->deployments, n - 1) : NULL;
    int what = (int)sim_between(sim->run.dice[ON_OUT_OF_BAND], 0, 2);
    if (what < 2 && last && last->progress == DEPLOY_DONE)
        for (int i = what; i < PARTS; i++)
            cell->parts[i] = last->before[i];
    else
        cell_run(sim, cell, what ? "9.9.9" : "5.0.3");
    cell->changed_ms = sim->now_ms;
    sim_tell(sim, "somebody else changes %s: it runs %s (%s) and %s (%s)", cell->id,
             cell->parts[0].version, cell->parts[0].reference, cell->parts[1].version,
             cell->parts[1].reference);
}

static void no_metrics(struct sim *sim)
{
    gint64 until_ms = sim->now_ms + some_time(sim, ON_NO_METRICS);
    int what = (int)sim_between(sim->run.dice[ON_NO_METRICS], 0, 3);
    if (what == 3) {
        sim->half_read_until_ms = until_ms;
        sim_tell(sim, "the registry is read only in part for %d s",
                 (int)((until_ms - sim->now_ms) / WHEN_SECOND));
        return;
    }
    if (what) {
        struct sim_cell *cell = any_cell(sim, ON_NO_METRICS);
        cell->silent_until_ms = until_ms;
        sim_tell(sim, "%s measures nothing for %d s", cell->id,
                 (int)((until_ms - sim->now_ms) / WHEN_SECOND));
        return;
    }
    struct process *process = any_process(sim, ON_NO_METRICS);
    process->blind_until_ms = until_ms;
    sim_tell(sim, "p%d sees nothing for %d s", process->number,
             (int)((until_ms - sim->now_ms) / WHEN_SECOND));
}

static void sick(struct sim *sim)
{
    struct sim_cell *cell = any_cell(sim, ON_SICK);
    bool whatever = sim_between(sim->run.dice[ON_SICK], 0, 3) == 0;
    if (whatever)
        cell->bad_old = !cell->bad_old;
    else
        cell->bad_release = !cell->bad_release;
    sim_tell(sim, "%s %s %s", cell->id,
             (whatever ? cell->bad_old : cell->bad_release) ? "falls ill with" : "is well with",
             whatever ? "any version" : "a new version");
}

static void tag_moves(struct sim *sim)
{
    bool moved = g_strcmp0(sim->commit, sim->commit_now) != 0;
    g_free(sim->commit_now);
    sim->commit_now = moved ? g_strdup(sim->commit) : g_strdup("f00d000000000000");
    sim_tell(sim, "the tag %s", moved ? "is put back" : "moves");
}

static void fleet_changes(struct sim *sim)
{
    struct sim_cell *cell =
        &sim->cells[sim_between(sim->run.dice[ON_FLEET], 1, MAX(1, sim->n_cells - 1))];
    bool has_dr = sim->n_cells >= 4 && cell == &sim->cells[sim->n_cells - 2];
    if (sim->n_cells < 2 || has_dr)
        return;
    cell->in_config = !cell->in_config;
    fleet_configure(sim);
    sim_tell(sim, "%s %s celldeck.yaml, for conductors that begin from now on", cell->id,
             cell->in_config ? "comes into" : "goes out of");
}

static const struct {
    enum trouble_kind kind;
    int in; /* one tick of so many */
    void (*come)(struct sim *sim);
} troubles[] = {
    {ON_CRASH, 90, crash},
    {ON_STALL, 250, stall},
    {ON_REFUSED, 500, refused},
    {ON_AWAY, 600, away},
    {ON_CLOCK, 700, jump},
    {ON_UNREACHABLE, 500, unreachable},
    {ON_OUT_OF_BAND, 1200, out_of_band},
    {ON_NO_METRICS, 400, no_metrics},
    {ON_SICK, 600, sick},
    {ON_TAG, 2500, tag_moves},
    {ON_FLEET, 1500, fleet_changes},
};

void troubles_tick(struct sim *sim)
{
    for (size_t i = 0; i < G_N_ELEMENTS(troubles); i++)
        if (trouble_comes(sim, troubles[i].kind, troubles[i].in))
            troubles[i].come(sim);
}

/* All that is broken is mended; what was done stays done. */
void troubles_end(struct sim *sim)
{
    sim->settling = true;
    sim->half_read_until_ms = 0;
    sim->calm_since_ms = sim->now_ms;
    sim_tell(sim, "the troubles are over");
    for (int i = 0; i <= MOST_PROCESSES; i++)
        sim->weather[i] = (struct weather){0};
    for (int i = 0; i < sim->n_processes; i++) {
        sim->processes[i].stalled_until_ms = sim->processes[i].blind_until_ms = 0;
        sim->processes[i].crash_in = 0;
        process_kill(&sim->processes[i], "and begun anew, to read celldeck.yaml");
    }
    for (int i = 0; i < HOSTS; i++)
        sim->hosts[i].wall_offset_ms = 0;
    for (int i = 0; i < sim->n_cells; i++) {
        struct sim_cell *cell = &sim->cells[i];
        cell->silent_until_ms = cell->unreachable_until_ms = 0;
        cell->bad_old = false;
        cell->in_config = true;
    }
    fleet_configure(sim);
    g_free(sim->commit_now);
    sim->commit_now = g_strdup(sim->commit);
}
