#include "data/aws/transport.h"

#include "data/aws/client.h"
#include "data/aws/http_options.h"
#include "data/base/text.h"

#include <curl/curl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/resource.h>

/* Files that are not connections of ours, and the most connections that make sense. */
enum { OTHER_FILES = 128, MOST_CONNECTIONS = 2048 };
/* Kept open for the next request. libcurl's own rule, four for each request now under way, would
 * close nearly all of them at the end of each round. */
enum { KEPT_CONNECTIONS = 128 };

struct transport {
    int refs; /* one is the owner's; others keep it alive while callbacks run */
    bool closed;
    GMainContext *context;
    CURLM *multi;
    GSource *timer;
    GQueue exchanges;
};

struct exchange {
    struct transport *transport;
    GList link; /* in transport->exchanges */
    CURL *easy;
    struct curl_slist *headers, *connects;
    struct http_answer answer;
    size_t max_reply;
    bool too_long;
    char reason[CURL_ERROR_SIZE];
    exchange_fn fn;
    gpointer data;
};

static void transport_unref(struct transport *transport)
{
    if (--transport->refs > 0)
        return;
    g_main_context_unref(transport->context);
    g_free(transport);
}

static void source_drop(GSource *source)
{
    g_source_destroy(source);
    g_source_unref(source);
}

static void exchange_free(struct exchange *exchange)
{
    struct transport *transport = exchange->transport;
    g_queue_unlink(&transport->exchanges, &exchange->link);
    curl_multi_remove_handle(transport->multi, exchange->easy);
    curl_easy_cleanup(exchange->easy);
    curl_slist_free_all(exchange->headers);
    curl_slist_free_all(exchange->connects);
    g_string_free(exchange->answer.body, TRUE);
    g_hash_table_unref(exchange->answer.headers);
    g_free(exchange);
}

static GError *failure(const struct exchange *exchange, CURLcode result)
{
    const char *reason = *exchange->reason ? exchange->reason : curl_easy_strerror(result);
    if (exchange->too_long)
        return g_error_new(AWS_ERROR, AWS_ERROR_ANSWER, "the answer is longer than %zu KiB",
                           exchange->max_reply / 1024);
    enum aws_error code =
        result == CURLE_OPERATION_TIMEDOUT ? AWS_ERROR_TIMEOUT : AWS_ERROR_NETWORK;
    return g_error_new(AWS_ERROR, code, "%s", reason);
}

/* Hands the result over; the exchange is out of curl's hands before, so that the callback may do
 * anything, free the transport included. */
static void complete(struct exchange *exchange, CURLcode result)
{
    struct transport *transport = exchange->transport;
    g_autoptr(GError) error = NULL;
    long status = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    exchange->answer.status = (int)status;
    if (result != CURLE_OK)
        error = failure(exchange, result);
    curl_multi_remove_handle(transport->multi, exchange->easy);
    g_queue_unlink(&transport->exchanges, &exchange->link);
    struct http_answer answer = exchange->answer;
    exchange_fn fn = exchange->fn;
    gpointer data = exchange->data;
    curl_easy_cleanup(exchange->easy);
    curl_slist_free_all(exchange->headers);
    curl_slist_free_all(exchange->connects);
    g_free(exchange);
    fn(error ? NULL : &answer, error, data);
    g_string_free(answer.body, TRUE);
    g_hash_table_unref(answer.headers);
}

/* Tells curl what happened to a socket (or that its time has come), then hands over what ended. */
static void drive(struct transport *transport, curl_socket_t fd, int what)
{
    transport->refs++;
    int running = 0, left = 0;
    curl_multi_socket_action(transport->multi, fd, what, &running);
    const CURLMsg *message;
    while (!transport->closed && (message = curl_multi_info_read(transport->multi, &left))) {
        struct exchange *exchange = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&exchange);
        if (message->msg == CURLMSG_DONE)
            complete(exchange, message->data.result);
    }
    transport_unref(transport);
}

static gboolean socket_ready(gint fd, GIOCondition condition, gpointer data)
{
    int what =
        (condition & G_IO_IN ? CURL_CSELECT_IN : 0) | (condition & G_IO_OUT ? CURL_CSELECT_OUT : 0);
    drive(data, fd, what); /* with 0, on a hang-up alone, curl looks for itself */
    return G_SOURCE_CONTINUE;
}

