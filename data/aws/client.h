/* Asynchronous calls to AWS, and plain GETs of /healthcheck, on curl multi in the GLib main context
 * of the thread that made the client. Signed with our own SigV4 (aws.md says why). Standard retry
 * mode: 3 attempts, full jitter, one token bucket a service and region (lane.h). */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

enum aws_service {
    AWS_CLOUDWATCH,
    AWS_DYNAMODB,
    AWS_ECS,
    AWS_STS,
    AWS_SNS,
    AWS_ROUTE53,
    AWS_SSO, /* these two only give credentials: nobody calls them through a client */
    AWS_SSO_OIDC,
    AWS_SERVICES /* how many there are */
};

/* The message of every error says service, action, region, AWS's code, the request id where there
 * is one, and what to do where that is known. The code tells a caller how to go on. */
enum aws_error {
    AWS_ERROR_CREDENTIALS, /* none found, expired, or refused: nobody's call will work */
    AWS_ERROR_DENIED,      /* AccessDenied: this call is not allowed */
    AWS_ERROR_CONDITION,   /* ConditionalCheckFailed, InvalidChangeBatch: a lost compare-and-swap */
    AWS_ERROR_NOT_FOUND,   /* ResourceNotFound, ClusterNotFound, ... */
    AWS_ERROR_THROTTLED,   /* after all retries */
    AWS_ERROR_REQUEST,     /* any other 4xx: asking again will not help */
    AWS_ERROR_SERVICE,     /* 5xx after all retries */
    AWS_ERROR_NETWORK,     /* no connection, reset, TLS; the call may or may not have happened */
    AWS_ERROR_TIMEOUT,     /* past its deadline; the call may or may not have happened */
    AWS_ERROR_ANSWER       /* an answer that can't be read */
};
#define AWS_ERROR (aws_error_quark())
GQuark aws_error_quark(void);

/* Whether a write that ended in `error` may have taken effect all the same. */
bool aws_error_is_unsure(const GError *error);

struct aws_client;
struct aws_call;

/* `profile` and `region` may be NULL: environment and ~/.aws decide (aws.md, "Credentials"). Never
 * fails: missing credentials show up as the error of each call. */
struct aws_client *aws_client_new(const char *profile, const char *region);
/* Cancels what is under way (no callback comes after this). */
void aws_client_free(struct aws_client *client);

/* Where a call goes. `region` NULL: the client's. `role_arn` NULL: the client's own credentials,
 * else those of that role (assumed, cached, renewed). Strings are copied by each call. */
struct aws_target {
    enum aws_service service;
    const char *region;
    const char *role_arn;
};

/* `reply` is borrowed for the call and NULL exactly when `error` is set. */
typedef void (*aws_json_fn)(json_t *reply, const GError *error, gpointer data);

enum aws_call_flags {
    AWS_CALL_READ = 0,
    AWS_CALL_WRITE = 1 << 0, /* not idempotent: sent once, over a fresh connection, never retried
                                except where AWS said it was throttled before it did anything */
};

/* A JSON call (CloudWatch, DynamoDB, ECS): `action` such as "GetMetricData"; steals `body`.
 * `deadline_ms` covers all attempts; 0 = 20 s. The call ends with exactly one `fn`, never from
 * within aws_json itself, unless it is cancelled or the client freed first. */
struct aws_call *aws_json(struct aws_client *client, const struct aws_target *target,
                          const char *action, json_t *body, enum aws_call_flags flags,
                          gint64 deadline_ms, aws_json_fn fn, gpointer data);

/* How a long answer becomes a value beside the main loop. */
struct aws_reader {
    /* Runs in a worker: it may look at nothing but the text and `with`. NULL, with an error of a
     * line, where the answer is not what was asked for. */
    gpointer (*read)(const char *text, size_t length, gpointer with, GError **error);
    GDestroyNotify free; /* of a value */
};

/* `value` is borrowed (what is in it may be taken out) and NULL exactly when `error` is set. */
typedef void (*aws_value_fn)(gpointer value, const GError *error, gpointer data);

