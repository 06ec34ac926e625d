/* HTTP requests on curl multi, driven by a GLib main context. Knows nothing of AWS.
 *
 * http (1.1) and https (HTTP/2 where the server offers it, TLS 1.2 at least) only, redirects not
 * followed; proxies are libcurl's (HTTPS_PROXY, NO_PROXY) except for loopback, which never goes
 * through one. Connections are kept and used again; over HTTP/2 requests share one. One whose other
 * end acknowledges nothing for 10 s is dead, and not used any more. There is no limit a host: who
 * asks how much is its callers' affair (lane.h), and a limit here would let time run out for
 * requests that nobody has sent yet. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <stdbool.h>

struct transport;
struct exchange;

struct http_request {
    const char *method; /* "GET", or with a body "POST", "PUT" */
    const char *url;
    const char *address;        /* connect there; NULL: to the URL's host */
    const char *const *headers; /* "Name: value", NULL-terminated; may be NULL */
    const char *body;           /* copied */
    size_t body_size;
    gint64 timeout_ms;
    size_t max_reply;    /* bytes; a longer one is an error */
    const char *ca_file; /* NULL: the system's */
    bool no_proxy;       /* straight to the host, whatever the environment says */
    bool fresh; /* over a new connection: libcurl re-sends by itself on one that turns out dead */
};

struct http_answer {
    int status;
    GString *body;
    GHashTable *headers; /* lower-case name -> value, the last one of each */
};

/* Whether a URL's host, without brackets, is this machine: such a URL never goes through a proxy.
 */
bool host_is_loopback(const char *host);
/* A URL, or what was meant to be one, for people: without what may be secret in it, its user and
 * its query. Caller frees. */
char *url_shown(const char *url);

/* Exactly one of `answer` and `error` (AWS_ERROR_NETWORK, _TIMEOUT or _ANSWER) is set; both are
 * borrowed. Called from the main context only, never from within exchange_start. */
typedef void (*exchange_fn)(const struct http_answer *answer, const GError *error, gpointer data);

/* `connections`: no more at a time, those of requests that nobody answers included; 0: as many as
 * the open files allow. What goes beyond waits for one, and its time-out runs. */
struct transport *transport_new(GMainContext *context, guint connections);
void transport_free(struct transport *transport); /* cancels all; may be called by an exchange_fn */
GMainContext *transport_context(const struct transport *transport); /* borrowed */

struct exchange *exchange_start(struct transport *transport, const struct http_request *request,
                                exchange_fn fn, gpointer data);
void exchange_cancel(struct exchange *exchange); /* its fn will not be called */