static int watch_socket(G_GNUC_UNUSED CURL *easy, curl_socket_t fd, int what, void *user,
                        void *watch)
{
    struct transport *transport = user;
    if (watch)
        source_drop(watch);
    GSource *source = NULL;
    if (what != CURL_POLL_REMOVE) {
        GIOCondition condition =
            (what & CURL_POLL_IN ? G_IO_IN : 0) | (what & CURL_POLL_OUT ? G_IO_OUT : 0);
        source = g_unix_fd_source_new(fd, condition);
        g_source_set_callback(source, G_SOURCE_FUNC(socket_ready), transport, NULL);
        g_source_attach(source, transport->context);
    }
    curl_multi_assign(transport->multi, fd, source);
    return 0;
}

static gboolean timer_fired(gpointer data)
{
    struct transport *transport = data;
    g_clear_pointer(&transport->timer, source_drop);
    drive(transport, CURL_SOCKET_TIMEOUT, 0);
    return G_SOURCE_REMOVE;
}

static int watch_timer(G_GNUC_UNUSED CURLM *multi, long timeout_ms, void *user)
{
    struct transport *transport = user;
    g_clear_pointer(&transport->timer, source_drop);
    if (timeout_ms < 0)
        return 0;
    transport->timer = g_timeout_source_new((guint)MIN(timeout_ms, (long)G_MAXINT));
    g_source_set_callback(transport->timer, timer_fired, transport, NULL);
    g_source_attach(transport->timer, transport->context);
    return 0;
}

/* As many as the limit on open files leaves room for: 896 of the usual 1,024. */
static guint most_connections(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur < (rlim_t)2 * OTHER_FILES)
        return OTHER_FILES;
    return (guint)MIN(files.rlim_cur - OTHER_FILES, (rlim_t)MOST_CONNECTIONS);
}

struct transport *transport_new(GMainContext *context, guint connections)
{
    /* Never undone: a resolver thread that hangs may outlive the last transport. */
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct transport *transport = g_new0(struct transport, 1);
    transport->refs = 1;
    transport->context = g_main_context_ref(context);
    transport->multi = curl_multi_init();
    curl_multi_setopt(transport->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(transport->multi, CURLMOPT_SOCKETDATA, transport);
    curl_multi_setopt(transport->multi, CURLMOPT_TIMERFUNCTION, watch_timer);
    curl_multi_setopt(transport->multi, CURLMOPT_TIMERDATA, transport);
    curl_multi_setopt(transport->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                      (long)(connections ? connections : most_connections()));
    curl_multi_setopt(transport->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    return transport;
}

GMainContext *transport_context(const struct transport *transport)
{
    return transport->context;
}

void transport_free(struct transport *transport)
{
    if (!transport)
        return;
    transport->closed = true;
    while (transport->exchanges.head)
        exchange_free(transport->exchanges.head->data);
    curl_multi_cleanup(transport->multi);
    g_clear_pointer(&transport->timer, source_drop);
    transport_unref(transport);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *user)
{
    struct exchange *exchange = user;
    size_t length = size * count;
    GString *body = exchange->answer.body;
    if (length > exchange->max_reply - body->len) {
        exchange->too_long = true;
        return 0;
    }
    g_string_append_len(body, bytes, (gssize)length);
    return length;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *user)
{
    struct exchange *exchange = user;
    size_t length = size * count;
    g_autofree char *line = text_utf8(bytes, (gssize)length);
    char *colon = strchr(line, ':');
    if (g_str_has_prefix(line, "HTTP/")) {
        g_hash_table_remove_all(exchange->answer.headers); /* those of a 1xx before */
    } else if (colon) {
        *colon = '\0';
        g_hash_table_replace(exchange->answer.headers, g_ascii_strdown(line, -1),
                             g_strdup(g_strstrip(colon + 1)));
    }
    return length;
}

struct exchange *exchange_start(struct transport *transport, const struct http_request *request,
                                exchange_fn fn, gpointer data)
{
    struct exchange *exchange = g_new0(struct exchange, 1);
    exchange->transport = transport;
    exchange->link.data = exchange;
    exchange->max_reply = request->max_reply;
    exchange->fn = fn;
    exchange->data = data;
    exchange->answer.body = g_string_new(NULL);
    exchange->answer.headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    exchange->easy = curl_easy_init();
    curl_easy_setopt(exchange->easy, CURLOPT_PRIVATE, exchange);
    curl_easy_setopt(exchange->easy, CURLOPT_ERRORBUFFER, exchange->reason);
    curl_easy_setopt(exchange->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(exchange->easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(exchange->easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(exchange->easy, CURLOPT_HEADERDATA, exchange);
    exchange->headers = http_options_set(exchange->easy, request, &exchange->connects);
    g_queue_push_tail_link(&transport->exchanges, &exchange->link);
    curl_multi_add_handle(transport->multi, exchange->easy);
    return exchange;
}

void exchange_cancel(struct exchange *exchange)
{
    exchange_free(exchange);
}
