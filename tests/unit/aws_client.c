/* The client against a loopback server that answers from a script, one line of it a request. */
#include "data/aws/call.h"
#include "data/base/when.h"

#include <criterion/criterion.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

/* Instead of an answer: close without one, or never answer. */
#define RESET "reset"
#define HANG  "hang"

struct server {
    GSocketService *service;
    GMutex lock;
    GPtrArray *requests;       /* as they came, char * */
    const char *const *script; /* whole answers; the last one is for all that follow */
    GCancellable *stop;
};

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

static const char *next_answer(struct server *server, char *request)
{
    g_mutex_lock(&server->lock);
    const char *const *at = server->script;
    if (at[1])
        server->script++;
    g_ptr_array_add(server->requests, request);
    g_mutex_unlock(&server->lock);
    g_main_context_wakeup(NULL);
    return *at;
}

static gboolean serve(GThreadedSocketService *service, GSocketConnection *connection,
                      GObject *source, gpointer data)
{
    (void)service;
    (void)source;
    struct server *server = data;
    GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(connection));
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(connection));
    char *request = read_request(in, server->stop);
    if (!*request) {
        g_free(request);
        return TRUE;
    }
    const char *answer = next_answer(server, request);
    char byte;
    if (strcmp(answer, HANG) == 0)
        g_input_stream_read(in, &byte, 1, server->stop, NULL);
    else if (strcmp(answer, RESET) != 0)
        g_output_stream_write_all(out, answer, strlen(answer), NULL, server->stop, NULL);
    return TRUE;
}

static void server_start(struct server *server, const char *const *script)
{
    server->script = script;
    server->requests = g_ptr_array_new_with_free_func(g_free);
    server->stop = g_cancellable_new();
    g_mutex_init(&server->lock);
    server->service = g_threaded_socket_service_new(64);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new_from_string("127.0.0.1", 0);
    g_autoptr(GSocketAddress) bound = NULL;
    cr_assert(g_socket_listener_add_address(G_SOCKET_LISTENER(server->service), any,
                                            G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                            &bound, NULL));
    unsigned port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    g_signal_connect(server->service, "run", G_CALLBACK(serve), server);
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u", port);
    g_setenv("AWS_ENDPOINT_URL", url, TRUE);
    g_setenv("AWS_ACCESS_KEY_ID", "AKIDTEST", TRUE);
    g_setenv("AWS_SECRET_ACCESS_KEY", "sEcReT", TRUE);
    g_setenv("AWS_SESSION_TOKEN", "tOkEn", TRUE);
    g_setenv("AWS_CONFIG_FILE", "/nonexistent/config", TRUE);
    g_setenv("AWS_EC2_METADATA_DISABLED", "true", TRUE);
    g_setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", TRUE);
    g_setenv("HTTP_PROXY", "http://127.0.0.1:1", TRUE);
    g_setenv("http_proxy", "http://127.0.0.1:1", TRUE);
}

static void server_stop(struct server *server)
{
    g_cancellable_cancel(server->stop);
    g_socket_service_stop(server->service);
}

static guint requests_seen(struct server *server)
{
    g_mutex_lock(&server->lock);
    guint seen = server->requests->len;
    g_mutex_unlock(&server->lock);
    return seen;
}

static double no_jitter(void)
{
    return 0;
}

static struct aws_client *client_new(void)
{
    struct aws_client *client = aws_client_new(NULL, "us-east-1");
    client->jitter = no_jitter;
    return client;
}

struct outcome {
    int ended;
    json_t *reply;
    GError *error;
    struct aws_client *free_client;
    struct aws_call *cancel_call;
};

static void outcome_clear(struct outcome *outcome)
{
    json_decref(outcome->reply);
    g_clear_error(&outcome->error);
    *outcome = (struct outcome){0};
}

static void took(json_t *reply, const GError *error, gpointer data)
{
    struct outcome *outcome = data;
    outcome->ended++;
    outcome->reply = json_incref(reply);
    outcome->error = error ? g_error_copy(error) : NULL;
    aws_call_cancel(outcome->cancel_call);
    aws_client_free(outcome->free_client);
}

static const struct aws_target dynamodb = {.service = AWS_DYNAMODB};

static struct aws_call *ask(struct aws_client *client, enum aws_call_flags flags,
                            gint64 deadline_ms, struct outcome *outcome)
{
    return aws_json(client, &dynamodb, "Scan", json_pack("{s:s}", "TableName", "t"), flags,
                    deadline_ms, took, outcome);
}

static void run_until_ended(const struct outcome *outcome)
{
    while (!outcome->ended)
        g_main_context_iteration(NULL, TRUE);
}

