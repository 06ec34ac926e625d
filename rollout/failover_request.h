/* What people ask of failovers, moves and drills, as events: each function appends to the journal
 * and returns; the conductor does the rest. As rollout/request.h does for rollouts. */
#pragma once

#include "rollout/failover.h"
#include "rollout/failover_preflight.h"
#include "rollout/person.h"

struct failover_ask {
    enum failover_kind kind;
    const struct evacuation
        *evacuation;             /* of what was read just now; of a move, its one tenant's */
    unsigned acks;               /* 1u << proof */
    const char *reason, *ticket; /* or NULL */
    bool by_hand;                /* see failover_plan_make */
};
/* Opens it under a new id (f1, m1, d1, ...) and returns that; a rollout that is at work on the
 * source is told that the cell is taken over. Everything of failover_preflight.h is asked at the
 * journal's head, so of two that open at once the second sees the first. What is refused
 * (CD_ERROR_REFUSED, CD_ERROR_BUSY, all reasons in one message) is recorded too, as an operation
 * that ended before it began: *refused_id (may be NULL) gets its id. Caller frees both. */
char *failover_begin(struct journal *journal, const struct failover_ask *ask,
                     const struct person *requester, gint64 now_ms, char **refused_id,
                     GError **error);

/* Tells each live rollout that has the cell's lock, or is in flight there, that `operation` has the
 * cell now (`evacuated`); it settles the call under way, begins no other, and gives the lock back.
 * One that was told before is not told again, so whoever finds the lock taken may call it anew. */
bool failover_take_over(struct journal *journal, const char *operation, const char *cell,
                        const struct person *person, gint64 now_ms, GError **error);

/* A failover, a move or a drill; CD_ERROR_USAGE where that is the id of none. */
struct failover *failover_require(struct journal *journal, const char *id, GError **error);
/* A command that is gone on without (failover_refuses_ack()), as somebody saw it fail: that is what
 * they acknowledge, and no other failure that came since. */
struct failover_ack {
    const char *name;
    gint64 seq; /* the failover's when it was seen */
};
/* `what`: "resume" or "revert"; `reason` and `ack` may be NULL. CD_ERROR_REFUSED where that makes
 * no sense as things are. */
bool failover_request(struct journal *journal, const char *id, const char *what, const char *reason,
                      const struct failover_ack *ack, const struct person *person, gint64 now_ms,
                      GError **error);
