/* traffic: too little to judge by is no PASS, and traffic that collapses after a deploy is a FAIL
 * (an error rate of nothing is 0 %). */
#include "data/base/text.h"
#include "rollout/gate_rows.h"

static int by_value(gconstpointer a, gconstpointer b)
{
    double x = ((const struct datapoint *)a)->value, y = ((const struct datapoint *)b)->value;
    return (x > y) - (x < y);
}

static double most_of(const GArray *rows, guint from, guint n)
{
    double most = 0;
    for (guint i = from; i < from + n; i++)
        most = MAX(most, row_at(rows, i)->value);
    return most;
}

struct usual_traffic usual_traffic_of(const struct gate_view *view,
                                      const struct cell_reading *reading)
{
    struct usual_traffic usual = {.least = G_MAXDOUBLE};
    g_autoptr(GArray) past = rows_before(view, reading, METRIC_REQUESTS);
    if (past->len < PAST_ROWS)
        return usual;
    for (guint i = 0; i + RECENT_PERIODS <= past->len; i++)
        usual.least = MIN(usual.least, most_of(past, i, RECENT_PERIODS));
    g_array_remove_range(past, 0, past->len - PAST_ROWS); /* what was usual just before */
    g_array_sort(past, by_value);
    usual.three = RECENT_PERIODS * row_at(past, past->len / 2)->value;
    usual.known = usual.three >= DRAINED_EXPECTED;
    return usual;
}

static bool has_collapsed(const struct gate_view *view, const struct cell_reading *reading,
                          const char *control, double *now, double *three)
{
    const struct usual_traffic usual = gate_memory_traffic(view->memory, control);
    g_autoptr(GArray) recent = rows_recent(view, reading, METRIC_REQUESTS, RECENT_PERIODS);
    double most = 0;
    if (recent->len < RECENT_PERIODS || !usual.known)
        return false;
    bool warm = is_warming_up(view, row_at(recent, 0)->at_ms);
    *now = 0;
    *three = usual.three;
    for (guint i = 0; i < recent->len; i++) {
        *now += row_at(recent, i)->value;
        most = MAX(most, row_at(recent, i)->value);
    }
    return *now < usual.three * DRAINED_SHARE / (warm ? WARMUP_FACTOR : 1) &&
           most < usual.least * DRAINED_OF_LEAST;
}

static bool controls_share_it(const struct gate_view *view)
{
    guint n = 0;
    double now, three;
    for (size_t i = 0; i < view->n_controls; i++)
        n += has_collapsed(view, view->controls[i].reading, view->controls[i].id, &now, &three);
    return n > 0 && n >= SHARED_SHARE * (double)view->n_controls;
}

/* A count would age: the word stands for as long as it is true (gate_data.c). */
static void judge_total(const struct gate_view *view, double total, struct gate_result *result)
{
    g_autofree char *requests = text_counted((gint64)total, "request"),
                    *wanted = text_count(view->policy->min_requests);
    if (total >= (double)view->policy->min_requests)
        gate_says(result, VERDICT_PASS, "ok", "%s requests and more since the deploy", wanted);
    else if (view->low_traffic_pass)
        gate_says(result, VERDICT_PASS, "low traffic allowed",
                  "fewer than %s requests since the deploy, which this wave lets pass", wanted);
    else if (!bake_is_over(view))
        gate_says(result, VERDICT_PENDING, "low traffic",
                  "fewer than %s requests since the deploy so far", wanted);
    else
        gate_says(result, VERDICT_HOLD, "low traffic",
                  "only %s over the bake, %s wanted: too little to judge by", requests, wanted);
}

void gate_traffic(const struct gate_view *view, struct gate_result *result)
{
    g_autoptr(GArray) recent = rows_recent(view, view->reading, METRIC_REQUESTS, RECENT_PERIODS);
    double now, three;
    if (view->dr) {
        gate_says(result, VERDICT_PASS, "dr", "not asked of a dr cell, which has no traffic");
        return;
    }
    for (guint i = 0; i < recent->len; i++)
        gate_evidence(result, view, METRIC_REQUESTS, row_at(recent, i));
    if (!has_collapsed(view, view->reading, NULL, &now, &three))
        judge_total(view, gate_memory_rows(view->memory, METRIC_REQUESTS).sum, result);
    else if (controls_share_it(view))
        gate_says(result, VERDICT_HOLD, "not attributable",
                  "traffic fell to %.0f requests in three periods where %.0f were to be expected, "
                  "as with at least half of the controls: not attributable",
                  now, three);
    else
        gate_says(result, VERDICT_FAIL, "collapsed",
                  "traffic collapsed after the deploy: %.0f requests in three periods where %.0f "
                  "were to be expected",
                  now, three);
}
