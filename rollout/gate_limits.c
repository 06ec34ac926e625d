/* limits: absolute ones, crossed by too many of the last three rows. Crossed is a FAIL only where
 * the release can have caused it: the cell did not do so before, and its controls don't now. */
#include "data/base/text.h"
#include "rollout/gate_rows.h"
#include "rollout/judge_constants.h"

struct limit {
    enum metric metric;
    const char *what;
    double limit;        /* of the value as `worse` measures it */
    guint rows;          /* how many of the last three must cross it */
    double past_factor;  /* so far beyond its past it must be */
    bool forgiven_twice; /* in warm-up even when twice as bad: health has no "twice" */
    bool not_of_dr;
    bool below; /* crossed by falling short of it */
    const char *space, *unit;
    bool own; /* one of the fleet's, of which silence has its own meaning: */
    enum no_data no_data;
};

/* How bad a row is, in the limit's own unit. */
static double badness(const struct gate_view *view, const struct limit *limit, double value)
{
    const struct cell_config *cell = view->cell;
    if (limit->metric != METRIC_ACTIVE_USERS)
        return value;
    return cell->max_users > 0 ? 100.0 * value / (double)cell->max_users : 0;
}

static bool crosses(const struct limit *limit, double bad, double factor)
{
    return limit->below ? bad < limit->limit / factor : bad > limit->limit * factor;
}

/* The rows of the last three that cross. */
static GArray *crossing_rows(const struct gate_view *view, const struct limit *limit,
                             const struct cell_reading *reading)
{
    g_autoptr(GArray) recent =
        rows_recent(view, reading, limit->metric, limit->rows > 1 ? RECENT_PERIODS : 1);
    GArray *crossing = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
    for (guint i = 0; i < recent->len; i++) {
        const struct datapoint *row = row_at(recent, i);
        bool warm = is_warming_up(view, row->at_ms);
        double bad = badness(view, limit, row->value);
        if ((warm && limit->forgiven_twice) || !crosses(limit, bad, warm ? WARMUP_FACTOR : 1))
            continue;
        g_array_append_val(crossing, *row);
    }
    return crossing;
}

/* Enough rows, one of them after the warm-up: restarts make some very wild ones, which end. */
static bool is_crossed(const struct gate_view *view, const struct limit *limit,
                       const GArray *crossing)
{
    return crossing->len >= limit->rows &&
           !is_warming_up(view, row_at(crossing, crossing->len - 1)->at_ms);
}

static double mildest(const struct gate_view *view, const struct limit *limit, const GArray *rows)
{
    double mild = badness(view, limit, row_at(rows, 0)->value);
    for (guint i = 1; i < rows->len; i++) {
        double bad = badness(view, limit, row_at(rows, i)->value);
        mild = limit->below ? MAX(mild, bad) : MIN(mild, bad);
    }
    return mild;
}

/* rows_before() that tell of those. */
static GArray *comparable_rows(const struct gate_view *view, const struct limit *limit,
                               const struct cell_reading *reading, const GArray *crossing)
{
    gint64 at_ms = row_at(crossing, crossing->len - 1)->at_ms;
    g_autoptr(GArray) past = rows_before(view, reading, limit->metric);
    GArray *comparable = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
    for (guint i = 0; i < past->len; i++)
        if (row_tells_of(view, row_at(past, i)->at_ms, at_ms))
            g_array_append_val(comparable, *row_at(past, i));
    return comparable;
}

/* Did more than one such row in a hundred do as badly? */
static bool past_makes_it_likely(const struct gate_view *view, const struct limit *limit,
                                 const GArray *crossing)
{
    g_autoptr(GArray) past = comparable_rows(view, limit, view->reading, crossing);
    double now = mildest(view, limit, crossing);
    guint as_bad = 0;
    for (guint i = 0; i < past->len; i++) {
        double bad = badness(view, limit, row_at(past, i)->value);
        as_bad += limit->below ? bad <= now : bad * limit->past_factor >= now;
    }
    return as_bad > 0 && as_bad > PAST_LIKELY * past->len;
}

