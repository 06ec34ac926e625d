/* The same hours of the day before: what the judged cell did then is nobody's fault now, and of a
 * cell without controls it shows what the night does. Quarters of an hour, of a day and the past's
 * four hours before the deploy; each is a tally of what was over what is usual now. */
#include "data/base/when.h"
#include "rollout/judge_parts.h"
#include "rollout/judge_stats.h"

#define QUARTER_MS (WHEN_HOUR / 4)

struct day {
    GArray *rows; /* struct judge_row of the judged cell, oldest first, until judge_begin() */
    struct tally quarters[METRIC_COUNT][JUDGE_DAY_QUARTERS];
    double then[METRIC_COUNT]; /* how it was in its first hours, those of the past, as a log */
    gint64 quarter;            /* of the bake, that these are of: */
    double at_worst[METRIC_COUNT], shown[METRIC_COUNT];
};

struct day *day_new(void)
{
    struct day *day = g_new0(struct day, 1);
    day->rows = g_array_new(FALSE, FALSE, sizeof(struct judge_row));
    return day;
}

void day_free(struct day *day)
{
    if (day->rows)
        g_array_unref(day->rows);
    g_free(day);
}

void day_take(struct day *day, const struct judge_row *row)
{
    g_array_append_vals(day->rows, row, 1);
}

/* How many of the oldest of `n` rows that end with the deploy lie before the quarter begins. */
static size_t rows_before(const struct judge *judge, size_t n, size_t quarter)
{
    gint64 back_ms = (gint64)(JUDGE_DAY_QUARTERS - quarter) * QUARTER_MS;
    size_t within = (size_t)(back_ms / judge->terms.period_ms);
    return n > within ? n - within : 0;
}

static struct tally errors_tally(const struct judge *judge, const struct judge_row *rows, size_t n)
{
    g_autofree double *errors = g_new(double, n + 1), *requests = g_new(double, n + 1);
    for (size_t i = 0; i < n; i++) {
        requests[i] = rows[i].value[METRIC_REQUESTS];
        errors[i] = count_errors(rows[i].value[METRIC_ERROR_RATE], requests[i]);
    }
    const struct level *usual = &judge->cells[0].level, level = level_of(errors, requests, n);
    if (!usual->known || !level.known)
        return (struct tally){0};
    return (struct tally){level.errors, level.requests * usual->rate};
}

/* A row of those others tells as much as JUDGE_DAY_TELLS errors do. */
static struct tally shift_tally(const struct judge *judge, enum metric metric,
                                const struct judge_row *rows, size_t n)
{
    g_autofree double *logs = g_new(double, n + 1);
    double usual = judge->cells[0].usual[metric], told = 0;
    for (size_t i = 0; i < n; i++) {
        double value = rows[i].value[metric];
        logs[i] = isnan(value) ? NAN : shift_log(judge, metric, value) - usual;
        told += isnan(logs[i]) ? 0 : JUDGE_DAY_TELLS;
    }
    return told > 0 ? (struct tally){told * exp(stat_median(logs, n)), told} : (struct tally){0};
}

static struct tally tally_of(const struct judge *judge, enum metric metric, size_t from_quarter,
                             size_t to_quarter)
{
    const GArray *rows = judge->day->rows;
    const struct judge_row *all = (const struct judge_row *)(void *)rows->data;
    size_t from = rows_before(judge, rows->len, from_quarter);
    size_t n = rows_before(judge, rows->len, to_quarter) - from;
    if (n == 0)
        return (struct tally){0};
    return metric == METRIC_ERROR_RATE ? errors_tally(judge, all + from, n)
                                       : shift_tally(judge, metric, all + from, n);
}

static void begin_metric(struct judge *judge, enum metric metric)
{
    struct day *day = judge->day;
    for (size_t q = 0; q < JUDGE_DAY_QUARTERS; q++)
        day->quarters[metric][q] = tally_of(judge, metric, q, q + 1);
    struct tally then = tally_of(judge, metric, 0, JUDGE_DAY_PAST);
    day->then[metric] = log((then.errors + JUDGE_WORLD) / (then.expected + JUDGE_WORLD));
}

