/* Which cell may take which tenant (placement.h has the rules), and where it is liked best. Private
 * to rollout/placement*.c and place.c. */
#pragma once

#include "rollout/placement_muster.h"

/* What of a tenant the rules ask for. */
struct standing {
    guint residency; /* muster_number() of its name; 0: no cell is there */
    const char *residency_name;
    bool production;
    bool restricted; /* only to declared backups */
};
struct standing standing_of(const struct muster *muster, const struct tenant *tenant,
                            const struct muster_cell *source);
bool standing_equal(const struct standing *a, const struct standing *b);

/* Rank of a target among those declared for a source's tenants; the dr cell that stands by for it
 * comes first, for a dr cell its primary, then cells.*.backups in their order. -1: not declared. */
int declared_rank(const struct cell_config *source, const struct cell_config *target);

enum bar {
    BAR_NONE,
    BAR_SELF,      /* it is the source itself */
    BAR_RESIDENCY, /* not the tenant's */
    BAR_DEV,       /* a dev cell, and the tenant is production */
    BAR_CLASS      /* not declared, and not of a class that takes others */
};
/* What stands between such a tenant and a target, its state and room apart. `declared`: for all of
 * the source's tenants, or by this one's failoverCellId. */
enum bar bar_of(const struct standing *standing, const struct muster_cell *source,
                const struct muster_cell *target, bool declared);

/* The lower, the better liked. Rank NAMED: by the tenant itself. */
#define RANK_NAMED -2
guint liking_of(const struct standing *standing, const struct muster_cell *source,
                const struct muster_cell *target, int rank, bool data_proven);
/* Levels of undeclared targets: these, and no others. */
enum { LEVEL_UNDECLARED = 160, LEVELS_UNDECLARED = 4 };
