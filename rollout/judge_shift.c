/* Latency, CPU and connections: the bet on ranks, on logarithms, and a shift of their 5-row median.
 */
#include "rollout/judge_parts.h"
#include "rollout/judge_stats.h"

#include <string.h>

/* What is judged so, by how much it may be worse for nothing, and the least rise (in the metric's
 * own unit) that is worth a rollback. gates.md: the 5-minute median >= 1.25 times, and an absolute
 * floor; connections are few and come in steps, so they have a little more. */
static const struct {
    enum metric metric;
    double margin, least_ratio, least_rise;
} judged[] = {
    {METRIC_CPU, 0.10, 1.25, 5},
    {METRIC_LATENCY_P95, 0.10, 1.25, 0},
    {METRIC_DB_CONNECTIONS, 0.12, 1.30, 3},
};

static double log_of(double value)
{
    return log(MAX(value, 1e-3));
}

/* Each cell's past as logarithms over its own median; n rows a cell. */
static void past_logs(struct judge *judge, enum metric metric, double *logs)
{
    size_t n = judge->past_rows;
    for (size_t c = 0; c < judge->n_cells; c++) {
        for (size_t i = 0; i < n; i++) {
            double value = g_array_index(judge->past[metric], double, i * judge->n_cells + c);
            logs[c * n + i] = isnan(value) ? NAN : log_of(value);
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

static void test_begin(struct shift_test *test, const struct judge *judge, size_t kind,
                       const double *logs, const double *shifts)
{
    size_t n = judge->past_rows, others = n < JUDGE_SCARCE_PAST ? n * n_controls(judge) : 0,
           read = 0;
    *test = (struct shift_test){.margin = log(1 + judged[kind].margin),
                                .least_ratio = judged[kind].least_ratio,
                                .least_rise = judged[kind].least_rise,
                                .usual = judge->cells[0].usual[judged[kind].metric]};
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

void shifts_begin(struct judge *judge)
{
    size_t n = judge->past_rows;
    g_autofree double *logs = g_new0(double, n * judge->n_cells + 1),
                      *world = g_new0(double, n + 1), *shifts = g_new0(double, n + 1),
                      *none = g_new0(double, n + 1);
    for (size_t kind = 0; kind < G_N_ELEMENTS(judged); kind++) {
        enum metric metric = judged[kind].metric;
        past_logs(judge, metric, logs);
        for (size_t i = 0; n_controls(judge) && i < n; i++)
            world[i] = controls_median(judge, logs + n + i, n);
        if (n_controls(judge))
            following_begin(&judge->following[metric], logs, world, n, JUDGE_OFF, shifts);
        test_begin(&judge->shift[metric], judge, kind, logs, shifts);
        test_begin(&judge->shift_alone[metric], judge, kind, logs, none);
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
    double score = log_of(value) - test->usual - shift;
    bool fair = at_most && rank_has_learnt(&test->ranks) && score <= test->margin;
    rank_take(&test->ranks, score - test->margin, fair ? 1 : 0, judge->warm);
    if (!judge->warm)
        rank_learn(&test->ranks, score);
    push(test->score, score);
    push(test->value, value);
    push(test->rise, value - exp(test->usual + shift));
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
}

static bool is_proof(const struct judge *judge, const struct shift_test *test)
{
    /* three metrics share what the false-alarm level allows, and errors have their own */
    return !judge->warm && test->sizeable && test->odds >= 2 * odds_needed(judge);
}

static void find(struct judge *judge, enum metric metric)
{
    const struct shift_test *test = &judge->shift[metric], *alone = &judge->shift_alone[metric];
    bool proof = is_proof(judge, test), has_controls = n_controls(judge) > 0;
    const struct shift_test *said = !proof && is_proof(judge, alone) ? alone : test;
    size_t n = (size_t)MIN(said->rows, JUDGE_MEDIAN_ROWS), from = JUDGE_MEDIAN_ROWS - n;
    struct judge_finding found = {
        .odds = said->odds, .ratio = exp(said->median), .controls = NAN, .rows = (gint64)n};
    if (!said->known || said->rows == 0)
        return;
    found.seen = stat_median(said->value + from, n);
    found.expected = exp(said->usual);
    found.ratio = found.seen / MAX(found.expected, 1e-9);
    double beyond = stat_median(test->beyond + from, n);
    if (has_controls)
        found.controls = exp(log(found.ratio) - beyond);
    if (proof)
        found.word = beyond >= log(test->least_ratio) ? JUDGE_GUILTY : JUDGE_SHARED;
    else if (has_controls && is_proof(judge, alone))
        found.word = JUDGE_SHARED;
    judge->found[metric] = found;
}

/* More traffic than usual costs CPU, connections and time in proportion, and that is no fault. */
static double growth_log(const struct judge *judge)
{
    double usual = judge->cells[0].usual_requests;
    return usual > 0 ? log(MAX(1, judge->requests_lately / usual)) : 0;
}

void shifts_take(struct judge *judge, const struct judge_row *rows)
{
    double keep = exp2(-1 / JUDGE_HALF_LIFE), requests = rows[0].value[METRIC_REQUESTS];
    if (!isnan(requests))
        judge->requests_lately = keep * judge->requests_lately + (1 - keep) * requests;
    double alone = MAX(rhythm_log(judge), growth_log(judge));
    for (size_t kind = 0; kind < G_N_ELEMENTS(judged); kind++) {
        enum metric metric = judged[kind].metric;
        double shift = alone, controls = 0, value = rows[0].value[metric];
        if (!judge->terms.asked[metric])
            continue;
        if (n_controls(judge)) {
            g_autofree double *logs = g_new(double, judge->n_cells);
            for (size_t i = 1; i < judge->n_cells; i++) {
                double theirs = rows[i].value[metric];
                logs[i - 1] = isnan(theirs) ? NAN : log_of(theirs) - judge->cells[i].usual[metric];
            }
            controls = controls_median(judge, logs, 1);
            judge->lately[metric] = keep * judge->lately[metric] + (1 - keep) * controls;
            shift =
                following_take(&judge->following[metric], controls, MAX(0, judge->lately[metric]));
        }
        test_take(&judge->shift[metric], judge, value, shift, n_controls(judge) == 0, controls);
        test_take(&judge->shift_alone[metric], judge, value, alone, true, 0);
        find(judge, metric);
    }
}
