/* Errors: what is to be expected of the cell now, given what its controls do, and the finding. */
#include "rollout/judge_parts.h"
#include "rollout/judge_stats.h"

#include <string.h>

/* cell_error_rate is rounded, so the count is too. A minute without requests has no errors. */
double count_errors(double rate_pct, double requests)
{
    if (requests == 0)
        return 0;
    return nearbyint(rate_pct * requests / 100); /* NAN if either is */
}

/* A past metric of one cell as a series: `column` of n_cells. */
static void past_column(const struct judge *judge, enum metric metric, size_t cell, double *out)
{
    for (size_t i = 0; i < judge->past_rows; i++)
        out[i] = g_array_index(judge->past[metric], double, i * judge->n_cells + cell);
}

/* Of each cell: its level, and its past rows as tallies, n_cells a row. */
static void begin_cells(struct judge *judge, double *errors, double *requests,
                        struct tally *tallies)
{
    size_t n = judge->past_rows;
    for (size_t c = 0; c < judge->n_cells; c++) {
        struct judged_cell *cell = &judge->cells[c];
        double *own_errors = errors + c * n, *own_requests = requests + c * n;
        past_column(judge, METRIC_REQUESTS, c, own_requests);
        past_column(judge, METRIC_ERROR_RATE, c, own_errors);
        for (size_t i = 0; i < n; i++)
            own_errors[i] = count_errors(own_errors[i], own_requests[i]);
        cell->level = level_of(own_errors, own_requests, n);
        size_t last = MIN(n, JUDGE_SHORT_PAST);
        cell->usual_requests = stat_median(own_requests + n - last, last);
        for (size_t i = 0; i < n; i++)
            if (cell->level.known && !isnan(own_errors[i]) && !isnan(own_requests[i]))
                tallies[i * judge->n_cells + c] =
                    (struct tally){own_errors[i], own_requests[i] * cell->level.rate};
    }
}

/* Over how many trailing rows the controls are to be pooled to have made 8 errors. */
static guint rows_of_world(const struct judge *judge, const struct tally *tallies)
{
    double sum = 0;
    size_t rows = 0;
    for (size_t i = 0; i < judge->past_rows; i++) {
        double expected = 0;
        for (size_t c = 1; c < judge->n_cells; c++)
            expected += tallies[i * judge->n_cells + c].expected;
        sum += expected;
        rows += expected > 0;
    }
    double mean = rows ? sum / (double)rows : 1;
    return (guint)CLAMP(ceil(JUDGE_WORLD / MAX(mean, 1e-9)), 1, JUDGE_WORLD_MAX);
}

/* The log of what the controls do over the newest rows of each ring. Where they are too few to make
 * 8 errors in those, silence of theirs is chance: what is missing is thought in, as is lately
 * usual. */
static double world_log(const struct judge *judge, double lately)
{
    size_t n = n_controls(judge);
    g_autofree struct tally *sums = g_new0(struct tally, judge->n_cells);
    double expected = 0;
    for (size_t c = 1; c < judge->n_cells; c++)
        for (guint row = JUDGE_WORLD_MAX - judge->world_rows; row < JUDGE_WORLD_MAX; row++) {
            sums[c - 1].errors += judge->cells[c].rows[row].errors;
            sums[c - 1].expected += judge->cells[c].rows[row].expected;
            expected += judge->cells[c].rows[row].expected;
        }
    double missing = MAX(0, JUDGE_WORLD - expected) / (double)MAX(1, n);
    for (size_t i = 0; i < n; i++) {
        sums[i].errors += missing * exp(lately);
        sums[i].expected += missing;
    }
    return tally_pool(sums, n);
}

static void push_row(struct judged_cell *cell, struct tally row)
{
    memmove(cell->rows, cell->rows + 1, sizeof cell->rows - sizeof cell->rows[0]);
    cell->rows[JUDGE_WORLD_MAX - 1] = row;
}