/* One call against `script`: how it ended, and how many requests that took. */
static struct outcome one_call(const char *const *script, enum aws_call_flags flags,
                               gint64 deadline_ms, guint requests)
{
    struct server server;
    server_start(&server, script);
    struct aws_client *client = client_new();
    struct outcome outcome = {0};
    ask(client, flags, deadline_ms, &outcome);
    cr_expect_eq(outcome.ended, 0, "the callback came from within the call");
    run_until_ended(&outcome);
    cr_expect_eq(requests_seen(&server), requests, "%u requests", requests_seen(&server));
    cr_expect_eq(aws_client_counters(client)->requests[AWS_DYNAMODB], requests);
    aws_client_free(client);
    server_stop(&server);
    return outcome;
}

#define ANSWER(status, headers, length, body)                                                      \
    "HTTP/1.1 " status "\r\nConnection: close\r\n" headers "Content-Length: " length "\r\n\r\n" body
static const char good[] = ANSWER("200 OK", "", "11", "{\"Count\":7}");
static const char broken[] = ANSWER("500 Oops", "", "0", "");
static const char throttled[] =
    ANSWER("400 Bad", "x-amzn-RequestId: REQ1\r\n", "60",
           "{\"__type\":\"x#ThrottlingException\",\"message\":\"Rate exceeded\"}");

static void expect_reply(const struct outcome *outcome)
{
    cr_assert(outcome->error == NULL, "%s", outcome->error ? outcome->error->message : "");
    cr_expect_eq(json_integer_value(json_object_get(outcome->reply, "Count")), 7);
}

static void expect_error(const struct outcome *outcome, enum aws_error code, const char *text)
{
    cr_assert(outcome->error != NULL);
    cr_expect_eq(outcome->error->code, (int)code, "%s", outcome->error->message);
    cr_expect(strstr(outcome->error->message, text) != NULL, "%s", outcome->error->message);
    cr_expect(strstr(outcome->error->message, "tOkEn") == NULL, "%s", outcome->error->message);
    cr_expect(strstr(outcome->error->message, "sEcReT") == NULL, "%s", outcome->error->message);
}

TestSuite(aws_client, .timeout = 30);

Test(aws_client, a_request_is_signed_and_carries_the_session_token)
{
    struct server server;
    const char *const script[] = {good, NULL};
    server_start(&server, script);
    struct aws_client *client = client_new();
    struct outcome outcome = {0};
    ask(client, AWS_CALL_READ, 0, &outcome);
    run_until_ended(&outcome);
    expect_reply(&outcome);
    const char *request = server.requests->pdata[0];
    const char *const parts[] = {
        "POST / HTTP/1.1\r\n",
        "\r\nX-Amz-Security-Token: tOkEn\r\n",
        "\r\nX-Amz-Target: DynamoDB_20120810.Scan\r\n",
        "\r\nContent-Type: application/x-amz-json-1.0\r\n",
        "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDTEST/",
        "/us-east-1/dynamodb/aws4_request, SignedHeaders=content-type;host;x-amz-date;"
        "x-amz-security-token;x-amz-target, ",
        "\r\n\r\n{\"TableName\":\"t\"}"};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        cr_expect(strstr(request, parts[i]) != NULL, "%s not in\n%s", parts[i], request);
    aws_client_free(client);
    server_stop(&server);
    outcome_clear(&outcome);
}

Test(aws_client, a_read_is_tried_again_after_a_500_a_reset_and_half_an_answer)
{
    const char *const after_500[] = {broken, broken, good, NULL};
    struct outcome outcome = one_call(after_500, AWS_CALL_READ, 0, 3);
    expect_reply(&outcome);
    const char half[] = ANSWER("200 OK", "", "11", "{\"Cou");
    const char *const after_half[] = {RESET, half, good, NULL};
    outcome_clear(&outcome);
    outcome = one_call(after_half, AWS_CALL_READ, 0, 3);
    expect_reply(&outcome);
    outcome_clear(&outcome);
}

Test(aws_client, three_attempts_are_all_and_the_error_says_what_where_and_which)
{
    const char *const script[] = {throttled, NULL};
    struct outcome outcome = one_call(script, AWS_CALL_READ, 0, 3);
    expect_error(&outcome, AWS_ERROR_THROTTLED,
                 "DynamoDB Scan in us-east-1: ThrottlingException: Rate exceeded (request REQ1, "
                 "attempt 3)");
    cr_expect_not(aws_error_is_unsure(outcome.error));
    outcome_clear(&outcome);
}

