/* Deliberate faults, one against each invariant of rollout.md and some in what a shared journal is
 * kept by, which tests/simulation turns on to show that it would notice. Only builds for tests have
 * them; elsewhere each is a constant. */
#pragma once

#include <stdbool.h>

#ifdef CELLDECK_TEST_FAULTS
enum fault {
    FAULT_NONE,
    FAULT_LOCK_IGNORED,           /* 1 */
    FAULT_LEASE_UNCHECKED,        /* 2 */
    FAULT_WAVE_NOT_AWAITED,       /* 3 */
    FAULT_OLD_DATA_COUNTS,        /* 4 */
    FAULT_NO_DATA_PASSES,         /* 5 */
    FAULT_CLOCK_BELIEVED,         /* 6 */
    FAULT_LIMIT_IGNORED,          /* 7 */
    FAULT_BLIND_WHILE_PAUSED,     /* 8 */
    FAULT_ABORT_OVERTAKEN,        /* 9 */
    FAULT_APPROVAL_UNBOUND,       /* 10 */
    FAULT_ROLLBACK_ELSEWHERE,     /* 11 */
    FAULT_ROLLBACK_LOOPS,         /* 12 */
    FAULT_HELD_VERSION_FORGOTTEN, /* 13 */
    FAULT_LIST_GROWS,             /* 14 */
    FAULT_PAUSE_STOPS_ROLLBACK,   /* 15 */
    FAULT_EVIDENCE_DROPPED,       /* 16 */
    FAULT_DEADLINE_FORGOTTEN,     /* 17 */
    FAULT_CALL_NOT_REPEATED,      /* 18 */
    FAULT_EVACUATION_IGNORED,     /* 19 */
    FAULT_LOST_PUT_BELIEVED,      /* 2, by the store that bastions share */
    FAULT_BEATEN_PUT_BELIEVED,    /* 2, by the same */
    /* Of failovers, against the rules of tests/simulation/failover/evac.h: */
    FAULT_INTENT_FORGOTTEN,  /* 18 */
    FAULT_WRONG_CELL,        /* 19 */
    FAULT_PLACED_TOO_EARLY,  /* 20 */
    FAULT_OUTCOME_GUESSED,   /* 21 */
    FAULT_RECORD_FORGOTTEN,  /* 22 */
    FAULT_LEFT_TOUCHED,      /* 23 */
    FAULT_CANARY_FORGOTTEN,  /* 24 */
    FAULT_HELD_GOES_ON,      /* 25 */
    FAULT_PREFLIGHT_SKIPPED, /* 27 */
    FAULT_STRANGERS_IGNORED, /* 29 */
    FAULTS
};
extern enum fault fault_switched;
#define FAULT_SWITCH(name) (fault_switched == FAULT_##name)
#else
#define FAULT_SWITCH(name) false
#endif
