#include "data/aws/call.h"

#include "data/base/when.h"

GQuark aws_error_quark(void)
{
    return g_quark_from_static_string("aws-error");
}

/* Unsure is everything that may have come after the request had left. Credentials, throttling and
 * refusals come before anything is done. */
bool aws_error_is_unsure(const GError *error)
{
    if (!error || error->domain != AWS_ERROR)
        return false;
    return error->code == AWS_ERROR_SERVICE || error->code == AWS_ERROR_NETWORK ||
           error->code == AWS_ERROR_TIMEOUT || error->code == AWS_ERROR_ANSWER;
}

GError *call_error(const struct aws_call *call, enum aws_error code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *detail = g_strdup_vprintf(format, args);
    va_end(args);
    if (call->url)
        return g_error_new(AWS_ERROR, (int)code, "GET %s: %s", call->url, detail);
    const char *region = call->endpoint ? call->endpoint->region : call->region;
    return g_error_new(AWS_ERROR, (int)code, "%s %s%s%s: %s", aws_facts(call->service)->name,
                       call->action, region ? " in " : "", region ? region : "", detail);
}

void call_note(struct aws_call *call, const char *what)
{
    if (!call->story)
        call->story = g_string_new(NULL);
    g_string_append_printf(call->story, "%sattempt %d: %s", call->story->len ? "; " : "",
                           call->attempt, what);
}

/* " (request ID, attempt 2)", as far as there is something to say. Caller frees. */
static char *which(const struct aws_call *call, const char *request_id)
{
    g_autofree char *tries =
        call->attempt > 1 ? g_strdup_printf("attempt %d", call->attempt) : NULL;
    if (!request_id && !tries)
        return g_strdup("");
    return g_strdup_printf(" (%s%s%s%s)", request_id ? "request " : "",
                           request_id ? request_id : "", request_id && tries ? ", " : "",
                           tries ? tries : "");
}

static double seconds(gint64 ms)
{
    return (double)ms / (double)WHEN_SECOND;
}

GError *call_timeout(const struct aws_call *call, const GError *last)
{
    if (call->url)
        return call_error(call, AWS_ERROR_TIMEOUT, "no answer within %.3g s",
                          seconds(call->patience_ms));
    g_autoptr(GString) story = g_string_new(call->story ? call->story->str : "");
    if (!last)
        g_string_append_printf(story, "%sattempt %d: no answer for %.3g s", story->len ? "; " : "",
                               call->attempt, seconds(when_mono_ms() - call->sent_ms));
    return call_error(
        call, AWS_ERROR_TIMEOUT,
        "no answer within %.3g s (%s); check network and HTTPS_PROXY, and whether AWS "
        "has trouble there: health.aws.amazon.com",
        seconds(call->patience_ms), story->str);
}

GError *call_disconnected(const struct aws_call *call, const GError *error)
{
    g_autofree char *tries = which(call, NULL);
    return call_error(call, AWS_ERROR_NETWORK, "%s%s; check network, HTTPS_PROXY and AWS_CA_BUNDLE",
                      error->message, tries);
}

GError *call_unreadable(const struct aws_call *call, const GError *error)
{
    g_autofree char *one = which(call, call->request_id);
    return call_error(call, AWS_ERROR_ANSWER,
                      "%s%s; if that goes on, check what AWS_ENDPOINT_URL and HTTPS_PROXY lead to",
                      error->message, one);
}

/* What an opt-in region that the account has not enabled says of keys that are good elsewhere. */
static bool of_unknown_keys(const struct fault *fault)
{
    return g_str_equal(fault->code, "UnrecognizedClientException") ||
           g_str_equal(fault->code, "InvalidClientTokenId");
}

static char *advice(const struct aws_call *call, const struct fault *fault)
{
    const struct aws_facts *facts = aws_facts(call->service);
    gint64 skew_s = call->client->skew_ms / WHEN_SECOND;
    if (fault->signature && call->skew_corrected)
        return g_strdup_printf("clock skew: this machine's clock is %" G_GINT64_FORMAT
                               " s %s AWS's; set it right",
                               ABS(skew_s), skew_s < 0 ? "ahead of" : "behind");
    switch (fault->kind) {
    case AWS_ERROR_CREDENTIALS:
        return g_strdup_printf("get fresh credentials (these came from: %s)%s",
                               call->keys ? call->keys->origin : "nowhere",
                               of_unknown_keys(fault) ? ", or enable the region for the account"
                                                      : "");
    case AWS_ERROR_DENIED:
        return g_strdup_printf("the permission it takes is %s:%s", facts->iam, call->action);
    case AWS_ERROR_THROTTLED:
        return g_strdup("AWS is asked too often: ask less, or have the account's quota raised");
    case AWS_ERROR_NOT_FOUND:
        return g_strdup(
            "check its name in celldeck.yaml, and that it is in this region and account");
    case AWS_ERROR_SERVICE:
        return g_strdup("AWS has trouble there: try again later; see health.aws.amazon.com");
    default:
        return NULL;
    }
}

GError *call_refusal(const struct aws_call *call, const struct fault *fault)
{
    g_autoptr(GString) text = g_string_new(fault->code);
    if (*fault->message)
        g_string_append_printf(text, ": %s", fault->message);
    g_autofree char *one = which(call, fault->request_id);
    g_string_append(text, one);
    g_autofree char *what_to_do = advice(call, fault);
    if (what_to_do)
        g_string_append_printf(text, "; %s", what_to_do);
    return call_error(call, fault->kind, "%s", text->str);
}