void day_begin(struct judge *judge)
{
    struct day *day = judge->day;
    for (size_t i = 0; i < judge->past_rows; i++) {
        struct judge_row row;
        for (size_t m = 0; m < METRIC_COUNT; m++)
            row.value[m] = g_array_index(judge->past[m], double, i * judge->n_cells);
        day_take(day, &row);
    }
    for (size_t m = 0; m < METRIC_COUNT; m++)
        if (judge->terms.asked[m])
            begin_metric(judge, m);
    g_clear_pointer(&day->rows, g_array_unref);
    day->quarter = -1;
}

/* Of `n` quarters, with what is thought in; less a standard deviation of what they count. After
 * the last before the deploy the day begins anew. */
static double quarters_log(const struct tally *quarters, size_t from, size_t n, double thought)
{
    struct tally sum = {0};
    for (size_t q = from; q < from + n; q++) {
        const struct tally *one = &quarters[q < JUDGE_DAY_QUARTERS ? q : q - JUDGE_DAY];
        sum.errors += one->errors;
        sum.expected += one->expected;
    }
    double errors = sum.errors + JUDGE_WORLD * exp(thought);
    return log(errors / (sum.expected + JUDGE_WORLD)) - sqrt(sum.errors) / errors;
}

/* The most that is told by the quarters around the bake's own: each for itself, as jobs of the
 * night begin at once, and together, where errors are few. */
static double around_log(const struct day *day, enum metric metric, double thought)
{
    static const size_t reach[] = {2, 6};
    size_t now = JUDGE_DAY_PAST + (size_t)day->quarter % JUDGE_DAY;
    const struct tally *quarters = day->quarters[metric];
    double most = -INFINITY;
    for (size_t q = now - reach[0]; q <= now + reach[0]; q++)
        most = MAX(most, quarters_log(quarters, q, 1, thought));
    for (size_t i = 0; i < G_N_ELEMENTS(reach); i++)
        most = MAX(most, quarters_log(quarters, now - reach[i], 2 * reach[i] + 1, thought));
    return most;
}

/* The largest ratio that two hours so far apart have in 1 + a sin(): with q = a sin(d/2) /
 * sqrt(1 - a^2 cos^2(d/2)), d their angle, it is (1+q)/(1-q). The margin takes up the first of it.
 */
static double rhythm_log(const struct judge *judge)
{
    double past_hours = (double)(judge->past_rows * (guint64)judge->terms.period_ms) / WHEN_HOUR;
    double hours = (double)(judge->age * judge->terms.period_ms) / WHEN_HOUR + past_hours / 2;
    double half = MIN(hours, 12) / 24 * G_PI, a = JUDGE_RHYTHM;
    double q = a * sin(half) / sqrt(1 - a * a * cos(half) * cos(half));
    return MAX(0, log((1 + q) / (1 - q)) - log(1 + JUDGE_MARGIN));
}

void day_follow(struct judge *judge)
{
    struct day *day = judge->day;
    gint64 middle_ms = judge->age * judge->terms.period_ms - judge->terms.period_ms / 2;
    gint64 quarter = middle_ms / QUARTER_MS;
    if (quarter == day->quarter)
        return;
    day->quarter = quarter;
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        double then = day->then[m];
        if (!judge->terms.asked[m])
            continue;
        double least = judge->terms.after_weekend ? rhythm_log(judge) : 0;
        day->at_worst[m] = MAX(least, around_log(day, m, rhythm_log(judge)) - MIN(0, then));
        day->shown[m] = MAX(0, around_log(day, m, 0) - MAX(0, then));
    }
}

double day_at_worst_log(const struct judge *judge, enum metric metric)
{
    return judge->day->at_worst[metric];
}

double day_shown_log(const struct judge *judge, enum metric metric)
{
    return judge->day->shown[metric];
}

double day_excuse(const struct judge *judge, enum metric metric, double shift)
{
    double shown = day_shown_log(judge, metric);
    return shown > 0 ? MAX(shift, shown) : shift;
}
