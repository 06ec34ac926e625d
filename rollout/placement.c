#include "rollout/placement.h"

#include "rollout/placement_parts.h"
#include "rollout/placement_proof.h"

#include <stdlib.h>
#include <string.h>

#define AT_EASE_PCT 80 /* product.md: over that a cell is closed to new tenants */

static guint place_of(const struct planning *planning, const char *id)
{
    gssize place = id ? config_place(planning->muster->snapshot->config, id) : -1;
    return place < 0 ? PACK_NONE : (guint)place;
}

static void add_named(const struct planning *planning, struct named *named, const char *cell)
{
    guint place = place_of(planning, cell);
    if (place != PACK_NONE)
        named->cells[named->n++] = place;
}

G_STATIC_ASSERT(PACK_OWN >= ORIGINS_MOST + 1);

struct named planning_named(const struct planning *planning, const struct tenant *tenant)
{
    const char *source = planning_source(planning)->config->id;
    struct named named = {.where = origins_of(planning->origins, tenant->id, source)};
    for (guint i = 0; named.where && named.where->from[i]; i++)
        add_named(planning, &named, named.where->from[i]);
    add_named(planning, &named, tenant->failover_cell);
    return named;
}

const char *planning_keep(struct planning *planning, char *text)
{
    g_ptr_array_add(planning->evacuation->words, text);
    return text;
}

static void find_targets(struct planning *planning)
{
    const struct muster *muster = planning->muster;
    const struct muster_cell *source = planning_source(planning);
    guint to = planning->to ? place_of(planning, planning->to) : 0;
    planning->from = MIN(to, muster->n);
    planning->until = MIN(planning->from + (planning->to ? 1 : muster->n), muster->n);
    planning->declared = g_new(int, muster->n);
    planning->proven = g_new0(bool, muster->n);
    for (guint i = planning->from; i < planning->until; i++) {
        const struct muster_cell *target = &muster->cells[i];
        planning->declared[i] = declared_rank(source->config, target->config);
        if (planning->declared[i] < 0 || !is_replica_of(target->config, source->config))
            continue;
        struct lag lag = lag_of(muster, source, target);
        planning->proven[i] = lag.proven;
        lag_clear(&lag);
    }
}

static bool may_go(const struct planning *planning, const struct standing *standing, guint cell,
                   bool named)
{
    if (cell < planning->from || cell >= planning->until)
        return false;
    const struct muster_cell *target = &planning->muster->cells[cell];
    bool declared = named || planning->declared[cell] >= 0;
    return !target->unwell &&
           bar_of(standing, planning_source(planning), target, declared) == BAR_NONE;
}

static guint level(const struct planning *planning, const struct standing *standing, guint cell,
                   int rank)
{
    return liking_of(standing, planning_source(planning), &planning->muster->cells[cell], rank,
                     planning->proven[cell]);
}

static int by_level(gconstpointer a, gconstpointer b)
{
    const struct pack_choice *x = a, *y = b;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    return (x->bin > y->bin) - (x->bin < y->bin);
}

/* Declared targets are few and sorted; the others come level by level, as the least used has it. */
static void find_choices(const struct planning *planning, const struct standing *standing,
                         struct pack_kind *kind)
{
    const struct muster *muster = planning->muster;
    g_autofree guint *levels = g_new0(guint, muster->n);
    kind->choices = g_new(struct pack_choice, muster->n);
    for (guint i = 0; i < muster->n; i++) {
        guint cell = muster->by_use[i];
        if (!may_go(planning, standing, cell, false))
            continue;
        levels[i] = level(planning, standing, cell, planning->declared[cell]);
        if (levels[i] < LEVEL_UNDECLARED)
            kind->choices[kind->n++] = (struct pack_choice){cell, levels[i]};
    }
    qsort(kind->choices, kind->n, sizeof *kind->choices, by_level);
    for (guint l = LEVEL_UNDECLARED; l < LEVEL_UNDECLARED + LEVELS_UNDECLARED; l++)
        for (guint i = 0; i < muster->n; i++)
            if (levels[i] == l)
                kind->choices[kind->n++] = (struct pack_choice){muster->by_use[i], l};
}

static guint kind_of(struct planning *planning, const struct standing *standing)
{
    for (guint i = 0; i < planning->standings->len; i++)
        if (standing_equal(planning_standing(planning, i), standing))
            return i;
    struct pack_kind kind = {0};
    find_choices(planning, standing, &kind);
    g_array_append_val(planning->standings, *standing);
    g_array_append_val(planning->kinds, kind);
    g_array_set_size(planning->users_short, planning->kinds->len);
    return planning->kinds->len - 1;
}

