#include "tests/simulation/base/memory_store.h"

#include "data/base/error.h"

#include <string.h>

/* What is kept of a row: its texts, and its data read once. */
struct kept {
    struct journal_row row;
    json_t *data;
};

struct stream {
    char *name;
    GPtrArray *rows;  /* struct kept * */
    guint last_state; /* place of the last row with `state`, from 1; 0: none */
    guint64 order;
};

struct memory {
    struct journal_store base;
    GHashTable *by_name; /* char * -> struct stream * */
    GPtrArray *streams;  /* struct stream *, in order of their first event */
    gint64 version;      /* how many events there are */
    char head[JOURNAL_HASH_SIZE];
};

static void kept_free(gpointer data)
{
    struct kept *kept = data;
    g_free((char *)kept->row.stream);
    g_free((char *)kept->row.id);
    g_free((char *)kept->row.actor);
    g_free((char *)kept->row.type);
    g_free((char *)kept->row.data);
    g_free((char *)kept->row.prev_hash);
    g_free((char *)kept->row.hash);
    json_decref(kept->data);
    g_free(kept);
}

static void stream_free(gpointer data)
{
    struct stream *stream = data;
    g_ptr_array_unref(stream->rows);
    g_free(stream->name);
    g_free(stream);
}

static struct stream *stream_of(struct journal_store *store, const char *name)
{
    return g_hash_table_lookup(((struct memory *)store)->by_name, name);
}

static struct stream *stream_add(struct memory *memory, const char *name)
{
    struct stream *stream = g_new0(struct stream, 1);
    stream->name = g_strdup(name);
    stream->rows = g_ptr_array_new_with_free_func(kept_free);
    g_hash_table_insert(memory->by_name, stream->name, stream);
    g_ptr_array_add(memory->streams, stream);
    return stream;
}

static struct event *event_of(const struct kept *kept)
{
    const struct journal_row *row = &kept->row;
    struct event *event = g_new(struct event, 1);
    *event = (struct event){.stream = g_strdup(row->stream),
                            .seq = row->seq,
                            .id = g_strdup(row->id),
                            .at_ms = row->at_ms,
                            .actor = g_strdup(row->actor),
                            .type = g_strdup(row->type),
                            .data = json_incref(kept->data),
                            .prev_hash = g_strdup(row->prev_hash),
                            .hash = g_strdup(row->hash)};
    return event;
}

static bool memory_append(struct journal_store *store, const struct journal_row *row, gint64 head,
                          char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE],
                          GError **error)
{
    struct memory *memory = (struct memory *)store;
    struct stream *stream = stream_of(store, row->stream);
    guint last = stream ? stream->rows->len : 0;
    if (row->seq != (gint64)last + 1) {
        g_set_error(error, CD_ERROR, row->seq <= (gint64)last ? CD_ERROR_CONFLICT : CD_ERROR_FAILED,
                    "%s has %u events, and %" G_GINT64_FORMAT " was to be appended", row->stream,
                    last, row->seq);
        return false;
    }
    if (!journal_row_is_at_head(row, head, memory->version, error))
        return false;
    const struct kept *before = last ? g_ptr_array_index(stream->rows, last - 1) : NULL;
    struct journal_row chained = *row;
    g_strlcpy(prev_hash, before ? before->row.hash : JOURNAL_NO_HASH, JOURNAL_HASH_SIZE);
    chained.prev_hash = prev_hash;
    g_autofree char *computed = journal_row_hash(&chained);
    g_strlcpy(hash, computed, JOURNAL_HASH_SIZE);
    if (!stream)
        stream = stream_add(memory, row->stream);
    struct kept *kept = g_new(struct kept, 1);
    *kept = (struct kept){{g_strdup(row->stream), row->seq, g_strdup(row->id), row->at_ms,
                           g_strdup(row->actor), g_strdup(row->type), g_strdup(row->data),
                           g_strdup(prev_hash), g_strdup(hash)},
                          json_loads(row->data, JSON_ALLOW_NUL, NULL)};
    g_ptr_array_add(stream->rows, kept);
    if (json_is_string(json_object_get(kept->data, "state")))
        stream->last_state = stream->rows->len;
    g_strlcpy(memory->head, hash, JOURNAL_HASH_SIZE);
    memory->version++;
    return true;
}

