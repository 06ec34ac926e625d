#include "data/aws/call.h"

#include "data/aws/actions.h"
#include "data/base/when.h"

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

/* Takes the call out of everything it stands in; only its owner's callback is left. */
static void detach(struct aws_call *call)
{
    g_clear_pointer(&call->deadline, source_drop);
    g_clear_pointer(&call->pause, source_drop);
    g_clear_pointer(&call->wait, keys_wait_cancel);
    g_clear_pointer(&call->exchange, exchange_cancel);
    g_clear_pointer(&call->reading, reply_cancel);
    lane_leave(&call->place);
    g_queue_unlink(&call->client->calls, &call->link);
}

static void release(struct aws_call *call)
{
    g_clear_error(&call->last);
    if (call->story)
        g_string_free(call->story, TRUE);
    endpoint_free(call->endpoint);
    keys_unref(call->keys);
    g_free(call->action);
    g_free(call->region);
    g_free(call->body);
    g_free(call->url);
    g_free(call->address);
    g_free(call->path);
    g_free(call->query);
    g_free(call->refusal);
    g_free(call->request_id);
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

static double in_seconds(gint64 ms)
{
    return (double)ms / (double)WHEN_SECOND;
}

static gboolean deadline_passed(gpointer data)
{
    struct aws_call *call = data;
    if (call->exchange)
        end_with(call, call_timeout(call, NULL));
    else if (call->last)
        end_with(call, g_steal_pointer(&call->last));
    else if (call->place.waits)
        end_with(call, call_error(call, AWS_ERROR_THROTTLED,
                                  "not sent within %g s: %d calls before it are still unanswered",
                                  in_seconds(call->patience_ms), LANE_WIDTH));
    else
        end_with(call, call_error(call, AWS_ERROR_CREDENTIALS,
                                  "not sent: no credentials could be had within %g s",
                                  in_seconds(call->patience_ms)));
    return G_SOURCE_REMOVE;
}

/* Another try after `error` (stolen), or the end. A pause that would outlast the deadline is none.
 */
static void retry_or_end(struct aws_call *call, enum retry_kind kind, GError *error)
{
    gint64 delay_ms = 0;
    bool write = call->flags & AWS_CALL_WRITE;
    struct retry_bucket *bucket = &call->place.lane->bucket;
    if (retry_exhausted(bucket, kind)) {
        g_autofree char *message = g_steal_pointer(&error->message);
        error->message = g_strdup_printf("%s; not tried again, too many calls there fail", message);
    }
    if (!retry_next(bucket, kind, write, call->attempt, call->client->jitter(), &delay_ms) ||
        when_mono_ms() + delay_ms >= call->deadline_ms) {
        end_with(call, error);
        return;
    }
    call->retried = kind;
    g_clear_error(&call->last);
    call->last = error;
    attempt_soon(call, delay_ms);
}

/* The Date says whole seconds: on average it is half of one behind. */
static void note_skew(struct aws_client *client, const struct http_answer *answer)
{
    gint64 date_ms = answer_date_ms(answer);
    if (date_ms)
        client->measured_skew_ms = date_ms + WHEN_SECOND / 2 - when_now_ms();
}

/* A signature refused for its time: if the answer's Date shows our clock to be wrong, one try more
 * with the time corrected. Nothing was done, so that goes for writes too. */
static bool correct_skew(struct aws_call *call, const struct fault *fault)
{
    gint64 skew_ms = call->client->measured_skew_ms;
    if (!fault->signature || !fault->date_ms || call->skew_corrected)
        return false;
    if (ABS(skew_ms - call->skew_ms) < skew_that_counts_ms)
        return false;
    call->client->skew_ms = skew_ms;
    call->skew_corrected = true;
    attempt_soon(call, 0);
    return true;
}

/* Keys that are over, by AWS's clock: nothing was done with them, so one try more with other ones,
 * if there are any (got_keys), goes for writes too. Steals `error` if so. */
static bool renew_keys(struct aws_call *call, const struct fault *fault, GError *error)
{
    if (!fault->expired || !call->identity || call->renewed || call->attempt >= RETRY_ATTEMPTS)
        return false;
    call->renewing = call->renewed = true;
    g_clear_error(&call->last);
    call->last = error;
    attempt_soon(call, 0);
    return true;
}

static bool are_same(const struct keys *keys, const struct keys *others)
{
    return keys && g_str_equal(keys->id, others->id) && g_strcmp0(keys->token, others->token) == 0;
}

static void reply_came(gpointer value, const GError *error, gpointer data)
{
    struct aws_call *call = data;
    call->reading = NULL;
    if (error) {
        end_with(call, call_unreadable(call, error));
        return;
    }
    call->value = value;
    call_end(call, NULL, NULL);
}

static void succeed(struct aws_call *call, const struct http_answer *answer,
                    const char *const *secrets)
{
    g_clear_pointer(&call->deadline, source_drop);
    if (!call->reader) {
        call_end(call, answer, NULL);
        return;
    }
    call->request_id = answer_request_id(answer, secrets);
    struct reply_how how = {call->reader, g_steal_pointer(&call->with), call->release};
    call->reading = reply_read(call->client->readers, answer->body, &how, reply_came, call);
}

/* No answer: a time-out, or a connection that failed or could not be had. */
static void attempt_failed(struct aws_call *call, const GError *error)
{
    call_note(call, error->message);
    if (error->code == AWS_ERROR_TIMEOUT)
        retry_or_end(call, RETRY_TIMEOUT, call_timeout(call, error));
    else if (error->code == AWS_ERROR_NETWORK)
        retry_or_end(call, RETRY_TRANSIENT, call_disconnected(call, error));
    else
        retry_or_end(call, RETRY_NOT, call_error(call, error->code, "%s", error->message));
}

static void attempt_ended(const struct http_answer *answer, const GError *error, gpointer data)
{
    struct aws_call *call = data;
    call->exchange = NULL;
    lane_leave(&call->place);
    if (error) {
        attempt_failed(call, error);
        return;
    }
    note_skew(call->client, answer);
    const char *secrets[KEYS_SECRETS];
    keys_secrets(call->keys, secrets);
    OWN(fault) fault = fault_read(answer, secrets);
    if (!fault) {
        retry_succeeded(&call->place.lane->bucket, call->retried);
        succeed(call, answer, secrets);
        return;
    }
    call_note(call, fault->code);
    if (correct_skew(call, fault))
        return;
    if (fault->kind == AWS_ERROR_CREDENTIALS && call->identity)
        identity_forget(call->identity, call->keys);
    if (fault->kind == AWS_ERROR_CONDITION)
        call->refusal = g_strdup(answer->body->str);
    GError *refusal = call_refusal(call, fault);
    if (!renew_keys(call, fault, refusal))
        retry_or_end(call, fault->retry, refusal);
}

static void got_keys(struct keys *keys, const GError *error, gpointer data)
{
    struct aws_call *call = data;
    call->wait = NULL;
    if (error) {
        end_with(call, call_error(call, AWS_ERROR_CREDENTIALS, "%s", error->message));
        return;
    }
    if (call->renewing && are_same(call->keys, keys)) {
        end_with(call, g_steal_pointer(&call->last));
        return;
    }
    call->renewing = false;
    keys_unref(call->keys);
    call->keys = keys_ref(keys);
    if (lane_enter(&call->place)) {
        call->attempt++;
        call_send_signed(call, attempt_ended);
    }
}

static void plain_ended(const struct http_answer *answer, const GError *error, gpointer data)
{
    struct aws_call *call = data;
    call->exchange = NULL;
    if (!error)
        call_end(call, answer, NULL);
    else if (error->code == AWS_ERROR_TIMEOUT)
        end_with(call, call_timeout(call, error));
    else
        end_with(call, call_error(call, error->code, "%s", error->message));
}

static gboolean attempt(gpointer data)
{
    struct aws_call *call = data;
    g_clear_pointer(&call->pause, g_source_unref);
    if (call->url) {
        call_send_plain(call, plain_ended);
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

static void turn_came(gpointer data)
{
    attempt_soon(data, 0);
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
    call->link.data = call;
    lane_place_init(&call->place, lane_of(client->lanes, call->service, call->region), turn_came,
                    call);
    call->deadline = call_timer(call, call->patience_ms, deadline_passed);
    g_queue_push_tail_link(&client->calls, &call->link);
    attempt_soon(call, 0);
    return call;
}
