#include "rollout/judge.h"

#include "data/base/when.h"
#include "rollout/judge_parts.h"

#include <string.h>

struct judge *judge_new(const struct judge_terms *terms, size_t n_controls)
{
    struct judge *judge = g_new0(struct judge, 1);
    judge->terms = *terms;
    judge->n_cells = n_controls + 1;
    judge->bake_rows = MAX(1, terms->bake_ms / terms->period_ms);
    judge->cells = g_new0(struct judged_cell, judge->n_cells);
    judge->day = day_new();
    for (size_t m = 0; m < METRIC_COUNT; m++)
        judge->past[m] = g_array_new(FALSE, FALSE, sizeof(double));
    for (size_t c = 0; c < judge->n_cells; c++)
        for (size_t i = 0; i < JUDGE_STANDS; i++)
            judge->cells[c].requests[i] = NAN;
    return judge;
}

static void drop_past(struct judge *judge)
{
    for (size_t m = 0; m < METRIC_COUNT; m++)
        g_clear_pointer(&judge->past[m], g_array_unref);
}

void judge_free(struct judge *judge)
{
    if (!judge)
        return;
    drop_past(judge);
    errors_test_clear(&judge->errors);
    errors_test_clear(&judge->errors_alone);
    day_free(judge->day);
    g_free(judge->cells);
    g_free(judge);
}

double odds_needed(const struct judge *judge)
{
    double hours = (double)judge->terms.bake_ms / WHEN_HOUR;
    double odds = judge->terms.odds * (1 + log2(MAX(1, hours)));
    return judge->own_past_span < JUDGE_SHORT_PAST ? odds * JUDGE_SHORT_ODDS : odds;
}

static void clean(const struct judge_row *rows, size_t n, struct judge_row *out)
{
    for (size_t c = 0; c < n; c++)
        for (size_t m = 0; m < METRIC_COUNT; m++)
            out[c].value[m] = metric_value_usable(m, rows[c].value[m]) ? rows[c].value[m] : NAN;
}

void judge_earlier(struct judge *judge, const struct judge_row *row)
{
    struct judge_row sound;
    clean(row, 1, &sound);
    day_take(judge->day, &sound);
}

void judge_past(struct judge *judge, const struct judge_row *rows)
{
    g_autofree struct judge_row *sound = g_new(struct judge_row, judge->n_cells);
    clean(rows, judge->n_cells, sound);
    bool full = judge->past_rows == JUDGE_PAST_ROWS;
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        if (full)
            g_array_remove_range(judge->past[m], 0, (guint)judge->n_cells);
        for (size_t c = 0; c < judge->n_cells; c++)
            g_array_append_val(judge->past[m], sound[c].value[m]);
    }
    judge->past_rows += !full;
}

static bool has_own_row(const struct judge *judge, size_t row)
{
    for (size_t m = 0; m < METRIC_COUNT; m++)
        if (judge->terms.asked[m] &&
            !isnan(g_array_index(judge->past[m], double, row * judge->n_cells)))
            return true;
    return false;
}

static void count_own_past(struct judge *judge)
{
    for (size_t i = 0; i < judge->past_rows; i++) {
        judge->own_past_rows += has_own_row(judge, i);
        judge->own_past_span += judge->own_past_rows > 0;
    }
}

void judge_begin(struct judge *judge)
{
    count_own_past(judge);
    errors_begin(judge);
    shifts_begin(judge);
    day_begin(judge);
    judge->requests_lately = judge->cells[0].usual_requests;
    drop_past(judge);
}

static void push_requests(struct judged_cell *cell, double requests)
{
    memmove(cell->requests, cell->requests + 1, sizeof cell->requests - sizeof cell->requests[0]);
    cell->requests[JUDGE_STANDS - 1] = requests;
}

void judge_take(struct judge *judge, gint64 age_ms, const struct judge_row *rows)
{
    g_autofree struct judge_row *sound = g_new(struct judge_row, judge->n_cells);
    clean(rows, judge->n_cells, sound);
    judge->age = age_ms / judge->terms.period_ms;
    judge->warm = age_ms < judge->terms.warmup_ms + judge->terms.period_ms;
    judge->rows++;
    day_follow(judge);
    for (size_t c = 0; c < judge->n_cells; c++)
        push_requests(&judge->cells[c], sound[c].value[METRIC_REQUESTS]);
    errors_take(judge, sound);
    shifts_take(judge, sound);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        if (judge->found[m].word == JUDGE_SHARED) {
            judge->shared[m] = judge->found[m];
            judge->shared_at[m] = judge->age;
        }
}

struct judge_finding judge_find(const struct judge *judge, enum metric metric)
{
    if (!judge->terms.asked[metric])
        return (struct judge_finding){0};
    bool stands = judge->shared_at[metric] && judge->age - judge->shared_at[metric] <= JUDGE_STANDS;
    bool less = judge->found[metric].word < JUDGE_SHARED;
    return stands && less ? judge->shared[metric] : judge->found[metric];
}

double judge_usual_error_pct(const struct judge *judge)
{
    return judge->cells[0].level.known ? 100 * judge->cells[0].level.rate : 0;
}

size_t judge_rows(const struct judge *judge)
{
    return (size_t)judge->rows;
}

size_t judge_past_rows(const struct judge *judge)
{
    return judge->own_past_rows;
}

size_t judge_past_span(const struct judge *judge)
{
    return judge->own_past_span;
}
