/* CloudWatch's GetMetricData. The cells' values are made when they are asked for (metrics.h); those
 * of others were put (put_metric.h). */
#include "data/base/when.h"
#include "data/sim/cloudwatch.h"
#include "data/sim/put_metric.h"
#include "data/sim/value.h"

#include <math.h>
#include <string.h>

#define QUERIES_MAX    500             /* guide/aws.md, "Limits and prices" */
#define DATAPOINTS_MAX 100800          /* the same */
#define FINE_KEPT_MS   (3 * WHEN_HOUR) /* "data points with a period of less than 60 seconds" */
#define SAMPLES_MAX    60              /* looked at for one datapoint of a long period */

/* One query, understood. */
struct asked {
    const char *id, *label, *stat, *account;
    const struct sim_cell *cell; /* whose metric it is; NULL: none's */
    enum sim_metric metric;
    GArray *put; /* struct sim_put_value; NULL where `cell` is set */
    gint64 period_ms;
};

/* The samples of one datapoint. */
struct tally {
    double sum, low, high, n;
    GArray *values; /* double; NULL where no percentile is asked for */
};

/* Of "p95", 95; NAN: it is no percentile. */
static double percentile_of(const char *stat)
{
    char *end = NULL;
    double share = *stat == 'p' && g_ascii_isdigit(stat[1]) ? g_ascii_strtod(stat + 1, &end) : NAN;
    return end && !*end && share <= 100 ? share : NAN;
}

static bool answers(const char *stat)
{
    static const char *const plain[] = {"Average", "Sum",         "Minimum",
                                        "Maximum", "SampleCount", NULL};
    return g_strv_contains(plain, stat) || !isnan(percentile_of(stat));
}

/* Another account's metrics are read through a monitoring account: the user's (aws.md). */
static const char *account_of(const struct sim_call *call, const json_t *query)
{
    const char *own = sim_caller_account(call->session);
    const char *other = sim_text(query, "AccountId", own);
    return g_str_equal(own, SIM_ACCOUNT) || g_str_equal(own, other) ? other : NULL;
}

static const struct sim_cell *cell_of(const struct sim_call *call, const char *account,
                                      const json_t *metric, enum sim_metric *which)
{
    const json_t *dimensions = json_object_get(metric, "Dimensions");
    const json_t *only = json_array_get(dimensions, 0);
    *which = sim_metric_find(sim_text(metric, "MetricName", ""));
    if (json_array_size(dimensions) != 1 || *which == SIM_METRIC_COUNT ||
        strcmp(sim_text(only, "Name", ""), "CellId") != 0 ||
        strcmp(sim_text(metric, "Namespace", ""), SIM_NAMESPACE) != 0)
        return NULL;
    const struct sim_cell *cell = sim_world_cell(call->cloud->world, sim_text(only, "Value", ""));
    bool seen = cell && account && sim_call_sees(call, cell, account);
    return seen && sim_cell_publishes(cell, *which) ? cell : NULL;
}

static bool check_query(struct sim_call *call, const struct asked *asked, const json_t *metric)
{
    gint64 period_s = asked->period_ms / 1000;
    if (!g_ascii_islower(*asked->id) || !metric)
        sim_refuse(call, 400, "ValidationError",
                   "The value '%s' for parameter MetricDataQueries.member.Id, or its MetricStat, "
                   "is not valid; expressions are not simulated.",
                   asked->id);
    else if (period_s <= 0 || (period_s % 60 && period_s != 1 && period_s != 5 && period_s != 10 &&
                               period_s != 20 && period_s != 30))
        sim_refuse(call, 400, "ValidationError",
                   "Period must be 1, 5, 10, 20, 30, or a multiple of 60.");
    else if (!answers(asked->stat))
        sim_refuse(call, 400, "ValidationError",
                   "The value '%s' for parameter MetricDataQueries.member.MetricStat.Stat is not "
                   "valid, or not simulated: Average, Sum, Minimum, Maximum, SampleCount and p0 to "
                   "p100 are.",
                   asked->stat);
    return call->error.status == 0;
}

static bool understand(struct sim_call *call, const json_t *query, struct asked *asked)
{
    const json_t *stat = json_object_get(query, "MetricStat");
    const json_t *metric = json_object_get(stat, "Metric");
    *asked = (struct asked){.id = sim_text(query, "Id", ""),
                            .label = sim_text(query, "Label", sim_text(metric, "MetricName", "")),
                            .stat = sim_text(stat, "Stat", ""),
                            .account = account_of(call, query),
                            .period_ms = sim_duration(stat, "Period", 0)};
    if (!check_query(call, asked, metric))
        return false;
    asked->cell = cell_of(call, asked->account, metric, &asked->metric);
    if (!asked->cell)
        asked->put = sim_put_values(call, asked->account, metric);
    return true;
}

