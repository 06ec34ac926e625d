/* One call to AWS from beginning to end, and the client's inside: private to data/aws.
 *
 * A call goes: keys (waits for its identity) -> lane (waits for a place) -> attempt (signs, sends)
 * -> (a JSON answer is read) -> its callback, or after a pause the lane again. Every step is taken
 * from the main loop; its deadline can end it at any of them before the answer is there. */
#pragma once

#include "data/aws/answer.h"
#include "data/aws/client.h"
#include "data/aws/credentials.h"
#include "data/aws/endpoints.h"
#include "data/aws/lane.h"
#include "data/aws/reply.h"
#include "data/aws/service.h"
#include "data/aws/transport.h"

#include <glib-object.h>

struct aws_client {
    GMainContext *context;
    struct transport *transport; /* for AWS ... */
    struct transport *plain;     /* ... and for plain GETs */
    struct reply_readers *readers;
    struct endpoints *endpoints;
    struct credentials *credentials;
    double (*jitter)(void);  /* in [0, 1); tests set their own */
    gint64 skew_ms;          /* AWS's clock minus ours, where it was seen to matter */
    gint64 measured_skew_ms; /* the same as the last answer's Date says it; G_MININT64: none yet */
    struct aws_counters counters;
    GHashTable *lanes; /* "service region" -> struct lane */
    GQueue calls;      /* of struct aws_call, by link */
};

/* Hands the end of a call to its owner, in the shape it asked for. */
typedef void (*deliver_fn)(const struct aws_call *call, const struct http_answer *answer,
                           const GError *error);

struct aws_call {
    struct aws_client *client;
    GList link;
    bool ended; /* its callback runs, or has run */
    deliver_fn deliver;
    GCallback fn; /* the owner's, of the type its deliver knows */
    gpointer data;

    enum aws_service service;
    enum aws_call_flags flags;
    char *action;
    char *region; /* as asked for, or NULL */
    char *body;
    guint64 metrics;           /* asked for by one request of this call */
    struct identity *identity; /* NULL: `keys` were given */
    char *url;                 /* set for a plain GET ... */
    char *address;             /* ... that goes there; NULL: to the URL's own host */
    char *path;                /* of a REST call; NULL: the endpoint's own */
    char *query;               /* set where it is a GET; NULL: a POST of `body` */
    char *refusal;             /* the answer that refused it for its condition, or NULL */

    gint64 deadline_ms; /* on the monotonic clock */
    gint64 patience_ms; /* how long that was, for the error */
    GSource *deadline;
    GSource *pause; /* before the first step, and between attempts */
    struct keys_wait *wait;
    struct keys *keys;
    struct endpoint *endpoint;
    struct lane_place place;
    struct exchange *exchange;
    char *request_id;                /* of the answer that is being read, or NULL */
    const struct aws_reader *reader; /* of the answer, before `deliver`; NULL: there is none */
    struct reply_reading *reading;
    gpointer with; /* the reader's, until it reads */
    GDestroyNotify release;
    gpointer value;          /* what was read; borrowed, while `deliver` runs */
    int attempt;             /* from 1 */
    gint64 sent_ms;          /* the last one, on the monotonic clock */
    GString *story;          /* what the attempts came to: "attempt 1: ..."; NULL: none yet */
    enum retry_kind retried; /* why the last one was tried again */
    gint64 skew_ms;          /* what the last attempt was signed with */
    bool skew_corrected;
    bool renewing, renewed; /* other keys are (were once) asked for: those at hand are over */
    GError *last;           /* of the last attempt, while the next one is waited for */
};

/* A call that is on its way from the next turn of the main loop on; the caller fills in the rest
 * before. `body` is stolen. */
struct aws_call *call_new(struct aws_client *client, const struct aws_target *target,
                          const char *action, char *body, enum aws_call_flags flags,
                          gint64 deadline_ms);
void call_free(struct aws_call *call);

/* Ends `call` with an answer or an error, once. Both are borrowed. */
void call_end(struct aws_call *call, const struct http_answer *answer, const GError *error);

/* An error of `call` in the one form all of them have: "CloudWatch GetMetricData in us-east-1:
 * DETAIL". */
GError *call_error(const struct aws_call *call, enum aws_error code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Keeps what an attempt came to, for an error that has to tell of all of them. */
void call_note(struct aws_call *call, const char *what);
/* No answer in time: the call's whole patience and what became of each attempt. `last` NULL: the
 * call's time ran out before its last attempt's did. */
GError *call_timeout(const struct aws_call *call, const GError *last);
/* No connection, or one that broke. */
GError *call_disconnected(const struct aws_call *call, const GError *error);
/* An answer that is not what was asked for. */
GError *call_unreadable(const struct aws_call *call, const GError *error);
/* What AWS answered, as such an error: code, message, request id, and what to do. */
GError *call_refusal(const struct aws_call *call, const struct fault *fault);

/* The next attempt: signs the request and sends it. `ended` gets the call as its data. */
void call_send_signed(struct aws_call *call, exchange_fn ended);
/* The plain GET of call->url. */
void call_send_plain(struct aws_call *call, exchange_fn ended);

/* The body of a Query call: Action, Version and `params`. Caller frees. */
char *query_body(const struct aws_facts *facts, const char *action, const char *const *params);

/* What the credentials assume roles with: `client`'s own calls to STS. */
struct assumer sts_assumer(struct aws_client *client);
