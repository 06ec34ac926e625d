/* An attempt of a call as an HTTP request: how long it may take, and its signature. */
#include "data/aws/call.h"
#include "data/aws/sign.h"
#include "data/base/when.h"

#include <string.h>

enum { MAX_REPLY = 64 * 1024 * 1024, MAX_PLAIN_REPLY = 64 * 1024 };

/* Reads get half of the time that is left, so that one dead connection does not cost them all of
 * it; the last attempt, and a write's only one, all. */
static gint64 attempt_timeout(const struct aws_call *call)
{
    gint64 left_ms = MAX(call->deadline_ms - when_mono_ms(), 1);
    bool last = call->attempt >= RETRY_ATTEMPTS || call->flags & AWS_CALL_WRITE;
    return last ? left_ms : MAX(left_ms / 2, 1);
}

static const char *method_of(const struct aws_call *call)
{
    return call->query ? "GET" : "POST";
}

/* The request's headers as "Name: value", signed. */
static char **signed_headers(const struct aws_call *call, const char *path)
{
    const struct aws_facts *facts = aws_facts(call->service);
    gint64 now_ms = when_now_ms() + call->skew_ms;
    g_autofree char *date = sign_date(now_ms);
    g_autofree char *target = facts->target ? g_strconcat(facts->target, call->action, NULL) : NULL;
    struct sign_header headers[] = {{"Host", call->endpoint->host},
                                    {"Content-Type", call->query ? NULL : facts->content_type},
                                    {"X-Amz-Date", date},
                                    {"X-Amz-Security-Token", call->keys->token},
                                    {"X-Amz-Target", target}};
    struct sign_header given[G_N_ELEMENTS(headers)];
    size_t count = 0;
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++)
        if (headers[i].value) {
            given[count++] = headers[i];
            g_ptr_array_add(lines, g_strconcat(headers[i].name, ": ", headers[i].value, NULL));
        }
    struct sign_request request = {.method = method_of(call),
                                   .path = path,
                                   .query = call->query,
                                   .headers = given,
                                   .n_headers = count,
                                   .body = call->body,
                                   .body_size = strlen(call->body)};
    struct sign_scope scope = {call->endpoint->region, facts->host, now_ms};
    struct signature signature = {0};
    sign(&request, call->keys, &scope, &signature);
    g_ptr_array_add(lines, g_strconcat("Authorization: ", signature.authorization, NULL));
    signature_clear(&signature);
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&lines), FALSE);
}

void call_send_signed(struct aws_call *call, exchange_fn ended)
{
    struct aws_client *client = call->client;
    const struct endpoint *endpoint = call->endpoint;
    const char *tail = call->path ? call->path : endpoint->tail;
    const char *query = call->query ? call->query : "";
    g_autofree char *path = g_strconcat(endpoint->path, tail, NULL);
    g_autofree char *url = g_strconcat(endpoint->url, tail, *query ? "?" : "", query, NULL);
    /* Over HTTP/2 a time-out ends the request, but not the connection that is no good. */
    bool dead = call->retried == RETRY_TIMEOUT;
    call->skew_ms = client->skew_ms;
    g_auto(GStrv) headers = signed_headers(call, path);
    struct http_request request = {.method = method_of(call),
                                   .url = url,
                                   .headers = (const char *const *)headers,
                                   .body = call->body,
                                   .body_size = strlen(call->body),
                                   .timeout_ms = attempt_timeout(call),
                                   .max_reply = MAX_REPLY,
                                   .ca_file = endpoints_ca_file(client->endpoints),
                                   .fresh = call->flags & AWS_CALL_WRITE || dead};
    call->sent_ms = when_mono_ms();
    client->counters.requests[call->service]++;
    client->counters.metric_requests += call->metrics > 0;
    client->counters.metrics_asked += call->metrics;
    call->exchange = exchange_start(client->transport, &request, ended, call);
}

void call_send_plain(struct aws_call *call, exchange_fn ended)
{
    struct http_request request = {.method = "GET",
                                   .url = call->url,
                                   .address = call->address,
                                   .timeout_ms = call->deadline_ms - when_mono_ms(),
                                   .max_reply = MAX_PLAIN_REPLY};
    call->exchange = exchange_start(call->client->plain, &request, ended, call);
}
