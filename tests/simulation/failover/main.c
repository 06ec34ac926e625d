/* The program: the simulation of failovers, as the runner that all simulations share has it. */
#include "tests/simulation/failover/evac.h"

static const struct named_trouble troubles[] = {
#define KIND(name, option, text) {option, text},
    TROUBLES(KIND)
#undef KIND
};

G_STATIC_ASSERT((int)TROUBLE_KINDS <= MOST_TROUBLES);

static const struct own_option own[] = {
    {"--real", "the product's own conductor, not a plain one", .place = OWN_REAL, .value = 1},
};

int main(int argc, char **argv)
{
    struct simulation failovers = {.program = "simulation-failover",
                                   .troubles = troubles,
                                   .n_troubles = TROUBLE_KINDS,
                                   .own = own,
                                   .n_own = G_N_ELEMENTS(own),
                                   .steps = 1000000,
                                   .comes_with_kills = comes_with_kills,
                                   .play = sim_play};
    failovers.faults = sim_faults(&failovers.n_faults);
    return simulation_main(&failovers, argc, argv);
}
