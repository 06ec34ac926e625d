/* What has to hold before anybody is taken out of a cell, each with whether it does and why: the
 * preflight (rollout/failover_preflight.h), to be read. */
#pragma once

#include "rollout/failover_preflight.h"
#include "tui/views/deck.h"

struct check {
    bool ok;
    char *text;
};

/* struct check *, freed with the array. What has to be acknowledged is no part of it: that is asked
 * for. Reads who is at work on these cells from the journal. */
GPtrArray *checks_of(const struct deck *deck, const struct evacuation *evacuation,
                     enum failover_kind kind);
bool checks_pass(const GPtrArray *checks);
/* "✔ ...", "✖ ...". Caller frees. */
char *check_line(const struct check *check);
