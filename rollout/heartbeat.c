#include "rollout/heartbeat.h"

#include "data/base/text.h"
#include "data/base/when.h"

/* Late, it would say something of a moment that has passed. */
#define DEADLINE_MS (10 * WHEN_SECOND)

struct heartbeat {
    struct config *config;
    struct aws_client *client;
    heartbeat_problem_fn problem;
    gpointer data;
    struct aws_call *call; /* under way, or NULL */
    gint64 next_mono_ms;
    bool failed; /* the last one was not sent, and that was said */
};

struct heartbeat *heartbeat_new(struct config *config, struct aws_client *client,
                                heartbeat_problem_fn problem, gpointer data)
{
    struct heartbeat *heartbeat = g_new0(struct heartbeat, 1);
    *heartbeat = (struct heartbeat){
        .config = config_ref(config), .client = client, .problem = problem, .data = data};
    return heartbeat;
}

void heartbeat_free(struct heartbeat *heartbeat)
{
    if (heartbeat->call)
        aws_call_cancel(heartbeat->call);
    config_unref(heartbeat->config);
    g_free(heartbeat);
}

json_t *heartbeat_body(const struct config *config, double value, gint64 now_ms)
{
    return json_pack("{s:o, s:[{s:o, s:[{s:s, s:o}], s:I, s:f, s:s}]}", "Namespace",
                     text_json(config->heartbeat.namespace), "MetricData", "MetricName",
                     text_json(config->heartbeat.metric), "Dimensions", "Name", "Fleet", "Value",
                     text_json(config->name), "Timestamp", (json_int_t)(now_ms / WHEN_SECOND),
                     "Value", value, "Unit", "Count");
}

static void sent(json_t *reply, const GError *error, gpointer data)
{
    (void)reply;
    struct heartbeat *heartbeat = data;
    heartbeat->call = NULL;
    if (error && !heartbeat->failed) {
        g_autofree char *line = g_strdup_printf("a heartbeat was not sent: %s", error->message);
        heartbeat->problem(line, heartbeat->data);
    }
    heartbeat->failed = error != NULL;
}

void heartbeat_tick(struct heartbeat *heartbeat, enum heartbeat_kind kind, gint64 mono_ms)
{
    const struct config *config = heartbeat->config;
    if (!config->heartbeat.namespace || kind == HEARTBEAT_NONE || heartbeat->call ||
        mono_ms < heartbeat->next_mono_ms)
        return;
    heartbeat->next_mono_ms = mono_ms + config->heartbeat.every_ms;
    const struct aws_target target = {.service = AWS_CLOUDWATCH};
    /* May be retried: the same value at the same moment says nothing new. */
    heartbeat->call = aws_json(heartbeat->client, &target, "PutMetricData",
                               heartbeat_body(config, kind == HEARTBEAT_AT_WORK, when_now_ms()),
                               AWS_CALL_READ, DEADLINE_MS, sent, heartbeat);
}
