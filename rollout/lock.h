/* The lock of a cell (stream `lock/CELL`, events {operation, held}): at most one operation touches
 * a cell (rollout.md, "Who may act"). A lock outlives the process that took it: it belongs to the
 * operation. What an operation that has ended forgot to give back counts as free. */
#pragma once

#include "data/journal.h"

/* True: `operation` has the lock. It is an event more where it had it already: of two conductors of
 * one operation, the one that was stopped and wakes up can't release what the other has taken.
 * CD_ERROR_BUSY names who else has it. */
bool lock_take(struct journal *journal, const char *cell, const char *operation, const char *actor,
               gint64 now_ms, GError **error);
/* Gives back what lock_holder() said `operation` had, and gave as `seq`. CD_ERROR_CONFLICT: it has
 * been taken since, and stays so. */
bool lock_release(struct journal *journal, const char *cell, const char *operation, gint64 seq,
                  const char *actor, gint64 now_ms, GError **error);
/* The operation that has it, or NULL: nobody, or (with `error` set) it could not be read. `seq`
 * (may be NULL) gets the number of the event that says so. Frees. */
char *lock_holder(struct journal *journal, const char *cell, gint64 *seq, GError **error);