/* What the controls did at each past row; leaves the rings as the past's end has them. */
static void past_world(struct judge *judge, const struct tally *tallies, double *logs)
{
    for (size_t i = 0; i < judge->past_rows; i++) {
        for (size_t c = 0; c < judge->n_cells; c++) {
            struct tally row = tallies[i * judge->n_cells + c];
            push_row(&judge->cells[c], row);
            judge->cells[c].past_errors += row.errors;
        }
        logs[i] = world_log(judge, 0);
    }
    for (size_t i = 0; i < JUDGE_WORLD_MAX; i++) /* the cell's own tells of what came after only */
        judge->cells[0].rows[i] = (struct tally){0};
}

/* Where the cell's own past is scarce, how its controls' scores scatter helps. */
static GArray *scores_of_others(const struct judge *judge, const struct tally *tallies)
{
    GArray *scores = g_array_new(FALSE, FALSE, sizeof(double));
    for (size_t c = 1; judge->past_rows < JUDGE_SCARCE_PAST && c < judge->n_cells; c++)
        for (size_t i = 0; i < judge->past_rows; i++) {
            struct tally row = tallies[i * judge->n_cells + c];
            double score = level_score(&judge->cells[c].level, row.errors, row.expected);
            if (row.expected > 0)
                g_array_append_val(scores, score);
        }
    return scores;
}

void errors_begin(struct judge *judge)
{
    size_t n = judge->past_rows, all = n * judge->n_cells;
    g_autofree double *errors = g_new0(double, all + 1), *requests = g_new0(double, all + 1),
                      *world = g_new(double, n + 1), *own = g_new(double, n + 1),
                      *shifts = g_new0(double, n + 1), *none = g_new0(double, n + 1);
    g_autofree struct tally *tallies = g_new0(struct tally, all + 1);
    begin_cells(judge, errors, requests, tallies);
    for (size_t c = 1; c < judge->n_cells; c++)
        judge->compares[METRIC_ERROR_RATE] |= judge->cells[c].level.known;
    judge->world_rows = rows_of_world(judge, tallies);
    past_world(judge, tallies, world);
    double rate = judge->cells[0].level.known ? judge->cells[0].level.rate : 1;
    for (size_t i = 0; i < n; i++)
        own[i] = log((errors[i] + 1) / (requests[i] * rate + 1));
    if (judge->compares[METRIC_ERROR_RATE])
        following_begin(&judge->error_following, own, world, n, JUDGE_OFF_ERRS, shifts);
    g_autoptr(GArray) others = scores_of_others(judge, tallies);
    errors_test_begin(&judge->errors, judge, errors, requests, shifts, others);
    errors_test_begin(&judge->errors_alone, judge, errors, requests, none, others);
}

static void take_cells(struct judge *judge, const struct judge_row *rows)
{
    double keep = exp2(-1 / JUDGE_HALF_LIFE);
    for (size_t c = 0; c < judge->n_cells; c++) {
        struct judged_cell *cell = &judge->cells[c];
        double requests = rows[c].value[METRIC_REQUESTS];
        double errors = count_errors(rows[c].value[METRIC_ERROR_RATE], requests);
        struct tally row = {0};
        if (cell->level.known && !isnan(errors) && !isnan(requests))
            row = (struct tally){errors, requests * cell->level.rate};
        push_row(cell, row);
        cell->total.errors += row.errors;
        cell->total.expected += row.expected;
        cell->lately.errors = keep * cell->lately.errors + row.errors;
        cell->lately.expected = keep * cell->lately.expected + row.expected;
    }
}

/* What the controls have been doing for some minutes. Few errors tell little: 8 more are thought
 * in, made as often as another hour of the day may at worst. Better than before accuses nobody. */