/* A read like aws_json, whose answer `reader` makes a value of. `with` is let go of with `release`
 * (may be NULL) when nobody reads any more, in whatever thread that is. */
struct aws_call *aws_read(struct aws_client *client, const struct aws_target *target,
                          const char *action, json_t *body, gint64 deadline_ms,
                          const struct aws_reader *reader, gpointer with, GDestroyNotify release,
                          aws_value_fn fn, gpointer data);

/* A Query call (STS, SNS): `params` is a NULL-terminated list name, value, name, value. The reply
 * is the XML answer, as text. */
typedef void (*aws_text_fn)(const char *reply, const GError *error, gpointer data);
struct aws_call *aws_query(struct aws_client *client, const struct aws_target *target,
                           const char *action, const char *const *params, enum aws_call_flags flags,
                           gint64 deadline_ms, aws_text_fn fn, gpointer data);

/* A REST call that reads (Route 53): a GET of `path` ("/2013-04-01/hostedzone/Z1/rrset", escaped),
 * `params` as of aws_query. The reply is the XML answer, as text. */
struct aws_call *aws_rest_get(struct aws_client *client, const struct aws_target *target,
                              const char *action, const char *path, const char *const *params,
                              gint64 deadline_ms, aws_text_fn fn, gpointer data);

/* A REST call that changes something (Route 53): a POST of `body` (XML; stolen) to `path`. It is
 * AWS_CALL_WRITE's. The reply is the XML answer, as text. */
struct aws_call *aws_rest_post(struct aws_client *client, const struct aws_target *target,
                               const char *action, const char *path, char *body, gint64 deadline_ms,
                               aws_text_fn fn, gpointer data);

/* A plain GET, unsigned, not retried, at most 64 KiB of answer, redirects not followed. `status`
 * is 0 and `error` set where there was no HTTP answer. */
typedef void (*aws_http_fn)(int status, const char *body, const GError *error, gpointer data);
struct aws_call *aws_http_get(struct aws_client *client, const char *url, gint64 deadline_ms,
                              aws_http_fn fn, gpointer data);

/* The same, but over a connection to `address` (of IPv4, or IPv6 in brackets), wherever the name in
 * `url` leads: certificate and Host are still the name's. */
struct aws_call *aws_http_get_at(struct aws_client *client, const char *url, const char *address,
                                 gint64 deadline_ms, aws_http_fn fn, gpointer data);

/* No callback comes after this. */
void aws_call_cancel(struct aws_call *call);

/* From within the callback of a call that ended in AWS_ERROR_CONDITION: the answer that says so,
 * as it came, which may tell what stands there instead. NULL for all others. */
const char *aws_call_refusal(const struct aws_call *call);

/* How long the client's own keys last, and with them every role that is assumed with them: a role's
 * end is no later than its source's. */
struct aws_tenure {
    const char *origin; /* in words, without secrets: "profile ops (SSO session corp)"; NULL: none
                           were used yet. Borrowed until the next call */
    gint64 expires_ms;  /* when the keys now in use end; 0: never */
    gint64 lasts_until_ms; /* until then they can be had again without a person (SSO sign-in, MFA
                              session, static session token); G_MININT64: nobody knows how long;
                              0: they renew themselves */
};
void aws_client_tenure(const struct aws_client *client, struct aws_tenure *tenure);

/* AWS's clock minus this machine's, as the last signed answer's Date told it, to half a second and
 * the time it was under way; G_MININT64: no answer yet. A skew of four minutes and more is
 * corrected (and the call repeated) when a signature is refused for it. */
gint64 aws_client_skew_ms(const struct aws_client *client);

/* Requests sent so far, retries included; for the cost shown to people. */
struct aws_counters {
    guint64 requests[AWS_SERVICES];
    guint64 metric_requests; /* GetMetricData among AWS_CLOUDWATCH's: billed by ... */
    guint64 metrics_asked;   /* ... their MetricDataQueries */
};
const struct aws_counters *aws_client_counters(const struct aws_client *client);
