/* What of a target is proven, and what somebody would have to acknowledge (placement.h, enum
 * proof). Private to rollout/placement*.c. */
#pragma once

#include "rollout/placement_muster.h"

/* What is known of the data that a replica has of its primary's. */
struct lag {
    bool proven;
    gint64 lag_ms, age_ms; /* its last value before the primary failed, and how long before; < 0:
                              there is none */
    bool failed;           /* the primary has; else both are of now */
    char *words; /* "lag 2 s", "lag 2 s, 40 s before it failed"; unproven: why, "no rpo" */
};
/* The last value before the source failed is the one that tells what may be lost: after that the
 * lag grows, or is no longer measured, and neither says anything of the data. A source that answers
 * its probe has not failed, and goes on writing: then the last value of all counts. Else it failed
 * after its last sign of life: a probe that saw all up, or a period of health = 1. The value must
 * be no older than three periods by then. Clear with lag_clear(). */
struct lag lag_of(const struct muster *muster, const struct muster_cell *source,
                  const struct muster_cell *replica);
void lag_clear(struct lag *lag);

/* Whether the cell stands by for the source. */
bool is_replica_of(const struct cell_config *cell, const struct cell_config *source);

/* Fills `unproven`, `proof_why` and what is known of the lag. */
void proofs_fill(const struct muster *muster, const struct muster_cell *source,
                 struct placement_target *target);
/* PROOF_DNS for one tenant: whether its record has a name, and is nobody else's. */
bool tenant_has_record(const struct evacuation *evacuation, const struct tenant *tenant);
