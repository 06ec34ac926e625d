/* What follows from what was learned of a cell's calls: a deploy that is seen complete or fails, a
 * rollback that is done or fails, a deployer that went back by itself. Private to the engine. */
#pragma once

#include "rollout/engine.h"

#define NOTHING ((struct decision){0})

struct decision outcome_decide(const struct rollout *rollout, struct rollout_cell *cell,
                               const struct observation *seen, const struct observed_cell *there);

/* Past the deadline of the intent in flight, however the wall clock has jumped meanwhile. */
bool call_is_late(const struct rollout_cell *cell, const struct observation *seen,
                  const struct observed_cell *there);

/* A decision about a cell; steals `data`, which gets the cell's id. */
struct decision decision_about(struct rollout_cell *cell, const char *type, json_t *data);
json_t *decision_moment(gint64 at_ms);