static gint64 memory_head(struct journal_store *store, GError **error)
{
    (void)error;
    return ((struct memory *)store)->version;
}

static GPtrArray *memory_read(struct journal_store *store, const char *name, gint64 from, int limit,
                              GError **error)
{
    (void)error;
    const struct stream *stream = stream_of(store, name);
    GPtrArray *events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    for (gint64 i = MAX(from, 1); stream && i <= (gint64)stream->rows->len; i++) {
        if (limit && events->len == (guint)limit)
            break;
        g_ptr_array_add(events, event_of(g_ptr_array_index(stream->rows, i - 1)));
    }
    return events;
}

static struct event *memory_last(struct journal_store *store, const char *name, GError **error)
{
    (void)error;
    const struct stream *stream = stream_of(store, name);
    return stream ? event_of(g_ptr_array_index(stream->rows, stream->rows->len - 1)) : NULL;
}

static char **memory_streams(struct journal_store *store, const char *prefix, GError **error)
{
    (void)error;
    const GPtrArray *streams = ((struct memory *)store)->streams;
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; i < streams->len; i++) {
        const struct stream *stream = g_ptr_array_index(streams, i);
        if (g_str_has_prefix(stream->name, prefix))
            g_ptr_array_add(names, g_strdup(stream->name));
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

static gint64 memory_version(struct journal_store *store)
{
    return ((struct memory *)store)->version;
}

static char *memory_head_hash(struct journal_store *store, GError **error)
{
    (void)error;
    return g_strdup(((struct memory *)store)->head);
}

static bool memory_walk(struct journal_store *store, journal_row_fn fn, gpointer data,
                        GError **error)
{
    const GPtrArray *streams = ((struct memory *)store)->streams;
    for (guint i = 0; i < streams->len; i++) {
        const struct stream *stream = g_ptr_array_index(streams, i);
        for (guint r = 0; r < stream->rows->len; r++)
            if (!fn(&((struct kept *)g_ptr_array_index(stream->rows, r))->row, data, error))
                return false;
    }
    return true;
}

static bool memory_check(struct journal_store *store, GError **error)
{
    (void)store, (void)error;
    return true;
}

static GPtrArray *memory_summaries(struct journal_store *store, const char *id, int limit,
                                   GError **error)
{
    (void)error;
    const GPtrArray *streams = ((struct memory *)store)->streams;
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)journal_summary_free);
    for (guint i = streams->len; i > 0 && (!limit || all->len < (guint)limit); i--) {
        const struct stream *stream = g_ptr_array_index(streams, i - 1);
        const struct kept *first = g_ptr_array_index(stream->rows, 0);
        if ((id && strcmp(stream->name, id) != 0) || strcmp(first->row.type, "opened") != 0)
            continue;
        struct journal_summary *summary = g_new0(struct journal_summary, 1);
        summary->opened = event_of(first);
        summary->events = stream->rows->len;
        if (stream->last_state)
            summary->last_state = event_of(g_ptr_array_index(stream->rows, stream->last_state - 1));
        g_ptr_array_add(all, summary);
    }
    return all;
}

static void memory_close(struct journal_store *store)
{
    struct memory *memory = (struct memory *)store;
    g_hash_table_unref(memory->by_name);
    g_ptr_array_unref(memory->streams);
    g_free(memory);
}

struct journal_store *memory_store_new(void)
{
    static const struct journal_store_ops ops = {memory_append,    memory_head,    memory_read,
                                                 memory_last,      memory_streams, memory_version,
                                                 memory_head_hash, memory_walk,    memory_check,
                                                 memory_summaries, memory_close};
    struct memory *memory = g_new0(struct memory, 1);
    memory->base.ops = &ops;
    memory->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    memory->streams = g_ptr_array_new_with_free_func(stream_free);
    g_strlcpy(memory->head, JOURNAL_NO_HASH, sizeof memory->head);
    return &memory->base;
}
