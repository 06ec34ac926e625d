#include "data/aws/call.h"

#include "data/aws/actions.h"
#include "data/aws/sign.h"
#include "data/base/when.h"

#include <string.h>

enum { MAX_REPLY = 64 * 1024 * 1024, MAX_PLAIN_REPLY = 64 * 1024, MAX_HEADERS = 8 };

/* botocore and the SDKs take a clock for wrong from four minutes on; AWS refuses at five. */
static const gint64 skew_that_counts_ms = 240 * WHEN_SECOND;
static const gint64 usual_deadline_ms = 20 * WHEN_SECOND;

static void attempt_soon(struct aws_call *call, gint64 delay_ms);

static void source_drop(GSource *source)
{
    g_source_destroy(source);
    g_source_unref(source);
}

static GSource *call_timer(struct aws_call *call, gint64 delay_ms, GSourceFunc fn)
{
    GSource *source = g_timeout_source_new((guint)CLAMP(delay_ms, 0, G_MAXINT));
    g_source_set_callback(source, fn, call, NULL);
    g_source_attach(source, call->client->context);
    return source;
}

static struct lane *lane_of(struct aws_client *client, const struct aws_call *call)
{
    g_autofree char *name =
        g_strdup_printf("%d %s", (int)call->service, call->region ? call->region : "");
    struct lane *lane = g_hash_table_lookup(client->lanes, name);
    if (!lane) {
        lane = g_new0(struct lane, 1);
        g_hash_table_insert(client->lanes, g_steal_pointer(&name), lane);
    }
    return lane;
}

static void lane_leave(struct aws_call *call)
{
    if (call->in_queue)
        g_queue_unlink(&call->lane->waiting, &call->lane_link);
    call->in_queue = false;
    if (!call->in_lane)
        return;
    call->in_lane = false;
    call->lane->busy--;
    struct aws_call *next = g_queue_peek_head(&call->lane->waiting);
    if (next) {
        g_queue_unlink(&next->lane->waiting, &next->lane_link);
        next->in_queue = false;
        next->in_lane = true;
        next->lane->busy++;
        attempt_soon(next, 0);
    }
}

/* True with a place in the lane, else the call is in its queue. */
static bool lane_enter(struct aws_call *call)
{
    if (call->in_lane)
        return true;
    if (call->lane->busy < LANE_WIDTH) {
        call->lane->busy++;
        call->in_lane = true;
    } else {
        call->in_queue = true;
        g_queue_push_tail_link(&call->lane->waiting, &call->lane_link);
    }
    return call->in_lane;
}

/* Takes the call out of everything it stands in; only its owner's callback is left. */
static void detach(struct aws_call *call)
{
    g_clear_pointer(&call->deadline, source_drop);
    g_clear_pointer(&call->pause, source_drop);
    g_clear_pointer(&call->wait, keys_wait_cancel);
    g_clear_pointer(&call->exchange, exchange_cancel);
    g_clear_pointer(&call->reading, reply_cancel);
    lane_leave(call);
    g_queue_unlink(&call->client->calls, &call->link);
}

static void release(struct aws_call *call)
{
    g_clear_error(&call->last);
    endpoint_free(call->endpoint);
    keys_unref(call->keys);
    g_free(call->action);
    g_free(call->region);
    g_free(call->body);
    g_free(call->url);
    if (call->release && call->with)
        call->release(call->with);
    g_free(call);
}

void call_free(struct aws_call *call)
{
    detach(call);
    release(call);
}

void call_end(struct aws_call *call, const struct http_answer *answer, const GError *error)
{
    detach(call);
    call->ended = true; /* cancelling it from its own callback does nothing */
    call->deliver(call, answer, error);
    release(call);
}

static void end_with(struct aws_call *call, GError *error)
{
    call_end(call, NULL, error);
    g_error_free(error);
}

static gboolean deadline_passed(gpointer data)
{
    struct aws_call *call = data;
    g_autofree char *patience =
        g_strdup_printf("%g s", (double)call->patience_ms / (double)WHEN_SECOND);
    if (call->exchange || call->url)
        end_with(call, call_error(call, AWS_ERROR_TIMEOUT, "no answer within %s", patience));
    else if (call->last)
        end_with(call, g_steal_pointer(&call->last));
    else if (call->in_queue)
        end_with(call, call_error(call, AWS_ERROR_THROTTLED,
                                  "not sent within %s: %d calls before it are still unanswered",
                                  patience, LANE_WIDTH));
    else
        end_with(call, call_error(call, AWS_ERROR_CREDENTIALS,
                                  "not sent: no credentials could be had within %s", patience));
    return G_SOURCE_REMOVE;
}