static double lately_log(const struct judge *judge)
{
    size_t n = n_controls(judge);
    g_autofree struct tally *tallies = g_new(struct tally, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct tally *lately = &judge->cells[i + 1].lately;
        double more = JUDGE_WORLD / (double)n;
        tallies[i] =
            (struct tally){lately->errors + more * exp(day_at_worst_log(judge, METRIC_ERROR_RATE)),
                           lately->expected + more};
    }
    return MAX(0, tally_pool(tallies, n));
}

static const struct spell *window_of(const struct errors_test *test)
{
    return test->window < test->spells->len
               ? &g_array_index(test->spells, struct spell, test->window)
               : NULL;
}

static struct judge_finding describe(const struct judge *judge, const struct errors_test *test)
{
    const struct spell *spell = window_of(test);
    struct judge_finding found = {.odds = test->odds,
                                  .ratio = test->ratio,
                                  .controls = NAN,
                                  .day_before = exp(day_shown_log(judge, METRIC_ERROR_RATE))};
    if (!spell)
        return found;
    found.controls = spell_world_ratio(judge, spell);
    found.seen = spell->errors;
    found.expected = spell->own;
    found.requests = spell->requests;
    found.rows = spell->rows;
    found.ratio = spell->own > 0 ? spell->errors / spell->own : test->ratio;
    return found;
}

static bool is_proof(const struct judge *judge, const struct errors_test *test)
{
    return test->sizeable && test->odds >= odds_needed(judge);
}

static bool is_shared(const struct judge *judge)
{
    const struct spell *spell = window_of(&judge->errors_alone);
    return judge->compares[METRIC_ERROR_RATE] && is_proof(judge, &judge->errors_alone) && spell &&
           spell_world_ratio(judge, spell) >= JUDGE_WORSE;
}

static void find(struct judge *judge)
{
    struct errors_test *test = &judge->errors;
    struct judge_finding found = describe(judge, test);
    size_t last = (size_t)MIN(judge->rows, JUDGE_STANDS);
    if (is_proof(judge, test))
        found.word =
            spell_beyond_controls(judge, window_of(test)) && last_rows_beyond_controls(judge, last)
                ? JUDGE_GUILTY
                : JUDGE_SHARED;
    else if (is_shared(judge) && last_rows_are_worse(judge, last)) { /* else it is over */
        found = describe(judge, &judge->errors_alone);
        found.word = JUDGE_SHARED;
    } else if (test->sizeable && test->odds >= JUDGE_UNSURE)
        found.word = JUDGE_LIKELY;
    judge->found[METRIC_ERROR_RATE] = found;
}

void errors_take(struct judge *judge, const struct judge_row *rows)
{
    take_cells(judge, rows);
    double requests = rows[0].value[METRIC_REQUESTS];
    double at_worst = day_at_worst_log(judge, METRIC_ERROR_RATE), shift = at_worst;
    double errors = count_errors(rows[0].value[METRIC_ERROR_RATE], requests);
    double shown = day_shown_log(judge, METRIC_ERROR_RATE), world = 0;
    if (judge->compares[METRIC_ERROR_RATE]) {
        double lately = lately_log(judge);
        world = following_take(&judge->error_following, world_log(judge, lately), lately);
        shift = day_excuse(judge, METRIC_ERROR_RATE, world);
        /* an incident hits cells unequally: what is not far worse proves nothing, nor later */
        if (world - shown >= log(JUDGE_INCIDENT))
            shift += log(MAX(1, JUDGE_FAR_WORSE / judge->terms.max_ratio));
    }
    /* an hour that was unlike the others the day before is unlike itself, too; but where the
     * controls have it as well they tell how it is today */
    bool odd = shown >= log(JUDGE_WORSE);
    errors_test_take(&judge->errors, judge, errors, requests, shift,
                     odd && shown - MAX(0, world) >= log(JUDGE_WORSE));
    errors_test_take(&judge->errors_alone, judge, errors, requests, at_worst, odd);
    find(judge);
}
