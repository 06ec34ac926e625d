/* data: a cell passes only on data, and on enough of it. */
#include "data/base/text.h"
#include "rollout/gate_rows.h"

#include <math.h>

/* Whether no stretch without data (three periods and more, rollout.md) reaches into the last six. A
 * single row that is missing is no such stretch. */
static bool last_six_have_data(const struct gate_view *view, enum metric metric)
{
    g_autoptr(GArray) rows =
        rows_recent(view, view->reading, metric, LAST_PERIODS + RECENT_PERIODS);
    gint64 period_ms = view->period_ms,
           end_ms = first_period_ms(view) + periods_due(view) * period_ms;
    gint64 next_ms = end_ms; /* the start of the row after, going back */
    for (guint i = rows->len; i-- > 0 && next_ms > end_ms - LAST_PERIODS * period_ms;) {
        gint64 at_ms = row_at(rows, i)->at_ms / period_ms * period_ms;
        if (next_ms - at_ms > RECENT_PERIODS * period_ms)
            return false;
        next_ms = at_ms;
    }
    return next_ms <= end_ms - LAST_PERIODS * period_ms;
}

struct bake_samples gate_samples(const struct gate_view *view, enum metric metric)
{
    gint64 read = gate_memory_rows(view->memory, metric).read;
    gint64 bake = periods_of_bake(view), last = MIN(LAST_PERIODS, bake), due = periods_due(view);
    struct bake_samples samples = {.periods_due = due, .periods_read = read};
    samples.enough = due >= last && (double)read >= ceil(ENOUGH_SHARE * (double)bake) &&
                     (bake < LAST_PERIODS ? read >= bake : last_six_have_data(view, metric));
    samples.settled = due >= bake;
    return samples;
}

static const struct {
    enum metric metric;
    bool of_dr, may_ignore;
} asked[] = {
    {METRIC_HEALTH, true, false},
    {METRIC_ERROR_RATE, false, false},
    {METRIC_REQUESTS, false, true},
};

/* Requests are what `traffic` is about, so its no_data counts for them. */
static enum no_data said_of(const struct gate_view *view, enum metric metric)
{
    return metric == METRIC_REQUESTS ? view->policy->traffic_no_data : view->policy->data_no_data;
}

static void say_silent(const struct gate_view *view, enum metric metric, bool may_ignore,
                       gint64 silent, struct gate_result *result)
{
    g_autofree char *periods = text_counted(silent, "settled period");
    gate_says(result, no_data_verdict(view, said_of(view, metric), may_ignore), "no data",
              "no data of %s for %s", metric_name(metric), periods);
}

/* No count of those there are: it is kept and shown for as long as it is true, which is most of a
 * bake, and the count would have been that of its first look. */
static void say_too_few(const struct gate_view *view, enum metric metric,
                        struct gate_result *result)
{
    g_autofree char *periods = text_counted(periods_of_bake(view), "period");
    gate_says(result, VERDICT_PENDING, "too few",
              "not yet 70 %% of the bake's %s of %s, and its last six, are read", periods,
              metric_name(metric));
}

static void newest_evidence(const struct gate_view *view, enum metric metric,
                            struct gate_result *result)
{
    gint64 at_ms = gate_memory_rows(view->memory, metric).newest_ms;
    g_autoptr(GArray) newest = rows_between(view->reading, metric, at_ms, at_ms + 1);
    if (newest->len > 0)
        gate_evidence(result, view, metric, row_at(newest, 0));
}

void gate_data(const struct gate_view *view, struct gate_result *result)
{
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        enum metric metric = asked[i].metric;
        gint64 silent = periods_silent(view, metric);
        bool skip = (view->dr && !asked[i].of_dr) ||
                    (asked[i].may_ignore &&
                     gates_config_no_data(view->policy, said_of(view, metric)) == NO_DATA_IGNORE);
        if (skip)
            continue;
        newest_evidence(view, metric, result);
        if (silent >= RECENT_PERIODS) {
            say_silent(view, metric, asked[i].may_ignore, silent, result);
            return;
        }
        struct bake_samples samples = gate_samples(view, metric);
        if (!samples.enough && !result->reason)
            say_too_few(view, metric, result);
    }
    if (!result->reason)
        gate_says(result, VERDICT_PASS, "ok", "enough data, up to the last settled period");
}
