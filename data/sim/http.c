#include "data/sim/http.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "data/sim/value.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>

#define BODY_MAX   (16 << 20)
#define RECHECK_MS 200 /* how often a hanging call looks whether its fault is over */
#define DRIBBLES   8   /* pieces of a slow body */

struct sim_http {
    struct sim_server *server;
    struct MHD_Daemon *daemon;
    GSource *source;
    GHashTable *waiting; /* set of struct conversation * that are suspended */
};

struct conversation {
    struct sim_http *http;
    struct MHD_Connection *connection;
    struct sim_request request;
    const struct sim_fault *until;
    guint timer;
    bool again, cut;
    struct body *body; /* one that is not sent whole, or NULL */
};

/* A body on its way, piece by piece. */
struct body {
    char *text;
    size_t length, send; /* of all; what is really sent of it */
    size_t piece, due;   /* bytes at a time; how many may be sent by now */
    guint pause_ms;      /* after each piece */
};

/* libmicrohttpd's epoll descriptor as an event source. */
struct daemon_source {
    GSource source;
    struct MHD_Daemon *daemon;
    gpointer fd;
};

static gboolean source_prepare(GSource *source, gint *timeout_ms)
{
    MHD_UNSIGNED_LONG_LONG due_ms;
    struct MHD_Daemon *daemon = ((struct daemon_source *)source)->daemon;
    bool timed = MHD_get_timeout(daemon, &due_ms) == MHD_YES;
    *timeout_ms = timed ? (gint)MIN(due_ms, G_MAXINT) : -1;
    return timed && due_ms == 0;
}

static gboolean source_check(GSource *source)
{
    gint timeout_ms;
    return g_source_query_unix_fd(source, ((struct daemon_source *)source)->fd) ||
           source_prepare(source, &timeout_ms);
}

static gboolean source_dispatch(GSource *source, GSourceFunc fn, gpointer data)
{
    (void)fn, (void)data;
    MHD_run(((struct daemon_source *)source)->daemon);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_functions = {
    .prepare = source_prepare, .check = source_check, .dispatch = source_dispatch};

static GSource *source_new(struct MHD_Daemon *daemon)
{
    GSource *source = g_source_new(&source_functions, sizeof(struct daemon_source));
    struct daemon_source *ours = (struct daemon_source *)source;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    ours->daemon = daemon;
    ours->fd = g_source_add_unix_fd(source, info->epoll_fd, G_IO_IN);
    g_source_attach(source, NULL);
    return source;
}

static char *header(struct MHD_Connection *connection, const char *name)
{
    return g_strdup(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name));
}

static enum MHD_Result query_pair(void *query, enum MHD_ValueKind kind, const char *key,
                                  const char *value)
{
    (void)kind;
    json_object_set_new(query, key, json_string(value ? value : ""));
    return MHD_YES;
}

static struct conversation *conversation_new(struct sim_http *http,
                                             struct MHD_Connection *connection, const char *path,
                                             const char *method)
{
    struct conversation *talk = g_new0(struct conversation, 1);
    talk->http = http;
    talk->connection = connection;
    talk->request = (struct sim_request){.method = g_strdup(method),
                                         .path = g_strdup(path),
                                         .query = json_object(),
                                         .authorization = header(connection, "Authorization"),
                                         .target = header(connection, "X-Amz-Target"),
                                         .accept = header(connection, "Accept"),
                                         .date = header(connection, "X-Amz-Date"),
                                         .token = header(connection, "X-Amz-Security-Token"),
                                         .host = header(connection, "Host"),
                                         .body = g_string_new(NULL)};
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, query_pair, talk->request.query);
    return talk;
}

static void conversation_free(struct conversation *talk)
{
    if (talk->timer)
        g_source_remove(talk->timer);
    g_hash_table_remove(talk->http->waiting, talk);
    g_free(talk->request.method);
    g_free(talk->request.path);
    g_free(talk->request.authorization);
    g_free(talk->request.target);
    g_free(talk->request.accept);
    g_free(talk->request.date);
    g_free(talk->request.token);
    g_free(talk->request.host);
    json_decref(talk->request.query);
    g_string_free(talk->request.body, TRUE);
    if (talk->body)
        g_free(talk->body->text);
    g_free(talk->body);
    g_free(talk);
}

/* A closed socket that resets, rather than ends, what the client waits for. */
static enum MHD_Result cut(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return MHD_NO;
}

static void resume(struct conversation *talk)
{
    g_hash_table_remove(talk->http->waiting, talk);
    MHD_resume_connection(talk->connection);
}

static gboolean on_wait_over(gpointer data)
{
    struct conversation *talk = data;
    if (talk->until && when_now_ms() < talk->until->until_ms)
        return G_SOURCE_CONTINUE;
    talk->cut = talk->until != NULL;
    talk->again = true;
    talk->timer = 0;
    resume(talk);
    return G_SOURCE_REMOVE;
}

static void suspend(struct conversation *talk)
{
    g_hash_table_add(talk->http->waiting, talk);
    MHD_suspend_connection(talk->connection);
}

static void wait_for(struct conversation *talk, const struct sim_served *served)
{
    talk->until = served->until;
    talk->timer =
        g_timeout_add(served->until ? RECHECK_MS : (guint)served->delay_ms, on_wait_over, talk);
    suspend(talk);
}

static gboolean on_piece_due(gpointer data)
{
    struct conversation *talk = data;
    talk->body->due += talk->body->piece;
    talk->timer = 0;
    struct MHD_Daemon *daemon = talk->http->daemon;
    resume(talk);
    /* One run takes the piece, the next one sends it, and no timeout asks for that one. */
    MHD_run(daemon);
    MHD_run(daemon);
    return G_SOURCE_REMOVE;
}

