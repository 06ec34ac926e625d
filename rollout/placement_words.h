/* Why a tenant has no place, in words. Private to rollout/placement*.c and place.c. */
#pragma once

#include "rollout/placement_parts.h"

/* What the rules leave of the fleet for tenants of one standing. */
struct prospect {
    const struct standing *standing;
    struct named named; /* declared for one of them alone */
    GArray *open;       /* guint, places: cells that may take them, and are well */
    GArray *unwell;     /* the same, but not well */
    guint elsewhere;    /* cells that are well and of another residency */
    gint64 users_short; /* of those of this standing that have no place */
};
struct prospect prospect_of(const struct planning *planning, guint standing,
                            const struct named *named);
void prospect_clear(struct prospect *prospect);

/* Long, for the tenant: "no healthy EU cell: cell-4 is stale". Caller frees. */
char *prospect_words(const struct planning *planning, const struct prospect *prospect);
/* Short, for a column: "no healthy EU cell". Caller frees. */
char *prospect_short(const struct planning *planning, const struct prospect *prospect);
/* What would have to be built for them. Caller frees. */
char *prospect_build(const struct planning *planning, const struct prospect *prospect);
/* "90 %" of failover.max_used. Caller frees. */
char *limit_words(const struct config *config);
