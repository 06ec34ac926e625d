/* The program: the simulation of rollouts, as the runner that all simulations share has it. */
#include "tests/simulation/sim.h"

#include <stdio.h>

static double per_second(guint64 asked, gint64 took_ns)
{
    return took_ns > 0 ? (double)asked * 1e9 / (double)took_ns : 0;
}

/* Whole fleets, undisturbed and as disturbed as can be: everything that the engine is asked there.
 */
static void bench(void)
{
    struct pace pace = {0};
    for (guint32 seed = 1; seed <= 60; seed++) {
        struct sim_options options = {.seed = seed, .own = {[OWN_CELLS] = MOST_CELLS}};
        for (int i = 0; seed % 2 && i < TROUBLE_KINDS; i++)
            options.most[i] = -1;
        struct sim *sim = sim_new(&options);
        sim->pace = &pace;
        sim_run(sim);
        sim_free(sim);
    }
    printf("{\"decisions_per_s\": %.0f, \"nothing_to_do_per_s\": %.0f, \"something_per_s\": %.0f, "
           "\"cells\": %d, \"asked\": %" G_GUINT64_FORMAT ", \"something\": %" G_GUINT64_FORMAT
           "}\n",
           per_second(pace.asked[0] + pace.asked[1], pace.took_ns[0] + pace.took_ns[1]),
           per_second(pace.asked[0], pace.took_ns[0]), per_second(pace.asked[1], pace.took_ns[1]),
           MOST_CELLS, pace.asked[0] + pace.asked[1], pace.asked[1]);
}

static const struct named_trouble troubles[] = {
#define KIND(name, option, text) {option, text},
    TROUBLES(KIND)
#undef KIND
};

G_STATIC_ASSERT((int)TROUBLE_KINDS <= MOST_TROUBLES);

static const struct own_option own[] = {
    {"--processes", "N conductors", .place = OWN_PROCESSES, .most = MOST_PROCESSES},
    {"--cells", "N cells", .place = OWN_CELLS, .most = MOST_CELLS},
    {"--until", "N minutes, then nothing goes wrong any more", .place = OWN_UNTIL},
    {"--sqlite", "on a real history.db", .place = OWN_STORE, .value = STORE_SQLITE},
    {"--dynamodb", "on a shared journal: a table, and a history.db on each bastion as its copy",
     .place = OWN_STORE, .value = STORE_DYNAMODB},
    {"--bench", "decisions a second, and no seeds", .does = bench},
};

int main(int argc, char **argv)
{
    struct simulation rollouts = {.program = "simulation",
                                  .troubles = troubles,
                                  .n_troubles = TROUBLE_KINDS,
                                  .own = own,
                                  .n_own = G_N_ELEMENTS(own),
                                  .steps = 1000000,
                                  .comes_with_kills = comes_with_kills,
                                  .play = sim_play};
    rollouts.faults = sim_faults(&rollouts.n_faults);
    return simulation_main(&rollouts, argc, argv);
}