/* libmicrohttpd asks for what comes at `at`. Nothing yet: it is asked again when resumed. */
static ssize_t next_piece(void *data, uint64_t at, char *buffer, size_t room)
{
    struct conversation *talk = data;
    const struct body *body = talk->body;
    if (talk->cut || at >= body->send)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (at >= body->due) {
        talk->timer = g_timeout_add(body->pause_ms, on_piece_due, talk);
        suspend(talk);
        return 0;
    }
    size_t count = MIN(MIN(body->send, body->due) - at, room);
    memcpy(buffer, body->text + at, count);
    return (ssize_t)count;
}

static struct MHD_Response *in_pieces(struct conversation *talk, const struct sim_served *served,
                                      char *text)
{
    bool dribbled = served->delivery == SIM_DRIBBLED;
    struct body *body = talk->body = g_new0(struct body, 1);
    body->text = text;
    body->length = strlen(text);
    body->send = dribbled ? body->length : body->length / 2;
    body->piece = dribbled ? body->length / DRIBBLES + 1 : body->length;
    body->due = body->piece;
    body->pause_ms = (guint)(served->dribble_ms / DRIBBLES);
    return MHD_create_response_from_callback(body->length, body->length + 1, next_piece, talk,
                                             NULL);
}

static struct MHD_Response *response_of(struct conversation *talk, struct sim_served *served)
{
    char *text = g_steal_pointer(&served->answer.body);
    if (served->delivery == SIM_DRIBBLED || served->delivery == SIM_BROKEN_OFF)
        return in_pieces(talk, served, text);
    size_t length = strlen(text);
    return MHD_create_response_from_buffer(served->delivery == SIM_HALVED ? length / 2 : length,
                                           text, MHD_RESPMEM_MUST_FREE);
}

/* libmicrohttpd's own would tell the true time. */
static void add_date(struct MHD_Response *response, gint64 clock_ms)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(clock_ms / WHEN_SECOND);
    g_autofree char *clock = g_date_time_format(at, "%Y %H:%M:%S GMT");
    g_autofree char *date = g_strdup_printf(
        "%s, %02d %s %s", days[g_date_time_get_day_of_week(at) - 1],
        g_date_time_get_day_of_month(at), months[g_date_time_get_month(at) - 1], clock);
    MHD_add_response_header(response, "Date", date);
}

static enum MHD_Result send_answer(struct conversation *talk, struct sim_served *served)
{
    const struct sim_answer *answer = &served->answer;
    struct MHD_Response *response = response_of(talk, served);
    add_date(response, served->clock_ms);
    MHD_add_response_header(response, "Content-Type", answer->type);
    if (answer->request_id)
        MHD_add_response_header(response, "x-amzn-RequestId", answer->request_id);
    if (answer->error_header)
        MHD_add_response_header(response, "x-amzn-query-error", answer->error_header);
    enum MHD_Result queued =
        MHD_queue_response(talk->connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result serve(struct conversation *talk)
{
    if (talk->cut)
        return cut(talk->connection);
    struct sim_served served;
    enum MHD_Result result = MHD_YES;
    switch (sim_serve(talk->http->server, &talk->request, talk->again, when_now_ms(), &served)) {
    case SIM_CUT:
        result = cut(talk->connection);
        break;
    case SIM_WAIT:
        wait_for(talk, &served);
        break;
    case SIM_ANSWER:
        result = send_answer(talk, &served);
        break;
    }
    sim_answer_clear(&served.answer);
    return result;
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **state)
{
    (void)version;
    if (!*state) {
        *state = conversation_new(data, connection, path, method);
        return MHD_YES;
    }
    struct conversation *talk = *state;
    if (*upload_size == 0)
        return serve(talk);
    if (talk->request.body->len + *upload_size > BODY_MAX)
        return MHD_NO;
    g_string_append_len(talk->request.body, upload, (gssize)*upload_size);
    *upload_size = 0;
    return MHD_YES;
}

static void on_completed(void *data, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    (void)data, (void)connection, (void)why;
    if (*state)
        conversation_free(*state);
    *state = NULL;
}

struct sim_http *sim_http_new(struct sim_server *server, guint16 port, GError **error)
{
    struct sim_http *http = g_new0(struct sim_http, 1);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    http->server = server;
    http->waiting = g_hash_table_new(NULL, NULL);
    http->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK, port, NULL, NULL,
        on_request, http, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        NULL, MHD_OPTION_CONNECTION_LIMIT, 2000U, MHD_OPTION_END);
    if (!http->daemon) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "can't listen on 127.0.0.1 port %u; is it taken? (0 takes any free one)", port);
        g_hash_table_unref(http->waiting);
        g_free(http);
        return NULL;
    }
    http->source = source_new(http->daemon);
    return http;
}

void sim_http_free(struct sim_http *http)
{
    g_autoptr(GList) waiting = g_hash_table_get_keys(http->waiting);
    for (GList *item = waiting; item; item = item->next) {
        struct conversation *talk = item->data;
        talk->cut = true;
        resume(talk);
    }
    MHD_run(http->daemon);
    g_source_destroy(http->source);
    g_source_unref(http->source);
    MHD_stop_daemon(http->daemon);
    g_hash_table_unref(http->waiting);
    g_free(http);
}

guint16 sim_http_port(const struct sim_http *http)
{
    return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}
