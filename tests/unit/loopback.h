/* A client of AWS against a loopback server that answers from a script, one line of it a request.
 */
#pragma once

#include "data/aws/call.h"

#include <gio/gio.h>

/* Instead of an answer: close without one, or never answer. */
#define RESET "reset"
#define HANG  "hang"

/* A whole answer, after which the server closes the connection ... */
#define ANSWER(status, headers, length, body)                                                      \
    "HTTP/1.1 " status "\r\nConnection: close\r\n" headers "Content-Length: " length "\r\n\r\n" body
/* ... or keeps it. */
#define KEPT_ANSWER(status, headers, length, body)                                                 \
    "HTTP/1.1 " status "\r\n" headers "Content-Length: " length "\r\n\r\n" body
extern const char good[];      /* {"Count":7} */
extern const char broken[];    /* 500 */
extern const char throttled[]; /* ThrottlingException, request REQ1 */

struct loopback {
    GSocketService *service;
    GMutex lock;
    GCond quiet;
    guint serving;             /* connections that are being answered */
    GPtrArray *requests;       /* as they came, char * */
    gint connections;          /* read with g_atomic_int_get */
    const char *const *script; /* whole answers; the last one is for all that follow */
    GCancellable *stop;
    char *url;
};

/* Also points the environment's AWS settings at it, with keys AKIDTEST, sEcReT and token tOkEn, and
 * at a proxy that is dead. */
void loopback_start(struct loopback *loopback, const char *const *script);
void loopback_stop(struct loopback *loopback); /* once nobody is being answered any more */
guint loopback_requests(struct loopback *loopback);
/* Turns the main loop until so many requests have come. */
void loopback_wait(struct loopback *loopback, guint requests);

/* A client for us-east-1 whose pauses take no time. */
struct aws_client *quick_client(void);

struct outcome {
    int ended;
    json_t *reply;
    GError *error;
    struct aws_client *free_client; /* from within the callback */
    struct aws_call *cancel_call;   /* the same */
};
void outcome_clear(struct outcome *outcome);
/* A Scan in `region` (NULL: the client's). */
struct aws_call *ask_in(struct aws_client *client, const char *region, enum aws_call_flags flags,
                        gint64 deadline_ms, struct outcome *outcome);
struct aws_call *ask(struct aws_client *client, enum aws_call_flags flags, gint64 deadline_ms,
                     struct outcome *outcome);
void outcome_took(json_t *reply, const GError *error, gpointer outcome); /* aws_json_fn */
void run_until_ended(const struct outcome *outcome);
/* One call against `script`: how it ended; it has to have taken so many requests. */
struct outcome one_call(const char *const *script, enum aws_call_flags flags, gint64 deadline_ms,
                        guint requests);
void expect_reply(const struct outcome *outcome);
/* The error has this code and text, and none of the secrets. */
void expect_error(const struct outcome *outcome, enum aws_error code, const char *text);