/* By level; of one level, as they are named. */
static void add_own(const struct planning *planning, const struct standing *standing, guint cell,
                    struct pack_item *item)
{
    if (!may_go(planning, standing, cell, true))
        return;
    const struct pack_choice own = {cell, level(planning, standing, cell, RANK_NAMED)};
    guint at = item->n_own++;
    for (; at > 0 && item->own[at - 1].level > own.level; at--)
        item->own[at] = item->own[at - 1];
    item->own[at] = own;
}

/* Who can't be told from another, or tells no users, can't go anywhere. */
static void add_item(struct planning *planning, const struct tenant *tenant, bool twin)
{
    struct evacuation *evacuation = planning->evacuation;
    struct placed_tenant *placed = &evacuation->block[evacuation->tenants->len];
    struct standing standing = standing_of(planning->muster, tenant, planning_source(planning));
    struct named named = planning_named(planning, tenant);
    struct pack_item *item = &planning->pack.items[evacuation->tenants->len];
    *placed = (struct placed_tenant){.tenant = tenant, .users = tenant_users(tenant)};
    *item = (struct pack_item){
        .size = placed->users, .kind = kind_of(planning, &standing), .bin = PACK_NONE};
    for (guint i = 0; i < named.n; i++)
        add_own(planning, &standing, named.cells[i], item);
    if (twin || placed->users < 0)
        item->size = PACK_NOWHERE;
    if (twin)
        placed->why = "another item has its id: nobody can say which one lives here";
    else if (placed->users < 0)
        placed->why = "its item tells neither how many users it has nor its quota";
    evacuation->users += MAX(0, placed->users);
    g_ptr_array_add(evacuation->tenants, placed);
}

static void add_items(struct planning *planning)
{
    const struct muster *muster = planning->muster;
    struct evacuation *evacuation = planning->evacuation;
    guint n = muster_tenants(muster, planning->source);
    evacuation->block = g_new(struct placed_tenant, n + 1);
    planning->pack.items = g_new(struct pack_item, n + 1);
    for (guint i = 0; i < n; i++) {
        const struct tenant *tenant = muster_tenant(muster, planning->source, i);
        if (!planning->alone || planning->alone == tenant)
            add_item(planning, tenant, muster_is_twin(muster, planning->source, i));
    }
    if (planning->extra)
        add_item(planning, planning->extra, false);
}

static void add_bins(struct planning *planning)
{
    const struct muster *muster = planning->muster;
    struct pack *pack = &planning->pack;
    pack->bins = g_new(struct pack_bin, muster->n);
    pack->n_bins = muster->n;
    for (guint i = 0; i < muster->n; i++) {
        const struct muster_cell *cell = &muster->cells[i];
        gint64 max = cell->config->max_users;
        pack->bins[i] = (struct pack_bin){.room = cell->users_max - cell->users,
                                          .comfort = max * AT_EASE_PCT / 100 - cell->users,
                                          .used = cell->users,
                                          .max = max};
    }
}

static void target_free(gpointer data)
{
    struct placement_target *target = data;
    for (int i = 0; i < PROOFS; i++)
        g_free(target->proof_why[i]);
    g_free(target->lag);
    g_free(target);
}

static struct placement_target *target_new(struct planning *planning, guint cell)
{
    const struct muster_cell *source = planning_source(planning);
    const struct muster_cell *of = &planning->muster->cells[cell];
    struct placement_target *target = g_new0(struct placement_target, 1);
    *target = (struct placement_target){
        .cell = of->config,
        .version = planning_keep(planning, g_strdup(of->cell->version)),
        .users_before = of->users,
        .users_max = of->users_max,
        .replica = is_replica_of(of->config, source->config),
    };
    proofs_fill(planning->muster, source, target);
    g_ptr_array_add(planning->evacuation->targets, target);
    return target;
}

static int by_users_coming(gconstpointer a, gconstpointer b)
{
    const struct placement_target *x = *(gpointer *)a, *y = *(gpointer *)b;
    if (x->users_coming != y->users_coming)
        return x->users_coming > y->users_coming ? -1 : 1;
    if (x->tenants != y->tenants)
        return x->tenants > y->tenants ? -1 : 1;
    return strcmp(x->cell->id, y->cell->id);
}

static void miss_place(struct planning *planning, const struct pack_item *item)
{
    if (item->size != PACK_NOWHERE)
        g_array_index(planning->users_short, gint64, item->kind) += item->size;
}

/* By its cell, by itself, or by where it came from. */
static bool is_declared(const struct planning *planning, const struct pack_item *item)
{
    bool declared = planning->declared[item->bin] >= 0;
    for (guint i = 0; !declared && i < item->n_own; i++)
        declared = item->own[i].bin == item->bin;
    return declared;
}

