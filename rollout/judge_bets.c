/* Both bets on a cell's errors, and how large what they have found is. The bet on counts: given
 * that `a + s` errors were made, `a` of them before over `b` requests and `s` after over `x`, each
 * is an after one with probability x/(b+x) if nothing has changed and r x/(b+r x) if the rate is r
 * times what it was: the likelihood ratio of the two, mixed over r, knows that the past's level is
 * an estimate. Its logarithm is divided by the over-dispersion of the past's blocks. */
#include "rollout/judge_parts.h"
#include "rollout/judge_stats.h"

#include <string.h>

static const double ratios[] = {1.5, 2, 3, 5, 10};

static void spell_clear(gpointer spell)
{
    g_free(((struct spell *)spell)->world);
}

void errors_test_clear(struct errors_test *test)
{
    if (test->spells)
        g_array_unref(test->spells);
}

static double expected_of(const struct level *level, double requests, double shift)
{
    /* a world that does better than ever accuses nobody who doesn't; in an outage all may fail */
    return MIN(requests, requests * level->rate * exp(MAX(shift, log(0.8))));
}

static double dispersion_of(const struct level *level, const double *errors, const double *expected,
                            size_t n)
{
    struct scatter scatter = {0};
    for (size_t i = 0; i < n; i++)
        if (!isnan(errors[i]) && !isnan(expected[i]))
            scatter_take(&scatter, MIN(errors[i], level_cap(level, expected[i])), expected[i],
                         false);
    return scatter_dispersion(&scatter);
}

/* A past of hours knows little of how the errors of a week scatter; what an hour ago raised no
 * alarm shows it. */
static void learn_dispersion(struct errors_test *test, double errors, double expected)
{
    struct tally *place = &test->waiting[test->next_waiting];
    if (test->n_waiting < JUDGE_LEARNS)
        test->n_waiting++;
    else {
        scatter_take(&test->learnt, place->errors, place->expected, true);
        test->dispersion = MAX(test->dispersion_before, scatter_dispersion(&test->learnt));
    }
    *place = (struct tally){MIN(errors, level_cap(&test->level, expected)), expected};
    test->next_waiting = (test->next_waiting + 1) % JUDGE_LEARNS;
}

void errors_test_begin(struct errors_test *test, const struct judge *judge, const double *errors,
                       const double *requests, const double *shifts, const GArray *others)
{
    size_t n = judge->past_rows;
    *test = (struct errors_test){.level = level_of(errors, requests, n)};
    test->spells = g_array_new(FALSE, TRUE, sizeof(struct spell));
    g_array_set_clear_func(test->spells, spell_clear);
    if (!test->level.known)
        return;
    g_autofree double *expected = g_new(double, n + others->len),
                      *scores = g_new(double, n + others->len);
    for (size_t i = 0; i < n; i++) {
        expected[i] = expected_of(&test->level, requests[i], shifts[i]);
        scores[i] = level_score(&test->level, errors[i], expected[i]);
    }
    bool is_short = judge->own_past_span < JUDGE_SHORT_PAST;
    double slowdown = stat_slowdown(scores, n, JUDGE_SLOWEST);
    g_autofree double *sorted = g_new(double, n + 1);
    size_t kept = stat_sorted(scores, n, sorted);
    test->bad_score = kept ? stat_quantile(sorted, kept, JUDGE_BAD_QUANTILE) : 0;
    test->dispersion_before =
        MAX(dispersion_of(&test->level, errors, expected, n), is_short ? 2 : 1);
    test->dispersion = test->dispersion_before;
    for (guint i = 0; i < others->len; i++)
        scores[n + i] = g_array_index(others, double, i);
    rank_begin(&test->ranks, scores, n + others->len, MAX(slowdown, is_short ? 2 : 1),
               judge->bake_rows);
}

/* The one whose neighbours' ages are the most alike is missed the least. The first stays. */
static void drop_a_spell(GArray *spells, gint64 age)
{
    const struct spell *all = (const struct spell *)spells->data;
    guint least = 1;
    double alike = G_MAXDOUBLE;
    for (guint i = 1; all && i + 1 < spells->len; i++) {
        double before = (double)(age - all[i - 1].age + 1);
        double after = (double)(age - all[i + 1].age + 1);
        if (before / after < alike) {
            alike = before / after;
            least = i;
        }
    }
    g_array_remove_index(spells, least);
}

static void begin_spell(struct errors_test *test, const struct judge *judge)
{
    if (test->spells->len == JUDGE_SPELLS)
        drop_a_spell(test->spells, judge->age);
    double restarts = MAX(1, (double)judge->bake_rows / JUDGE_RESTART);
    struct spell spell = {.age = judge->age,
                          .weight = test->spells->len ? (1 - JUDGE_FIRST) / restarts : JUDGE_FIRST,
                          .world = g_new0(struct tally, judge->n_cells)};
    for (size_t i = 0; i < n_controls(judge); i++) { /* without the row that is being taken */
        const struct judged_cell *control = &judge->cells[i + 1];
        const struct tally *newest = &control->rows[JUDGE_WORLD_MAX - 1];
        spell.world[i] = (struct tally){control->total.errors - newest->errors,
                                        control->total.expected - newest->expected};
    }
    g_array_append_val(test->spells, spell);
}

