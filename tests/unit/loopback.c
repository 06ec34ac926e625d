#include "tests/unit/loopback.h"

#include "data/base/when.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

const char good[] = ANSWER("200 OK", "", "11", "{\"Count\":7}");
const char broken[] = ANSWER("500 Oops", "", "0", "");
const char throttled[] =
    ANSWER("400 Bad", "x-amzn-RequestId: REQ1\r\n", "60",
           "{\"__type\":\"x#ThrottlingException\",\"message\":\"Rate exceeded\"}");

static size_t body_length(const char *head)
{
    const char *header = strcasestr(head, "\r\nContent-Length:");
    return header ? (size_t)g_ascii_strtoull(header + strlen("\r\nContent-Length:"), NULL, 10) : 0;
}

static char *read_request(GInputStream *in, GCancellable *stop)
{
    GString *text = g_string_new(NULL);
    const char *end = NULL;
    while (!(end = strstr(text->str, "\r\n\r\n")) ||
           text->len < (size_t)(end + 4 - text->str) + body_length(text->str)) {
        char block[4096];
        gssize n = g_input_stream_read(in, block, sizeof block, stop, NULL);
        if (n <= 0)
            break;
        g_string_append_len(text, block, n);
    }
    return g_string_free(text, FALSE);
}

static const char *next_answer(struct loopback *loopback, char *request)
{
    g_mutex_lock(&loopback->lock);
    const char *const *at = loopback->script;
    if (at[1])
        loopback->script++;
    g_ptr_array_add(loopback->requests, request);
    g_mutex_unlock(&loopback->lock);
    g_main_context_wakeup(NULL);
    return *at;
}

static void count_serving(struct loopback *loopback, int change)
{
    g_mutex_lock(&loopback->lock);
    loopback->serving += (guint)change;
    g_cond_signal(&loopback->quiet);
    g_mutex_unlock(&loopback->lock);
}

/* Before a thread has it: loopback_stop() waits for that one, too. */
static gboolean accepted(GSocketService *service, GSocketConnection *connection, GObject *source,
                         gpointer data)
{
    (void)service, (void)connection, (void)source;
    count_serving(data, 1);
    return FALSE;
}

static gboolean serve(GThreadedSocketService *service, GSocketConnection *connection,
                      GObject *source, gpointer data)
{
    (void)service;
    (void)source;
    struct loopback *loopback = data;
    GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(connection));
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(connection));
    g_atomic_int_inc(&loopback->connections);
    bool kept = true;
    while (kept) {
        char *request = read_request(in, loopback->stop);
        if (!*request) {
            g_free(request);
            break;
        }
        const char *answer = next_answer(loopback, request);
        char byte;
        kept = g_str_has_prefix(answer, "HTTP/") && !strstr(answer, "\r\nConnection: close\r\n");
        if (strcmp(answer, HANG) == 0)
            g_input_stream_read(in, &byte, 1, loopback->stop, NULL);
        else if (strcmp(answer, RESET) != 0)
            g_output_stream_write_all(out, answer, strlen(answer), NULL, loopback->stop, NULL);
    }
    count_serving(loopback, -1);
    return TRUE;
}

void loopback_start(struct loopback *loopback, const char *const *script)
{
    *loopback = (struct loopback){.script = script};
    loopback->requests = g_ptr_array_new_with_free_func(g_free);
    loopback->stop = g_cancellable_new();
    g_mutex_init(&loopback->lock);
    g_cond_init(&loopback->quiet);
    loopback->service = g_threaded_socket_service_new(64);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new_from_string("127.0.0.1", 0);
    g_autoptr(GSocketAddress) bound = NULL;
    cr_assert(g_socket_listener_add_address(G_SOCKET_LISTENER(loopback->service), any,
                                            G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                            &bound, NULL));
    unsigned port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    g_signal_connect(loopback->service, "incoming", G_CALLBACK(accepted), loopback);
    g_signal_connect(loopback->service, "run", G_CALLBACK(serve), loopback);
    loopback->url = g_strdup_printf("http://127.0.0.1:%u", port);
    g_setenv("AWS_ENDPOINT_URL", loopback->url, TRUE);
    g_setenv("AWS_ACCESS_KEY_ID", "AKIDTEST", TRUE);
    g_setenv("AWS_SECRET_ACCESS_KEY", "sEcReT", TRUE);
    g_setenv("AWS_SESSION_TOKEN", "tOkEn", TRUE);
    g_setenv("AWS_CONFIG_FILE", "/nonexistent/config", TRUE);
    g_setenv("AWS_EC2_METADATA_DISABLED", "true", TRUE);
    g_setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", TRUE);
    g_setenv("HTTP_PROXY", "http://127.0.0.1:1", TRUE);
    g_setenv("http_proxy", "http://127.0.0.1:1", TRUE);
}