/* Whether the sample of the scenario's period at `at_ms` can be read yet, or was ever taken. */
static bool readable(const struct sim_call *call, const struct sim_cell *cell, gint64 at_ms)
{
    const struct sim_world *world = call->cloud->world;
    const struct sim_faults *faults = call->cloud->faults;
    struct sim_subject metric = {.service = "monitoring", .region = cell->region, .cell = cell->id};
    struct sim_subject itself = {
        .service = "healthcheck", .region = cell->region, .cell = cell->id};
    if (sim_fault_on(faults, SIM_MISSING, &metric, at_ms) ||
        sim_fault_on(faults, SIM_DEAD, &itself, at_ms))
        return false;
    const struct sim_fault *late = sim_fault_on(faults, SIM_LATE, &metric, call->now_ms);
    gint64 delay_ms = world->publish_delay_ms + (late ? late->delay_ms : 0);
    return at_ms + world->period_ms + delay_ms <= call->now_ms;
}

static void count(struct tally *tally, double value, double weight)
{
    tally->sum += value * weight;
    tally->low = tally->n > 0 ? fmin(tally->low, value) : value;
    tally->high = tally->n > 0 ? fmax(tally->high, value) : value;
    tally->n += weight;
    if (tally->values)
        g_array_append_val(tally->values, value);
}

static int by_value(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The least of its values that so many percent of them do not exceed. */
static double percentile(const struct tally *tally, double share)
{
    guint n = tally->values->len;
    double rank = ceil(share / 100 * n);
    g_array_sort(tally->values, by_value);
    return g_array_index(tally->values, double, (guint)CLAMP(rank - 1, 0, n - 1));
}

/* A replica whose primary is down goes on telling how far it was behind it when it last heard from
 * it. */
static gint64 lag_stands_since(const struct sim_call *call, const struct sim_cell *replica,
                               gint64 at_ms)
{
    const struct sim_world *world = call->cloud->world;
    const struct sim_cell *primary = sim_world_cell(world, replica->primary);
    if (!primary)
        return at_ms;
    struct sim_subject itself = {
        .service = "healthcheck", .region = primary->region, .cell = primary->id};
    const struct sim_fault *dead = sim_fault_on(call->cloud->faults, SIM_DEAD, &itself, at_ms);
    gint64 since_ms = sim_incidents_down_since(world->incidents, primary, at_ms);
    since_ms = MIN(since_ms, dead ? dead->from_ms : G_MAXINT64);
    return since_ms > at_ms ? at_ms : (since_ms / world->period_ms - 1) * world->period_ms;
}

static double value_of(const struct sim_call *call, const struct asked *asked, gint64 at_ms)
{
    bool lag = asked->metric == SIM_REPLICA_LAG;
    return sim_metric_value(call->cloud->world, asked->cell, asked->metric,
                            lag ? lag_stands_since(call, asked->cell, at_ms) : at_ms);
}

static void count_cell(const struct sim_call *call, const struct asked *asked, gint64 at_ms,
                       struct tally *tally)
{
    const struct sim_world *world = call->cloud->world;
    gint64 first_ms = (at_ms + world->period_ms - 1) / world->period_ms * world->period_ms;
    gint64 samples =
        (at_ms + asked->period_ms - first_ms + world->period_ms - 1) / world->period_ms;
    gint64 stride = MAX(1, samples / SAMPLES_MAX);
    for (gint64 i = 0; i < samples; i += stride) {
        gint64 sample_ms = first_ms + i * world->period_ms;
        if (readable(call, asked->cell, sample_ms))
            count(tally, value_of(call, asked, sample_ms), (double)stride);
    }
}

static void count_put(const struct asked *asked, gint64 at_ms, struct tally *tally)
{
    for (guint i = 0; i < asked->put->len; i++) {
        const struct sim_put_value *put = &g_array_index(asked->put, struct sim_put_value, i);
        if (put->at_ms >= at_ms && put->at_ms < at_ms + asked->period_ms)
            count(tally, put->value, 1);
    }
}

/* The datapoint of `asked` that starts at `at_ms`; NAN where there is none. */
static double datapoint(const struct sim_call *call, const struct asked *asked, gint64 at_ms)
{
    double share = percentile_of(asked->stat);
    g_autoptr(GArray) values = isnan(share) ? NULL : g_array_new(FALSE, FALSE, sizeof(double));
    struct tally tally = {.values = values};
    if (asked->period_ms < WHEN_MINUTE && at_ms < call->now_ms - FINE_KEPT_MS)
        return NAN;
    if (asked->cell)
        count_cell(call, asked, at_ms, &tally);
    else
        count_put(asked, at_ms, &tally);
    const struct {
        const char *stat;
        double value;
    } stats[] = {{"Sum", tally.sum},
                 {"Minimum", tally.low},
                 {"Maximum", tally.high},
                 {"SampleCount", tally.n}};
    for (size_t i = 0; tally.n > 0 && i < G_N_ELEMENTS(stats); i++)
        if (g_str_equal(asked->stat, stats[i].stat))
            return stats[i].value;
    if (tally.n > 0 && values)
        return percentile(&tally, share);
    return tally.n > 0 ? tally.sum / tally.n : NAN;
}

/* What is left to give, and how far it went. A place is a query and a moment in it, as one number
 * for the token: what becomes readable between two pages moves nothing. */
struct page {
    gint64 from, next; /* places; next 0: this is the last page */
    gint64 left;       /* datapoints that may still be given */
    bool ascending;
    gint64 start_ms, end_ms;
};

#define PLACE_QUERY G_GINT64_CONSTANT(10000000000000) /* more than any moment in ms */

static json_t *query_result(const struct sim_call *call, const struct asked *asked, gint64 number,
                            struct page *page)
{
    json_t *times = json_array(), *values = json_array();
    gint64 period_ms = asked->period_ms;
    gint64 first_ms = page->start_ms / period_ms * period_ms;
    gint64 periods = MAX(0, (page->end_ms - first_ms + period_ms - 1) / period_ms);
    gint64 from_ms = page->from - number * PLACE_QUERY;
    bool any = asked->cell || asked->put->len;
    for (gint64 i = 0; any && i < periods && !page->next; i++) {
        gint64 at_ms = first_ms + (page->ascending ? i : periods - 1 - i) * period_ms;
        bool given = from_ms > 0 && (page->ascending ? at_ms < from_ms : at_ms > from_ms);
        double value = given ? NAN : datapoint(call, asked, at_ms);
        if (isnan(value))
            continue;
        if (page->left-- == 0) {
            page->next = number * PLACE_QUERY + at_ms;
            break;
        }
        json_array_append_new(times, json_real((double)at_ms / 1000));
        json_array_append_new(values, json_real(value));
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:s}", "Id", asked->id, "Label", asked->label,
                     "Timestamps", times, "Values", values, "StatusCode",
                     page->next ? "PartialData" : "Complete");
}

