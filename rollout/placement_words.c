#include "rollout/placement_words.h"

#include "data/base/text.h"

#include <string.h>

#define FITS_MOST 20 /* lines */

static bool is_short(const struct planning *planning, guint i)
{
    return !planning->evacuation->block[i].to && !planning->evacuation->block[i].why;
}

/* The words are the same for all of one standing for whom the same cells are named, and who came in
 * the same way. */
struct word_key {
    guint kind;
    struct named named;
};

static const char *by_hand(const struct named *named)
{
    return named->where && named->where->by_hand ? named->where->operation : "";
}

static guint word_hash(gconstpointer p)
{
    const struct word_key *key = p;
    guint hash = key->kind ^ g_str_hash(by_hand(&key->named));
    for (guint i = 0; i < key->named.n; i++)
        hash = hash * 31 + key->named.cells[i] + 1;
    return hash;
}

static gboolean word_equal(gconstpointer a, gconstpointer b)
{
    const struct word_key *x = a, *y = b;
    return x->kind == y->kind && x->named.n == y->named.n &&
           memcmp(x->named.cells, y->named.cells, x->named.n * sizeof *x->named.cells) == 0 &&
           strcmp(by_hand(&x->named), by_hand(&y->named)) == 0;
}

static void tell_short(struct planning *planning)
{
    g_autoptr(GHashTable) told = g_hash_table_new_full(word_hash, word_equal, g_free, NULL);
    for (guint i = 0; i < planning->evacuation->tenants->len; i++) {
        if (!is_short(planning, i))
            continue;
        struct placed_tenant *placed = &planning->evacuation->block[i];
        struct word_key key = {planning->pack.items[i].kind,
                               planning_named(planning, placed->tenant)};
        placed->why = g_hash_table_lookup(told, &key);
        if (placed->why)
            continue;
        struct prospect prospect = prospect_of(planning, key.kind, &key.named);
        placed->why = planning_keep(planning, prospect_words(planning, &prospect));
        g_hash_table_insert(told, g_memdup2(&key, sizeof key), (gpointer)placed->why);
        prospect_clear(&prospect);
    }
}

static const struct placement_target *target_of(const struct evacuation *evacuation,
                                                const struct cell_config *cell)
{
    for (guint i = 0; i < evacuation->targets->len; i++) {
        const struct placement_target *target = evacuation->targets->pdata[i];
        if (target->cell == cell)
            return target;
    }
    return NULL;
}

static char *unproven_words(unsigned unproven)
{
    g_autofree char *proofs = proofs_text(unproven);
    return g_strconcat(proofs, " not proven", NULL);
}

/* What is not proven, or what is: the same words for all of one target. */
static void tell_placed(struct planning *planning)
{
    const struct evacuation *evacuation = planning->evacuation;
    const struct placed_tenant *before = NULL;
    for (guint i = 0; i < evacuation->tenants->len; i++) {
        struct placed_tenant *placed = &evacuation->block[i];
        if (!placed->to)
            continue;
        const struct placement_target *target = target_of(evacuation, placed->to);
        if (before && before->to == placed->to && before->unproven == placed->unproven)
            placed->why = before->why;
        else if (placed->unproven)
            placed->why = planning_keep(planning, unproven_words(placed->unproven));
        else
            placed->why = target && target->lag ? target->lag : "";
        before = placed;
    }
}

static char *targets_words(const struct evacuation *evacuation)
{
    const struct placement_target *first = evacuation->targets->pdata[0];
    guint more = evacuation->targets->len - 1;
    if (evacuation->unproven) {
        g_autofree char *unproven = unproven_words(evacuation->unproven);
        return more ? g_strdup_printf("%s and %u more: %s", first->cell->id, more, unproven)
                    : g_strdup_printf("%s: %s", first->cell->id, unproven);
    }
    if (more)
        return g_strdup_printf("%s and %u more", first->cell->id, more);
    return g_strdup_printf("%s, %s", first->cell->id, first->lag ? first->lag : "all proven");
}

/* Whose reason is told of all: one of those that most have in common. Who can't be told from
 * another, or tells no users, speaks for nobody else. */
static guint spokesman(const struct planning *planning)
{
    const struct evacuation *evacuation = planning->evacuation;
    g_autofree guint *n = g_new0(guint, planning->kinds->len + 1);
    guint most = PACK_NONE;
    for (guint i = 0; i < evacuation->tenants->len; i++) {
        const struct pack_item *item = &planning->pack.items[i];
        if (evacuation->block[i].to)
            continue;
        guint others = most == PACK_NONE || planning->pack.items[most].size == PACK_NOWHERE
                           ? 0
                           : n[planning->pack.items[most].kind];
        n[item->kind] += item->size != PACK_NOWHERE;
        if (most == PACK_NONE || n[item->kind] > others)
            most = i;
    }
    return most;
}

