#include "data/history.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/journal_store.h"

#include <string.h>

void operation_free(struct operation *operation)
{
    if (!operation)
        return;
    g_free(operation->id);
    g_free(operation->kind);
    g_free(operation->subject);
    g_free(operation->state);
    g_free(operation->actor);
    g_strfreev(operation->cells);
    g_free(operation->what);
    g_free(operation->reason);
    g_free(operation);
}

static char *string_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return g_strdup(text ? text : "");
}

static char **strings_in(const json_t *array)
{
    g_autoptr(GPtrArray) strings = g_ptr_array_new();
    size_t i;
    json_t *item;
    json_array_foreach (array, i, item)
        if (json_is_string(item))
            g_ptr_array_add(strings, g_strdup(json_string_value(item)));
    g_ptr_array_add(strings, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&strings), FALSE);
}

static struct operation *operation_of(const struct journal_summary *summary)
{
    const struct event *opened = summary->opened;
    const struct event *state = summary->last_state;
    struct operation *operation = g_new0(struct operation, 1);
    operation->id = g_strdup(opened->stream);
    operation->kind = string_in(opened->data, "kind");
    operation->subject = string_in(opened->data, "subject");
    operation->reason = string_in(opened->data, "reason");
    operation->cells = strings_in(json_object_get(opened->data, "cells"));
    operation->what = string_in(opened->data, "what");
    operation->actor = g_strdup(opened->actor);
    operation->started_ms = opened->at_ms;
    operation->events = summary->events;
    operation->state = string_in(state ? state->data : NULL, "state");
    if (state && json_is_true(json_object_get(state->data, "final")))
        operation->ended_ms = state->at_ms;
    return operation;
}

static GPtrArray *operations(struct journal *journal, const char *id, int limit, GError **error)
{
    struct journal_store *store = journal_store(journal);
    g_autoptr(GPtrArray) summaries = store->ops->summaries(store, id, limit, error);
    if (!summaries)
        return NULL;
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
    for (guint i = 0; i < summaries->len; i++)
        g_ptr_array_add(all, operation_of(g_ptr_array_index(summaries, i)));
    return all;
}

GPtrArray *history_operations(struct journal *journal, int limit, GError **error)
{
    return operations(journal, NULL, limit, error);
}

struct operation *history_find(struct journal *journal, const char *id, GError **error)
{
    g_autoptr(GPtrArray) found = operations(journal, id, 1, error);
    if (!found)
        return NULL;
    if (found->len)
        return g_ptr_array_steal_index(found, 0);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                "there is no operation %s: `history list` has them all", id);
    return NULL;
}

/* A drill's first cell is the one that would be left. */
gint64 history_last_drill_ms(const GPtrArray *operations, const char *cell)
{
    gint64 last_ms = 0;
    for (guint i = 0; i < operations->len; i++) {
        const struct operation *operation = operations->pdata[i];
        if (strcmp(operation->kind, "drill") == 0 && strcmp(operation->state, "completed") == 0 &&
            g_strcmp0(operation->cells[0], cell) == 0)
            last_ms = MAX(last_ms, operation->ended_ms);
    }
    return last_ms;
}

static json_t *moment_json(gint64 at_ms)
{
    if (at_ms == 0)
        return json_null();
    g_autofree char *text = when_rfc3339(at_ms);
    return json_string(text);
}

json_t *operation_json(const struct operation *operation)
{
    json_t *cells = json_array();
    for (char **cell = operation->cells; *cell; cell++)
        json_array_append_new(cells, text_json(*cell));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "id",
                     text_json(operation->id), "kind", text_json(operation->kind), "subject",
                     text_json(operation->subject), "state", text_json(operation->state), "actor",
                     text_json(operation->actor), "started_at", moment_json(operation->started_ms),
                     "ended_at", moment_json(operation->ended_ms), "cells", cells, "reason",
                     text_json(operation->reason), "events", (json_int_t)operation->events);
}

json_t *event_json(const struct event *event)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:O, s:o}", "seq", (json_int_t)event->seq, "at",
                     moment_json(event->at_ms), "actor", text_json(event->actor), "type",
                     text_json(event->type), "data", event->data, "hash", text_json(event->hash));
}
