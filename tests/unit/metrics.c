#include "data/metrics.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>

#define MINUTE WHEN_MINUTE
#define END    (1764000000000 / MINUTE * MINUTE)
#define NOW    (END + 15 * WHEN_SECOND) /* the last period has just settled */

enum { DEV, ONE, DR, EU, CELLS };

static struct config *config;
static struct cell_reading readings[CELLS];
static struct metrics_progress progress[CELLS];

static void begin(void)
{
    config = small_fleet(NULL);
}

static void end(void)
{
    for (size_t i = 0; i < CELLS; i++)
        cell_reading_clear(&readings[i]);
    config_unref(config);
}

TestSuite(metrics, .init = begin, .fini = end);

static GArray *cells_in(const char *source)
{
    GArray *cells = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < config->cells->len; i++)
        if (g_str_equal(((const struct cell_config *)config->cells->pdata[i])->source, source))
            g_array_append_val(cells, i);
    return cells;
}

static GPtrArray *plan_at(const char *source, gint64 now_ms)
{
    g_autoptr(GArray) cells = cells_in(source);
    return metrics_plan(config, cells, readings, progress, now_ms);
}

static bool take(struct metrics_batch *batch, const char *page, char **token, GError **error)
{
    OWN_JSON reply = json_loads(page, 0, NULL);
    cr_assert(reply, "%s", page);
    return metrics_take(config, batch, reply, token, error);
}

/* One page with all of a batch's results, `q0` with the given times and values. */
static char *page(const struct metrics_batch *batch, const char *times, const char *values,
                  const char *status)
{
    GString *out = g_string_new("{\"MetricDataResults\":[");
    g_string_append_printf(out,
                           "{\"Id\":\"q0\",\"Timestamps\":[%s],\"Values\":[%s],"
                           "\"StatusCode\":\"%s\"}",
                           times, values, status);
    for (guint i = 1; i < batch->queries->len; i++)
        g_string_append_printf(out, ",{\"Id\":\"q%u\",\"StatusCode\":\"Complete\"}", i);
    return g_string_free(g_string_append(out, "]}"), FALSE);
}

Test(metrics, cells_that_are_reached_in_one_way_go_together)
{
    g_autoptr(GPtrArray) own = plan_at("us-east-1", NOW);
    cr_assert_eq(own->len, 1);
    cr_expect_eq(((struct metrics_batch *)own->pdata[0])->queries->len, 7 + 8,
                 "dev, and dr with its replica lag");
    g_autoptr(GPtrArray) role = plan_at("us-east-1 123456789012", NOW);
    cr_assert_eq(role->len, 1);
    cr_expect_eq(((struct metrics_batch *)role->pdata[0])->queries->len, 7);
    g_autoptr(GPtrArray) nowhere = plan_at("mars-1", NOW);
    cr_expect_eq(nowhere->len, 0);
}

Test(metrics, a_request_names_metric_dimension_period_statistic_and_span)
{
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", NOW);
    OWN_JSON body = metrics_request(config, batches->pdata[0], "next");
    cr_expect_float_eq(json_real_value(json_object_get(body, "EndTime")), END / 1000.0, 1e-6);
    cr_expect_float_eq(json_real_value(json_object_get(body, "StartTime")),
                       (END - 3 * WHEN_HOUR) / 1000.0, 1e-6);
    cr_expect_str_eq(json_string_value(json_object_get(body, "NextToken")), "next");
    const json_t *query = json_array_get(json_object_get(body, "MetricDataQueries"), 1);
    OWN_JSON want =
        json_loads("{\"Id\":\"q1\",\"MetricStat\":{\"Metric\":{\"Namespace\":\"Medplum/Cells\","
                   "\"MetricName\":\"cell_request_count\",\"Dimensions\":[{\"Name\":\"CellId\","
                   "\"Value\":\"cell-eu\"}]},\"Period\":60,\"Stat\":\"Sum\"},\"ReturnData\":true}",
                   0, NULL);
    g_autofree char *got = json_dumps(query, 0);
    cr_expect(json_equal(query, want), "%s", got);
}