Test(aws_client, a_write_is_sent_once_unless_it_was_throttled)
{
    const char *const fails[] = {broken, good, NULL};
    struct outcome outcome = one_call(fails, AWS_CALL_WRITE, 0, 1);
    expect_error(&outcome, AWS_ERROR_SERVICE, "HTTP 500");
    cr_expect(aws_error_is_unsure(outcome.error));
    const char *const resets[] = {RESET, good, NULL};
    outcome_clear(&outcome);
    outcome = one_call(resets, AWS_CALL_WRITE, 0, 1);
    expect_error(&outcome, AWS_ERROR_NETWORK, "DynamoDB Scan");
    cr_expect(aws_error_is_unsure(outcome.error));
    const char *const refuses[] = {throttled, good, NULL};
    outcome_clear(&outcome);
    outcome = one_call(refuses, AWS_CALL_WRITE, 0, 2);
    expect_reply(&outcome);
    outcome_clear(&outcome);
}

Test(aws_client, garbage_is_an_answer_that_cant_be_read)
{
    const char *const script[] = {ANSWER("200 OK", "", "7", "garbage"), NULL};
    struct outcome outcome = one_call(script, AWS_CALL_READ, 0, 1);
    expect_error(&outcome, AWS_ERROR_ANSWER, "no JSON object");
    outcome_clear(&outcome);
}

Test(aws_client, a_server_that_hangs_ends_with_the_deadline)
{
    const char *const script[] = {HANG, NULL};
    struct outcome outcome = one_call(script, AWS_CALL_WRITE, 300, 1);
    expect_error(&outcome, AWS_ERROR_TIMEOUT, "DynamoDB Scan in us-east-1");
    cr_expect(aws_error_is_unsure(outcome.error));
    outcome_clear(&outcome);
}

Test(aws_client, a_read_on_a_dead_connection_has_time_left_for_another_one)
{
    const char *const script[] = {HANG, good, NULL};
    struct outcome outcome = one_call(script, AWS_CALL_READ, 2000, 2);
    expect_reply(&outcome);
    outcome_clear(&outcome);
}

Test(aws_client, awss_words_never_bring_a_secret_into_an_error)
{
    const char *const script[] = {
        ANSWER("400 Bad", "", "61",
               "{\"__type\":\"ValidationException\",\"message\":\"tOkEn sEcReT end\"}"),
        NULL};
    struct outcome outcome = one_call(script, AWS_CALL_READ, 0, 1);
    expect_error(&outcome, AWS_ERROR_REQUEST, "[redacted] [redacted] end");
    outcome_clear(&outcome);
}

/* A refusal of the signature whose Date is ten minutes ahead of this machine. */
static char *skewed(void)
{
    g_autoptr(GDateTime) at =
        g_date_time_new_from_unix_utc((when_now_ms() + 10 * WHEN_MINUTE) / 1000);
    g_autofree char *date = g_date_time_format(at, "%a, %d %b %Y %H:%M:%S GMT");
    return g_strdup_printf(
        ANSWER("403 Forbidden", "Date: %s\r\n", "38", "{\"__type\":\"InvalidSignatureException\"}"),
        date);
}

Test(aws_client, a_wrong_clock_is_corrected_by_awss_and_asked_once_more)
{
    g_autofree char *refusal = skewed();
    const char *const script[] = {refusal, good, NULL};
    struct outcome outcome = one_call(script, AWS_CALL_WRITE, 0, 2);
    expect_reply(&outcome);
    outcome_clear(&outcome);
}

Test(aws_client, a_clock_that_stays_wrong_is_called_clock_skew)
{
    g_autofree char *refusal = skewed();
    const char *const script[] = {refusal, NULL};
    struct outcome outcome = one_call(script, AWS_CALL_READ, 0, 2);
    expect_error(&outcome, AWS_ERROR_CREDENTIALS, "clock skew: this machine's clock is ");
    expect_error(&outcome, AWS_ERROR_CREDENTIALS, "behind AWS's");
    outcome_clear(&outcome);
}

Test(aws_client, a_cancelled_call_never_calls_back)
{
    struct server server;
    const char *const script[] = {HANG, NULL};
    server_start(&server, script);
    struct aws_client *client = client_new();
    struct outcome first = {0}, second = {0};
    aws_call_cancel(ask(client, AWS_CALL_READ, 0, &first));
    struct aws_call *call = ask(client, AWS_CALL_READ, 0, &second);
    while (requests_seen(&server) < 1)
        g_main_context_iteration(NULL, TRUE);
    aws_call_cancel(call);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    cr_expect_eq(first.ended + second.ended, 0);
    cr_expect_eq(client->calls.length, 0);
    aws_client_free(client);
    server_stop(&server);
}

Test(aws_client, a_client_may_be_freed_with_calls_under_way_and_from_a_callback)
{
    struct server server;
    const char *const script[] = {good, HANG, NULL};
    server_start(&server, script);
    struct aws_client *client = client_new();
    struct outcome first = {.free_client = client}, second = {0};
    first.cancel_call = ask(client, AWS_CALL_READ, 0, &first);
    run_until_ended(&first);
    expect_reply(&first);
    client = client_new();
    ask(client, AWS_CALL_READ, 0, &second);
    while (requests_seen(&server) < 2)
        g_main_context_iteration(NULL, TRUE);
    aws_client_free(client);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    cr_expect_eq(second.ended, 0);
    server_stop(&server);
    outcome_clear(&first);
}

