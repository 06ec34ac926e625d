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
    GSource *done;  /* until it is ready, what follows is the pool's */
    char *text;
    gsize length;
    struct reply_how how;
    gpointer value;
    GError *error;
    aws_value_fn fn;
    gpointer data;
};

static void reading_unref(struct reply_reading *reading)
{
    if (!g_atomic_ref_count_dec(&reading->refs))
        return;
    g_source_unref(reading->done);
    if (reading->value)
        reading->how.reader->free(reading->value);
    g_clear_error(&reading->error);
    g_free(reading);
}

static void read_one(gpointer data, gpointer user)
{
    struct reply_reading *reading = data;
    const struct reply_how *how = &reading->how;
    (void)user;
    if (!g_atomic_int_get(&reading->cancelled))
        reading->value =
            how->reader->read(reading->text, reading->length, how->with, &reading->error);
    g_clear_pointer(&reading->text, g_free);
    if (how->release)
        how->release(how->with);
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
    reading->fn(reading->value, reading->error, reading->data);
    reading_unref(reading);
    return G_SOURCE_REMOVE;
}

static gboolean dispatch(GSource *source, GSourceFunc fn, gpointer data)
{
    (void)source;
    return fn(data);
}

struct reply_reading *reply_read(struct reply_readers *readers, const GString *text,
                                 const struct reply_how *how, aws_value_fn fn, gpointer data)
{
    static GSourceFuncs functions = {.dispatch = dispatch};
    struct reply_reading *reading = g_new0(struct reply_reading, 1);
    g_atomic_ref_count_init(&reading->refs);
    g_atomic_ref_count_inc(&reading->refs);
    reading->text = g_memdup2(text->str, text->len + 1);
    reading->length = text->len;
    reading->how = *how;
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