static bool spell_is_due(const struct errors_test *test, const struct judge *judge)
{
    if (test->spells->len == 0)
        return true;
    gint64 newest = g_array_index(test->spells, struct spell, test->spells->len - 1).age;
    return !judge->warm && judge->age - newest >= JUDGE_RESTART;
}

static double spell_odds(struct spell *spell, const struct errors_test *test, bool warm)
{
    double before = test->level.errors + 0.5, requests = test->level.requests, odds = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(ratios); i++) {
        double after = spell->exposure,
               logs = (spell->capped * log(ratios[i]) -
                       (before + spell->capped) *
                           log((requests + ratios[i] * after) / (requests + after))) /
                      test->dispersion;
        if (warm)
            spell->debt[i] = MAX(spell->debt[i], logs - log(JUDGE_WARM));
        odds += exp(MIN(logs - spell->debt[i], 200));
    }
    return odds / G_N_ELEMENTS(ratios);
}

/* The ratio with the largest row left out: one row is no fault. */
static double spell_ratio(const struct spell *spell)
{
    double expected = spell->expected - spell->worst_expected;
    if (spell->rows < 2)
        return 0;
    return (spell->errors - spell->worst_errors + 0.2) / (expected + 0.2);
}

struct row_of_errors {
    double errors, requests, expected, own;
    bool bad, warm, odd;
};

static void spell_take(struct spell *spell, const struct errors_test *test,
                       const struct row_of_errors *row)
{
    spell->capped += MIN(row->errors, level_cap(&test->level, row->expected));
    spell->exposure += row->expected / test->level.rate * (1 + JUDGE_MARGIN);
    spell->errors += row->errors;
    spell->expected += row->expected;
    spell->requests += row->requests;
    spell->own += row->own;
    spell->bad += row->bad;
    bool worst = spell->rows++ == 0 ||
                 row->errors - row->expected > spell->worst_errors - spell->worst_expected;
    if (worst) {
        spell->worst_errors = row->errors;
        spell->worst_expected = row->expected;
    }
}

/* The odds over all spells or, where any is large enough, over those: a trifle of hours is no
 * evidence for a moment of more. And which of them is the likeliest. */
static double take_spells(struct errors_test *test, const struct judge *judge,
                          const struct row_of_errors *row)
{
    int recent = __builtin_popcount(test->recent);
    double needed = MAX(judge->terms.max_ratio, row->odd ? JUDGE_CROWD : 0);
    double sum = 0, sized = 0, best = -1;
    test->sizeable = false;
    for (guint i = 0; i < test->spells->len; i++) {
        struct spell *spell = &g_array_index(test->spells, struct spell, i);
        spell_take(spell, test, row);
        double odds = spell_odds(spell, test, row->warm), ratio = spell_ratio(spell);
        bool sizeable = ratio >= needed && spell->errors > judge->terms.min_events && recent >= 1 &&
                        spell->bad >= JUDGE_BAD_ROWS + (recent < 2);
        sum += odds * spell->weight;
        sized += sizeable ? odds * spell->weight : 0;
        if (sizeable > test->sizeable || (sizeable == test->sizeable && odds > best)) {
            test->sizeable = sizeable;
            test->window = i;
            test->ratio = ratio;
            best = odds;
        }
    }
    return test->sizeable ? sized : sum;
}

void errors_test_take(struct errors_test *test, const struct judge *judge, double errors,
                      double requests, double shift, bool odd)
{
    const struct level *level = &test->level;
    if (!level->known || isnan(errors) || !(requests > 0))
        return;
    struct row_of_errors row = {.errors = errors,
                                .requests = requests,
                                .expected = expected_of(level, requests, shift),
                                .own = requests * level->rate,
                                .warm = judge->warm,
                                .odd = odd};
    double margin = row.expected * (1 + JUDGE_MARGIN),
           score = level_score(level, errors, row.expected);
    row.bad = errors > row.expected * JUDGE_BAD_RATIO && score > test->bad_score;
    rank_take(&test->ranks, level_score(level, errors, margin), stat_poisson_tail(errors, margin),
              row.warm || test->rows_small >= JUDGE_LEARNS);
    if (!row.warm) {
        rank_learn(&test->ranks, score);
        learn_dispersion(test, errors, row.expected);
    }
    if (spell_is_due(test, judge))
        begin_spell(test, judge);
    test->recent = ((test->recent << 1) | (row.bad && !row.warm)) & ((1u << JUDGE_RECENT_ROWS) - 1);
    double counts = take_spells(test, judge, &row);
    test->rows_small = test->sizeable ? 0 : test->rows_small + 1;
    test->odds = JUDGE_RANKS * rank_odds(&test->ranks) + (1 - JUDGE_RANKS) * counts;
}
