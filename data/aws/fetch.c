#include "data/aws/fetch.h"

#include "data/aws/client.h"
#include "data/aws/keys.h"
#include "data/aws/retry.h"
#include "data/base/when.h"

#include <string.h>

/* Credentials are a few KiB; whoever sends more is somebody else. */
enum { MAX_REPLY = 256 * 1024 };

struct fetch {
    struct transport *transport;
    struct http_request request; /* its strings are ours */
    char **headers;
    int tries, tried;
    struct exchange *exchange; /* one of these two is set while it is under way */
    GSource *pause;
    fetch_fn fn;
    gpointer data;
};

static void source_drop(GSource *source)
{
    g_source_destroy(source);
    g_source_unref(source);
}

static void fetch_free(struct fetch *fetch)
{
    for (char **header = fetch->headers; *header; header++)
        keys_wipe(*header);
    g_free(fetch->headers);
    g_free((char *)fetch->request.method);
    g_free((char *)fetch->request.url);
    keys_wipe((char *)fetch->request.body);
    g_free((char *)fetch->request.ca_file);
    g_free(fetch);
}

void fetch_cancel(struct fetch *fetch)
{
    g_clear_pointer(&fetch->pause, source_drop);
    g_clear_pointer(&fetch->exchange, exchange_cancel);
    fetch_free(fetch);
}

static void fetch_end(struct fetch *fetch, const struct http_answer *answer, const GError *error)
{
    g_autoptr(GError) told = NULL;
    if (error) {
        g_autofree char *url = url_shown(fetch->request.url);
        told = g_error_new(AWS_ERROR, error->code, "%s %s: %s", fetch->request.method, url,
                           error->message);
        if (fetch->tried > 1) {
            g_autofree char *once = g_steal_pointer(&told->message);
            told->message = g_strdup_printf("%s (attempt %d)", once, fetch->tried);
        }
    }
    fetch_fn fn = fetch->fn;
    gpointer data = fetch->data;
    fetch_free(fetch);
    fn(answer, told, data);
}

static gboolean try_now(gpointer data);

static bool worth_another(const struct http_answer *answer, const GError *error)
{
    if (error)
        return error->code == AWS_ERROR_NETWORK || error->code == AWS_ERROR_TIMEOUT;
    return retry_kind_of(NULL, answer->status) != RETRY_NOT;
}

static void try_ended(const struct http_answer *answer, const GError *error, gpointer data)
{
    struct fetch *fetch = data;
    fetch->exchange = NULL;
    if (fetch->tried >= fetch->tries || !worth_another(answer, error)) {
        fetch_end(fetch, answer, error);
        return;
    }
    gint64 pause_ms = retry_delay_ms(fetch->tried, g_random_double());
    fetch->pause = g_timeout_source_new((guint)pause_ms);
    g_source_set_callback(fetch->pause, try_now, fetch, NULL);
    g_source_attach(fetch->pause, transport_context(fetch->transport));
}

static gboolean try_now(gpointer data)
{
    struct fetch *fetch = data;
    g_clear_pointer(&fetch->pause, g_source_unref);
    fetch->tried++;
    fetch->exchange = exchange_start(fetch->transport, &fetch->request, try_ended, fetch);
    return G_SOURCE_REMOVE;
}

/* The caller's headers; and without a body none of curl's own about one. */
static char **copy_headers(const struct fetch_request *request)
{
    GPtrArray *headers = g_ptr_array_new();
    for (const char *const *h = request->headers; h && *h; h++)
        g_ptr_array_add(headers, g_strdup(*h));
    if (!request->body)
        g_ptr_array_add(headers, g_strdup("Content-Type:"));
    g_ptr_array_add(headers, NULL);
    return (char **)g_ptr_array_free(headers, FALSE);
}

struct fetch *fetch_start(struct transport *transport, const struct fetch_request *request,
                          fetch_fn fn, gpointer data)
{
    struct fetch *fetch = g_new0(struct fetch, 1);
    fetch->transport = transport;
    fetch->headers = copy_headers(request);
    fetch->tries = MAX(request->tries, 1);
    fetch->fn = fn;
    fetch->data = data;
    fetch->request = (struct http_request){.method = g_strdup(request->method),
                                           .url = g_strdup(request->url),
                                           .headers = (const char *const *)fetch->headers,
                                           .body = g_strdup(request->body ? request->body : ""),
                                           .body_size = request->body ? strlen(request->body) : 0,
                                           .timeout_ms = request->timeout_ms,
                                           .max_reply = MAX_REPLY,
                                           .ca_file = g_strdup(request->ca_file),
                                           .no_proxy = request->no_proxy};
    try_now(fetch);
    return fetch;
}
