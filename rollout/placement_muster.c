#include "rollout/placement_muster.h"

#include "data/base/when.h"
#include "data/fleet_judge.h"

#include <stdlib.h>
#include <string.h>

gint64 tenant_users(const struct tenant *tenant)
{
    return tenant->current_users >= 0 ? tenant->current_users : MAX(tenant->max_users, -1);
}

const char *tenant_residency(const struct tenant *tenant, const struct cell_config *cell)
{
    return tenant->residency ? tenant->residency : cell->residency;
}

/* Exactly the limit is within it, whatever binary fractions make of a percentage. */
gint64 cell_users_max(const struct config *config, const struct cell_config *cell)
{
    return (gint64)((double)cell->max_users * config->failover.max_used_pct / 100 + 1e-6);
}

guint muster_number(const struct muster *muster, const char *name)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(muster->names, name));
}

static guint number_of(struct muster *muster, const char *name)
{
    guint number = muster_number(muster, name);
    if (!number) {
        number = g_hash_table_size(muster->names) + 1;
        g_hash_table_insert(muster->names, (gpointer)name, GUINT_TO_POINTER(number));
    }
    return number;
}

const struct tenant *muster_tenant(const struct muster *muster, guint cell, guint i)
{
    return muster->snapshot->registry->tenants->pdata[muster->tenants[muster->first[cell] + i]];
}

guint muster_tenants(const struct muster *muster, guint cell)
{
    return muster->first[cell + 1] - muster->first[cell];
}

static bool is_twin(const GPtrArray *tenants, guint place)
{
    const struct tenant *tenant = tenants->pdata[place];
    const struct tenant *before = place > 0 ? tenants->pdata[place - 1] : NULL;
    const struct tenant *after = place + 1 < tenants->len ? tenants->pdata[place + 1] : NULL;
    return (before && strcmp(before->id, tenant->id) == 0) ||
           (after && strcmp(after->id, tenant->id) == 0);
}

bool muster_is_twin(const struct muster *muster, guint cell, guint i)
{
    return is_twin(muster->snapshot->registry->tenants, muster->tenants[muster->first[cell] + i]);
}

guint muster_place(const struct muster *muster, const struct cell_config *cell)
{
    return (guint)config_place(muster->snapshot->config, cell->id);
}

/* A replica lags as soon as its primary dies, and then nobody measures that any more: it is judged
 * without. */
static enum health health_as_target(const struct snapshot *snapshot, const struct cell *cell,
                                    char **reason)
{
    struct cell_config config = *cell->config;
    config.replica_lag_metric = NULL;
    struct cell judged = {.config = &config, .reading = cell->reading};
    cell_judge(&judged, snapshot->config, snapshot->at_ms);
    *reason = g_strdup(judged.reasons[0]);
    g_strfreev(judged.reasons);
    return judged.health;
}

/* Without the age of what is stale, which is another one each moment. */
static char *unwell(const struct snapshot *snapshot, const struct cell *cell)
{
    enum health health = cell->health;
    g_autofree char *reason = g_strdup(cell->reasons[0]);
    bool well = health == HEALTH_HEALTHY || health == HEALTH_STANDBY;
    if (!well && cell->config->replica_lag_metric) {
        g_free(g_steal_pointer(&reason));
        health = health_as_target(snapshot, cell, &reason);
        well = health == HEALTH_HEALTHY || health == HEALTH_STANDBY;
    }
    if (well)
        return NULL;
    const char *id = cell->config->id;
    return health == HEALTH_STALE || !reason
               ? g_strdup_printf("%s is %s", id, health_name(health))
               : g_strdup_printf("%s is %s (%s)", id, health_name(health), reason);
}

static void fill_cells(struct muster *muster)
{
    const struct snapshot *snapshot = muster->snapshot;
    for (guint i = 0; i < muster->n; i++) {
        const struct cell *cell = &snapshot->cells[i];
        muster->cells[i] = (struct muster_cell){
            .cell = cell,
            .config = cell->config,
            .residency = number_of(muster, cell->config->residency),
            .region = number_of(muster, cell->config->region),
            .unwell = unwell(snapshot, cell),
            .users_max = cell_users_max(snapshot->config, cell->config),
        };
    }
}

