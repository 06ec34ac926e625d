/* slo: does the cell burn the month's error budget so fast that it would be gone in days? Two
 * windows each, so that it neither fires on what is over nor on a moment (Beyer et al., The Site
 * Reliability Workbook, ch. 5): 14.4 times the sustainable rate over 1 h and 5 m (2 % of a month's
 * budget in an hour), 6 times over 6 h and 30 m (5 %). Only errors after the deploy and its warm-up
 * count; what a window has from before them is time in which the release burnt nothing. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/gate_rows.h"
#include "rollout/judge_constants.h"

#include <math.h>

struct burn {
    double errors, requests; /* of the rows read */
    double rate;             /* times the sustainable one, over the whole window */
};

struct alert {
    gint64 long_ms, short_ms;
    double times;
};

/* How many rows have both; errors are rounded nowhere here: a rate of 0.1 % of 300 requests is 0.3
 * of one. */
static guint add_up(const struct cell_reading *reading, gint64 from_ms, gint64 until_ms,
                    struct burn *burn)
{
    g_autoptr(GArray) rates = rows_between(reading, METRIC_ERROR_RATE, from_ms, until_ms);
    g_autoptr(GArray) requests = rows_between(reading, METRIC_REQUESTS, from_ms, until_ms);
    guint rows = 0;
    for (guint i = 0, j = 0; i < rates->len; i++) {
        const struct datapoint *rate = row_at(rates, i);
        while (j < requests->len && row_at(requests, j)->at_ms < rate->at_ms)
            j++;
        if (j == requests->len || row_at(requests, j)->at_ms != rate->at_ms)
            continue;
        rows++;
        burn->requests += row_at(requests, j)->value;
        burn->errors += rate->value / 100 * row_at(requests, j)->value;
    }
    return rows;
}

static struct burn burn_of(const struct gate_view *view, const struct cell_reading *reading,
                           double usual, gint64 window_ms)
{
    struct burn burn = {0};
    gint64 until_ms = first_period_ms(view) + periods_due(view) * view->period_ms;
    gint64 counts_ms = view->deployed_at_ms + view->policy->warmup_ms;
    gint64 from_ms = MAX(until_ms - window_ms, counts_ms);
    guint rows = add_up(reading, from_ms, until_ms, &burn);
    gint64 before_ms = MAX(0, window_ms - (until_ms - from_ms));
    if (usual <= 0 && rows > 0) /* not known: then as since the deploy */
        usual = burn.requests / rows;
    double quiet = usual * (double)before_ms / (double)view->period_ms;
    double budget = (burn.requests + quiet) * (1 - view->cell->sla_pct / 100);
    burn.rate = budget > 0 ? burn.errors / budget : 0;
    return burn;
}

static bool burns(const struct gate_view *view, const struct cell_reading *reading, double usual,
                  const struct alert *alert, struct burn *burn)
{
    *burn = burn_of(view, reading, usual, alert->long_ms);
    return burn->errors > (double)view->policy->slo_min_events && burn->rate > alert->times &&
           burn_of(view, reading, usual, alert->short_ms).rate > alert->times;
}

/* More errors than chance makes of the `usual`: the count of a window that is looked at every
 * period strays by some standard deviations now and then, and of few by some errors. */
static bool more_than_usual(const struct gate_view *view, const struct burn *burn, double usual)
{
    return burn->errors >= usual * view->policy->max_ratio &&
           burn->errors >= usual + NOISE_SDS * sqrt(usual) + NOISE_ERRORS;
}

/* The errors that the control would have made as it did before; NAN: its past is not known. */
static double usual_errors(const struct gate_view *view, const struct cell_reading *control,
                           double requests)
{
    struct burn past = {0};
    gint64 until_ms = view->deployed_at_ms - view->period_ms + 1;
    guint rows =
        add_up(control, view->deployed_at_ms - gates_past_ms(view->period_ms), until_ms, &past);
    return rows < JUDGE_NO_PAST || past.requests <= 0 ? NAN
                                                      : requests * past.errors / past.requests;
}

/* It burns as well, or up to so many times slower than the cell and more than it did before: a
 * fault of everybody's does not take all over the alert's threshold at the same time. */
