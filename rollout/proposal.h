/* Should a failover be proposed? (rollout.md, "Failover": alternating health proposes at most one
 * failover an hour.) Pure, and only ever a proposal: nothing is begun by it.
 *
 * A cell that is unhealthy is proposed for a failover, once: when its trouble began. Trouble that
 * comes and goes is one trouble as long as an hour has not passed between one spell and the next;
 * so however often health alternates, two proposals are at least an hour apart, and none needs
 * anybody to remember when the last one was made. The proposal stands while the cell is unhealthy,
 * and comes back, the same one, where the cell falls ill again within the hour. Spells are read off
 * the cell's datapoints: health below 1, or an error rate over its limit in 2 of 3 periods; where
 * there are none nothing is known, and no spell.
 *
 * Nothing is proposed for a cell that is stale or unknown (nobody knows that it is ill), in which
 * no tenant lives, that a failover is under way from, or that one began to leave, by celldeck or
 * observed, within the last hour. A tenant that was moved alone is no failover of its cell. */
#pragma once

#include "data/fleet.h"
#include "data/history.h"

#define PROPOSAL_APART_MS (60 * 60 * G_GINT64_CONSTANT(1000))

struct proposal {
    bool made;
    gint64 since_ms; /* when the trouble began, as far as is known: the proposal's identity ... */
    bool older;      /* ... but where datapoints go back less than an hour before that: then it may
                        be an older one, and is never told as a new one */
    guint spells;    /* of it, this one included: 2 and more, it comes and goes */
    char *why;       /* "unhealthy for 6m", "unhealthy 3 times in 52m: it comes and goes", or why
                        none is made */
};
/* `operations` (struct operation *, newest first) may be NULL: the journal can't be read. */
struct proposal proposal_of(const struct snapshot *snapshot, const struct cell *cell,
                            const GPtrArray *operations, gint64 now_ms);
void proposal_clear(struct proposal *proposal);
