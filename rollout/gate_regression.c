/* regression: is the cell worse than its own past and than the cells that still run the old
 * version? The statistics are judge.h's; here they become a verdict, a sentence and figures. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/gate_rows.h"
#include "rollout/judge_constants.h"

#include <math.h>
#include <string.h>

/* What people call it, and its unit. */
struct term {
    enum metric metric;
    const char *what, *space, *unit;
};
static const struct term asked[] = {
    {METRIC_ERROR_RATE, "errors", "", ""},
    {METRIC_LATENCY_P95, "latency p95", " ", "ms"},
    {METRIC_CPU, "CPU", " ", "%"},
    {METRIC_DB_CONNECTIONS, "connections", "", ""},
};

/* The gate's own, then the fleet's. */
static size_t n_terms(const struct gate_view *view)
{
    return G_N_ELEMENTS(asked) + metric_count(view->config) - METRIC_OWN;
}

static struct term term_at(const struct gate_view *view, size_t i)
{
    if (i < G_N_ELEMENTS(asked))
        return asked[i];
    enum metric metric = METRIC_OWN + (enum metric)(i - G_N_ELEMENTS(asked));
    const struct own_metric *own = metric_own(view->config, metric);
    return (struct term){metric, own->name, *own->unit ? " " : "", own->unit};
}

static bool is_asked(const struct gate_view *view, const struct term *term)
{
    return g_strv_contains((const char *const *)view->policy->regression_metrics,
                           metric_word_in(view->config, term->metric));
}

static char *odds_text(double odds)
{
    if (odds >= 1e6)
        return g_strdup("over a million to 1");
    return g_strdup_printf("%.*f:1", odds < 10, odds);
}

/* "61 of 18,400 requests, expected 26" or "412 ms, usually 180". */
static char *figures(const struct term *term, const struct judge_finding *found)
{
    g_autofree char *seen = text_figure(found->seen), *expected = text_figure(found->expected);
    if (term->metric != METRIC_ERROR_RATE)
        return g_strdup_printf("%s%s%s, usually %s", seen, term->space, term->unit, expected);
    g_autofree char *requests = text_count((gint64)found->requests);
    g_autofree char *errors = text_count((gint64)found->seen);
    return g_strdup_printf("%s of %s requests, expected %s", errors, requests, expected);
}

/* The hour was an odd one then, too. */
static bool was_odd(const struct judge_finding *found)
{
    return found->rows > 0 && fabs(log(found->day_before)) >= log(JUDGE_WORSE);
}

static char *day_before(const struct judge_finding *found)
{
    if (!was_odd(found))
        return g_strdup("");
    return g_strdup_printf(", at this hour of the day before %.1f×", found->day_before);
}

static char *sentence(const struct gate_view *view, const struct term *term,
                      const struct judge_finding *found, const char *end)
{
    size_t past = judge_past_span(gate_memory_judge(view->memory));
    g_autofree char *figures_text = figures(term, found), *odds = odds_text(found->odds);
    g_autofree char *past_text = duration_short((gint64)past * view->period_ms);
    g_autofree char *span = duration_short(found->rows * view->period_ms);
    g_autofree char *controls = isnan(found->controls)
                                    ? g_strdup("no controls")
                                    : g_strdup_printf("controls %.1f×", found->controls);
    g_autofree char *day = day_before(found);
    return g_strdup_printf("%s %.1f× its own last %s (%s)%s, %s; evidence %s over %s%s", term->what,
                           found->ratio, past_text, figures_text, day, controls, odds, span, end);
}

static json_t *figures_json(const struct gate_view *view, enum metric metric,
                            const struct judge_finding *found, enum verdict verdict)
{
    /* JSON has no infinity; 1e100 to one is proof as good */
    json_t *json =
        json_pack("{s:s, s:f, s:f, s:f, s:f, s:I, s:f}", "metric",
                  metric_name_in(view->config, metric), "value", found->seen, "expected",
                  found->expected, "ratio", found->ratio, "evidence", MIN(found->odds, 1e100),
                  "periods", (json_int_t)found->rows, "max_ratio", view->policy->max_ratio);
    json_object_set_new(json, "controls_ratio",
                        isnan(found->controls) ? json_null() : json_real(found->controls));
    json_object_set_new(json, "day_before_ratio", json_real(found->day_before));
    json_object_set_new(json, "verdict", json_string(verdict_name(verdict)));
    if (metric == METRIC_ERROR_RATE)
        json_object_set_new(json, "requests", json_real(found->requests));
    g_autofree char *at =
        when_rfc3339(first_period_ms(view) + (periods_due(view) - 1) * view->period_ms);
    g_autofree char *source = g_strdup_printf("metrics %s", view->cell->source);
    json_object_set_new(json, "at", json_string(at));
    json_object_set_new(json, "source", json_string(source));
    return json;
}