static guint rows_from(const GArray *rows, double least)
{
    guint n = 0;
    for (guint i = 0; i < rows->len; i++)
        n += row_at(rows, i)->value >= least;
    return n;
}

/* Errors that the control did not have before, up to so many times fewer than the cell's: a fault
 * of everybody's does not take all over the limit at the same time. */
static bool has_errors_too(const struct gate_view *view, const struct limit *limit,
                           const struct cell_reading *control, const GArray *crossing)
{
    double least = mildest(view, limit, crossing) / JUDGE_FAR_WORSE;
    if (limit->metric != METRIC_ERROR_RATE)
        return false;
    g_autoptr(GArray) recent = rows_recent(view, control, limit->metric, RECENT_PERIODS);
    g_autoptr(GArray) past = comparable_rows(view, limit, control, crossing);
    return rows_from(recent, least) >= limit->rows && past->len >= JUDGE_NO_PAST &&
           rows_from(past, least) <= PAST_LIKELY * past->len;
}

static bool crosses_too(const struct gate_view *view, const struct limit *limit,
                        const struct cell_reading *control)
{
    g_autoptr(GArray) recent = rows_recent(view, control, limit->metric, RECENT_PERIODS);
    guint crossing = 0;
    for (guint i = 0; i < recent->len; i++)
        crossing += crosses(limit, row_at(recent, i)->value, 1);
    return crossing >= limit->rows;
}

/* A control's active users count against a limit of its own, so they say nothing here. */
static bool controls_share_it(const struct gate_view *view, const struct limit *limit,
                              const GArray *crossing, guint *n)
{
    *n = 0;
    for (size_t i = 0; limit->metric != METRIC_ACTIVE_USERS && i < view->n_controls; i++) {
        const struct cell_reading *control = view->controls[i].reading;
        *n += crosses_too(view, limit, control) || has_errors_too(view, limit, control, crossing);
    }
    return *n > 0 && *n >= SHARED_SHARE * (double)view->n_controls;
}

static char *figures(const struct gate_view *view, const struct limit *limit, const GArray *rows)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        g_autofree char *figure = text_figure(badness(view, limit, row_at(rows, i)->value));
        g_string_append_printf(text, "%s%s%s%s", i ? ", " : "", figure, limit->space, limit->unit);
    }
    return g_string_free(text, FALSE);
}

static void say_crossed(const struct gate_view *view, const struct limit *limit,
                        const GArray *crossing, struct gate_result *result)
{
    guint sharing;
    g_autofree char *values = figures(view, limit, crossing), *most = text_figure(limit->limit);
    for (guint i = 0; i < crossing->len; i++)
        gate_evidence(result, view, limit->metric, row_at(crossing, i));
    if (controls_share_it(view, limit, crossing, &sharing))
        gate_says(result, VERDICT_HOLD, "not attributable",
                  "%s %s (limit %s), but %u of %zu controls have it too: not attributable",
                  limit->what, values, most, sharing, view->n_controls);
    else if (past_makes_it_likely(view, limit, crossing))
        gate_says(result, VERDICT_HOLD, "not attributable",
                  "%s %s (limit %s), as it had before the deploy: not attributable", limit->what,
                  values, most);
    else
        gate_says(result, VERDICT_FAIL, limit->what, "%s %s (limit %s, %u of the last %d)",
                  limit->what, values, most, crossing->len, limit->rows > 1 ? RECENT_PERIODS : 1);
}

/* False where the metric has no row among the last three settled ones: nothing to pass on. */
static bool note_newest(const struct gate_view *view, const struct limit *limit,
                        struct gate_result *result)
{
    g_autoptr(GArray) recent = rows_recent(view, view->reading, limit->metric, RECENT_PERIODS);
    if (recent->len == 0)
        return false;
    gate_evidence(result, view, limit->metric, row_at(recent, recent->len - 1));
    return true;
}