Test(metrics, no_batch_has_more_than_five_hundred_queries)
{
    GString *more = g_string_new(NULL);
    for (int i = 0; i < 200; i++)
        g_string_append_printf(more,
                               "  c%03d: {class: shared, region: eu-west-1, residency: EU, "
                               "endpoint: 'http://127.0.0.1:1', max_users: 1, max_patients: 1}\n",
                               i);
    config_unref(config);
    config = small_fleet(more->str);
    g_string_free(more, TRUE);
    g_autofree struct cell_reading *many = g_new0(struct cell_reading, config->cells->len);
    g_autofree struct metrics_progress *none = g_new0(struct metrics_progress, config->cells->len);
    g_autoptr(GArray) cells = cells_in("eu-west-1");
    g_autoptr(GPtrArray) batches = metrics_plan(config, cells, many, none, NOW);
    guint queries = 0;
    for (guint i = 0; i < batches->len; i++) {
        const struct metrics_batch *batch = batches->pdata[i];
        cr_expect(batch->queries->len <= 500);
        queries += batch->queries->len;
    }
    cr_expect_eq(queries, 201 * 7);
}

Test(metrics, what_was_read_is_not_asked_again_before_a_period_has_settled)
{
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", NOW);
    struct metrics_batch *batch = batches->pdata[0];
    g_autofree char *whole = page(batch, "1763999940", "1", "Complete");
    g_autofree char *token = NULL;
    cr_assert(take(batch, whole, &token, NULL));
    g_autofree char *fault = metrics_apply(config, batch, readings, progress, NOW);
    cr_expect(fault == NULL);
    g_autoptr(GPtrArray) too_soon = plan_at("eu-west-1", NOW + MINUTE - 1);
    cr_expect_eq(too_soon->len, 0);
    g_autoptr(GPtrArray) next = plan_at("eu-west-1", NOW + MINUTE);
    cr_assert_eq(next->len, 1);
    const struct metrics_batch *again = next->pdata[0];
    cr_expect_eq(again->end_ms, END + MINUTE);
    cr_expect_eq(again->start_ms, END - 5 * MINUTE, "late data is still found");
    cr_expect_eq(metrics_next_settled_ms(config, NOW), NOW + MINUTE);
    cr_expect_eq(metrics_next_settled_ms(config, NOW - 1), NOW);
}

Test(metrics, after_metrics_stopped_the_next_question_starts_where_they_did)
{
    progress[EU] =
        (struct metrics_progress){.have_from_ms = END - 4 * WHEN_HOUR, .have_until_ms = END};
    readings[EU].series[METRIC_HEALTH] = steady(1, 5, END - 30 * MINUTE);
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", NOW + MINUTE);
    const struct metrics_batch *batch = batches->pdata[0];
    cr_expect_eq(batch->start_ms, END - 31 * MINUTE);
}

Test(metrics, a_wish_for_more_past_is_asked_for_once)
{
    progress[EU] = (struct metrics_progress){.want_from_ms = END - 24 * WHEN_HOUR,
                                             .have_from_ms = END - 3 * WHEN_HOUR,
                                             .have_until_ms = END};
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", NOW + MINUTE);
    struct metrics_batch *batch = batches->pdata[0];
    cr_expect_eq(batch->start_ms, END - 24 * WHEN_HOUR);
    g_autofree char *whole = page(batch, "1763917200", "1", "Complete");
    g_autofree char *token = NULL;
    cr_assert(take(batch, whole, &token, NULL));
    g_free(metrics_apply(config, batch, readings, progress, NOW + MINUTE));
    cr_expect_eq(readings[EU].series[METRIC_HEALTH]->n, 1, "what is wished for is kept");
    g_autoptr(GPtrArray) next = plan_at("eu-west-1", NOW + 2 * MINUTE);
    cr_expect(((struct metrics_batch *)next->pdata[0])->start_ms > END - 24 * WHEN_HOUR);
}