Test(aws_client, no_more_than_sixteen_calls_to_a_service_are_under_way)
{
    struct server server;
    const char *const script[] = {HANG, NULL};
    server_start(&server, script);
    struct aws_client *client = client_new();
    struct outcome outcomes[20] = {0};
    struct aws_call *calls[20];
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
        calls[i] = ask(client, AWS_CALL_READ, 0, &outcomes[i]);
    while (requests_seen(&server) < LANE_WIDTH)
        g_main_context_iteration(NULL, TRUE);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    cr_expect_eq(aws_client_counters(client)->requests[AWS_DYNAMODB], LANE_WIDTH);
    for (size_t i = 0; i < 4; i++)
        aws_call_cancel(calls[i]);
    while (requests_seen(&server) < G_N_ELEMENTS(calls))
        g_main_context_iteration(NULL, TRUE);
    aws_client_free(client);
    server_stop(&server);
}

static void took_page(int status, const char *body, const GError *error, gpointer data)
{
    struct outcome *outcome = data;
    outcome->ended++;
    outcome->error = error ? g_error_copy(error) : NULL;
    outcome->reply = json_pack("{s:i,s:s*}", "status", status, "body", body);
}

Test(aws_client, a_plain_get_has_any_status_unsigned_and_not_retried)
{
    struct server server;
    const char *const script[] = {broken, NULL};
    server_start(&server, script);
    struct aws_client *client = client_new();
    struct outcome outcome = {0};
    g_autofree char *url = g_strconcat(g_getenv("AWS_ENDPOINT_URL"), "/healthcheck", NULL);
    aws_http_get(client, url, 0, took_page, &outcome);
    run_until_ended(&outcome);
    cr_expect_eq(json_integer_value(json_object_get(outcome.reply, "status")), 500);
    cr_expect_eq(requests_seen(&server), 1);
    cr_expect(strstr(server.requests->pdata[0], "Authorization") == NULL);
    aws_client_free(client);
    server_stop(&server);
    outcome_clear(&outcome);
}

Test(aws_client, an_action_that_the_table_of_actions_does_not_have_is_not_sent)
{
    const char *const script[] = {good, NULL};
    struct server server;
    server_start(&server, script);
    struct aws_client *client = client_new();
    struct outcome outcome = {0};
    aws_json(client, &dynamodb, "DeleteTable", json_object(), 0, 0, took, &outcome);
    run_until_ended(&outcome);
    cr_assert_not_null(outcome.error);
    cr_expect(strstr(outcome.error->message, "DynamoDB DeleteTable in us-east-1: not sent") !=
              NULL);
    cr_expect_eq(requests_seen(&server), 0);
    aws_client_free(client);
    server_stop(&server);
    outcome_clear(&outcome);
}

Test(aws_client, a_cells_role_is_assumed_once_and_its_keys_sign_its_calls)
{
    g_autofree char *expires = when_rfc3339(when_now_ms() + WHEN_HOUR);
    g_autofree char *xml = g_strdup_printf(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIDROLE</AccessKeyId>"
        "<SecretAccessKey>x</SecretAccessKey><SessionToken>y</SessionToken><Expiration>%s"
        "</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
        expires);
    g_autofree char *sts = g_strdup_printf(ANSWER("200 OK", "", "%zu", "%s"), strlen(xml), xml);
    const char *const script[] = {sts, good, NULL};
    struct server server;
    server_start(&server, script);
    struct aws_client *client = client_new();
    struct aws_target target = {.service = AWS_DYNAMODB,
                                .role_arn = "arn:aws:iam::123456789012:role/cell"};
    struct outcome outcomes[2] = {0};
    for (size_t i = 0; i < 2; i++)
        aws_json(client, &target, "Scan", json_object(), 0, 0, took, &outcomes[i]);
    for (size_t i = 0; i < 2; i++) {
        run_until_ended(&outcomes[i]);
        expect_reply(&outcomes[i]);
    }
    cr_expect_eq(requests_seen(&server), 3);
    cr_expect(strstr(server.requests->pdata[0], "Credential=AKIDTEST/") != NULL);
    cr_expect(strstr(server.requests->pdata[0],
                     "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fcell") != NULL);
    cr_expect(strstr(server.requests->pdata[1], "Credential=AKIDROLE/") != NULL);
    cr_expect(strstr(server.requests->pdata[2], "Credential=AKIDROLE/") != NULL);
    aws_client_free(client);
    server_stop(&server);
    outcome_clear(&outcomes[0]);
    outcome_clear(&outcomes[1]);
}
