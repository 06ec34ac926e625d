#include "rollout/placement_rules.h"

#include "rollout/placement_proof.h"

#include <string.h>

static bool is_restricted(const struct muster *muster, const struct tenant *tenant,
                          const struct cell_config *cell)
{
    const struct cell_config *primary =
        cell->stands_by_for ? config_cell(muster->snapshot->config, cell->stands_by_for) : NULL;
    return tenant->tier == TIER_ENTERPRISE || cell->class == CLASS_DEDICATED ||
           (primary && primary->class == CLASS_DEDICATED);
}

struct standing standing_of(const struct muster *muster, const struct tenant *tenant,
                            const struct muster_cell *source)
{
    const char *residency = tenant_residency(tenant, source->config);
    return (struct standing){
        .residency = tenant->residency ? muster_number(muster, residency) : source->residency,
        .residency_name = residency,
        .production = tenant_is_production(tenant, source->config),
        .restricted = is_restricted(muster, tenant, source->config),
    };
}

bool standing_equal(const struct standing *a, const struct standing *b)
{
    return a->residency == b->residency && a->production == b->production &&
           a->restricted == b->restricted &&
           (a->residency || strcmp(a->residency_name, b->residency_name) == 0);
}

int declared_rank(const struct cell_config *source, const struct cell_config *target)
{
    if (is_replica_of(target, source))
        return 0;
    if (is_replica_of(source, target))
        return 1;
    for (int i = 0; source->backups[i]; i++)
        if (strcmp(source->backups[i], target->id) == 0)
            return 2 + i;
    return -1;
}

enum bar bar_of(const struct standing *standing, const struct muster_cell *source,
                const struct muster_cell *target, bool declared)
{
    enum cell_class class = target->config->class;
    if (target == source)
        return BAR_SELF;
    if (target->residency != standing->residency)
        return BAR_RESIDENCY;
    if (class == CLASS_DEV && standing->production)
        return BAR_DEV;
    if (declared || (!standing->restricted && (class == CLASS_SHARED || class == CLASS_DEV)))
        return BAR_NONE;
    return BAR_CLASS;
}

/* 0 and up: declared, with proven data; 100 and up: the same without; then nobody's. */
guint liking_of(const struct standing *standing, const struct muster_cell *source,
                const struct muster_cell *target, int rank, bool data_proven)
{
    if (rank == RANK_NAMED || rank >= 0)
        return (data_proven ? 0 : 100) + (rank == RANK_NAMED ? 0 : 1 + (guint)MIN(rank, 50));
    bool spare_production = !standing->production && target->config->class == CLASS_DEV;
    return LEVEL_UNDECLARED + (spare_production ? 0 : 2) + (target->region != source->region);
}
