/* The plan of a failover, a move or a drill, out of an evacuation: frozen with all that was read of
 * each tenant (failover_plan.h). Pure. */
#pragma once

#include "rollout/failover_plan.h"
#include "rollout/placement.h"

/* The tenants that have a place, in the order in which they go: those that are not production
 * first, then the fewest users, so that what is wrong meets the fewest people. Sealed. A move
 * touches its one tenant alone: nothing is fenced and nobody promoted for it, and its data is
 * move.command's. `acks`: 1u << proof. `by_hand`: the registry alone is changed, though there is a
 * zone (which does not answer, say), and the records by people; that acknowledges PROOF_DNS. NULL
 * where nobody has a place. */
struct failover_plan *failover_plan_make(const struct evacuation *evacuation,
                                         enum failover_kind kind, unsigned acks, bool by_hand);

/* What has to be acknowledged for it, 1u << proof: what is not proven of those that have a place,
 * without what this kind of operation does not do. The data of a move is proven by a move.command:
 * whoever has none acknowledges "data not moved by celldeck". */
unsigned failover_plan_needs(const struct evacuation *evacuation, enum failover_kind kind);
/* What somebody says with an acknowledgement: "data not proven: no rpo (cell-1-dr)". Caller frees.
 */
char *failover_plan_ack_words(const struct evacuation *evacuation, enum failover_kind kind,
                              enum proof proof);