/* Another try after `error` (stolen), or the end. A pause that would outlast the deadline is none.
 */
static void retry_or_end(struct aws_call *call, enum retry_kind kind, GError *error)
{
    struct aws_client *client = call->client;
    gint64 delay_ms = 0;
    bool write = call->flags & AWS_CALL_WRITE;
    if (!retry_next(&client->bucket, kind, write, call->attempt, client->jitter(), &delay_ms) ||
        when_mono_ms() + delay_ms >= call->deadline_ms) {
        end_with(call, error);
        return;
    }
    call->retried = kind;
    g_clear_error(&call->last);
    call->last = error;
    attempt_soon(call, delay_ms);
}

/* A signature refused for its time: if the answer's Date shows our clock to be wrong, one try more
 * with the time corrected. Nothing was done, so that goes for writes too. */
static bool correct_skew(struct aws_call *call, const struct fault *fault)
{
    if (!fault->signature || !fault->date_ms || call->skew_corrected)
        return false;
    gint64 skew_ms = fault->date_ms - when_now_ms();
    if (ABS(skew_ms - call->skew_ms) < skew_that_counts_ms)
        return false;
    call->client->skew_ms = skew_ms;
    call->skew_corrected = true;
    attempt_soon(call, 0);
    return true;
}

static void reply_came(gpointer value, const GError *error, gpointer data)
{
    struct aws_call *call = data;
    call->reading = NULL;
    if (error) {
        end_with(call, call_error(call, AWS_ERROR_ANSWER, "%s", error->message));
        return;
    }
    call->value = value;
    call_end(call, NULL, NULL);
}

static void succeed(struct aws_call *call, const struct http_answer *answer)
{
    g_clear_pointer(&call->deadline, source_drop);
    if (!call->reader) {
        call_end(call, answer, NULL);
        return;
    }
    struct reply_how how = {call->reader, g_steal_pointer(&call->with), call->release};
    call->reading = reply_read(call->client->readers, answer->body, &how, reply_came, call);
}

static void attempt_ended(const struct http_answer *answer, const GError *error, gpointer data)
{
    struct aws_call *call = data;
    call->exchange = NULL;
    lane_leave(call);
    if (error) {
        bool timeout = error->code == AWS_ERROR_TIMEOUT;
        bool network = error->code == AWS_ERROR_NETWORK;
        retry_or_end(call,
                     timeout   ? RETRY_TIMEOUT
                     : network ? RETRY_TRANSIENT
                               : RETRY_NOT,
                     call_error(call, error->code, "%s%s", error->message,
                                network ? "; check network, HTTPS_PROXY and AWS_CA_BUNDLE" : ""));
        return;
    }
    OWN(fault) fault = fault_read(answer);
    if (!fault) {
        retry_succeeded(&call->client->bucket, call->retried);
        succeed(call, answer);
        return;
    }
    if (correct_skew(call, fault))
        return;
    if (fault->kind == AWS_ERROR_CREDENTIALS && call->identity)
        identity_forget(call->identity, call->keys);
    retry_or_end(call, fault->retry, call_refusal(call, fault));
}

/* Reads get half of the time that is left, so that one dead connection does not cost them all of
 * it; the last attempt, and a write's only one, all. */
static gint64 attempt_timeout(const struct aws_call *call)
{
    gint64 left_ms = MAX(call->deadline_ms - when_mono_ms(), 1);
    bool last = call->attempt >= RETRY_ATTEMPTS || call->flags & AWS_CALL_WRITE;
    return last ? left_ms : MAX(left_ms / 2, 1);
}

