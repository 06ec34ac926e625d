/* The deliberate faults that a failover can have, and which rule each is built against. */
#include "data/base/fault_switch.h"
#include "tests/simulation/failover/evac.h"

const struct planted_fault *sim_faults(int *n)
{
#ifdef CELLDECK_TEST_FAULTS
    static const struct planted_fault faults[] = {
        {FAULT_LOCK_IGNORED, RULE_ONE_HOLDER, "a lock that another operation holds is taken", 8,
         .kinds = {ON_RIVAL, -1}},
        {FAULT_LEASE_UNCHECKED, RULE_INTENT_FIRST, "calls are made without a look at the lease", 8,
         .kinds = {ON_STALL, ON_THROTTLED, -1}},
        {FAULT_EVIDENCE_DROPPED, RULE_CAUSE, "nothing says why it is held, or how it ends", 1,
         .kinds = {-1}},
        {FAULT_DEADLINE_FORGOTTEN, RULE_WAY_OUT, "what stands still is waited for for ever", 4,
         .kinds = {ON_PENDING, -1}},
        {FAULT_INTENT_FORGOTTEN, RULE_KILLS, "who takes over forgets what was in flight", 4,
         .kinds = {ON_CRASH, -1}, .kills = true},
        {FAULT_WRONG_CELL, RULE_ONE_CELL, "a tenant is placed in another cell", 1, .kinds = {-1}},
        {FAULT_PLACED_TOO_EARLY, RULE_DNS_AS_PLANNED, "INSYNC is not waited for", 1, .kinds = {-1}},
        {FAULT_OUTCOME_GUESSED, RULE_ENDS_AS_TOLD, "a write counts as done, whatever became of it",
         4, .kinds = {ON_THROTTLED, -1}},
        {FAULT_RECORD_FORGOTTEN, RULE_REVERT_EXACT, "a revert forgets what the record was", 4,
         .kinds = {ON_PEOPLE, -1}},
        {FAULT_LEFT_TOUCHED, RULE_LEFT_ALONE, "a revert changes what is left alone", 8,
         .kinds = {ON_PEOPLE, ON_OTHERS_ITEM, -1}},
        {FAULT_CANARY_FORGOTTEN, RULE_CANARY, "the first tenant is not waited for", 1,
         .kinds = {-1}},
        {FAULT_HELD_GOES_ON, RULE_HELD, "calls are made while it is held", 8,
         .kinds = {ON_THROTTLED, ON_LOST_CALL, ON_BLIND, -1}},
        {FAULT_CLOCK_BELIEVED, RULE_PATIENCE, "a wall clock that jumps is believed", 8,
         .kinds = {ON_CLOCK, ON_PENDING, -1}},
        {FAULT_PREFLIGHT_SKIPPED, RULE_FIT, "tenants set out for a target that is ill", 8,
         .kinds = {ON_UNFIT, -1}},
        {FAULT_STRANGERS_IGNORED, RULE_NOBODY_BEHIND, "nobody asks who lives in the source", 8,
         .kinds = {ON_STRANGER, -1}},
    };
    *n = G_N_ELEMENTS(faults);
    return faults;
#else
    *n = 0;
    return NULL;
#endif
}