/* The span and the page that are asked for; false after a refusal. */
static bool read_page(struct sim_call *call, struct page *page)
{
    *page = (struct page){.left = (gint64)sim_number(call->in, "MaxDatapoints", DATAPOINTS_MAX),
                          .ascending =
                              g_str_equal(sim_text(call->in, "ScanBy", ""), "TimestampAscending"),
                          .start_ms = sim_moment(call->in, "StartTime", -1),
                          .end_ms = sim_moment(call->in, "EndTime", -1)};
    if (page->start_ms < 0 || page->end_ms <= page->start_ms || page->left < 1 ||
        page->left > DATAPOINTS_MAX) {
        sim_refuse(call, 400, "ValidationError",
                   "The parameter StartTime must be less than the parameter EndTime, and "
                   "MaxDatapoints from 1 to %d.",
                   DATAPOINTS_MAX);
        return false;
    }
    page->end_ms = MIN(page->end_ms, call->now_ms);
    page->from = sim_page_start(call, "NextToken", "InvalidNextToken");
    return page->from >= 0;
}

/* Every query must be a good one, also those that this page does not get to. */
static bool add_result(struct sim_call *call, const json_t *query, gint64 number, struct page *page,
                       json_t *results)
{
    struct asked asked;
    if (!understand(call, query, &asked))
        return false;
    if (!page->next && number >= page->from / PLACE_QUERY)
        json_array_append_new(results, query_result(call, &asked, number, page));
    if (asked.put)
        g_array_unref(asked.put);
    return true;
}

static bool unique_ids(struct sim_call *call, const json_t *queries)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    size_t i;
    const json_t *query;
    json_array_foreach (queries, i, query)
        g_hash_table_add(ids, (gpointer)sim_text(query, "Id", ""));
    if (g_hash_table_size(ids) < json_array_size(queries))
        sim_refuse(call, 400, "ValidationError",
                   "The values for parameter Id in MetricDataQueries are not unique.");
    return call->error.status == 0;
}

json_t *sim_get_metric_data(struct sim_call *call)
{
    const json_t *queries = json_object_get(call->in, "MetricDataQueries");
    size_t n = json_array_size(queries);
    if (n == 0 || n > QUERIES_MAX)
        return sim_refuse(call, 400, "ValidationError",
                          "The parameter MetricDataQueries must have 1 to %d members.",
                          QUERIES_MAX);
    struct page page;
    if (!read_page(call, &page) || !unique_ids(call, queries))
        return NULL;
    OWN_JSON results = json_array();
    size_t i;
    const json_t *query;
    json_array_foreach (queries, i, query)
        if (!add_result(call, query, (gint64)i, &page, results))
            return NULL;
    json_t *answer = json_pack("{s:O, s:[]}", "MetricDataResults", results, "Messages");
    if (page.next)
        json_object_set_new(answer, "NextToken", sim_page_token(page.next));
    return answer;
}