static struct limit own_limit(const struct gate_view *view, const struct own_limit *given,
                              int place)
{
    const struct own_metric *own = view->config->metrics.own->pdata[place];
    return (struct limit){.metric = METRIC_OWN + (enum metric)place,
                          .what = own->name,
                          .limit = given->limit,
                          .rows = 2,
                          .past_factor = 1,
                          .not_of_dr = true,
                          .below = own->falls,
                          .space = *own->unit ? " " : "",
                          .unit = own->unit,
                          .own = true,
                          .no_data = own->no_data};
}

/* All that hold here: struct limit. */
static GArray *limits_of(const struct gate_view *view, struct gate_result *result)
{
    const struct gates_config *policy = view->policy;
    const struct limit common[] = {
        {METRIC_HEALTH, "health", 1, 1, 1, true, false, true, "", "", false, 0},
        {METRIC_ERROR_RATE, "error rate", policy->max_error_rate_pct, 2, 1, false, true, false, " ",
         "%", false, 0},
        {METRIC_ACTIVE_USERS, "used capacity", policy->max_used_pct, 1, RHYTHM_FACTOR, false, true,
         false, " ", "%", false, 0},
    };
    GArray *limits = g_array_new(FALSE, FALSE, sizeof(struct limit));
    g_array_append_vals(limits, common, G_N_ELEMENTS(common));
    for (guint i = 0; policy->own_limits && i < policy->own_limits->len; i++) {
        const struct own_limit *given = policy->own_limits->pdata[i];
        int place = view->config ? config_own_metric(view->config, given->metric) : -1;
        if (place >= 0) {
            struct limit limit = own_limit(view, given, place);
            g_array_append_val(limits, limit);
        } else if (result->verdict != VERDICT_HOLD) {
            say_not_as_planned(given->metric, result);
        }
    }
    return limits;
}

/* Whether it is no reason to wait: one of the fleet's own that is silent for long may be ignored,
 * and has its say else. */
static bool is_silent(const struct gate_view *view, const struct limit *limit,
                      struct gate_result *result)
{
    gint64 silent = periods_silent(view, limit->metric);
    if (!limit->own || silent < RECENT_PERIODS)
        return false;
    g_autofree char *periods = text_counted(silent, "settled period");
    enum verdict verdict = no_data_verdict(view, limit->no_data, true);
    if (verdict == VERDICT_FAIL || (verdict == VERDICT_HOLD && result->verdict != VERDICT_HOLD))
        gate_says(result, verdict, "no data", "no data of %s for %s", limit->what, periods);
    return true;
}

void gate_limits(const struct gate_view *view, struct gate_result *result)
{
    g_autoptr(GArray) limits = limits_of(view, result);
    const char *missing = NULL;
    for (guint i = 0; i < limits->len && result->verdict != VERDICT_FAIL; i++) {
        const struct limit *limit = &g_array_index(limits, struct limit, i);
        if (view->dr && limit->not_of_dr)
            continue;
        g_autoptr(GArray) crossing = crossing_rows(view, limit, view->reading);
        if (is_crossed(view, limit, crossing))
            say_crossed(view, limit, crossing, result);
        else if (!note_newest(view, limit, result) && !is_silent(view, limit, result) && !missing)
            missing = limit->what;
    }
    if (result->verdict == VERDICT_PENDING && missing)
        gate_says(result, VERDICT_PENDING, "no rows",
                  "no row of %s since the deploy among the last %d settled periods", missing,
                  RECENT_PERIODS);
    else if (result->verdict == VERDICT_PENDING)
        gate_says(result, VERDICT_PASS, "ok",
                  "health, error rate and used capacity are within their limits%s",
                  g_array_index(limits, struct limit, limits->len - 1).own
                      ? ", so are the fleet's own"
                      : "");
}