static bool burns_too(const struct gate_view *view, const struct gate_control *control,
                      const struct alert *alert)
{
    struct usual_traffic known = gate_memory_traffic(view->memory, control->id);
    const double usual = known.known ? known.three / RECENT_PERIODS : 0,
                 own = judge_usual_requests(gate_memory_judge(view->memory));
    const struct alert like = {alert->long_ms, alert->short_ms,
                               MIN(burn_of(view, view->reading, own, alert->long_ms).rate,
                                   burn_of(view, view->reading, own, alert->short_ms).rate) /
                                   JUDGE_FAR_WORSE};
    struct burn burn;
    return burns(view, control->reading, usual, alert, &burn) ||
           (burns(view, control->reading, usual, &like, &burn) &&
            more_than_usual(view, &burn, usual_errors(view, control->reading, burn.requests)));
}

static bool controls_share_it(const struct gate_view *view, const struct alert *alert)
{
    guint n = 0;
    for (size_t i = 0; i < view->n_controls; i++)
        n += burns_too(view, &view->controls[i], alert);
    return n > 0 && n >= SHARED_SHARE * (double)view->n_controls;
}

static void say(const struct gate_view *view, const struct alert *alert, const struct burn *burn,
                struct gate_result *result)
{
    double before = judge_usual_error_pct(gate_memory_judge(view->memory));
    double now = 100 * burn->errors / burn->requests;
    g_autofree char *window = duration_short(alert->long_ms);
    g_autofree char *errors = text_count((gint64)burn->errors);
    g_autofree char *requests = text_count((gint64)burn->requests);
    g_autofree char *said = g_strdup_printf(
        "burns its error budget (%.4g %%) %.1f times as fast as it lasts over %s (limit %.3g): %s "
        "errors of %s requests",
        100 - view->cell->sla_pct, burn->rate, window, alert->times, errors, requests);
    if (before > 0 && !more_than_usual(view, burn, burn->requests * before / 100))
        gate_says(result, VERDICT_PASS, "as before",
                  "%s; it did so before the deploy (%.2g %% of requests, now %.2g %%)", said,
                  before, now);
    else if (controls_share_it(view, alert))
        gate_says(result, VERDICT_HOLD, "not attributable",
                  "%s, as at least half of the controls do: not attributable", said);
    else
        gate_says(result, VERDICT_FAIL, "budget", "%s", said);
}

static void burn_evidence(const struct gate_view *view, const struct alert *alert,
                          const struct burn *burn, struct gate_result *result)
{
    g_autofree char *window = duration_short(alert->long_ms);
    g_autofree char *source = g_strdup_printf("metrics %s", view->cell->source);
    g_autofree char *at =
        when_rfc3339(first_period_ms(view) + (periods_due(view) - 1) * view->period_ms);
    json_array_append_new(result->evidence,
                          json_pack("{s:s, s:f, s:s, s:f, s:f, s:f, s:s, s:s}", "metric",
                                    metric_name(METRIC_ERROR_RATE), "value", burn->rate, "window",
                                    window, "limit", alert->times, "errors", burn->errors,
                                    "requests", burn->requests, "at", at, "source", source));
}

void gate_slo(const struct gate_view *view, struct gate_result *result)
{
    const struct alert alerts[] = {
        {WHEN_HOUR, 5 * WHEN_MINUTE, view->policy->slo_fast},
        {6 * WHEN_HOUR, 30 * WHEN_MINUTE, view->policy->slo_slow},
    };
    const double usual = judge_usual_requests(gate_memory_judge(view->memory));
    if (view->dr) {
        gate_says(result, VERDICT_PASS, "dr", "not asked of a dr cell, which has no traffic");
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(alerts) && result->verdict != VERDICT_FAIL; i++) {
        struct burn burn;
        if (alerts[i].times <= 0) /* switched off */
            continue;
        bool fast = burns(view, view->reading, usual, &alerts[i], &burn);
        burn_evidence(view, &alerts[i], &burn, result);
        if (fast && result->verdict != VERDICT_HOLD)
            say(view, &alerts[i], &burn, result);
    }
    if (!result->reason)
        gate_says(result, VERDICT_PASS, "ok", "its error budget (%.4g %%) lasts",
                  100 - view->cell->sla_pct);
}
