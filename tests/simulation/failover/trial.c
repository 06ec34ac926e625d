/* A seed on trial: run, and where a rule broke, made smaller and told. */
#include "tests/simulation/failover/evac.h"

#include <stdio.h>
#include <string.h>

/* What a kill brings with it: calls whose answers nobody hears. */
static bool comes_with_kills(int kind)
{
    return kind == ON_CRASH || kind == ON_STALL || kind == ON_LOST_CALL || kind == ON_LATE_CALL ||
           kind == ON_LOST_APPEND || kind == ON_AWAY;
}

static struct sim *run(const struct sim_options *options, bool disturbed)
{
    struct sim_options own = *options;
    for (int i = 0; own.kills && i < TROUBLE_KINDS; i++)
        if (!disturbed || !comes_with_kills(i))
            own.most[i] = 0;
    struct sim *sim = sim_new(&own);
    sim_run(sim);
    return sim;
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

struct sim *trial_run(const struct sim_options *options)
{
    if (!options->kills)
        return run(options, true);
    struct sim_options calm = *options;
    calm.told = false;
    struct sim *undisturbed = run(&calm, false);
    g_autofree char *wanted = end_of(undisturbed);
    sim_free(undisturbed);
    struct sim *sim = run(options, true);
    g_autofree char *end = end_of(sim);
    if (!sim->broken && sim->ledger->state != FAILOVER_HELD && strcmp(end, wanted) != 0)
        sim_broke(sim, RULE_KILLS, "undisturbed it ends %s, and like this %s", wanted, end);
    return sim;
}

void trial_tell(const struct sim_options *options)
{
    struct sim_options told = *options;
    told.told = true;
    struct sim *sim = trial_run(&told);
    for (guint i = 0; i < sim->story->len; i++)
        puts(g_ptr_array_index(sim->story, i));
    printf("To see it again:\n  build/release/simulation-failover --story --seed %u%s",
           options->seed, options->kills ? " --kills" : "");
    if (options->real)
        printf(" --real");
    if (options->often)
        printf(" --often %d", options->often);
    for (int i = 0; i < TROUBLE_KINDS; i++)
        if (options->most[i] >= 0)
            printf(" --most %s=%d", trouble_option(i), options->most[i]);
    printf("\n");
    sim_free(sim);
}

struct sim_options trial_shrink(const struct sim_options *options, int rule)
{
    struct sim_options best = *options;
    for (int kind = 0; kind < TROUBLE_KINDS; kind++)
        for (int most = 0; most < 4; most++) {
            struct sim_options fewer = best;
            fewer.most[kind] = most;
            struct sim *sim = trial_run(&fewer);
            bool same = sim->broken_rule == rule;
            sim_free(sim);
            if (same) {
                best = fewer;
                break;
            }
        }
    return best;
}
