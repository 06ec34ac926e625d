/* Which process holds something that only one may hold: told apart from every other process, those
 * that had its pid before it included. */
#pragma once

#include "data/base/own.h"

#include <stdbool.h>

struct holder {
    char *host;
    char *boot; /* kernel's boot id */
    char *pids; /* pid namespace: pids of another say nothing here */
    gint64 pid;
    gint64 started; /* clock ticks since boot (/proc/PID/stat, field 22) */
};
struct holder *holder_self(void);
struct holder *holder_copy(const struct holder *holder);
void holder_free(struct holder *holder);
OWNABLE(holder, holder_free);
/* False only where `self` can be sure: `holder` ran on this host and is a zombie or gone, or the
 * host has been booted since. Host names must therefore be unique (journal.host relies on it too).
 */
bool holder_may_live(const struct holder *holder, const struct holder *self);
