/* One look at whether a tenant is where it was sent: what failover_verify.c, which goes step by
 * step, and failover_verify_zone.c, which asks Route 53, have in common; nobody else's. */
#pragma once

#include "rollout/failover_conduct.h"

struct verifying {
    struct traveller *traveller;
    enum { VERIFY_ITEM, VERIFY_ZONE, VERIFY_KIND, VERIFY_RECORD, VERIFY_ANSWER } step;
    char *doubt; /* what Route 53's servers answered, where that was not expected, or why not */
    struct tenant_call *item;
    struct zone_call *zone;
    struct aws_call *answer;
    struct record_set *expected; /* its record; NULL: none should stand */
    char *asked;                 /* the address that `answer` asks */
    gint64 began_mono_ms;
};

/* It has come to this; `why` may be NULL. It is gone then. */
void verifying_ends(struct verifying *verifying, enum outcome outcome, const char *why);
/* The next step, at the conductor's next turn. */
void verifying_go_on(struct verifying *verifying, int step);
/* All that can be said of its record agrees: the cell is asked next, or it is done. */
void verifying_record_agrees(struct verifying *verifying);

/* The steps VERIFY_ZONE (not yet, where Route 53 was asked too often just now), VERIFY_KIND and
 * VERIFY_RECORD. */
void verifying_begin_zone(struct verifying *verifying, gint64 mono_ms);
void verifying_begin_kind(struct verifying *verifying);
void verifying_begin_record(struct verifying *verifying);
