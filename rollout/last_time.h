/* What the gates said of a rollout's cells the last time that each of them baked, in an earlier
 * rollout that is over: shown beside what they say today. Such a rollout never changes any more,
 * so this is read once. */
#pragma once

#include "rollout/engine.h"

struct last_time {
    GHashTable *cells;   /* cell id -> struct last_cell *; not there: none that was looked at */
    GPtrArray *rollouts; /* struct rollout *: those of them */
};
struct last_cell {
    const struct rollout *rollout;
    const struct rollout_cell *cell;
};

/* Looks through `operations` (newest first) behind the rollout's own; at most 16 rollouts are read,
 * so that a cell that never baked costs no pass over the whole history. NULL with an error where
 * the journal can't be read. */
struct last_time *last_time_read(struct journal *journal, const GPtrArray *operations,
                                 const struct rollout *rollout, GError **error);
void last_time_free(struct last_time *last);
OWNABLE(last_time, last_time_free);

/* NULL: none. `last` may be NULL. */
const struct last_cell *last_time_of(const struct last_time *last, const char *cell);

/* "r16 5.0.2, passed: all gates PASS" or "r16 5.0.3, rolled back: limits FAIL, regression HOLD":
 * in one line, without reasons. Caller frees. */
char *last_time_text(const struct last_cell *last);
/* {rollout, version, state, deployed_at, gates[]}, or null. */
json_t *last_time_json(const struct last_cell *last);
