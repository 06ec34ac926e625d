/* Does it bite? Each deliberate fault of data/base/fault_switch.h that a failover can have is
 * turned on, and the rule it is built against has to be the first to break, within a number of
 * seeds. */
#include "data/base/fault_switch.h"
#include "tests/simulation/failover/evac.h"

#include <stdio.h>

#ifdef CELLDECK_TEST_FAULTS
enum { SEEDS_AT_MOST = 300, OF_MOST_KINDS = 4 };

/* Only troubles that the fault needs: what else breaks by it would come first. */
static const struct {
    enum fault fault;
    enum rule rule;
    const char *what;
    int often;
    bool kills;
    int kinds[OF_MOST_KINDS]; /* and no others; -1 ends them */
} faults[] = {
    {FAULT_LOCK_IGNORED,
     RULE_ONE_HOLDER,
     "a lock that another operation holds is taken",
     8,
     false,
     {ON_RIVAL, -1}},
    {FAULT_LEASE_UNCHECKED,
     RULE_INTENT_FIRST,
     "calls are made without a look at the lease",
     8,
     false,
     {ON_STALL, ON_THROTTLED, -1}},
    {FAULT_EVIDENCE_DROPPED,
     RULE_CAUSE,
     "nothing says why it is held, or how it ends",
     1,
     false,
     {-1}},
    {FAULT_DEADLINE_FORGOTTEN,
     RULE_WAY_OUT,
     "what stands still is waited for for ever",
     4,
     false,
     {ON_PENDING, -1}},
    {FAULT_INTENT_FORGOTTEN,
     RULE_KILLS,
     "who takes over forgets what was in flight",
     4,
     true,
     {ON_CRASH, -1}},
    {FAULT_WRONG_CELL, RULE_ONE_CELL, "a tenant is placed in another cell", 1, false, {-1}},
    {FAULT_PLACED_TOO_EARLY, RULE_DNS_AS_PLANNED, "INSYNC is not waited for", 1, false, {-1}},
    {FAULT_OUTCOME_GUESSED,
     RULE_ENDS_AS_TOLD,
     "a write counts as done, whatever became of it",
     4,
     false,
     {ON_THROTTLED, -1}},
    {FAULT_RECORD_FORGOTTEN,
     RULE_REVERT_EXACT,
     "a revert forgets what the record was",
     4,
     false,
     {ON_PEOPLE, -1}},
    {FAULT_LEFT_TOUCHED,
     RULE_LEFT_ALONE,
     "a revert changes what is left alone",
     8,
     false,
     {ON_PEOPLE, ON_OTHERS_ITEM, -1}},
    {FAULT_CANARY_FORGOTTEN, RULE_CANARY, "the first tenant is not waited for", 1, false, {-1}},
    {FAULT_HELD_GOES_ON,
     RULE_HELD,
     "calls are made while it is held",
     8,
     false,
     {ON_THROTTLED, ON_LOST_CALL, ON_BLIND, -1}},
    {FAULT_CLOCK_BELIEVED,
     RULE_PATIENCE,
     "a wall clock that jumps is believed",
     8,
     false,
     {ON_CLOCK, ON_PENDING, -1}},
    {FAULT_PREFLIGHT_SKIPPED,
     RULE_FIT,
     "tenants set out for a target that is ill",
     8,
     false,
     {ON_UNFIT, -1}},
};

static bool is_caught(size_t i)
{
    for (guint32 seed = 1; seed <= SEEDS_AT_MOST; seed++) {
        struct sim_options options = {
            .seed = seed, .often = faults[i].often, .kills = faults[i].kills};
        for (int k = 0; k < OF_MOST_KINDS && faults[i].kinds[k] >= 0; k++)
            options.most[faults[i].kinds[k]] = -1;
        struct sim *sim = trial_run(&options);
        int rule = sim->broken_rule;
        bool right = rule == (int)faults[i].rule;
        if (rule)
            printf("%s rule %d: %s: seed %u: %s\n", right ? "ok  " : "FAIL", (int)faults[i].rule,
                   faults[i].what, seed, sim->broken);
        sim_free(sim);
        if (rule && !right)
            trial_tell(&options);
        if (rule)
            return right;
    }
    printf("FAIL rule %d: %s: not noticed in %d seeds\n", (int)faults[i].rule, faults[i].what,
           SEEDS_AT_MOST);
    return false;
}

void bite(int *passed, int *failed)
{
    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        fault_switched = faults[i].fault;
        bool caught = is_caught(i);
        fault_switched = FAULT_NONE;
        *passed += caught;
        *failed += !caught;
        fflush(stdout);
    }
}
#else
void bite(int *passed, int *failed)
{
    (void)passed;
    printf("FAIL this build has no deliberate faults: take build/san/simulation-failover\n");
    ++*failed;
}
#endif
