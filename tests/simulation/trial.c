/* One run on trial: what it came to. */
#include "tests/simulation/ledger.h"

#include <string.h>

/* What a kill brings with it: a process that is away, or late; calls whose answers nobody hears. */
bool comes_with_kills(int kind)
{
    return kind == ON_CRASH || kind == ON_STALL || kind == ON_SLOW_APPEND || kind == ON_LOST_CALL ||
           kind == ON_LATE_CALL || kind == ON_LOST_APPEND || kind == ON_LATE_PUT ||
           kind == ON_THROTTLED || kind == ON_BEHIND;
}

static const struct operation_ledger *first_rollout(const struct sim *sim)
{
    return sim->ledger->operations->len ? g_ptr_array_index(sim->ledger->operations, 0) : NULL;
}

/* What runs in the end is what the events say. */
static void ends_true(struct sim *sim)
{
    const struct operation_ledger *operation = first_rollout(sim);
    for (guint i = 0; operation && i < operation->cells->len; i++) {
        const struct ledger_cell *cell = g_ptr_array_index(operation->cells, i);
        const struct sim_cell *there = sim_cell(sim, cell->id);
        g_autofree char *runs = parts_reference(there->parts);
        bool new = cell_runs(there, operation->version);
        bool wrong = cell->state == L_PASSED        ? !new
                     : cell->state == L_ROLLED_BACK ? strcmp(runs, cell->from_ref) != 0
                     : cell->state == L_PENDING     ? new
                                                    : false;
        if (wrong)
            sim_broke(sim, 18, "in the end %s runs %s and %s, which its events do not say",
                      cell->id, there->parts[0].reference, there->parts[1].reference);
    }
}

static char *end_of(const struct sim *sim)
{
    const struct operation_ledger *operation = first_rollout(sim);
    return g_strdup(operation && operation->first_rest ? operation->first_rest : "nothing");
}

struct trial sim_play(const struct sim_options *options)
{
    struct sim *sim = sim_new(options);
    sim_tell(sim, "%d cells, %d conductors", sim->n_cells, sim->n_processes);
    sim_run(sim);
    if (options->kills && !sim->run.broken)
        ends_true(sim);
    struct trial trial = run_trial(&sim->run, end_of(sim));
    sim_free(sim);
    return trial;
}
