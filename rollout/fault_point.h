/* Places where the tests may kill the conductor: before and after each event is durable, and around
 * each outside call (scenario 6). CELLDECK_CRASH_AT=before:deploy.intent ends the process there
 * with SIGKILL, before:deploy.intent:3 the third time that it comes there. Only build/san has it;
 * in the release build it is nothing. */
#pragma once

#ifdef CELLDECK_TEST_FAULTS
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* `when`: "before", "after" (of an append), "call", "answered" (of an outside call). */
static inline void fault_point(const char *when, const char *what)
{
    static int times; /* a place is in one file */
    const char *at = getenv("CELLDECK_CRASH_AT");
    size_t length = strlen(when), all = length + 1 + strlen(what);
    if (!at || strlen(at) < all || strncmp(at, when, length) != 0 || at[length] != ':' ||
        strncmp(at + length + 1, what, strlen(what)) != 0 || (at[all] && at[all] != ':'))
        return;
    if (++times >= (at[all] ? atoi(at + all + 1) : 1))
        raise(SIGKILL);
}
#else
#define fault_point(when, what) ((void)0)
#endif
