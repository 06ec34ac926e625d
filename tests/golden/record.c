/* record.jsonl: a journal as text, an event a line. */
#include "tests/golden/world_parts.h"

#include "data/base/error.h"

#include <glib/gstdio.h>
#include <string.h>

static struct event *event_of(const char *line, GError **error)
{
    OWN(event) event = g_new0(struct event, 1);
    json_error_t wrong;
    OWN_JSON row = json_loads(line, 0, &wrong);
    const char *stream, *id, *actor, *type;
    json_int_t seq, at_ms;
    json_t *data;
    if (json_unpack_ex(row, &wrong, 0, "{s:s, s:I, s:s, s:I, s:s, s:s, s:o}", "stream", &stream,
                       "seq", &seq, "id", &id, "at_ms", &at_ms, "actor", &actor, "type", &type,
                       "data", &data) != 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "no event: %s", wrong.text);
        return NULL;
    }
    *event = (struct event){.stream = g_strdup(stream),
                            .seq = seq,
                            .id = g_strdup(id),
                            .at_ms = at_ms,
                            .actor = g_strdup(actor),
                            .type = g_strdup(type),
                            .data = json_incref(data)};
    return g_steal_pointer(&event);
}

GPtrArray *record_read(const char *text, GError **error)
{
    g_autoptr(GPtrArray) record = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        struct event *event = **line ? event_of(*line, error) : NULL;
        if (event)
            g_ptr_array_add(record, event);
        else if (**line)
            return NULL;
    }
    return g_steal_pointer(&record);
}

void record_deploy(const GPtrArray *record, const struct sim_world *sim)
{
    for (guint i = 0; i < record->len; i++) {
        const struct event *event = record->pdata[i];
        if (strcmp(event->type, "deploy.seen") != 0 && strcmp(event->type, "rollback.done") != 0)
            continue;
        const char *id = json_string_value(json_object_get(event->data, "cell"));
        const char *version = json_string_value(json_object_get(event->data, "version"));
        if (!id || !version)
            g_error("%s %" G_GINT64_FORMAT " names no version", event->stream, event->seq);
        sim_world_deployed(sim_world_cell(sim, id), version, event->at_ms);
    }
}

bool record_play(const GPtrArray *record, gint64 until_ms, const char *dir, GError **error)
{
    if (g_mkdir_with_parents(dir, 0700) != 0)
        g_error("can't make %s", dir);
    OWN(journal) journal = journal_open_file(dir, error);
    for (guint i = 0; journal && i < record->len; i++) {
        const struct event *event = record->pdata[i];
        if (event->at_ms > until_ms)
            continue;
        if (!journal_append(journal, event->stream, event->seq, event->id, event->at_ms,
                            event->actor, event->type, event->data, NULL, error))
            return false;
    }
    return journal != NULL;
}
