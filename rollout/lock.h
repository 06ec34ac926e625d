/* The lock of a cell (stream `lock/CELL`, events {operation, held}): at most one operation touches
 * a cell (rollout.md, "Who may act"). A lock outlives the process that took it: it belongs to the
 * operation. What an operation that has ended forgot to give back counts as free. */
#pragma once

#include "data/journal.h"

/* True: `operation` has the lock now, or had it already. CD_ERROR_BUSY names who else has it. */
bool lock_take(struct journal *journal, const char *cell, const char *operation, const char *actor,
               gint64 now_ms, GError **error);
/* True also where it was not this operation's. */
bool lock_release(struct journal *journal, const char *cell, const char *operation,
                  const char *actor, gint64 now_ms, GError **error);
/* The operation that has it, or NULL: nobody, or (with `error` set) it could not be read. Frees. */
char *lock_holder(struct journal *journal, const char *cell, GError **error);
