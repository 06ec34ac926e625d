#include "data/aws/reply.h"

enum {
    READERS = 2,
    SHORT = 16 * 1024 /* bytes; read at once, in less than half a millisecond */
};

struct reply_readers {
    GMainContext *context;
    GThreadPool *pool;
};

/* Held by whoever asked (until fn was called or it was cancelled) and by the pool. */
struct reply_reading {
    gatomicrefcount refs;
    gint cancelled; /* atomic */
    char *text;     /* the pool's, and so is `json` until `done` is ready */
    gsize length;
    json_t *json;
    GSource *done;
    reply_fn fn;
    gpointer data;
};

static void reading_unref(struct reply_reading *reading)
{
    if (!g_atomic_ref_count_dec(&reading->refs))
        return;
    g_source_unref(reading->done);
    json_decref(reading->json);
    g_free(reading->text);
    g_free(reading);
}

/* A tree is made here and belongs to the main loop as soon as that hears of it. */
static void read_one(gpointer data, gpointer user)
{
    struct reply_reading *reading = data;
    (void)user;
    if (!g_atomic_int_get(&reading->cancelled))
        reading->json =
            reading->length ? json_loadb(reading->text, reading->length, 0, NULL) : json_object();
    g_clear_pointer(&reading->text, g_free);
    g_source_set_ready_time(reading->done, 0);
    reading_unref(reading);
}

struct reply_readers *reply_readers_new(GMainContext *context)
{
    struct reply_readers *readers = g_new0(struct reply_readers, 1);
    readers->context = g_main_context_ref(context);
    readers->pool = g_thread_pool_new(read_one, NULL, READERS, FALSE, NULL);
    return readers;
}

void reply_readers_free(struct reply_readers *readers)
{
    g_thread_pool_free(readers->pool, FALSE, TRUE);
    g_main_context_unref(readers->context);
    g_free(readers);
}

static gboolean hand_over(gpointer data)
{
    struct reply_reading *reading = data;
    reading->fn(reading->json, reading->data);
    reading_unref(reading);
    return G_SOURCE_REMOVE;
}

static gboolean dispatch(GSource *source, GSourceFunc fn, gpointer data)
{
    (void)source;
    return fn(data);
}

struct reply_reading *reply_read(struct reply_readers *readers, const GString *text, reply_fn fn,
                                 gpointer data)
{
    static GSourceFuncs functions = {.dispatch = dispatch};
    struct reply_reading *reading = g_new0(struct reply_reading, 1);
    g_atomic_ref_count_init(&reading->refs);
    g_atomic_ref_count_inc(&reading->refs);
    reading->text = g_memdup2(text->str, text->len + 1);
    reading->length = text->len;
    reading->fn = fn;
    reading->data = data;
    reading->done = g_source_new(&functions, sizeof(GSource));
    g_source_set_callback(reading->done, hand_over, reading, NULL);
    g_source_attach(reading->done, readers->context);
    if (text->len <= SHORT)
        read_one(reading, NULL);
    else
        g_thread_pool_push(readers->pool, reading, NULL);
    return reading;
}

void reply_cancel(struct reply_reading *reading)
{
    g_atomic_int_set(&reading->cancelled, 1);
    g_source_destroy(reading->done);
    reading_unref(reading);
}