Test(metrics, a_past_that_was_dropped_since_is_read_again_for_who_wants_it)
{
    progress[EU] =
        (struct metrics_progress){.have_from_ms = END - 24 * WHEN_HOUR, .have_until_ms = END};
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", NOW + MINUTE);
    struct metrics_batch *batch = batches->pdata[0];
    g_autofree char *whole = page(batch, "1764000000", "1", "Complete");
    g_autofree char *token = NULL;
    cr_assert(take(batch, whole, &token, NULL));
    g_free(metrics_apply(config, batch, readings, progress, NOW + MINUTE));
    progress[EU].want_from_ms = END - 4 * WHEN_HOUR;
    g_autoptr(GPtrArray) next = plan_at("eu-west-1", NOW + 2 * MINUTE);
    cr_expect_eq(((struct metrics_batch *)next->pdata[0])->start_ms, END - 4 * WHEN_HOUR);
}

Test(metrics, what_people_look_back_at_is_asked_for_at_once_and_goes_when_they_look_no_more)
{
    progress[EU].have_from_ms = NOW - 3 * WHEN_HOUR;
    progress[EU].have_until_ms = END;
    g_autoptr(GPtrArray) none = plan_at("eu-west-1", NOW);
    cr_expect_eq(none->len, 0);
    progress[EU].shown_from_ms = NOW - WHEN_DAY;
    g_autoptr(GPtrArray) day = plan_at("eu-west-1", NOW);
    cr_assert_eq(day->len, 1, "though this period has been read");
    struct metrics_batch *batch = day->pdata[0];
    cr_expect_leq(batch->start_ms, NOW - WHEN_DAY);
    g_array_append_val(g_array_index(batch->queries, struct metric_query, 0).points,
                       ((struct datapoint){batch->start_ms + WHEN_HOUR, 1}));
    g_free(metrics_apply(config, batch, readings, progress, NOW));
    cr_expect_not(metrics_lack_past(config, &progress[EU], NOW));
    cr_expect_eq(readings[EU].series[METRIC_HEALTH]->n, 1);

    progress[EU].shown_from_ms = 0;
    g_autoptr(GPtrArray) next = plan_at("eu-west-1", NOW + MINUTE);
    batch = next->pdata[0];
    g_array_append_val(g_array_index(batch->queries, struct metric_query, 0).points,
                       ((struct datapoint){END, 1}));
    g_free(metrics_apply(config, batch, readings, progress, NOW + MINUTE));
    cr_expect_eq(readings[EU].series[METRIC_HEALTH]->points[0].at_ms, END);
    progress[EU].shown_from_ms = NOW - WHEN_DAY;
    cr_expect(metrics_lack_past(config, &progress[EU], NOW + MINUTE), "it is asked for again");
}

Test(metrics, how_far_back_a_cell_was_read_is_known_though_it_had_no_data_then)
{
    progress[EU].want_from_ms = END - 28 * WHEN_HOUR;
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", NOW);
    struct metrics_batch *batch = batches->pdata[0];
    g_autofree char *broken = page(batch, "1764000000", "1", "InternalError");
    g_autofree char *token = NULL;
    cr_assert(take(batch, broken, &token, NULL));
    g_free(metrics_apply(config, batch, readings, progress, NOW));
    cr_expect_eq(readings[EU].metrics_from_ms, 0, "not read");
    g_autofree char *whole = page(batch, "1764000000", "1", "Complete");
    cr_assert(take(batch, whole, &token, NULL));
    g_free(metrics_apply(config, batch, readings, progress, NOW));
    cr_expect_eq(readings[EU].metrics_from_ms, END - 28 * WHEN_HOUR);
}

Test(metrics, a_reader_of_now_asks_for_no_more_past_than_it_said)
{
    progress[EU].past_ms = 15 * MINUTE;
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", NOW);
    cr_expect_eq(((struct metrics_batch *)batches->pdata[0])->start_ms, END - 15 * MINUTE);
    progress[EU].want_from_ms = END - 24 * WHEN_HOUR;
    g_autoptr(GPtrArray) more = plan_at("eu-west-1", NOW);
    cr_expect_eq(((struct metrics_batch *)more->pdata[0])->start_ms, END - 24 * WHEN_HOUR);
}

