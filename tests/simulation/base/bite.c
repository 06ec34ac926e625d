/* Does it bite? Each deliberate fault is turned on, and the rule it is built against has to be the
 * first to break, within a number of seeds. */
#include "data/base/fault_switch.h"
#include "tests/simulation/base/simulation.h"

#include <stdio.h>

#ifdef CELLDECK_TEST_FAULTS
enum { SEEDS_AT_MOST = 300, RULE_OF_THE_END = 18 };

/* A clock that is believed also makes bakes of days, so that a run does not end: what is asked
 * at the end alone breaks there, in a run that did not put the fault's own rule to the test. */
static bool tells_nothing(int rule, int broken)
{
    return broken == 0 || (broken == RULE_OF_THE_END && rule != RULE_OF_THE_END);
}

static struct sim_options options_of(const struct planted_fault *fault, guint32 seed)
{
    struct sim_options options = {.seed = seed, .often = fault->often, .kills = fault->kills};
    for (int i = 0; i < MOST_OWN; i++)
        options.own[i] = fault->own[i];
    for (int i = 0; i < MOST_KINDS && fault->kinds[i] >= 0; i++)
        options.most[fault->kinds[i]] = -1;
    return options;
}

static bool is_caught(const struct simulation *simulation, const struct planted_fault *fault)
{
    guint32 first = MAX(fault->seed, 1);
    for (guint32 seed = first; seed < first + SEEDS_AT_MOST; seed++) {
        const struct sim_options options = options_of(fault, seed);
        struct trial trial = trial_run(simulation, &options);
        int broken = trial.rule;
        bool right = broken == fault->rule;
        if (!tells_nothing(fault->rule, broken))
            printf("%s rule %d: %s: seed %u: %s\n", right ? "ok  " : "FAIL", fault->rule,
                   fault->what, seed, trial.words);
        trial_clear(&trial);
        if (tells_nothing(fault->rule, broken))
            continue;
        if (!right)
            trial_tell(simulation, &options);
        return right;
    }
    printf("FAIL rule %d: %s: not noticed in %d seeds from %u\n", fault->rule, fault->what,
           SEEDS_AT_MOST, first);
    return false;
}

void bite(const struct simulation *simulation, int *passed, int *failed)
{
    for (int i = 0; i < simulation->n_faults; i++) {
        fault_switched = simulation->faults[i].fault;
        bool caught = is_caught(simulation, &simulation->faults[i]);
        fault_switched = FAULT_NONE;
        *passed += caught;
        *failed += !caught;
        fflush(stdout);
    }
}
#else
void bite(const struct simulation *simulation, int *passed, int *failed)
{
    (void)passed;
    printf("FAIL this build has no deliberate faults: take build/san/%s\n", simulation->program);
    ++*failed;
}
#endif
