/* Latency, CPU, connections and metrics of the fleet's own: the bet on ranks, on logarithms, and a
 * shift of their 5-row median. */
#include "rollout/judge_parts.h"
#include "rollout/judge_stats.h"

#include <string.h>

/* What is judged so, by how much it may be worse for nothing, and the least rise (in the metric's
 * own unit) that is worth a rollback. gates.md: the 5-minute median >= 1.25 times, and an absolute
 * floor; connections are few and come in steps, so they have a little more. */
static const struct kind {
    double margin, least_ratio, least_rise;
} kinds[METRIC_OWN] = {
    [METRIC_CPU] = {0.10, 1.25, 5},
    [METRIC_LATENCY_P95] = {0.10, 1.25, 0},
    [METRIC_DB_CONNECTIONS] = {0.12, 1.30, 3},
};
/* Of what is asked, errors are judged by their counts (judge_errors.c). */
static bool is_judged(const struct judge *judge, enum metric metric)
{
    return judge->terms.asked[metric] && (metric >= METRIC_OWN || kinds[metric].least_ratio > 0);
}

static struct kind kind_of(const struct judge *judge, enum metric metric)
{
    if (metric < METRIC_OWN)
        return kinds[metric];
    return (struct kind){JUDGE_OWN_MARGIN, judge->terms.max_ratio,
                         judge->terms.own[metric - METRIC_OWN].min_change};
}

static int sign_of(const struct judge *judge, enum metric metric)
{
    return metric >= METRIC_OWN && judge->terms.own[metric - METRIC_OWN].falls ? -1 : 1;
}

/* The more, the worse. */
static double log_of(int sign, double value)
{
    return sign * log(MAX(value, 1e-3));
}

double shift_log(const struct judge *judge, enum metric metric, double value)
{
    return log_of(sign_of(judge, metric), value);
}

/* Each cell's past as logarithms over its own median; n rows a cell. */
static void past_logs(struct judge *judge, enum metric metric, double *logs)
{
    size_t n = judge->past_rows;
    int sign = sign_of(judge, metric);
    for (size_t c = 0; c < judge->n_cells; c++) {
        for (size_t i = 0; i < n; i++) {
            double value = g_array_index(judge->past[metric], double, i * judge->n_cells + c);
            logs[c * n + i] = isnan(value) ? NAN : log_of(sign, value);
        }
        judge->cells[c].usual[metric] = stat_median(logs + c * n, n);
        for (size_t i = 0; i < n; i++)
            logs[c * n + i] -= judge->cells[c].usual[metric];
    }
}

/* The median of the controls; 0 where none has a datum. */
static double controls_median(const struct judge *judge, const double *logs, size_t stride)
{
    size_t n = n_controls(judge);
    g_autofree double *each = g_new(double, n + 1);
    for (size_t i = 0; i < n; i++)
        each[i] = logs[i * stride];
    double median = stat_median(each, n);
    return isnan(median) ? 0 : median;
}

static void test_begin(struct shift_test *test, const struct judge *judge, enum metric metric,
                       const double *logs, const double *shifts)
{
    size_t n = judge->past_rows, others = n < JUDGE_SCARCE_PAST ? n * n_controls(judge) : 0,
           read = 0;
    struct kind kind = kind_of(judge, metric);
    *test = (struct shift_test){.margin = log(1 + kind.margin),
                                .least_ratio = kind.least_ratio,
                                .least_rise = kind.least_rise,
                                .sign = sign_of(judge, metric),
                                .usual = judge->cells[0].usual[metric]};
    g_autofree double *scores = g_new(double, n + others + 1);
    for (size_t i = 0; i < n; i++) {
        scores[i] = logs[i] - shifts[i];
        read += !isnan(scores[i]);
    }
    test->known = read >= JUDGE_NO_PAST;
    memcpy(scores + n, logs + n, others * sizeof *scores);
    if (test->known)
        rank_begin(&test->ranks, scores, n + others, stat_slowdown(scores, n, JUDGE_SLOWEST),
                   judge->bake_rows);
}

static double odds_factor(const struct judge *judge)
{
    guint n = 0;
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
        n += is_judged(judge, metric);
    return JUDGE_SHIFT_ODDS * MAX(1, n / JUDGE_SHIFT_SHARED);
}

void shifts_begin(struct judge *judge)
{
    judge->shift_odds_factor = odds_factor(judge);
    size_t n = judge->past_rows;
    g_autofree double *logs = g_new0(double, n * judge->n_cells + 1),
                      *world = g_new0(double, n + 1), *shifts = g_new0(double, n + 1),
                      *none = g_new0(double, n + 1);
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
        if (!is_judged(judge, metric))
            continue;
        past_logs(judge, metric, logs);
        for (size_t c = 1; c < judge->n_cells; c++)
            judge->compares[metric] |= !isnan(judge->cells[c].usual[metric]);
        for (size_t i = 0; judge->compares[metric] && i < n; i++)
            world[i] = controls_median(judge, logs + n + i, n);
        if (judge->compares[metric])
            following_begin(&judge->following[metric], logs, world, n, JUDGE_OFF, shifts);
        test_begin(&judge->shift[metric], judge, metric, logs, shifts);
        test_begin(&judge->shift_alone[metric], judge, metric, logs, none);
    }
}

static void push(double *row, double value)
{
    memmove(row, row + 1, (JUDGE_MEDIAN_ROWS - 1) * sizeof *row);
    row[JUDGE_MEDIAN_ROWS - 1] = value;
}

