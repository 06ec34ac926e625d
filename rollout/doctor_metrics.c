/* Metrics: may they be read, do each cell's arrive, and in which unit is the error rate? */
#include "data/base/when.h"
#include "data/metrics.h"
#include "rollout/doctor_check.h"

#include <string.h>

/* An hour where its datapoints fit one answer (aws.md: 100,800 of 500 metrics). */
enum { PERIODS_MAX = 200 };

struct survey { /* one call's batch of metrics */
    struct metrics_batch *batch;
    GPtrArray *batches; /* a reference: they own the batch */
};

static gint64 span_ms(const struct config *config)
{
    return MIN(WHEN_HOUR, PERIODS_MAX * config->metrics.period_ms);
}

static void judge_unit(struct checkup *checkup, const char *cell, const struct metrics_seen *seen)
{
    enum error_rate_unit configured = checkup->doctor->config->metrics.error_rate_unit;
    enum rate_unit unit = judge_rate_unit(configured, seen);
    if (unit == RATE_IS_FRACTION)
        finding_set(checkup_add(checkup, "%s: %s", cell, metric_name(METRIC_ERROR_RATE)),
                    judge_warning("metrics: {error_rate_unit: fraction}, where 0.05 means 5 %",
                                  "looks like a fraction, is read as percent: no gate would see "
                                  "an error"));
    else if (unit == RATE_IS_PERCENT)
        finding_set(checkup_add(checkup, "%s: %s", cell, metric_name(METRIC_ERROR_RATE)),
                    judge_warning("metrics: {error_rate_unit: percent}, where 5 means 5 %",
                                  "has values above 1, is read as a fraction: they are left out"));
}

/* A cell's queries stand together in a batch. */
static guint judge_cell(struct checkup *checkup, const struct metrics_batch *batch, guint from)
{
    const struct config *config = checkup->doctor->config;
    guint place = g_array_index(batch->queries, struct metric_query, from).cell;
    const struct cell_config *cell = config->cells->pdata[place];
    struct metrics_seen seen = {.now_ms = when_now_ms(), .span_ms = span_ms(config)};
    guint at = from;
    for (; at < batch->queries->len; at++) {
        const struct metric_query *query = &g_array_index(batch->queries, struct metric_query, at);
        if (query->cell != place)
            break;
        if (query->metric == METRIC_COUNT) {
            seen.replica_lag = query->points;
        } else {
            seen.points[query->metric] = query->points;
            seen.refused[query->metric] = query->refused;
        }
    }
    finding_set(checkup_add(checkup, "%s", cell->id), judge_arrival(config, cell, &seen));
    judge_unit(checkup, cell->id, &seen);
    return at;
}

static void survey_free(struct survey *survey)
{
    g_ptr_array_unref(survey->batches);
    g_free(survey);
}

static void send(struct checkup *checkup, struct finding *finding, const struct aws_target *target,
                 struct survey *survey, const char *token);

static void take(struct checkup *checkup, struct finding *finding, const struct aws_target *target,
                 json_t *reply, const GError *error, gpointer data)
{
    const struct config *config = checkup->doctor->config;
    struct survey *survey = data;
    g_autoptr(GError) unread = NULL;
    g_autofree char *token = NULL;
    if (reply && metrics_take(config, survey->batch, reply, &token, &unread)) {
        if (token) {
            send(checkup, finding, target, survey, token);
            return;
        }
        finding_set(finding, judge_ok("cloudwatch:GetMetricData is permitted"));
        for (guint at = 0; at < survey->batch->queries->len;)
            at = judge_cell(checkup, survey->batch, at);
    } else {
        finding_fail(finding, error ? error : unread, target->role_arn);
    }
    survey_free(survey);
}

static void send(struct checkup *checkup, struct finding *finding, const struct aws_target *target,
                 struct survey *survey, const char *token)
{
    checkup_ask(checkup, finding, target, "GetMetricData",
                metrics_request(checkup->doctor->config, survey->batch, token), AWS_CALL_READ, take,
                survey);
}

static void ask_place(struct checkup *checkup, const struct place *place)
{
    const struct config *config = checkup->doctor->config;
    guint cells = config->cells->len;
    g_autofree struct cell_reading *nothing = g_new0(struct cell_reading, cells);
    g_autofree struct metrics_progress *progress = g_new0(struct metrics_progress, cells);
    g_autoptr(GArray) there = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < cells; i++) {
        progress[i].past_ms = span_ms(config);
        if (place_has(place, config->cells->pdata[i]))
            g_array_append_val(there, i);
    }
    g_autoptr(GPtrArray) batches = metrics_plan(config, there, nothing, progress, when_now_ms());
    g_autofree char *name = place_name(place);
    struct aws_target target = {AWS_CLOUDWATCH, place->region, place->role_arn};
    for (guint i = 0; i < batches->len; i++) {
        struct survey *survey = g_new(struct survey, 1);
        *survey = (struct survey){batches->pdata[i], g_ptr_array_ref(batches)};
        send(checkup, checkup_add(checkup, "%s", name), &target, survey, NULL);
    }
}

void doctor_metrics(struct checkup *checkup)
{
    g_autoptr(GArray) places = doctor_places(checkup->doctor->config);
    for (guint i = 0; i < places->len; i++)
        ask_place(checkup, &g_array_index(places, struct place, i));
}
