#include "tui/views/events_rows.h"

#include "data/base/own.h"
#include "rollout/story.h"
#include "tui/views/deck.h"

#include <string.h>

/* What was said in the same words: events (borrowed), oldest first. */
struct said {
    GPtrArray *events;
    bool told; /* in the rows */
};

static void said_free(gpointer p)
{
    struct said *said = p;
    g_ptr_array_unref(said->events);
    g_free(said);
}

static void row_free(gpointer p)
{
    struct event_row *row = p;
    g_free(row->id);
    g_free(row->group);
    g_free(row->told);
    g_free(row);
}

static const char *text_of(const struct event *event, const char *key)
{
    const char *text = json_string_value(json_object_get(event->data, key));
    return text ? text : "";
}

/* Of a gate's word on a cell; NULL: the event is none, and stands for itself. */
static char *words_of(const struct event *event)
{
    if (strcmp(event->type, "gate") == 0)
        return g_strjoin("\n", text_of(event, "cell"), text_of(event, "gate"),
                         text_of(event, "verdict"), text_of(event, "code"), NULL);
    if (!story_is_news(event))
        return g_strjoin("\n", text_of(event, "cell"), event->type, NULL);
    return NULL;
}

static gboolean is_of_cell(gpointer words, gpointer said, gpointer cell)
{
    (void)said;
    gsize length = strlen(cell);
    return strncmp(words, cell, length) == 0 && ((const char *)words)[length] == '\n';
}

/* While it is read from the beginning: what stands so far, and what each gate said last. */
struct telling {
    GPtrArray *said;     /* struct said *, in the order of their first */
    GHashTable *repeats; /* words -> struct said *, borrowed */
    GHashTable *against; /* "cell\ngate" of those whose last word was FAIL or HOLD; a set */
};

/* A gate that is not against anything any more is news as well. */
static bool changes_the_course(struct telling *telling, const struct event *event)
{
    if (strcmp(event->type, "gate") != 0)
        return deck_worth_telling(event);
    g_autofree char *gate = g_strjoin("\n", text_of(event, "cell"), text_of(event, "gate"), NULL);
    bool was = g_hash_table_contains(telling->against, gate), is = deck_worth_telling(event);
    if (is)
        g_hash_table_add(telling->against, g_steal_pointer(&gate));
    else
        g_hash_table_remove(telling->against, gate);
    return is || was;
}

static struct said *said_before(struct telling *telling, const struct event *event)
{
    g_autofree char *words = words_of(event);
    struct said *said = words ? g_hash_table_lookup(telling->repeats, words) : NULL;
    if (said)
        return said;
    said = g_new0(struct said, 1);
    said->events = g_ptr_array_new();
    g_ptr_array_add(telling->said, said);
    if (words)
        g_hash_table_insert(telling->repeats, g_steal_pointer(&words), said);
    return said;
}

static void take(struct telling *telling, struct event *event, bool all)
{
    if (strcmp(event->type, "deploy.intent") == 0)
        g_hash_table_foreach_remove(telling->repeats, is_of_cell, (gpointer)text_of(event, "cell"));
    bool course = changes_the_course(telling, event);
    struct said *said = said_before(telling, event);
    g_ptr_array_add(said->events, event);
    said->told |= all || course;
}

static void add_row(GPtrArray *rows, const struct said *said, guint which, guint times)
{
    const struct event *first = g_ptr_array_index(said->events, 0);
    const struct event *event = g_ptr_array_index(said->events, which);
    struct event_row *row = g_new0(struct event_row, 1);
    gint64 id = times > 1 ? first->seq : event->seq;
    *row = (struct event_row){.event = event,
                              .first_ms = first->at_ms,
                              .times = times,
                              .one_of_many = times == 1 && said->events->len > 1,
                              .id = g_strdup_printf("%" G_GINT64_FORMAT, id),
                              .group = g_strdup_printf("%" G_GINT64_FORMAT, first->seq),
                              .told = story_sentence(event)};
    g_ptr_array_add(rows, row);
}

static void add_rows(GPtrArray *rows, const struct said *said, GHashTable *open)
{
    const struct event *first = g_ptr_array_index(said->events, 0);
    g_autofree char *group = g_strdup_printf("%" G_GINT64_FORMAT, first->seq);
    guint n = said->events->len;
    bool apart = n > 1 && g_hash_table_contains(open, group);
    for (guint i = apart ? 0 : n - 1; i < n; i++)
        add_row(rows, said, i, apart ? 1 : n);
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const struct event_row *x = *(const struct event_row *const *)a;
    const struct event_row *y = *(const struct event_row *const *)b;
    return x->event->seq < y->event->seq ? 1 : x->event->seq > y->event->seq ? -1 : 0;
}

GPtrArray *event_rows(const GPtrArray *events, bool all, GHashTable *open, guint *hidden)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    struct telling telling = {
        .said = g_ptr_array_new_with_free_func(said_free),
        .repeats = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .against = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    for (guint i = 0; i < events->len; i++)
        take(&telling, g_ptr_array_index(events, i), all);
    *hidden = 0;
    for (guint i = 0; i < telling.said->len; i++) {
        const struct said *said = g_ptr_array_index(telling.said, i);
        if (said->told)
            add_rows(rows, said, open);
        else
            *hidden += said->events->len;
    }
    g_ptr_array_sort(rows, newest_first);
    g_hash_table_unref(telling.repeats);
    g_hash_table_unref(telling.against);
    g_ptr_array_unref(telling.said);
    return rows;
}