static void take_places(struct planning *planning)
{
    struct evacuation *evacuation = planning->evacuation;
    g_autofree struct placement_target **targets =
        g_new0(struct placement_target *, planning->muster->n);
    for (guint i = 0; i < evacuation->tenants->len; i++) {
        guint bin = planning->pack.items[i].bin;
        struct placed_tenant *placed = &evacuation->block[i];
        if (bin == PACK_NONE) {
            miss_place(planning, &planning->pack.items[i]);
            continue;
        }
        if (!targets[bin])
            targets[bin] = target_new(planning, bin);
        struct placement_target *target = targets[bin];
        placed->to = target->cell;
        placed->declared = is_declared(planning, &planning->pack.items[i]);
        placed->unproven = target->unproven;
        if (!tenant_has_record(evacuation, placed->tenant))
            placed->unproven |= 1u << PROOF_DNS;
        target->tenants++;
        target->users_coming += placed->users;
        evacuation->placed++;
        evacuation->unproven |= placed->unproven;
    }
    g_ptr_array_sort(evacuation->targets, by_users_coming);
    for (guint i = 0; i < evacuation->targets->len; i++) {
        struct placement_target *target = evacuation->targets->pdata[i];
        target->used_pct_after = 100.0 * (double)(target->users_before + target->users_coming) /
                                 (double)target->cell->max_users;
    }
}

static gint64 patients(const struct planning *planning)
{
    const struct tenant *alone = planning->alone;
    if (!alone)
        return planning_source(planning)->cell->most_patients;
    return alone->max_patients >= 0 ? alone->max_patients
                                    : planning_source(planning)->config->max_patients;
}

static struct evacuation *evacuation_new(const struct planning *planning)
{
    const struct snapshot *snapshot = planning->muster->snapshot;
    struct evacuation *evacuation = g_new0(struct evacuation, 1);
    g_atomic_ref_count_init(&evacuation->refs);
    evacuation->config = config_ref(snapshot->config);
    evacuation->registry = snapshot->registry ? registry_ref(snapshot->registry) : NULL;
    evacuation->words = g_ptr_array_new_with_free_func(g_free);
    evacuation->cell = planning_source(planning)->config;
    evacuation->refused = g_strdup(planning->muster->refused);
    evacuation->tenants = g_ptr_array_new();
    evacuation->targets = g_ptr_array_new_with_free_func(target_free);
    evacuation->patients = patients(planning);
    return evacuation;
}

static void planning_clear(struct planning *planning)
{
    for (guint i = 0; i < planning->kinds->len; i++)
        g_free(g_array_index(planning->kinds, struct pack_kind, i).choices);
    g_array_unref(planning->kinds);
    g_array_unref(planning->users_short);
    g_array_unref(planning->standings);
    g_free(planning->declared);
    g_free(planning->proven);
    g_free(planning->pack.bins);
    g_free(planning->pack.items);
}

struct evacuation *planning_make(struct planning *planning)
{
    struct evacuation *evacuation = planning->evacuation = evacuation_new(planning);
    planning->standings = g_array_new(FALSE, FALSE, sizeof(struct standing));
    planning->kinds = g_array_new(FALSE, FALSE, sizeof(struct pack_kind));
    planning->users_short = g_array_new(FALSE, TRUE, sizeof(gint64));
    evacuation->version =
        planning_keep(planning, g_strdup(planning_source(planning)->cell->version));
    find_targets(planning);
    add_bins(planning);
    add_items(planning);
    planning->pack.n_items = evacuation->tenants->len;
    planning->pack.kinds = (struct pack_kind *)(void *)planning->kinds->data;
    pack_fill(&planning->pack);
    take_places(planning);
    evacuation->complete = !evacuation->refused && evacuation->placed == evacuation->tenants->len;
    evacuation->ready = evacuation->complete && !evacuation->unproven;
    planning_tell(planning);
    planning_clear(planning);
    return evacuation;
}

struct evacuation *evacuation_ref(struct evacuation *evacuation)
{
    g_atomic_ref_count_inc(&evacuation->refs);
    return evacuation;
}

void evacuation_unref(struct evacuation *evacuation)
{
    if (!evacuation || !g_atomic_ref_count_dec(&evacuation->refs))
        return;
    g_free(evacuation->refused);
    g_ptr_array_unref(evacuation->tenants);
    g_ptr_array_unref(evacuation->targets);
    g_ptr_array_unref(evacuation->words);
    g_free(evacuation->block);
    g_free(evacuation->why);
    g_strfreev(evacuation->build);
    g_strfreev(evacuation->fits);
    registry_unref(evacuation->registry);
    config_unref(evacuation->config);
    g_free(evacuation);
}

enum drain evacuation_drain(const struct evacuation *evacuation)
{
    if (evacuation->refused)
        return DRAIN_UNREAD;
    if (!evacuation->tenants->len)
        return DRAIN_NONE;
    if (!evacuation->complete)
        return DRAIN_NOWHERE;
    return evacuation->ready ? DRAIN_READY : DRAIN_UNPROVEN;
}
