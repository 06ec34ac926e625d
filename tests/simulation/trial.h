/* A seed on trial: run, and where a rule broke, made smaller and told. */
#pragma once

#include "tests/simulation/sim.h"

struct verdict_of_seed {
    int rule; /* 0: all held; -1: a stream does not fold, or a chain does not verify */
    char *words;
    guint64 decisions, events, touches;
    int used[TROUBLE_KINDS];
};
void verdict_clear(struct verdict_of_seed *verdict);

/* Troubles of every kind, or only those that a kill may make: then the same seed is run without
 * any, too, and both have to come to the same end, or the disturbed one to HELD (invariant 18). */
enum trial { TRIAL_ALL, TRIAL_KILLS };
struct verdict_of_seed trial_run(const struct sim_options *options, enum trial trial);

/* Options with as few troubles, processes and cells as still break the same rule. */
struct sim_options trial_shrink(const struct sim_options *options, enum trial trial, int rule);
/* The story on stdout, and how to see it again. */
void trial_tell(const struct sim_options *options, enum trial trial);

/* Every deliberate fault turned on in turn; gives how many were caught, and not, by the right
 * invariant. */
void bite(int *passed, int *failed);
