#include "data/history_export.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/journal_store.h"

#include <stdlib.h>
#include <string.h>

struct export
{
    const struct history_export *wanted;
    GHashTable *operations; /* id -> struct operation *, those that are wanted */
    export_write_fn write;
    gpointer data;
    char *open; /* the operation that is being written; NULL: none yet */
    struct exported done;
};

static bool put(struct export *export, GError **error, const char *text)
{
    return export->write(text, export->data, error);
}

static json_t *masked(const struct export *export, json_t *json)
{
    if (!export->wanted->mask)
        return json;
    json_t *copy = mask_json(export->wanted->mask, json);
    json_decref(json);
    return copy;
}

/* Every figure to its last digit: what is not as it was hashed proves nothing. */
static char *dumped(const struct export *export, json_t *json)
{
    OWN_JSON whole = masked(export, json);
    char *exact = json_dumps(whole, JSON_ENSURE_ASCII | JSON_COMPACT);
    char *text = g_strdup(exact);
    free(exact);
    return text;
}

static bool is_wanted(const struct history_export *wanted, const struct operation *operation)
{
    gint64 end_ms = operation->ended_ms ? operation->ended_ms : G_MAXINT64;
    return (!wanted->operation || strcmp(operation->id, wanted->operation) == 0) &&
           (!wanted->until_ms || operation->started_ms < wanted->until_ms) &&
           end_ms >= wanted->since_ms;
}

static bool find_operations(struct export *export, struct journal *journal, GError **error)
{
    const struct history_export *wanted = export->wanted;
    g_autoptr(GPtrArray) all = history_operations(journal, 0, error);
    for (guint i = 0; all && i < all->len; i++) {
        struct operation *operation = g_ptr_array_index(all, i);
        if (!is_wanted(wanted, operation))
            continue;
        all->pdata[i] = NULL;
        g_hash_table_insert(export->operations, operation->id, operation);
    }
    if (!all || !wanted->operation || g_hash_table_size(export->operations))
        return all != NULL;
    OWN(operation) there = history_find(journal, wanted->operation, error);
    return there != NULL; /* it is there, but not in that time */
}

static json_t *head_json(const struct export *export, const char *head)
{
    const struct history_export *wanted = export->wanted;
    g_autofree char *at = when_rfc3339(wanted->now_ms / 1000 * 1000);
    return json_pack("{s:s, s:s, s:o, s:b, s:o}", "schema", "celldeck.history_export/1", "at", at,
                     "fleet", text_json(wanted->fleet), "masked", wanted->mask != NULL, "head",
                     text_json(head));
}

/* Of a document the list of operations is left open. */
static bool put_head(struct export *export, struct journal *journal, GError **error)
{
    if (export->wanted->form == EXPORT_CSV)
        return put(export, error, "operation,seq,at,actor,type,cell,data,hash\r\n");
    g_autofree char *head = journal_head_hash(journal, error);
    if (!head)
        return false;
    OWN_JSON json = head_json(export, head);
    bool lines = export->wanted->form == EXPORT_LINES;
    if (lines)
        json_object_set_new(json, "operations",
                            json_integer(g_hash_table_size(export->operations)));
    g_autofree char *text = text_json_dump(json, false);
    if (!lines)
        text[strlen(text) - 1] = '\0';
    return put(export, error, text) && put(export, error, lines ? "\n" : ", \"operations\": [");
}

static bool begin_operation(struct export *export, const struct operation *operation,
                            GError **error)
{
    bool first = !export->open;
    g_free(export->open);
    export->open = g_strdup(operation->id);
    export->done.operations++;
    if (export->wanted->form == EXPORT_CSV)
        return true;
    json_t *json = operation_json(operation);
    if (export->wanted->form == EXPORT_LINES) {
        g_autofree char *text = dumped(export, json_pack("{s:o}", "operation", json));
        return put(export, error, text) && put(export, error, "\n");
    }
    json_object_del(json, "events");
    g_autofree char *text = dumped(export, json);
    text[strlen(text) - 1] = '\0';
    return put(export, error, first ? "\n" : "]},\n") && put(export, error, text) &&
           put(export, error, ", \"events\": [\n");
}

static json_t *event_of(const struct export *export, const struct journal_row *row,
                        const struct event *event)
{
    g_autofree char *at = when_rfc3339(row->at_ms);
    json_t *json = json_pack("{s:o, s:I, s:s, s:s, s:I, s:o, s:s, s:O}", "operation",
                             text_json(row->stream), "seq", (json_int_t)row->seq, "id", row->id,
                             "at", at, "at_ms", (json_int_t)row->at_ms, "actor",
                             text_json(row->actor), "type", row->type, "data", event->data);
    if (!export->wanted->mask)
        json_object_set_new(json, "data_text", text_json(row->data));
    json_object_set_new(json, "prev_hash", text_json(row->prev_hash));
    json_object_set_new(json, "hash", text_json(row->hash));
    return json;
}

static bool put_json(struct export *export, const struct journal_row *row,
                     const struct event *event, GError **error)
{
    json_t *json = event_of(export, row, event);
    bool lines = export->wanted->form == EXPORT_LINES;
    g_autofree char *text = dumped(export, lines ? json_pack("{s:o}", "event", json) : json);
    return put(export, error, !lines && row->seq > 1 ? ",\n" : "") && put(export, error, text) &&
           put(export, error, lines ? "\n" : "");
}

static bool put_csv(struct export *export, const struct journal_row *row, const struct event *event,
                    GError **error)
{
    g_autofree char *at = when_rfc3339(row->at_ms);
    g_autofree char *seq = g_strdup_printf("%" G_GINT64_FORMAT, row->seq);
    g_autofree char *data = dumped(export, json_incref(event->data));
    const char *cell = json_string_value(json_object_get(event->data, "cell"));
    const char *fields[] = {row->stream, seq, at, row->actor, row->type, cell, data, row->hash};
    const struct mask *mask = export->wanted->mask;
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        bool names = mask && fields[i] && fields[i] != data; /* whose texts are masked already */
        g_autofree char *named = names ? mask_text(mask, fields[i]) : g_strdup(fields[i]);
        g_autofree char *clean = text_clean(named);
        g_autofree char *field = text_csv(clean);
        if (!put(export, error, field) ||
            !put(export, error, i + 1 == G_N_ELEMENTS(fields) ? "\r\n" : ","))
            return false;
    }
    return true;
}

static bool put_row(const struct journal_row *row, gpointer data, GError **error)
{
    struct export *export = data;
    const struct operation *operation = g_hash_table_lookup(export->operations, row->stream);
    if (!operation)
        return true;
    if (g_strcmp0(export->open, row->stream) != 0 && !begin_operation(export, operation, error))
        return false;
    OWN(event) event = journal_row_event(row, error);
    if (!event)
        return false;
    export->done.events++;
    return export->wanted->form == EXPORT_CSV ? put_csv(export, row, event, error)
                                              : put_json(export, row, event, error);
}

bool history_export(struct journal *journal, const struct history_export *wanted,
                    export_write_fn write, gpointer data, struct exported *done, GError **error)
{
    struct export export = {.wanted = wanted, .write = write, .data = data};
    struct journal_store *store = journal_store(journal);
    export.operations =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)operation_free);
    bool whole = find_operations(&export, journal, error) && put_head(&export, journal, error) &&
                 store->ops->walk(store, put_row, &export, error);
    if (whole && wanted->form == EXPORT_JSON)
        whole = put(&export, error, export.open ? "]}]}\n" : "]}\n");
    if (done)
        *done = export.done;
    g_hash_table_unref(export.operations);
    g_free(export.open);
    return whole;
}