/* Room that can't be known is none. */
static void count_users(struct muster_cell *cell, const struct tenant *tenant)
{
    gint64 users = tenant_users(tenant);
    if (users >= 0)
        cell->users += users;
    else if (!cell->unwell) {
        cell->room_unknown = true;
        cell->unwell = g_strdup_printf("how much room %s has is not known: its tenant %s tells "
                                       "neither users nor a quota",
                                       cell->config->id, tenant->id);
    }
}

static void fill_tenants(struct muster *muster)
{
    const GPtrArray *tenants = muster->snapshot->registry->tenants;
    g_autofree gint *places = g_new(gint, tenants->len + 1);
    for (guint i = 0; i < tenants->len; i++) {
        const struct tenant *tenant = tenants->pdata[i];
        places[i] = tenant->cell ? (gint)config_place(muster->snapshot->config, tenant->cell) : -1;
        if (places[i] < 0)
            continue;
        muster->first[places[i] + 1]++;
        count_users(&muster->cells[places[i]], tenant);
    }
    for (guint i = 0; i < muster->n; i++)
        muster->first[i + 1] += muster->first[i];
    muster->tenants = g_new(guint, muster->first[muster->n] + 1);
    g_autofree guint *next = g_memdup2(muster->first, sizeof(guint) * (muster->n + 1));
    for (guint i = 0; i < tenants->len; i++)
        if (places[i] >= 0)
            muster->tenants[next[places[i]]++] = i;
}

static double used(const struct muster_cell *cell)
{
    return (double)cell->users / (double)cell->config->max_users;
}

static int by_use(gconstpointer a, gconstpointer b, gpointer data)
{
    const guint *x = a, *y = b;
    const struct muster *muster = data;
    double of_x = used(&muster->cells[*x]), of_y = used(&muster->cells[*y]);
    if (of_x < of_y || of_x > of_y)
        return of_x < of_y ? -1 : 1;
    return (*x > *y) - (*x < *y);
}

static char *why_refused(const struct snapshot *snapshot)
{
    const struct registry *registry = snapshot->registry;
    const struct source *source = snapshot_source(snapshot, "registry");
    if (!registry)
        return g_strdup("the registry was never read");
    if (!registry->complete) {
        g_autofree char *count = registry_count_text(registry, registry->tenants->len);
        return g_strdup_printf("the registry was read in part: %s tenants, incomplete", count);
    }
    if (!source)
        return g_strdup("how old the registry is, is not known");
    if (source->state == SOURCE_OK)
        return NULL;
    if (!source->read_ms)
        return g_strdup("the registry was not read yet: what is known of it is from before");
    g_autofree char *since = when_rfc3339(source->read_ms / WHEN_SECOND * WHEN_SECOND);
    return g_strdup_printf("the registry was last read at %s%s%s", since, source->error ? ": " : "",
                           source->error ? source->error : "");
}

struct muster *muster_new(const struct snapshot *snapshot)
{
    struct muster *muster = g_new0(struct muster, 1);
    muster->snapshot = snapshot;
    muster->n = (guint)snapshot->n_cells;
    muster->cells = g_new0(struct muster_cell, muster->n + 1);
    muster->first = g_new0(guint, muster->n + 1);
    muster->by_use = g_new(guint, muster->n + 1);
    muster->names = g_hash_table_new(g_str_hash, g_str_equal);
    muster->refused = why_refused(snapshot);
    fill_cells(muster);
    return muster;
}

void muster_call(struct muster *muster)
{
    const struct registry *registry = muster->snapshot->registry;
    if (registry && registry->complete)
        fill_tenants(muster);
    for (guint i = 0; i < muster->n; i++)
        muster->by_use[i] = i;
    g_qsort_with_data(muster->by_use, (gint)muster->n, sizeof(guint), by_use, muster);
}

void muster_free(struct muster *muster)
{
    for (guint i = 0; i < muster->n; i++)
        g_free(muster->cells[i].unwell);
    g_free(muster->cells);
    g_free(muster->first);
    g_free(muster->by_use);
    g_free(muster->tenants);
    g_hash_table_unref(muster->names);
    g_free(muster->refused);
    g_free(muster);
}