static char *short_words(const struct planning *planning)
{
    const struct evacuation *evacuation = planning->evacuation;
    guint of = spokesman(planning);
    const struct pack_item *item = &planning->pack.items[of];
    const struct placed_tenant *tenant = &evacuation->block[of];
    g_autofree char *why = NULL;
    if (item->size == PACK_NOWHERE) {
        why = g_strdup_printf("%s: %s", tenant->tenant->id, tenant->why);
    } else {
        struct named named = planning_named(planning, tenant->tenant);
        struct prospect prospect = prospect_of(planning, item->kind, &named);
        why = prospect_short(planning, &prospect);
        prospect_clear(&prospect);
    }
    if (!evacuation->placed)
        return g_steal_pointer(&why);
    g_autofree char *left = text_count(evacuation->tenants->len - evacuation->placed);
    g_autofree char *all = text_count(evacuation->tenants->len);
    return g_strdup_printf("%s of %s left over: %s", left, all, why);
}

static char *line(const struct planning *planning)
{
    const struct evacuation *evacuation = planning->evacuation;
    if (evacuation->refused)
        return g_strdup(evacuation->refused);
    if (!evacuation->tenants->len)
        return g_strdup("");
    return evacuation->complete ? targets_words(evacuation) : short_words(planning);
}

/* One line a standing of those that have no place. */
static char **build_words(const struct planning *planning)
{
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
    for (guint i = 0; i < planning->standings->len; i++) {
        struct prospect prospect = prospect_of(planning, i, &(const struct named){0});
        g_autofree char *words = prospect.users_short ? prospect_build(planning, &prospect) : NULL;
        if (words)
            g_strv_builder_add(lines, words);
        prospect_clear(&prospect);
    }
    return g_strv_builder_end(lines);
}

static char *fit_words(const struct planning *planning, guint cell)
{
    const struct muster_cell *of = &planning->muster->cells[cell];
    g_autofree char *limit = limit_words(planning->muster->snapshot->config);
    g_autofree char *room = text_counted(of->users_max - of->users, "user");
    g_autofree char *users = text_count(of->users);
    g_autofree char *max = text_count(of->config->max_users);
    return g_strdup_printf("%s takes %s more under %s (%s of %s now)", of->config->id, room, limit,
                           users, max);
}

struct telling {
    const struct planning *planning;
    GStrvBuilder *lines;
    bool *told; /* by cell */
    guint n;
};

static void tell_fit(struct telling *telling, guint cell)
{
    const struct muster_cell *of = &telling->planning->muster->cells[cell];
    if (telling->n == FITS_MOST || telling->told[cell] || of->users_max <= of->users)
        return;
    g_autofree char *words = fit_words(telling->planning, cell);
    g_strv_builder_add(telling->lines, words);
    telling->told[cell] = true;
    telling->n++;
}

/* A line a cell that is open to somebody without a place. */
static char **fits_words(const struct planning *planning)
{
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
    g_autofree bool *told = g_new0(bool, planning->muster->n);
    g_autofree bool *of_kind = g_new0(bool, planning->kinds->len + 1);
    struct telling telling = {planning, lines, told, 0};
    for (guint i = 0; i < planning->evacuation->tenants->len; i++) {
        const struct pack_item *item = &planning->pack.items[i];
        if (planning->evacuation->block[i].to)
            continue;
        of_kind[item->kind] = true;
        for (guint own = 0; own < item->n_own; own++)
            tell_fit(&telling, item->own[own].bin);
    }
    for (guint k = 0; k < planning->kinds->len; k++) {
        const struct pack_kind *kind = &g_array_index(planning->kinds, struct pack_kind, k);
        for (guint c = 0; of_kind[k] && c < kind->n; c++)
            tell_fit(&telling, kind->choices[c].bin);
    }
    return g_strv_builder_end(lines);
}

void planning_tell(struct planning *planning)
{
    struct evacuation *evacuation = planning->evacuation;
    bool all = evacuation->placed == evacuation->tenants->len;
    tell_placed(planning);
    if (!all)
        tell_short(planning);
    evacuation->why = line(planning);
    evacuation->build = all ? g_new0(char *, 1) : build_words(planning);
    evacuation->fits = all ? g_new0(char *, 1) : fits_words(planning);
}
