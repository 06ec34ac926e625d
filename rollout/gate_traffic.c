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
    struct usual_traffic usual = {0};
    g_autoptr(GArray) past = rows_before(view, reading, METRIC_REQUESTS);
    if (past->len < PAST_ROWS)
        return usual;
    g_array_remove_range(past, 0, past->len - PAST_ROWS); /* what was usual just before */
    g_array_sort(past, by_value);
    usual.three = RECENT_PERIODS * row_at(past, past->len / 2)->value;
    usual.known = usual.three >= DRAINED_EXPECTED;
    return usual;
}

/* The least that the busiest of any three rows had: a night's, say. 0: nothing tells. */
static double least_before(const struct gate_view *view, const struct cell_reading *reading,
                           gint64 at_ms)
{
    g_autoptr(GArray) past = rows_before(view, reading, METRIC_REQUESTS);
    double least = G_MAXDOUBLE;
    for (guint i = 0; i + RECENT_PERIODS <= past->len; i++)
        if (row_tells_of(view, row_at(past, i)->at_ms, at_ms))
            least = MIN(least, most_of(past, i, RECENT_PERIODS));
    return least < G_MAXDOUBLE ? least : 0;
}

/* The last three rows beside what was usual. */
struct beside {
    struct usual_traffic usual;
    double now, most; /* requests of all three, and of the busiest */
    double least;     /* that the busiest of any three had at such hours */
    gint64 at_ms;     /* of the newest */
    bool warm;
};

/* False: nothing can be said, for want of rows or of a past that tells. */
static bool compare(const struct gate_view *view, const struct cell_reading *reading,
                    const char *control, struct beside *beside)
{
    g_autoptr(GArray) recent = rows_recent(view, reading, METRIC_REQUESTS, RECENT_PERIODS);
    *beside = (struct beside){.usual = gate_memory_traffic(view->memory, control)};
    if (recent->len < RECENT_PERIODS || !beside->usual.known)
        return false;
    for (guint i = 0; i < recent->len; i++)
        beside->now += row_at(recent, i)->value;
    beside->most = most_of(recent, 0, recent->len);
    beside->at_ms = row_at(recent, recent->len - 1)->at_ms;
    beside->least = least_before(view, reading, row_at(recent, 0)->at_ms);
    beside->warm = is_warming_up(view, row_at(recent, 0)->at_ms);
    return true;
}

static bool has_collapsed(const struct beside *beside)
{
    double share = DRAINED_SHARE / (beside->warm ? WARMUP_FACTOR : 1);
    return beside->now < beside->usual.three * share &&
           beside->most < beside->least * DRAINED_OF_LEAST;
}

static bool controls_share_it(const struct gate_view *view)
{
    guint n = 0;
    struct beside beside;
    for (size_t i = 0; i < view->n_controls; i++)
        n += compare(view, view->controls[i].reading, view->controls[i].id, &beside) &&
             has_collapsed(&beside);
    return n > 0 && n >= SHARED_SHARE * (double)view->n_controls;
}

/* After the rows themselves: what all of them come to, and what they were held against. */
static void beside_evidence(const struct gate_view *view, const struct beside *beside,
                            struct gate_result *result)
{
    const struct datapoint sum = {beside->at_ms, beside->now};
    gate_evidence(result, view, METRIC_REQUESTS, &sum);
    json_t *datum = json_array_get(result->evidence, json_array_size(result->evidence) - 1);
    json_object_set_new(datum, "periods", json_integer(RECENT_PERIODS));
    json_object_set_new(datum, "expected", json_real(beside->usual.three));
    json_object_set_new(datum, "least", json_real(beside->least));
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
    struct beside beside;
    if (view->dr) {
        gate_says(result, VERDICT_PASS, "dr", "not asked of a dr cell, which has no traffic");
        return;
    }
    for (guint i = 0; i < recent->len; i++)
        gate_evidence(result, view, METRIC_REQUESTS, row_at(recent, i));
    bool known = compare(view, view->reading, NULL, &beside);
    if (known)
        beside_evidence(view, &beside, result);
    if (!known || !has_collapsed(&beside))
        judge_total(view, gate_memory_rows(view->memory, METRIC_REQUESTS).sum, result);
    else if (controls_share_it(view))
        gate_says(result, VERDICT_HOLD, "not attributable",
                  "traffic fell to %.0f requests in three periods where %.0f were to be expected, "
                  "as with at least half of the controls: not attributable",
                  beside.now, beside.usual.three);
    else
        gate_says(result, VERDICT_FAIL, "collapsed",
                  "traffic collapsed after the deploy: %.0f requests in three periods where %.0f "
                  "were to be expected",
                  beside.now, beside.usual.three);
}
