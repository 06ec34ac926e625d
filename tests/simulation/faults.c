/* The deliberate faults that rollouts can have, and which invariant each is built against. */
#include "data/base/fault_switch.h"
#include "tests/simulation/sim.h"

const struct planted_fault *sim_faults(int *n)
{
#ifdef CELLDECK_TEST_FAULTS
    static const struct planted_fault faults[] = {
        {FAULT_LOCK_IGNORED, 1, "a lock that another operation holds is taken", 4,
         .kinds = {ON_RIVAL, ON_PEOPLE, -1}},
        {FAULT_LEASE_UNCHECKED, 2, "calls are made without a look at the lease", 10,
         .kinds = {ON_SLOW_APPEND, ON_LATE_CALL, -1}},
        {FAULT_WAVE_NOT_AWAITED, 3, "every wave counts as ended", 1, .kinds = {-1}},
        {FAULT_OLD_DATA_COUNTS, 4, "data from before the deploy count", 1, .kinds = {-1}},
        {FAULT_NO_DATA_PASSES, 5, "no data is a PASS", 8, .kinds = {ON_NO_METRICS, -1}, .seed = 24},
        {FAULT_CLOCK_BELIEVED, 6, "a wall clock that jumps is believed", 10,
         .kinds = {ON_CLOCK, -1}, .seed = 17},
        {FAULT_LIMIT_IGNORED, 7, "max_in_flight is ignored", 1, .kinds = {-1}, .seed = 6},
        {FAULT_BLIND_WHILE_PAUSED, 8, "gates are not asked while paused", 1,
         .kinds = {ON_PEOPLE, -1}, .seed = 29},
        {FAULT_ABORT_OVERTAKEN, 9, "an abort does not stop what goes forward", 2,
         .kinds = {ON_PEOPLE, -1}},
        {FAULT_APPROVAL_UNBOUND, 10, "an approval counts for any plan", 8,
         .kinds = {ON_STALE_WISH, -1}},
        {FAULT_ROLLBACK_ELSEWHERE, 11, "a rollback forgets the recorded reference", 2,
         .kinds = {ON_BAD_DEPLOY, -1}},
        {FAULT_ROLLBACK_LOOPS, 12, "a failed rollback is tried for ever", 8,
         .kinds = {ON_BAD_DEPLOY, -1}},
        {FAULT_HELD_VERSION_FORGOTTEN, 13, "a version that failed may start again", 4,
         .kinds = {ON_PEOPLE, ON_BAD_DEPLOY, -1}},
        {FAULT_LIST_GROWS, 14, "a new cell joins the rollout", 4, .kinds = {ON_FLEET, ON_CRASH, -1},
         .seed = 10},
        {FAULT_PAUSE_STOPS_ROLLBACK, 15, "a pause stops rollbacks too", 2,
         .kinds = {ON_PEOPLE, ON_BAD_DEPLOY, -1}},
        {FAULT_EVIDENCE_DROPPED, 16, "verdicts come without evidence", 1, .kinds = {-1}},
        {FAULT_DEADLINE_FORGOTTEN, 17, "a deploy that hangs has no deadline", 4,
         .kinds = {ON_BAD_DEPLOY, -1}},
        {FAULT_EVACUATION_IGNORED, 19, "a cell that a failover takes over is carried on", 8,
         .kinds = {ON_RIVAL, -1}},
        {FAULT_CALL_NOT_REPEATED, 18, "a call whose maker was killed is not made again", 4,
         .kinds = {ON_CRASH, -1}, .kills = true},
        {FAULT_LOST_PUT_BELIEVED, 1,
         "a put to the shared table counts as done where its answer is lost", 40,
         .kinds = {ON_LOST_APPEND, -1}, .own = {[OWN_STORE] = STORE_DYNAMODB}},
        {FAULT_BEATEN_PUT_BELIEVED, 2,
         "a lost put to the shared table takes another one's event for its own", 40,
         .kinds = {ON_LOST_APPEND, ON_CRASH, -1}, .own = {[OWN_STORE] = STORE_DYNAMODB}, .seed = 5},
    };
    *n = G_N_ELEMENTS(faults);
    return faults;
#else
    *n = 0;
    return NULL;
#endif
}
