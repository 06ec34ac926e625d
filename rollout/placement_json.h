/* Plans as `status --json`, `failover plan --json` and `place --json` give them (product.md). */
#pragma once

#include "rollout/placement.h"

/* {ready, to[], why, state, unproven[]}: `state` is drain_name(). New reference, as all of them. */
json_t *drain_json(const struct evacuation *evacuation);
const char *drain_name(enum drain drain); /* "ready", "unproven", "nowhere", "none", "unread" */
/* {cell, ready, complete, state, why, refused, version, users, patients_at_most, unproven[],
 * tenants[] {id, to, why, users, unproven[]}, targets[], build[], fits[]}. */
json_t *evacuation_json(const struct evacuation *evacuation);
/* [{region, ok, largest, why}] */
json_t *spares_json(const struct evacuations *evacuations);
/* {cell, why, build, refused, candidates[] {cell, fits, used_pct_after, why}} */
json_t *place_answer_json(const struct place_answer *answer);
