/* Where would a new tenant go? (rollout.md, "Failover".) */
#include "data/base/text.h"
#include "rollout/placement_parts.h"
#include "rollout/placement_words.h"

#include <string.h>

#define FULL_PCT 80 /* rollout.md: exactly that is full */

struct placing {
    const struct place_ask *ask;
    struct muster *muster;
    const struct origins *origins;
    struct place_answer *answer;
};

static void candidate_free(gpointer data)
{
    struct place_candidate *candidate = data;
    g_free(candidate->why);
    g_free(candidate);
}

static bool is_asked_for(const struct place_ask *ask, const struct cell_config *cell)
{
    enum cell_class class = ask->tier == TIER_ENTERPRISE ? CLASS_DEDICATED : CLASS_SHARED;
    return cell->class == class && strcmp(cell->residency, ask->residency) == 0 &&
           (!ask->region || strcmp(cell->region, ask->region) == 0);
}

/* What the region's largest cell would leave without a place, were it to die with the new tenant in
 * `cell`; NULL: nothing. */
static char *cant_lose(struct placing *placing, guint cell)
{
    struct muster *muster = placing->muster;
    struct muster_cell *into = &muster->cells[cell];
    const struct tenant guest = {.id = "the new tenant",
                                 .cell = into->config->id,
                                 .tier = placing->ask->tier,
                                 .residency = placing->ask->residency,
                                 .max_users = placing->ask->users,
                                 .current_users = placing->ask->users};
    into->users += placing->ask->users;
    guint largest = largest_of_region(muster, into->region);
    if (largest == PACK_NONE || into->users > muster->cells[largest].users)
        largest = cell;
    struct planning planning = {.muster = muster,
                                .source = largest,
                                .origins = placing->origins,
                                .extra = largest == cell ? &guest : NULL};
    OWN(evacuation) evacuation = planning_make(&planning);
    into->users -= placing->ask->users;
    return evacuation->complete
               ? NULL
               : g_strdup_printf("%s could not lose %s any more: %s", into->config->region,
                                 evacuation->cell->id, evacuation->why);
}

static char *why_not(struct placing *placing, guint cell, double used_pct)
{
    const struct muster *muster = placing->muster;
    const struct muster_cell *into = &muster->cells[cell];
    const char *id = into->config->id;
    if (into->unwell)
        return g_strdup(into->unwell);
    if (placing->ask->tier == TIER_ENTERPRISE && muster_tenants(muster, cell))
        return g_strdup_printf("%s has its tenant", id);
    if ((into->users + placing->ask->users) * 100 >= into->config->max_users * FULL_PCT)
        return g_strdup_printf("%s would be at %.4g %% of its users, and %d %% is full", id,
                               used_pct, FULL_PCT);
    if (into->cell->closed_to_new)
        return g_strdup_printf("%s is closed to new tenants: %.0f %% of its users are active", id,
                               into->cell->used_pct);
    return cant_lose(placing, cell);
}

static void consider(struct placing *placing, guint cell)
{
    const struct muster_cell *into = &placing->muster->cells[cell];
    struct place_candidate *candidate = g_new0(struct place_candidate, 1);
    candidate->cell = into->config;
    candidate->used_pct_after =
        100.0 * (double)(into->users + placing->ask->users) / (double)into->config->max_users;
    candidate->why = why_not(placing, cell, candidate->used_pct_after);
    candidate->fits = !candidate->why;
    if (candidate->fits)
        candidate->why =
            g_strdup_printf("%.4g %% of its users after; %s can still lose its largest cell",
                            candidate->used_pct_after, into->config->region);
    g_ptr_array_add(placing->answer->candidates, candidate);
}

static int best_first(gconstpointer a, gconstpointer b)
{
    const struct place_candidate *x = *(gpointer *)a, *y = *(gpointer *)b;
    if (x->fits != y->fits)
        return x->fits ? -1 : 1;
    if (x->used_pct_after < y->used_pct_after || x->used_pct_after > y->used_pct_after)
        return x->used_pct_after < y->used_pct_after ? -1 : 1;
    return strcmp(x->cell->id, y->cell->id);
}

/* "dedicated EU cell in eu-west-1" */
static char *what_is_asked_for(const struct place_ask *ask)
{
    return g_strdup_printf("%s %s cell%s%s", ask->tier == TIER_ENTERPRISE ? "dedicated" : "shared",
                           ask->residency, ask->region ? " in " : "",
                           ask->region ? ask->region : "");
}

/* None is created: somebody has to. */
static char *build_words(const struct place_ask *ask)
{
    g_autofree char *what = what_is_asked_for(ask);
    g_autofree char *least = text_count(ask->users * 100 / FULL_PCT + 1);
    return g_strdup_printf("a %s, max_users %s at the least, and with it what its region needs to "
                           "lose it: %s",
                           what, least,
                           ask->tier == TIER_ENTERPRISE ? "a dr cell that stands by for it"
                                                        : "as much room in other cells");
}

/* Why the one that is nearest to fitting does not. */
static char *nobody_words(const struct placing *placing, const struct place_candidate *nearest)
{
    g_autofree char *what = what_is_asked_for(placing->ask);
    guint n = placing->answer->candidates->len;
    if (!nearest)
        return g_strdup_printf("there is no %s", what);
    return n == 1 ? g_strdup_printf("the only %s does not fit: %s", what, nearest->why)
                  : g_strdup_printf("none fits of those that are a %s (%u): %s", what, n,
                                    nearest->why);
}

static void answer(struct placing *placing)
{
    struct place_answer *answer = placing->answer;
    const struct place_candidate *best =
        answer->candidates->len ? answer->candidates->pdata[0] : NULL;
    if (best && best->fits) {
        answer->to = best->cell;
        answer->why = g_strdup_printf("%s: %s", best->cell->id, best->why);
        return;
    }
    answer->why = nobody_words(placing, best);
    answer->build = build_words(placing->ask);
}

struct place_answer *place_find(const struct snapshot *snapshot, const struct origins *origins,
                                const struct place_ask *ask)
{
    OWN(muster) muster = muster_new(snapshot);
    struct place_answer *found = g_new0(struct place_answer, 1);
    struct placing placing = {ask, muster, origins, found};
    found->config = config_ref(snapshot->config);
    found->candidates = g_ptr_array_new_with_free_func(candidate_free);
    found->refused = g_strdup(muster->refused);
    if (found->refused) {
        found->why = g_strdup(found->refused);
        return found;
    }
    muster_call(muster);
    for (guint i = 0; i < muster->n; i++)
        if (is_asked_for(ask, muster->cells[i].config))
            consider(&placing, i);
    g_ptr_array_sort(found->candidates, best_first);
    answer(&placing);
    return found;
}

void place_answer_free(struct place_answer *answer)
{
    if (!answer)
        return;
    g_free(answer->why);
    g_free(answer->build);
    g_free(answer->refused);
    g_ptr_array_unref(answer->candidates);
    config_unref(answer->config);
    g_free(answer);
}
