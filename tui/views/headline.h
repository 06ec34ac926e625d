/* The sentence on top of the fleet: the worst problem there is, since when, who is affected by it
 * and by all there are, and what changed before it; or that all is well. Below it what may safely
 * be done next (safe_next.h). */
#pragma once

#include "tui/views/deck.h"

/* The whole of it. Caller frees. `cells` is in the order of the screen, worst first. */
char *headline(const struct deck *deck, const GPtrArray *cells, enum role *role);
/* In at most `most` lines of `cols`: where that is too little, what matters least is left out.
 * Lines are freed with the array. */
GPtrArray *headline_lines(const struct deck *deck, const GPtrArray *cells, int cols, int most,
                          enum role *role);
/* "→ wait: r17 is rolling it back", of the worst cell; NULL where all are well. Caller frees. */
char *headline_next(const struct deck *deck, const GPtrArray *cells);

/* What is wrong with who carries a live rollout on, and what to do: nobody does, or has not been
 * heard of for longer than the lease, or says itself that it is blind or short of credentials. NULL
 * where nothing is. Caller frees. */
char *headline_conductor(const struct deck *deck, const struct rollout *rollout);
/* The same of a failover, a drill or a move. */
char *headline_failover_conductor(const struct deck *deck, const struct failover *failover);
/* An operation that somebody has to conduct. */
struct conducted {
    const char *id;
    bool live;
    gint64 opened_ms;
};
struct conducted conducted_rollout(const struct rollout *rollout);
struct conducted conducted_failover(const struct failover *failover);
/* Whether by the leases nobody carries it on, though it is not over. */
bool headline_nobody_conducts(const struct deck *deck, const struct conducted *what);
/* Whether who has the lease lives, but has let it pass: nothing is done meanwhile. */
bool headline_conductor_is_silent(const struct deck *deck, const struct conducted *what);
