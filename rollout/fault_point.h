/* Places where the tests may kill the conductor: before and after each event is durable, and around
 * each outside call (scenario 6). CELLDECK_CRASH_AT=before:deploy.intent ends the process there
 * with SIGKILL. Only build/san has it; in the release build it is nothing. */
#pragma once

#ifdef CELLDECK_TEST_FAULTS
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* `when`: "before", "after" (of an append), "call", "answered" (of an outside call). */
static inline void fault_point(const char *when, const char *what)
{
    const char *at = getenv("CELLDECK_CRASH_AT");
    size_t length = strlen(when);
    if (at && strncmp(at, when, length) == 0 && at[length] == ':' &&
        strcmp(at + length + 1, what) == 0)
        raise(SIGKILL);
}
#else
#define fault_point(when, what) ((void)0)
#endif
