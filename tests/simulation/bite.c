/* Does it bite? Each deliberate fault of data/base/fault_switch.h is turned on, and the invariant
 * it is built against has to be the first to break, within a number of seeds. */
#include "data/base/fault_switch.h"
#include "tests/simulation/trial.h"

#include <stdio.h>

#ifdef CELLDECK_TEST_FAULTS
enum { SEEDS_AT_MOST = 150, OF_MOST_KINDS = 4, RULE_OF_THE_END = 18 };

/* A clock that is believed also makes bakes of days, so that a run does not end: what is asked
 * at the end alone breaks there, in a run that did not put the fault's own invariant to the test.
 */
static bool tells_nothing(int rule, int broken)
{
    return broken == 0 || (broken == RULE_OF_THE_END && rule != RULE_OF_THE_END);
}

/* Only troubles that the fault needs: what else breaks by it would come first. */
static const struct {
    enum fault fault;
    int rule;
    const char *what;
    enum trial trial;
    int often;
    int kinds[OF_MOST_KINDS]; /* and no others; -1 ends them */
    enum store store;
} faults[] = {
    {FAULT_LOCK_IGNORED,
     1,
     "a lock that another operation holds is taken",
     TRIAL_ALL,
     4,
     {ON_RIVAL, ON_PEOPLE, -1},
     STORE_MEMORY},
    {FAULT_LEASE_UNCHECKED,
     2,
     "calls are made without a look at the lease",
     TRIAL_ALL,
     10,
     {ON_SLOW_APPEND, ON_LATE_CALL, -1},
     STORE_MEMORY},
    {FAULT_WAVE_NOT_AWAITED, 3, "every wave counts as ended", TRIAL_ALL, 1, {-1}, STORE_MEMORY},
    {FAULT_OLD_DATA_COUNTS,
     4,
     "data from before the deploy count",
     TRIAL_ALL,
     1,
     {-1},
     STORE_MEMORY},
    {FAULT_NO_DATA_PASSES, 5, "no data is a PASS", TRIAL_ALL, 8, {ON_NO_METRICS, -1}, STORE_MEMORY},
    {FAULT_CLOCK_BELIEVED,
     6,
     "a wall clock that jumps is believed",
     TRIAL_ALL,
     10,
     {ON_CLOCK, -1},
     STORE_MEMORY},
    {FAULT_LIMIT_IGNORED, 7, "max_in_flight is ignored", TRIAL_ALL, 1, {-1}, STORE_MEMORY},
    {FAULT_BLIND_WHILE_PAUSED,
     8,
     "gates are not asked while paused",
     TRIAL_ALL,
     1,
     {ON_PEOPLE, -1},
     STORE_MEMORY},
    {FAULT_ABORT_OVERTAKEN,
     9,
     "an abort does not stop what goes forward",
     TRIAL_ALL,
     2,
     {ON_PEOPLE, -1},
     STORE_MEMORY},
    {FAULT_APPROVAL_UNBOUND,
     10,
     "an approval counts for any plan",
     TRIAL_ALL,
     8,
     {ON_STALE_WISH, -1},
     STORE_MEMORY},
    {FAULT_ROLLBACK_ELSEWHERE,
     11,
     "a rollback forgets the recorded reference",
     TRIAL_ALL,
     2,
     {ON_BAD_DEPLOY, -1},
     STORE_MEMORY},
    {FAULT_ROLLBACK_LOOPS,
     12,
     "a failed rollback is tried for ever",
     TRIAL_ALL,
     8,
     {ON_BAD_DEPLOY, -1},
     STORE_MEMORY},
    {FAULT_HELD_VERSION_FORGOTTEN,
     13,
     "a version that failed may start again",
     TRIAL_ALL,
     4,
     {ON_PEOPLE, ON_BAD_DEPLOY, -1},
     STORE_MEMORY},
    {FAULT_LIST_GROWS,
     14,
     "a new cell joins the rollout",
     TRIAL_ALL,
     4,
     {ON_FLEET, ON_CRASH, -1},
     STORE_MEMORY},
    {FAULT_PAUSE_STOPS_ROLLBACK,
     15,
     "a pause stops rollbacks too",
     TRIAL_ALL,
     2,
     {ON_PEOPLE, ON_BAD_DEPLOY, -1},
     STORE_MEMORY},
    {FAULT_EVIDENCE_DROPPED,
     16,
     "verdicts come without evidence",
     TRIAL_ALL,
     1,
     {-1},
     STORE_MEMORY},
    {FAULT_DEADLINE_FORGOTTEN,
     17,
     "a deploy that hangs has no deadline",
     TRIAL_ALL,
     4,
     {ON_BAD_DEPLOY, -1},
     STORE_MEMORY},
    {FAULT_EVACUATION_IGNORED,
     19,
     "a cell that a failover takes over is carried on",
     TRIAL_ALL,
     8,
     {ON_RIVAL, -1},
     STORE_MEMORY},
    {FAULT_CALL_NOT_REPEATED,
     18,
     "a call whose maker was killed is not made again",
     TRIAL_KILLS,
     4,
     {ON_CRASH, -1},
     STORE_MEMORY},
    {FAULT_LOST_PUT_BELIEVED,
     1,
     "a put to the shared table counts as done where its answer is lost",
     TRIAL_ALL,
     40,
     {ON_LOST_APPEND, -1},
     STORE_DYNAMODB},
    {FAULT_BEATEN_PUT_BELIEVED,
     2,
     "a lost put to the shared table takes another one's event for its own",
     TRIAL_ALL,
     40,
     {ON_LOST_APPEND, ON_CRASH, -1},
     STORE_DYNAMODB},
};

static struct sim_options options_of(size_t i, guint32 seed)
{
    struct sim_options options = {.seed = seed, .often = faults[i].often, .store = faults[i].store};
    for (int k = 0; k < OF_MOST_KINDS && faults[i].kinds[k] >= 0; k++)
        options.most[faults[i].kinds[k]] = -1;
    return options;
}

static bool is_caught(size_t i)
{
    for (guint32 seed = 1; seed <= SEEDS_AT_MOST; seed++) {
        const struct sim_options options = options_of(i, seed);
        struct verdict_of_seed verdict = trial_run(&options, faults[i].trial);
        g_autofree char *words = verdict.words;
        if (tells_nothing(faults[i].rule, verdict.rule))
            continue;
        bool right = verdict.rule == faults[i].rule;
        printf("%s invariant %d: %s: seed %u: %s\n", right ? "ok  " : "FAIL", faults[i].rule,
               faults[i].what, seed, words);
        if (!right)
            trial_tell(&options, faults[i].trial);
        return right;
    }
    printf("FAIL invariant %d: %s: not noticed in %d seeds\n", faults[i].rule, faults[i].what,
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
    printf("FAIL this build has no deliberate faults: take build/san/simulation\n");
    ++*failed;
}
#endif
