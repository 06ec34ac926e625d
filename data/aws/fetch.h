/* A plain request over HTTP, unsigned, for those who hand out credentials: instance metadata, a
 * container's agent, SSO. It knows nothing of them; what an answer means is its caller's affair.
 * Headers and bodies carry secrets both ways: none of them ever gets into an error. */
#pragma once

#include "data/aws/transport.h"

struct fetch;

struct fetch_request {
    const char *method;         /* "GET", "PUT" or "POST" */
    const char *url;            /* http or https */
    const char *const *headers; /* "Name: value", NULL-terminated; may be NULL */
    const char *body;           /* text; NULL: none */
    gint64 timeout_ms;          /* of each try */
    int tries;                  /* up to so many; 0 counts as 1 */
    bool no_proxy;              /* straight to the host, whatever HTTPS_PROXY says */
    const char *ca_file;        /* NULL: the system's */
};

/* Exactly one of `answer` (of any status) and `error` (of AWS_ERROR, "GET http://host/path: ...",
 * how often it was tried) is set; both are borrowed. Never called from within fetch_start. */
typedef void (*fetch_fn)(const struct http_answer *answer, const GError *error, gpointer data);

/* Copies the request. Tried again are answers 429, 500, 502, 503 and 504, time-outs, and
 * connections that failed; the pauses between grow as in AWS's standard retry mode (retry.h). */
struct fetch *fetch_start(struct transport *transport, const struct fetch_request *request,
                          fetch_fn fn, gpointer data);
void fetch_cancel(struct fetch *fetch); /* its fn will not be called; before transport_free */