/* The request's headers as "Name: value", signed. */
static char **signed_headers(const struct aws_call *call, const char *path)
{
    const struct aws_facts *facts = aws_facts(call->service);
    gint64 now_ms = when_now_ms() + call->skew_ms;
    g_autofree char *date = sign_date(now_ms);
    g_autofree char *target = facts->target ? g_strconcat(facts->target, call->action, NULL) : NULL;
    struct sign_header headers[] = {{"Host", call->endpoint->host},
                                    {"Content-Type", facts->content_type},
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
    struct sign_request request = {.method = "POST",
                                   .path = path,
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

static void send_signed(struct aws_call *call)
{
    struct aws_client *client = call->client;
    g_autofree char *path = g_strconcat(call->endpoint->path, "/", NULL);
    g_autofree char *url = g_strconcat(call->endpoint->url, "/", NULL);
    call->skew_ms = client->skew_ms;
    g_auto(GStrv) headers = signed_headers(call, path);
    struct http_request request = {.method = "POST",
                                   .url = url,
                                   .headers = (const char *const *)headers,
                                   .body = call->body,
                                   .body_size = strlen(call->body),
                                   .timeout_ms = attempt_timeout(call),
                                   .max_reply = MAX_REPLY,
                                   .ca_file = endpoints_ca_file(client->endpoints),
                                   .fresh = call->flags & AWS_CALL_WRITE};
    client->counters.requests[call->service]++;
    client->counters.metric_requests += call->metrics > 0;
    client->counters.metrics_asked += call->metrics;
    call->exchange = exchange_start(client->transport, &request, attempt_ended, call);
}

static void got_keys(struct keys *keys, const GError *error, gpointer data)
{
    struct aws_call *call = data;
    call->wait = NULL;
    if (error) {
        end_with(call, call_error(call, AWS_ERROR_CREDENTIALS, "%s", error->message));
        return;
    }
    keys_unref(call->keys);
    call->keys = keys_ref(keys);
    if (lane_enter(call)) {
        call->attempt++;
        send_signed(call);
    }
}

static void plain_ended(const struct http_answer *answer, const GError *error, gpointer data)
{
    struct aws_call *call = data;
    call->exchange = NULL;
    if (error)
        end_with(call, call_error(call, error->code, "%s", error->message));
    else
        call_end(call, answer, NULL);
}

static void send_plain(struct aws_call *call)
{
    struct http_request request = {.method = "GET",
                                   .url = call->url,
                                   .timeout_ms = call->deadline_ms - when_mono_ms(),
                                   .max_reply = MAX_PLAIN_REPLY};
    call->exchange = exchange_start(call->client->transport, &request, plain_ended, call);
}

static gboolean attempt(gpointer data)
{
    struct aws_call *call = data;
    g_clear_pointer(&call->pause, g_source_unref);
    if (call->url) {
        send_plain(call);
        return G_SOURCE_REMOVE;
    }
    g_autoptr(GError) error = NULL;
    if (!aws_action_find(call->service, call->action)) {
        end_with(call,
                 call_error(call, AWS_ERROR_REQUEST,
                            "not sent: celldeck's table of actions (data/aws/actions.c) has no "
                            "such call, so nobody has been told to permit it"));
        return G_SOURCE_REMOVE;
    }
    if (!call->endpoint)
        call->endpoint =
            endpoints_find(call->client->endpoints, call->service, call->region, &error);
    if (error) {
        end_with(call, call_error(call, error->code, "%s", error->message));
        return G_SOURCE_REMOVE;
    }
    struct keys *keys = call->identity ? identity_keys(call->identity) : call->keys;
    if (keys)
        got_keys(keys, NULL, call);
    else
        call->wait = identity_wait(call->identity, got_keys, call);
    return G_SOURCE_REMOVE;
}

static void attempt_soon(struct aws_call *call, gint64 delay_ms)
{
    call->pause = call_timer(call, delay_ms, attempt);
}

struct aws_call *call_new(struct aws_client *client, const struct aws_target *target,
                          const char *action, char *body, enum aws_call_flags flags,
                          gint64 deadline_ms)
{
    struct aws_call *call = g_new0(struct aws_call, 1);
    call->client = client;
    call->service = target->service;
    call->region = g_strdup(target->region ? target->region : endpoints_region(client->endpoints));
    call->flags = flags;
    call->action = g_strdup(action);
    call->body = body;
    call->patience_ms = deadline_ms > 0 ? deadline_ms : usual_deadline_ms;
    call->deadline_ms = when_mono_ms() + call->patience_ms;
    call->link.data = call->lane_link.data = call;
    call->lane = lane_of(client, call);
    call->deadline = call_timer(call, call->patience_ms, deadline_passed);
    g_queue_push_tail_link(&client->calls, &call->link);
    attempt_soon(call, 0);
    return call;
}