/* `shift`: by how much it is expected to be more, or (`at_most`) may be for no fault of its: what
 * stays within that is then no evidence, however it ranks among what has been learnt of the quieter
 * hours before, as the day's rise does. `controls`: their whole shift. Logs. */
static void test_take(struct shift_test *test, const struct judge *judge, double value,
                      double shift, bool at_most, double controls)
{
    if (!test->known || isnan(value))
        return;
    double score = log_of(test->sign, value) - test->usual - shift;
    bool fair = at_most && rank_has_learnt(&test->ranks) && score <= test->margin;
    bool small = test->rows_small >= JUDGE_LEARNS;
    rank_take(&test->ranks, score - test->margin, fair ? 1 : 0, judge->warm || small);
    if (!judge->warm)
        rank_learn(&test->ranks, score);
    push(test->score, score);
    push(test->value, value);
    push(test->rise, test->sign * (value - exp(test->sign * (test->usual + shift))));
    push(test->beyond, score + shift - controls);
    test->rows++;
    test->rows_after_warmup += !judge->warm;
    test->odds = rank_odds(&test->ranks);
    size_t n = (size_t)MIN(test->rows, JUDGE_MEDIAN_ROWS), from = JUDGE_MEDIAN_ROWS - n;
    test->median = stat_median(test->score + from, n);
    /* where the controls are off too, what is left over has their noise as well */
    double ratio = fabs(shift) < log(JUDGE_WORSE) ? test->least_ratio : MAX(test->least_ratio, 1.5);
    test->sizeable = n >= JUDGE_BAD_ROWS && test->rows_after_warmup >= 2 &&
                     test->median >= log(ratio) &&
                     stat_median(test->rise + from, n) >= test->least_rise;
    test->rows_small = test->sizeable ? 0 : test->rows_small + 1;
}

static bool is_proof(const struct judge *judge, const struct shift_test *test)
{
    return test->sizeable && test->odds >= judge->shift_odds_factor * odds_needed(judge);
}

static void find(struct judge *judge, enum metric metric)
{
    const struct shift_test *test = &judge->shift[metric], *alone = &judge->shift_alone[metric];
    bool proof = is_proof(judge, test), has_controls = judge->compares[metric];
    const struct shift_test *said = !proof && is_proof(judge, alone) ? alone : test;
    size_t n = (size_t)MIN(said->rows, JUDGE_MEDIAN_ROWS), from = JUDGE_MEDIAN_ROWS - n;
    struct judge_finding found = {.odds = said->odds,
                                  .ratio = exp(said->median),
                                  .controls = NAN,
                                  .day_before = exp(said->sign * day_shown_log(judge, metric)),
                                  .rows = (gint64)n};
    if (!said->known || said->rows == 0)
        return;
    found.seen = stat_median(said->value + from, n);
    found.expected = exp(said->sign * said->usual);
    found.ratio = found.seen / MAX(found.expected, 1e-9);
    double beyond = stat_median(test->beyond + from, n);
    if (has_controls)
        found.controls = exp(log(found.ratio) - said->sign * beyond);
    if (proof)
        found.word = beyond >= log(test->least_ratio) ? JUDGE_GUILTY : JUDGE_SHARED;
    else if (has_controls && is_proof(judge, alone))
        found.word = JUDGE_SHARED;
    judge->found[metric] = found;
}

/* More traffic than usual costs CPU, connections and time in proportion, and that is no fault: as
 * soon as it is what five rows have, and for some minutes after it has gone. */
static double growth_log(const struct judge *judge)
{
    const struct judged_cell *cell = &judge->cells[0];
    double now = stat_median(cell->requests + JUDGE_STANDS - JUDGE_MEDIAN_ROWS, JUDGE_MEDIAN_ROWS);
    double most = isnan(now) ? judge->requests_lately : MAX(now, judge->requests_lately);
    return cell->usual_requests > 0 ? log(MAX(1, most / cell->usual_requests)) : 0;
}

void shifts_take(struct judge *judge, const struct judge_row *rows)
{
    double keep = exp2(-1 / JUDGE_HALF_LIFE), requests = rows[0].value[METRIC_REQUESTS];
    if (!isnan(requests))
        judge->requests_lately = keep * judge->requests_lately + (1 - keep) * requests;
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
        if (!is_judged(judge, metric))
            continue;
        int sign = sign_of(judge, metric);
        double alone = MAX(day_at_worst_log(judge, metric), sign > 0 ? growth_log(judge) : 0);
        double shift = alone, controls = 0, value = rows[0].value[metric];
        if (judge->compares[metric]) {
            g_autofree double *logs = g_new(double, judge->n_cells);
            for (size_t i = 1; i < judge->n_cells; i++) {
                double theirs = rows[i].value[metric];
                logs[i - 1] =
                    isnan(theirs) ? NAN : log_of(sign, theirs) - judge->cells[i].usual[metric];
            }
            controls = controls_median(judge, logs, 1);
            judge->lately[metric] = keep * judge->lately[metric] + (1 - keep) * controls;
            shift =
                following_take(&judge->following[metric], controls, MAX(0, judge->lately[metric]));
            shift = day_excuse(judge, metric, shift);
        }
        test_take(&judge->shift[metric], judge, value, shift, !judge->compares[metric], controls);
        test_take(&judge->shift_alone[metric], judge, value, alone, true, 0);
        find(judge, metric);
    }
}
