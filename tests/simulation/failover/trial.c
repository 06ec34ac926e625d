/* One run on trial: what it came to. */
#include "tests/simulation/failover/evac.h"

/* What a kill brings with it: calls whose answers nobody hears. */
bool comes_with_kills(int kind)
{
    return kind == ON_CRASH || kind == ON_STALL || kind == ON_LOST_CALL || kind == ON_LATE_CALL ||
           kind == ON_LOST_APPEND || kind == ON_AWAY;
}

/* Where it ended, and where every tenant is. */
static char *end_of(const struct sim *sim)
{
    g_autoptr(GString) end = g_string_new(failover_state_name(sim->ledger->state));
    for (guint i = 0; i < sim->n; i++)
        g_string_append_printf(end, " %s:%s:%s", sim->tenants[i].item.cell,
                               sim->tenants[i].item.status, sim->tenants[i].record.leads);
    return g_strdup(end->str);
}

struct trial sim_play(const struct sim_options *options)
{
    struct sim *sim = sim_new(options);
    sim_tell(sim, "%u tenants, %d conductors", sim->n, sim->n_shells);
    sim_run(sim);
    struct trial trial = run_trial(&sim->run, end_of(sim));
    sim_free(sim);
    return trial;
}