Test(metrics, a_past_that_cloudwatch_no_longer_has_is_not_asked_for_again_and_again)
{
    config_unref(config);
    config = small_fleet("metrics: {period: 1s}\n");
    progress[EU] = (struct metrics_progress){.want_from_ms = END - 24 * WHEN_HOUR,
                                             .have_from_ms = END - 3 * WHEN_HOUR,
                                             .have_until_ms = END};
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", END + 10 * WHEN_SECOND);
    const struct metrics_batch *batch = batches->pdata[0];
    cr_expect_eq(batch->start_ms, END - 5 * WHEN_SECOND);
}

Test(metrics, a_day_of_periods_that_cloudwatch_keeps_for_hours_is_not_lacking_for_ever)
{
    config->metrics.period_ms = WHEN_SECOND;
    progress[EU].have_from_ms = NOW - 3 * WHEN_HOUR;
    progress[EU].have_until_ms = NOW;
    progress[EU].shown_from_ms = NOW - WHEN_DAY;
    cr_expect_not(metrics_lack_past(config, &progress[EU], NOW));
}

Test(metrics, times_come_as_numbers_or_strings_and_absurd_values_are_no_data)
{
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", NOW);
    struct metrics_batch *batch = batches->pdata[0];
    g_autofree char *mixed =
        page(batch,
             "1763999700, \"2025-11-24T15:56:00Z\", 1763999820, 1763999880.0, 1763999940, "
             "1764000000, 1763999640, 1763999580",
             "1, 0, -1, 7, \"NaN\", 1, 1e308, null", "Complete");
    g_autofree char *token = NULL;
    cr_assert(take(batch, mixed, &token, NULL));
    g_free(metrics_apply(config, batch, readings, progress, NOW));
    const struct series *health = readings[EU].series[METRIC_HEALTH];
    cr_assert_eq(health->n, 2);
    cr_expect_eq(health->points[0].at_ms, 1763999700000);
    cr_expect_eq(health->points[1].at_ms, 1763999760000);
    cr_expect_eq(health->points[1].value, 0);
}

Test(metrics, a_fraction_becomes_percent)
{
    config_unref(config);
    config = small_fleet("metrics: {error_rate_unit: fraction}\n");
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", NOW);
    struct metrics_batch *batch = batches->pdata[0];
    g_autofree char *token = NULL;
    cr_assert(take(batch,
                   "{\"MetricDataResults\":[{\"Id\":\"q2\",\"Timestamps\":[1763999940],"
                   "\"Values\":[0.071],\"StatusCode\":\"Complete\"}]}",
                   &token, NULL));
    g_free(metrics_apply(config, batch, readings, progress, NOW));
    cr_expect_float_eq(series_last(readings[EU].series[METRIC_ERROR_RATE])->value, 7.1, 1e-9);
}

Test(metrics, pages_add_up_and_what_stays_partial_is_told_and_asked_again)
{
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", NOW);
    struct metrics_batch *batch = batches->pdata[0];
    g_autofree char *token = NULL;
    cr_assert(take(batch,
                   "{\"MetricDataResults\":[{\"Id\":\"q0\",\"Timestamps\":[1763999880],"
                   "\"Values\":[1],\"StatusCode\":\"PartialData\"}],\"NextToken\":\"n\"}",
                   &token, NULL));
    cr_expect_str_eq(token, "n");
    g_free(g_steal_pointer(&token));
    cr_assert(take(batch,
                   "{\"MetricDataResults\":[{\"Id\":\"q0\",\"Timestamps\":[1763999940],"
                   "\"Values\":[1],\"StatusCode\":\"Complete\"},"
                   "{\"Id\":\"q3\",\"StatusCode\":\"InternalError\"}]}",
                   &token, NULL));
    cr_expect(token == NULL);
    g_autofree char *fault = metrics_apply(config, batch, readings, progress, NOW);
    cr_expect_str_eq(fault, "GetMetricData: InternalError for cell_cpu_utilization of cell-eu");
    cr_expect_eq(readings[EU].series[METRIC_HEALTH]->n, 2);
    cr_expect_eq(progress[EU].have_until_ms, 0);
}

Test(metrics, an_answer_without_results_is_an_error_of_the_source)
{
    g_autoptr(GPtrArray) batches = plan_at("eu-west-1", NOW);
    g_autofree char *token = NULL;
    g_autoptr(GError) error = NULL;
    cr_expect(!take(batches->pdata[0], "[]", &token, &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_SOURCE));
}
