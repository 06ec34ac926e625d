#include "data/journal_link.h"

#include "data/base/when.h"

struct journal_link {
    char *table, *region;
    GMainContext *context;
    struct aws_client *client;
    gint cancelled; /* atomic */
};

struct waiting {
    bool ended;
    json_t *reply;
    GError *error;
};

struct journal_link *journal_link_new(const struct config *config)
{
    struct journal_link *link = g_new0(struct journal_link, 1);
    link->table = g_strdup(config->journal_table);
    link->region = g_strdup(config->journal_region);
    link->context = g_main_context_new();
    g_main_context_push_thread_default(link->context);
    link->client = aws_client_new(config->aws_profile, config->aws_region);
    g_main_context_pop_thread_default(link->context);
    return link;
}

void journal_link_free(struct journal_link *link)
{
    if (!link)
        return;
    aws_client_free(link->client);
    g_main_context_unref(link->context);
    g_free(link->table);
    g_free(link->region);
    g_free(link);
}

const char *journal_link_table(const struct journal_link *link)
{
    return link->table;
}

static void on_answer(json_t *reply, const GError *error, gpointer data)
{
    struct waiting *waiting = data;
    waiting->ended = true;
    waiting->reply = reply ? json_incref(reply) : NULL;
    waiting->error = error ? g_error_copy(error) : NULL;
}

json_t *journal_link_call(struct journal_link *link, const char *action, json_t *body,
                          gint64 until_ms, GError **error)
{
    const struct aws_target target = {.service = AWS_DYNAMODB, .region = link->region};
    struct waiting waiting = {0};
    gint64 left_ms = MAX(until_ms - when_mono_ms(), 1);
    g_main_context_push_thread_default(link->context);
    struct aws_call *call =
        aws_json(link->client, &target, action, body, AWS_CALL_READ, left_ms, on_answer, &waiting);
    while (!waiting.ended && !g_atomic_int_get(&link->cancelled))
        g_main_context_iteration(link->context, TRUE);
    if (!waiting.ended) {
        aws_call_cancel(call);
        g_set_error_literal(&waiting.error, AWS_ERROR, AWS_ERROR_TIMEOUT, "it was given up");
    }
    g_main_context_pop_thread_default(link->context);
    if (waiting.error)
        g_propagate_error(error, waiting.error);
    return waiting.reply;
}

void journal_link_cancel(struct journal_link *link)
{
    g_atomic_int_set(&link->cancelled, 1);
    g_main_context_wakeup(link->context);
}
