/* What the journal says of where tenants live, and what it is told of those that moved. */
#include "rollout/observed.h"

#include "data/base/text.h"
#include "data/base/when.h"

#include <string.h>

static void free_said(gpointer p)
{
    struct said *said = p;
    g_free(said->cell);
    g_free(said);
}

struct sayings *sayings_new(void)
{
    struct sayings *sayings = g_new0(struct sayings, 1);
    sayings->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_said);
    sayings->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    sayings->over = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    sayings->partly = g_ptr_array_new_with_free_func((GDestroyNotify)observed_free);
    return sayings;
}

void sayings_free(struct sayings *sayings)
{
    g_hash_table_unref(sayings->said);
    g_hash_table_unref(sayings->open);
    g_hash_table_unref(sayings->over);
    g_ptr_array_unref(sayings->partly);
    g_free(sayings);
}

void sayings_reopen(struct sayings *sayings)
{
    g_hash_table_remove_all(sayings->open);
}

static void say(struct sayings *sayings, const char *tenant, const char *cell, gint64 at_ms)
{
    const struct said *before = g_hash_table_lookup(sayings->said, tenant);
    if (!cell || (before && before->at_ms > at_ms))
        return;
    struct said *said = g_new(struct said, 1);
    *said = (struct said){g_strdup(cell), at_ms};
    g_hash_table_insert(sayings->said, g_strdup(tenant), said);
}

static void take_observed(struct sayings *sayings, const struct event *event)
{
    OWN(observed) observed = observed_from(event);
    if (!observed)
        return;
    for (guint i = 0; i < observed->ids->len; i++)
        say(sayings, observed->ids->pdata[i], observed->to, event->at_ms);
    if (observed->moved > observed->ids->len)
        g_ptr_array_add(sayings->partly, g_steal_pointer(&observed));
}

static const json_t *planned(const struct event *opened)
{
    return json_object_get(json_object_get(opened->data, "plan"), "tenants");
}

/* Tenants that a registry.done names stand as its step wanted them: after `place` in the cell that
 * they were planned for, after `restore` in the one they came from (rollout/failover.h). */
static void take_step(struct sayings *sayings, const struct event *opened,
                      const struct event *event)
{
    const char *step = json_string_value(json_object_get(event->data, "step"));
    bool place = g_strcmp0(step, "place") == 0;
    if (!place && g_strcmp0(step, "restore") != 0)
        return;
    g_autoptr(GHashTable) cells = g_hash_table_new(g_str_hash, g_str_equal);
    size_t i;
    json_t *item;
    json_array_foreach (planned(opened), i, item) {
        const char *id = json_string_value(json_object_get(item, "id"));
        const char *cell = json_string_value(json_object_get(item, place ? "to" : "from"));
        if (id && cell)
            g_hash_table_insert(cells, (gpointer)id, (gpointer)cell);
    }
    json_array_foreach (json_object_get(event->data, "tenants"), i, item) {
        const char *id = json_string_value(item);
        if (id)
            say(sayings, id, g_hash_table_lookup(cells, id), event->at_ms);
    }
}

static void take_planned(struct sayings *sayings, const GPtrArray *events, bool over)
{
    const struct event *opened = events->pdata[0];
    for (guint i = 1; i < events->len; i++) {
        const struct event *event = events->pdata[i];
        if (strcmp(event->type, "registry.done") == 0)
            take_step(sayings, opened, event);
    }
    size_t i;
    json_t *item;
    if (!over)
        json_array_foreach (planned(opened), i, item) {
            const char *id = json_string_value(json_object_get(item, "id"));
            if (id)
                g_hash_table_add(sayings->open, g_strdup(id));
        }
}

void sayings_take(struct sayings *sayings, const GPtrArray *events, bool over)
{
    if (events->len == 0)
        return;
    const struct event *opened = events->pdata[0];
    const char *kind = json_string_value(json_object_get(opened->data, "kind"));
    if (g_strcmp0(kind, "observed") == 0)
        take_observed(sayings, opened);
    else if (g_strcmp0(kind, "failover") == 0 || g_strcmp0(kind, "move") == 0)
        take_planned(sayings, events, over);
    if (over)
        g_hash_table_add(sayings->over, g_strdup(opened->stream));
}

const char *observed_what(const struct observed *observed)
{
    return observed->moved == 1 && observed->remaining > 0 ? "move" : "failover";
}

char *observed_sentence(const struct observed *observed)
{
    g_autofree char *tenants = text_counted(observed->moved, "tenant");
    g_autofree char *users = text_counted(observed->users, "user");
    return g_strdup_printf("%s, %s, went from %s to %s without celldeck", tenants, users,
                           observed->from, observed->to);
}

static json_t *moment(gint64 at_ms)
{
    g_autofree char *text = at_ms > 0 ? when_rfc3339(at_ms) : NULL;
    return text_json(text);
}

json_t *observed_json(const struct observed *observed)
{
    g_autofree char *subject = g_strdup_printf("%s → %s", observed->from, observed->to);
    g_autofree char *reason = observed_sentence(observed);
    json_t *ids = json_array();
    for (guint i = 0; i < observed->ids->len; i++)
        json_array_append_new(ids, text_json(observed->ids->pdata[i]));
    return json_pack(
        "{s:s, s:s, s:o, s:[o, o], s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o, s:s, "
        "s:b}",
        "kind", "observed", "what", observed_what(observed), "subject", text_json(subject), "cells",
        text_json(observed->from), text_json(observed->to), "from", text_json(observed->from), "to",
        text_json(observed->to), "tenants", ids, "moved", (json_int_t)observed->moved, "remaining",
        (json_int_t)observed->remaining, "users", (json_int_t)observed->users, "after",
        moment(observed->after_ms), "seen", moment(observed->seen_ms), "reason", text_json(reason),
        "state", "observed", "final", true);
}

static gint64 moment_in(const json_t *data, const char *key)
{
    const char *text = json_string_value(json_object_get(data, key));
    gint64 at_ms = 0;
    return text && when_parse(text, &at_ms) ? at_ms : 0;
}

static gint64 count_in(const json_t *data, const char *key)
{
    return json_integer_value(json_object_get(data, key));
}

struct observed *observed_from(const struct event *event)
{
    const json_t *data = event->data;
    const char *kind = json_string_value(json_object_get(data, "kind"));
    const char *from = json_string_value(json_object_get(data, "from"));
    const char *to = json_string_value(json_object_get(data, "to"));
    if (strcmp(event->type, "opened") != 0 || g_strcmp0(kind, "observed") != 0 || !from || !to)
        return NULL;
    struct observed *observed = g_new0(struct observed, 1);
    observed->from = g_strdup(from);
    observed->to = g_strdup(to);
    observed->ids = g_ptr_array_new_with_free_func(g_free);
    size_t i;
    json_t *id;
    json_array_foreach (json_object_get(data, "tenants"), i, id)
        if (json_is_string(id))
            g_ptr_array_add(observed->ids, g_strdup(json_string_value(id)));
    observed->moved = count_in(data, "moved");
    observed->remaining = count_in(data, "remaining");
    observed->users = count_in(data, "users");
    observed->after_ms = moment_in(data, "after");
    observed->seen_ms = moment_in(data, "seen");
    return observed;
}