static const struct verdict_of {
    enum verdict verdict;
    const char *code, *end;
} words[] = {
    [JUDGE_QUIET] = {VERDICT_PASS, "ok", ""},
    [JUDGE_LIKELY] = {VERDICT_HOLD, "inconclusive", ": too much to pass, too little to roll back"},
    [JUDGE_SHARED] = {VERDICT_HOLD, "not attributable",
                      ": not attributable, the controls have it too"},
    [JUDGE_GUILTY] = {VERDICT_FAIL, "regression", ""},
};

/* Some evidence is a reason to hold only once the bake has no more to say. */
static struct verdict_of verdict_on(const struct gate_view *view, const struct judge_finding *found)
{
    if (found->word == JUDGE_LIKELY && !bake_is_over(view))
        return words[JUDGE_QUIET];
    return words[found->word];
}

/* What passes now for that alone is said: " (errors 3.0×, CPU 1.7× at this hour of the day
 * before)", or nothing. */
static char *odd_hour(const struct gate_view *view)
{
    g_autoptr(GString) odd = g_string_new(NULL);
    for (size_t i = 0; i < n_terms(view); i++) {
        struct term term = term_at(view, i);
        struct judge_finding found = judge_find(gate_memory_judge(view->memory), term.metric);
        if (was_odd(&found))
            g_string_append_printf(odd, "%s%s %.1f×", odd->len ? ", " : " (", term.what,
                                   found.day_before);
    }
    if (odd->len)
        g_string_append(odd, " at this hour of the day before)");
    return g_strdup(odd->str);
}

/* Evidence without size passes; who reads of it is told why. */
static void say_all_is_well(const struct gate_view *view, struct gate_result *result)
{
    struct judge_finding most = {0};
    struct term of = asked[0];
    for (size_t i = 0; i < n_terms(view); i++) {
        struct term term = term_at(view, i);
        struct judge_finding found = judge_find(gate_memory_judge(view->memory), term.metric);
        if (found.odds > most.odds) {
            most = found;
            of = term;
        }
    }
    if (most.odds >= view->policy->evidence) {
        g_autofree char *text = sentence(view, &of, &most, ": too little, or too short, to matter");
        gate_says(result, VERDICT_PASS, "ok", "%s", text);
        return;
    }
    g_autofree char *text = odds_text(most.odds), *odd = odd_hour(view);
    gate_says(result, VERDICT_PASS, "ok",
              "no worse than its own past%s%s; strongest evidence against it %s (%.0f:1 wanted)",
              odd, view->n_controls ? " and its controls" : "", text, view->policy->evidence);
}

/* Whether a word weighs more than what was said before; nothing said yet is PENDING, of no reason.
 */
static bool outweighs(enum verdict verdict, const struct gate_result *result)
{
    static const int weight[] = {
        [VERDICT_PASS] = 0, [VERDICT_PENDING] = 1, [VERDICT_HOLD] = 2, [VERDICT_FAIL] = 3};
    return weight[verdict] > (result->reason ? weight[result->verdict] : 0);
}

static enum no_data no_data_of(const struct gate_view *view, enum metric metric)
{
    const struct own_metric *own = metric_own(view->config, metric);
    if (own)
        return own->no_data;
    return metric == METRIC_ERROR_RATE ? view->policy->data_no_data : NO_DATA_DEFAULT;
}

static guint past_rows(const struct gate_view *view, enum metric metric)
{
    g_autoptr(GArray) past = rows_before(view, view->reading, metric);
    return past->len;
}

/* Of what celldeck reads of every cell, latency is optional: what it never had it does not miss. */
static void say_silent(const struct gate_view *view, const struct term *term, gint64 silent,
                       struct gate_result *result)
{
    enum verdict verdict =
        no_data_verdict(view, no_data_of(view, term->metric), term->metric != METRIC_ERROR_RATE);
    if (!outweighs(verdict, result) || verdict == VERDICT_PASS ||
        (term->metric < METRIC_OWN && past_rows(view, term->metric) < JUDGE_NO_PAST))
        return;
    g_autofree char *periods = text_counted(silent, "settled period");
    gate_says(result, verdict, "no data", "no data of %s for %s",
              metric_name_in(view->config, term->metric), periods);
}