void loopback_stop(struct loopback *loopback)
{
    g_cancellable_cancel(loopback->stop);
    g_socket_service_stop(loopback->service);
    g_mutex_lock(&loopback->lock);
    while (loopback->serving)
        g_cond_wait(&loopback->quiet, &loopback->lock);
    g_mutex_unlock(&loopback->lock);
    g_free(loopback->url);
}

guint loopback_requests(struct loopback *loopback)
{
    g_mutex_lock(&loopback->lock);
    guint seen = loopback->requests->len;
    g_mutex_unlock(&loopback->lock);
    return seen;
}

void loopback_wait(struct loopback *loopback, guint requests)
{
    while (loopback_requests(loopback) < requests)
        g_main_context_iteration(NULL, TRUE);
}

static double no_jitter(void)
{
    return 0;
}

struct aws_client *quick_client(void)
{
    struct aws_client *client = aws_client_new(NULL, "us-east-1");
    client->jitter = no_jitter;
    return client;
}

void outcome_clear(struct outcome *outcome)
{
    json_decref(outcome->reply);
    g_clear_error(&outcome->error);
    *outcome = (struct outcome){0};
}

void outcome_took(json_t *reply, const GError *error, gpointer data)
{
    struct outcome *outcome = data;
    outcome->ended++;
    outcome->reply = json_incref(reply);
    outcome->error = error ? g_error_copy(error) : NULL;
    aws_call_cancel(outcome->cancel_call);
    aws_client_free(outcome->free_client);
}

struct aws_call *ask_in(struct aws_client *client, const char *region, enum aws_call_flags flags,
                        gint64 deadline_ms, struct outcome *outcome)
{
    struct aws_target dynamodb = {.service = AWS_DYNAMODB, .region = region};
    return aws_json(client, &dynamodb, "Scan", json_pack("{s:s}", "TableName", "t"), flags,
                    deadline_ms, outcome_took, outcome);
}

struct aws_call *ask(struct aws_client *client, enum aws_call_flags flags, gint64 deadline_ms,
                     struct outcome *outcome)
{
    return ask_in(client, NULL, flags, deadline_ms, outcome);
}

void run_until_ended(const struct outcome *outcome)
{
    while (!outcome->ended)
        g_main_context_iteration(NULL, TRUE);
}

struct outcome one_call(const char *const *script, enum aws_call_flags flags, gint64 deadline_ms,
                        guint requests)
{
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct outcome outcome = {0};
    ask(client, flags, deadline_ms, &outcome);
    cr_expect_eq(outcome.ended, 0, "the callback came from within the call");
    run_until_ended(&outcome);
    cr_expect_eq(loopback_requests(&loopback), requests, "%u requests",
                 loopback_requests(&loopback));
    cr_expect_eq(aws_client_counters(client)->requests[AWS_DYNAMODB], requests);
    aws_client_free(client);
    loopback_stop(&loopback);
    return outcome;
}

void expect_reply(const struct outcome *outcome)
{
    cr_assert(outcome->error == NULL, "%s", outcome->error ? outcome->error->message : "");
    cr_expect_eq(json_integer_value(json_object_get(outcome->reply, "Count")), 7);
}

void expect_error(const struct outcome *outcome, enum aws_error code, const char *text)
{
    cr_assert(outcome->error != NULL);
    cr_expect_eq(outcome->error->code, (int)code, "%s", outcome->error->message);
    cr_expect(strstr(outcome->error->message, text) != NULL, "%s", outcome->error->message);
    cr_expect(strstr(outcome->error->message, "tOkEn") == NULL, "%s", outcome->error->message);
    cr_expect(strstr(outcome->error->message, "sEcReT") == NULL, "%s", outcome->error->message);
}
