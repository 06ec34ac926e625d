/* Where would a new tenant go? (rollout.md, "Failover".) */
#include "data/base/text.h"
#include "rollout/placement_parts.h"
#include "rollout/placement_words.h"

#include <string.h>

#define FULL_PCT 80 /* rollout.md: exactly that is full */

/* What is looked at in one go: some 5 ms. A plan looks at each cell, and at each tenant of one. */
#define SLICE 20000

struct placing {
    struct muster *muster;
    const struct origins *origins;
    const struct place_ask *ask; /* what is being answered, and those after it ... */
    guint asks;                  /* ... so many in all */
    guint next;                  /* the cell that is considered for it next */
    GPtrArray *answers;          /* struct place_answer *: as far as they are given, its own last */
    struct place_answer *answer; /* that one */
    struct evacuation **before;  /* by cell: its plan as the fleet is; NULL: not made yet */
    gint64 looked_at;            /* cells and tenants, since it was told to go on */
};

static struct evacuation *make_plan(struct placing *placing, struct planning *planning)
{
    planning->muster = placing->muster;
    planning->origins = placing->origins;
    placing->looked_at += placing->muster->n + muster_tenants(placing->muster, planning->source);
    return planning_make(planning);
}

static const struct evacuation *plan_before(struct placing *placing, guint cell)
{
    struct planning planning = {.source = cell};
    if (!placing->before[cell])
        placing->before[cell] = make_plan(placing, &planning);
    return placing->before[cell];
}

static bool takes_of(const struct evacuation *evacuation, const struct cell_config *cell)
{
    for (guint i = 0; i < evacuation->targets->len; i++)
        if (((const struct placement_target *)evacuation->targets->pdata[i])->cell == cell)
            return true;
    return false;
}

/* Whether a place for everybody of `source` is known that needs no room in `cell`: it stays one
 * when that has less. With hundreds of cells, nearly every cell is none of those that are needed.
 */
static bool does_without(struct placing *placing, guint source, guint cell)
{
    const struct evacuation *before = plan_before(placing, source);
    return before->complete && !takes_of(before, placing->muster->cells[cell].config);
}

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
    into->users -= placing->ask->users;
    if (largest != cell && does_without(placing, largest, cell))
        return NULL;
    struct planning planning = {.source = largest, .extra = largest == cell ? &guest : NULL};
    into->users += placing->ask->users;
    OWN(evacuation) evacuation = make_plan(placing, &planning);
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
        candidate->why = g_strdup_printf("%.4g %% full with it; %s can still lose its largest cell",
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

static void tell_answer(struct placing *placing)
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

static void free_answer(gpointer answer)
{
    place_answer_free(answer);
}

struct placing *placing_new(const struct snapshot *snapshot, const struct origins *origins,
                            const struct place_ask *asks, guint n)
{
    struct placing *placing = g_new0(struct placing, 1);
    *placing = (struct placing){.muster = muster_new(snapshot),
                                .origins = origins,
                                .ask = asks,
                                .asks = n,
                                .answers = g_ptr_array_new_with_free_func(free_answer)};
    placing->before = g_new0(struct evacuation *, placing->muster->n + 1);
    if (!placing->muster->refused)
        muster_call(placing->muster);
    return placing;
}

void placing_free(struct placing *placing)
{
    for (guint i = 0; i < placing->muster->n; i++)
        g_clear_pointer(&placing->before[i], evacuation_unref);
    g_free(placing->before);
    g_ptr_array_unref(placing->answers);
    muster_free(placing->muster);
    g_free(placing);
}

static void begin_answer(struct placing *placing)
{
    const struct muster *muster = placing->muster;
    struct place_answer *answer = placing->answer = g_new0(struct place_answer, 1);
    answer->config = config_ref(muster->snapshot->config);
    answer->candidates = g_ptr_array_new_with_free_func(candidate_free);
    answer->refused = g_strdup(muster->refused);
    placing->next = answer->refused ? muster->n : 0;
    g_ptr_array_add(placing->answers, answer);
}

static void end_answer(struct placing *placing)
{
    struct place_answer *answer = placing->answer;
    g_ptr_array_sort(answer->candidates, best_first);
    if (answer->refused)
        answer->why = g_strdup(answer->refused);
    else
        tell_answer(placing);
    placing->answer = NULL;
    placing->ask++;
}

bool placing_go_on(struct placing *placing)
{
    const struct muster *muster = placing->muster;
    placing->looked_at = 0;
    while (placing->looked_at < SLICE) {
        if (!placing->answer && placing->answers->len == placing->asks)
            return false;
        if (!placing->answer)
            begin_answer(placing);
        if (placing->next == muster->n)
            end_answer(placing);
        else if (is_asked_for(placing->ask, muster->cells[placing->next++].config))
            consider(placing, placing->next - 1);
    }
    return true;
}

int placing_pct(const struct placing *placing)
{
    guint n = MAX(1, placing->muster->n), all = MAX(1, placing->asks);
    guint whole = placing->answers->len - (placing->answer ? 1 : 0);
    guint64 looks = (guint64)whole * n + (placing->answer ? placing->next : 0);
    return (int)(100 * looks / ((guint64)n * all));
}

const struct place_answer *placing_answer(const struct placing *placing, guint i)
{
    return g_ptr_array_index(placing->answers, i);
}

struct place_answer *place_find(const struct snapshot *snapshot, const struct origins *origins,
                                const struct place_ask *ask)
{
    OWN(placing) placing = placing_new(snapshot, origins, ask, 1);
    while (placing_go_on(placing))
        ;
    return g_ptr_array_steal_index(placing->answers, 0);
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
