/* The plans of every cell, and what each region could lose: worked out anew only where something
 * that they follow from has changed. */
#include "rollout/placement_parts.h"
#include "rollout/placement_proof.h"

#include <string.h>

static void add_term(GString *terms, const char *text)
{
    g_string_append(terms, text ? text : "-");
    g_string_append_c(terms, '\n');
}

/* Besides configuration and registry: how each cell is, what it runs, and what its replicas lag. */
static char *terms_of(const struct muster *muster)
{
    GString *terms = g_string_new(NULL);
    add_term(terms, muster->refused);
    for (guint i = 0; i < muster->n; i++) {
        const struct muster_cell *cell = &muster->cells[i];
        add_term(terms, cell->unwell);
        add_term(terms, cell->cell->version);
        if (!cell->config->stands_by_for)
            continue;
        gssize primary = config_place(muster->snapshot->config, cell->config->stands_by_for);
        struct lag lag = lag_of(muster, &muster->cells[primary], cell);
        add_term(terms, lag.words);
        lag_clear(&lag);
    }
    return g_string_free(terms, FALSE);
}

static bool same_tenants(const struct registry *a, const struct registry *b)
{
    return a == b || (a && b && a->tenants == b->tenants && a->complete == b->complete);
}

static void spare_free(gpointer data)
{
    struct spare *spare = data;
    g_free(spare->region);
    g_free(spare->why);
    g_free(spare);
}

static char *spare_words(const struct spare *spare, const struct evacuation *evacuation)
{
    if (!spare->largest)
        return g_strdup_printf("no tenant lives in %s", spare->region);
    if (!spare->ok)
        return g_strdup_printf("%s can't lose %s: %s", spare->region, spare->largest->id,
                               evacuation->why);
    const struct placement_target *first = evacuation->targets->pdata[0];
    guint more = evacuation->targets->len - 1;
    return more ? g_strdup_printf("if %s dies, %s and %u more take its tenants", spare->largest->id,
                                  first->cell->id, more)
                : g_strdup_printf("if %s dies, %s takes its tenants", spare->largest->id,
                                  first->cell->id);
}

guint largest_of_region(const struct muster *muster, guint region)
{
    guint largest = PACK_NONE;
    for (guint i = 0; i < muster->n; i++) {
        const struct muster_cell *cell = &muster->cells[i];
        if (cell->region != region || cell->config->class == CLASS_DEV ||
            !muster_tenants(muster, i))
            continue;
        if (largest == PACK_NONE || cell->users > muster->cells[largest].users)
            largest = i;
    }
    return largest;
}

static int by_region(gconstpointer a, gconstpointer b)
{
    const struct spare *x = *(gpointer *)a, *y = *(gpointer *)b;
    return strcmp(x->region, y->region);
}

static GPtrArray *spares_of(const struct muster *muster, const GPtrArray *cells)
{
    GPtrArray *spares = g_ptr_array_new_with_free_func(spare_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < muster->n; i++) {
        const struct muster_cell *cell = &muster->cells[i];
        if (!g_hash_table_add(seen, GUINT_TO_POINTER(cell->region)))
            continue;
        guint largest = largest_of_region(muster, cell->region);
        const struct evacuation *evacuation = largest == PACK_NONE ? NULL : cells->pdata[largest];
        struct spare *spare = g_new0(struct spare, 1);
        spare->region = g_strdup(cell->config->region);
        spare->largest = evacuation ? evacuation->cell : NULL;
        spare->ok = !muster->refused && (!evacuation || evacuation->complete);
        spare->why = muster->refused ? g_strdup(muster->refused) : spare_words(spare, evacuation);
        g_ptr_array_add(spares, spare);
    }
    g_ptr_array_sort(spares, by_region);
    return spares;
}

static struct evacuations *evacuations_new(const struct muster *muster, struct origins *origins,
                                           char *terms)
{
    const struct snapshot *snapshot = muster->snapshot;
    struct evacuations *all = g_new0(struct evacuations, 1);
    g_atomic_ref_count_init(&all->refs);
    all->config = config_ref(snapshot->config);
    all->registry = snapshot->registry ? registry_ref(snapshot->registry) : NULL;
    all->origins = origins ? origins_ref(origins) : NULL;
    all->terms = terms;
    all->cells = g_ptr_array_new_with_free_func((GDestroyNotify)evacuation_unref);
    for (guint i = 0; i < muster->n; i++) {
        struct planning planning = {.muster = muster, .source = i, .origins = origins};
        g_ptr_array_add(all->cells, planning_make(&planning));
    }
    all->spares = spares_of(muster, all->cells);
    return all;
}

struct evacuations *evacuation_all(const struct snapshot *snapshot, struct origins *origins,
                                   struct evacuations *before)
{
    OWN(muster) muster = muster_new(snapshot);
    g_autofree char *terms = terms_of(muster);
    if (before && before->config == snapshot->config && before->origins == origins &&
        same_tenants(before->registry, snapshot->registry) && strcmp(before->terms, terms) == 0)
        return evacuations_ref(before);
    muster_call(muster);
    return evacuations_new(muster, origins, g_steal_pointer(&terms));
}

const struct evacuation *evacuations_cell(const struct evacuations *evacuations, const char *cell)
{
    gssize place = config_place(evacuations->config, cell);
    return place < 0 ? NULL : evacuations->cells->pdata[place];
}

struct evacuations *evacuations_ref(struct evacuations *evacuations)
{
    g_atomic_ref_count_inc(&evacuations->refs);
    return evacuations;
}

void evacuations_unref(struct evacuations *evacuations)
{
    if (!evacuations || !g_atomic_ref_count_dec(&evacuations->refs))
        return;
    g_ptr_array_unref(evacuations->cells);
    g_ptr_array_unref(evacuations->spares);
    g_free(evacuations->terms);
    registry_unref(evacuations->registry);
    origins_unref(evacuations->origins);
    config_unref(evacuations->config);
    g_free(evacuations);
}