/* One of the fleet's own that came with the release, say. */
static void say_incomparable(const struct gate_view *view, const struct term *term,
                             struct gate_result *result)
{
    const struct own_metric *own = metric_own(view->config, term->metric);
    guint past = past_rows(view, term->metric);
    enum verdict verdict =
        past < JUDGE_NO_PAST && bake_is_over(view) ? VERDICT_HOLD : VERDICT_PENDING;
    if (!outweighs(verdict, result) ||
        gates_config_no_data(view->policy, own->no_data) == NO_DATA_IGNORE)
        return;
    if (past < JUDGE_NO_PAST)
        gate_says(result, verdict, "no past",
                  "nothing to compare %s with: of the %d periods from before the deploy that are "
                  "needed, it has %u",
                  own->name, JUDGE_NO_PAST, past);
    else
        gate_says(result, verdict, "no rows", "no row of %s since the deploy is compared yet",
                  own->name);
}

/* What is asked for and can't be compared is nothing to pass on. */
static void say_uncompared(const struct gate_view *view, const struct term *term,
                           const struct judge_finding *found, struct gate_result *result)
{
    gint64 silent = periods_silent(view, term->metric);
    if (silent >= RECENT_PERIODS)
        say_silent(view, term, silent, result);
    else if (found->rows == 0 && term->metric >= METRIC_OWN)
        say_incomparable(view, term, result);
}

/* The plan's word on it is kept; celldeck.yaml no longer says what it is. */
static void say_forgotten(const struct gate_view *view, struct gate_result *result)
{
    for (char *const *name = view->policy->regression_metrics; *name; name++) {
        bool known = false;
        for (size_t i = 0; i < n_terms(view) && !known; i++)
            known = strcmp(metric_word_in(view->config, term_at(view, i).metric), *name) == 0;
        if (!known && outweighs(VERDICT_HOLD, result))
            say_not_as_planned(*name, result);
    }
}

static void judge_one(const struct gate_view *view, const struct term *term,
                      struct gate_result *result)
{
    struct judge_finding found = judge_find(gate_memory_judge(view->memory), term->metric);
    struct verdict_of said = verdict_on(view, &found);
    if (found.rows > 0)
        json_array_append_new(result->evidence,
                              figures_json(view, term->metric, &found, said.verdict));
    if (outweighs(said.verdict, result)) {
        g_autofree char *text = sentence(view, term, &found, said.end);
        gate_says(result, said.verdict, said.code, "%s", text);
    }
    say_uncompared(view, term, &found, result);
}

static void judge_all(const struct gate_view *view, struct gate_result *result)
{
    for (size_t i = 0; i < n_terms(view); i++) {
        struct term term = term_at(view, i);
        if (is_asked(view, &term))
            judge_one(view, &term, result);
    }
    say_forgotten(view, result);
    if (!result->reason)
        say_all_is_well(view, result);
}

void gate_regression(const struct gate_view *view, struct gate_result *result)
{
    const struct judge *judge = gate_memory_judge(view->memory);
    if (view->dr)
        gate_says(result, VERDICT_PASS, "dr", "not asked of a dr cell, which has no traffic");
    else if (periods_due(view) == 0)
        gate_says(result, VERDICT_PENDING, "no rows", "no settled row since the deploy yet");
    else if (!view->policy->regression_metrics || !*view->policy->regression_metrics)
        gate_says(result, VERDICT_PASS, "off", "not asked: gates.regression.metrics is empty");
    else if (view->awaits_past) /* by less of it a night's job looks like a fault */
        gate_says(result, VERDICT_PENDING, "past to come",
                  "the hours before the deploy are being read");
    else if (judge_past_rows(judge) < JUDGE_NO_PAST) /* controls tell nothing of its own level */
        gate_says(result, bake_is_over(view) ? VERDICT_HOLD : VERDICT_PENDING, "no past",
                  "nothing to compare with: of the %d periods from before the deploy that are "
                  "needed, it has %zu",
                  JUDGE_NO_PAST, judge_past_rows(judge));
    else
        judge_all(view, result);
}
