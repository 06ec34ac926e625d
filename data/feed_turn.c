/* The turns in which the feed's sources are asked, and the one timer behind them. */
#include "data/base/when.h"
#include "data/feed_source.h"

#include <malloc.h>

#define BEGIN_MS        5 /* that turns begin without a pause */
#define DEADLINE_MIN_MS (5 * WHEN_SECOND)
#define DEADLINE_MAX_MS (20 * WHEN_SECOND)

/* A call under way. */
struct request {
    struct feed_source *source;
    struct aws_call *call; /* NULL: it has come back */
    source_reply_fn reply; /* one of these three */
    source_value_fn value;
    source_answer_fn answer;
    gpointer part;
};

static void request_free(gpointer p)
{
    struct request *request = p;
    if (request->call)
        aws_call_cancel(request->call);
    g_free(request);
}

static void end_turn(struct feed_source *source)
{
    struct feed *feed = source->feed;
    source->busy = source->awaited = false;
    g_autofree char *error = source->kind->end(source, true);
    source->turn = NULL;
    /* A turn that had nothing to ask for leaves what is known as it is. */
    if (source->sent || error) {
        g_free(source->error);
        source->error = g_steal_pointer(&error);
        if (!source->error)
            source->read_ms = source->asked_ms;
    }
    source->answered = true;
    feed_changed(feed);
    feed_schedule(feed);
}

void feed_give_back(const struct feed *feed)
{
    if (feed->started)
        malloc_trim(0);
}

static struct request *request_new(struct feed_source *source)
{
    struct request *request = g_new0(struct request, 1);
    request->source = source;
    g_ptr_array_add(source->requests, request);
    source->sent++;
    return request;
}

static void request_done(struct request *request)
{
    struct feed_source *source = request->source;
    g_ptr_array_remove_fast(source->requests, request);
    if (!source->requests->len)
        end_turn(source);
}

static gint64 call_deadline_ms(const struct feed *feed)
{
    return CLAMP(2 * feed->config->metrics.period_ms, DEADLINE_MIN_MS, DEADLINE_MAX_MS);
}

static void on_reply(json_t *reply, const GError *error, gpointer data)
{
    struct request *request = data;
    request->call = NULL;
    request->reply(request->source, request->part, reply, error);
    request_done(request);
}

void source_call(struct feed_source *source, const struct aws_target *target, const char *action,
                 json_t *body, source_reply_fn fn, gpointer part)
{
    struct request *request = request_new(source);
    request->reply = fn;
    request->part = part;
    request->call = aws_json(source->feed->client, target, action, body, AWS_CALL_READ,
                             call_deadline_ms(source->feed), on_reply, request);
}

static void on_value(gpointer value, const GError *error, gpointer data)
{
    struct request *request = data;
    request->call = NULL;
    request->value(request->source, request->part, value, error);
    request_done(request);
}

void source_read(struct feed_source *source, const struct aws_target *target, const char *action,
                 json_t *body, const struct aws_reader *reader, gpointer with,
                 GDestroyNotify release, source_value_fn fn, gpointer part)
{
    struct feed *feed = source->feed;
    struct request *request = request_new(source);
    request->value = fn;
    request->part = part;
    request->call = aws_read(feed->client, target, action, body, call_deadline_ms(feed), reader,
                             with, release, on_value, request);
}

static void on_answer(int status, const char *body, const GError *error, gpointer data)
{
    struct request *request = data;
    request->call = NULL;
    request->answer(request->source, status, body, error);
    request_done(request);
}

void source_get(struct feed_source *source, const char *url, source_answer_fn fn)
{
    struct request *request = request_new(source);
    request->answer = fn;
    request->call =
        aws_http_get(source->feed->client, url, call_deadline_ms(source->feed), on_answer, request);
}

struct aws_target source_target(const struct feed_source *source, enum aws_service service)
{
    guint first = g_array_index(source->cells, guint, 0);
    const struct cell_config *cell = source->feed->config->cells->pdata[first];
    return (struct aws_target){service, cell->region, cell->role_arn};
}

/* Steals `name`. */
struct feed_source *feed_source_new(struct feed *feed, const struct source_kind *kind, char *name)
{
    struct feed_source *source = g_new0(struct feed_source, 1);
    source->feed = feed;
    source->kind = kind;
    source->name = name;
    source->cells = g_array_new(FALSE, FALSE, sizeof(guint));
    source->requests = g_ptr_array_new_with_free_func(request_free);
    return source;
}

void feed_source_free(struct feed_source *source)
{
    g_ptr_array_unref(source->requests);
    if (source->turn)
        g_free(source->kind->end(source, false));
    g_array_unref(source->cells);
    g_free(source->past);
    g_free(source->name);
    g_free(source->error);
    g_free(source);
}

static void begin_turn(struct feed_source *source, gint64 now_ms)
{
    source->busy = true;
    source->sent = 0;
    source->asked_ms = now_ms;
    source->due_ms = source->kind->due_ms(source->feed, now_ms);
    source->kind->begin(source);
    source->everything = false;
    if (!source->requests->len)
        end_turn(source);
}

/* A due time that lies further ahead than the kind would ever set it is of a clock that has been
 * put back since, or of a slower pace. */
static gint64 due_ms(const struct feed_source *source, gint64 now_ms)
{
    return MIN(source->due_ms, source->kind->due_ms(source->feed, now_ms));
}

static bool is_due(const struct feed_source *source, gint64 now_ms)
{
    return source->feed->polling && !source->busy && due_ms(source, now_ms) <= now_ms;
}

/* A thousand cells' turns begin at about the same time: whoever waits for a key to be answered, or
 * for an answer to be read, comes between. */
static gboolean on_tick(gpointer data)
{
    struct feed *feed = data;
    feed->tick_id = 0;
    gint64 now_ms = when_now_ms(), until_ms = when_mono_ms() + BEGIN_MS;
    feed_count(feed);
    for (guint i = 0; i < feed->sources->len && when_mono_ms() <= until_ms; i++) {
        struct feed_source *source = feed->sources->pdata[i];
        if (is_due(source, now_ms))
            begin_turn(source, now_ms);
    }
    if (feed->change_ms <= now_ms)
        feed_changed(feed);
    feed_schedule(feed);
    return G_SOURCE_REMOVE;
}

void feed_schedule(struct feed *feed)
{
    gint64 now_ms = when_now_ms();
    gint64 next_ms = feed->fold_id ? G_MAXINT64 : feed->change_ms;
    for (guint i = 0; i < feed->sources->len && feed->polling; i++) {
        const struct feed_source *source = feed->sources->pdata[i];
        if (!source->busy)
            next_ms = MIN(next_ms, due_ms(source, now_ms));
    }
    g_clear_handle_id(&feed->tick_id, g_source_remove);
    if (next_ms != G_MAXINT64)
        feed->tick_id = g_timeout_add((guint)CLAMP(next_ms - now_ms, 0, WHEN_HOUR), on_tick, feed);
}

void feed_ask_all(struct feed *feed, gint64 not_since_ms)
{
    for (guint i = 0; i < feed->sources->len; i++) {
        struct feed_source *source = feed->sources->pdata[i];
        if (source->busy || source->asked_ms > not_since_ms)
            continue;
        source->due_ms = 0;
        source->everything = true;
    }
    feed_schedule(feed);
}
