#include "tests/simulation/table.h"

#include "data/aws/client.h"
#include "data/journal_table.h"

#include <string.h>

#define CONDITION "attribute_not_exists(#position)"

/* A put on its way. */
struct late {
    json_t *body;
    struct process *maker; /* what has its place may be another one by then */
    gint64 at_ms;
};

struct table {
    GPtrArray *items; /* json_t *, by position from 1 */
    guint page;       /* so many items an answer has at most, for its megabyte */
    GPtrArray *late;  /* struct late * */
};

static void late_free(gpointer data)
{
    struct late *late = data;
    json_decref(late->body);
    g_free(late);
}

struct table *table_new(struct sim *sim)
{
    GRand *dice = g_rand_new_with_seed(sim->run.options.seed ^ 0x7ab1e);
    struct table *table = g_new0(struct table, 1);
    table->items = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    table->late = g_ptr_array_new_with_free_func(late_free);
    table->page = (guint)sim_between(dice, 1, sim_between(dice, 2, 40));
    g_rand_free(dice);
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    g_ptr_array_unref(table->items);
    g_ptr_array_unref(table->late);
    g_free(table);
}

guint table_length(const struct table *table)
{
    return table->items->len;
}

static json_t *refuse(enum aws_error code, const char *why, GError **error)
{
    g_set_error_literal(error, AWS_ERROR, (int)code, why);
    return NULL;
}

static gint64 number_in(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(json_object_get(object, name), "N"));
    return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static void tell_ledger(struct sim *sim, const json_t *kept, struct process *maker)
{
    g_autoptr(GError) error = NULL;
    OWN_JSON item = json_deep_copy(kept); /* which is unpacked in it */
    struct journal_item read;
    if (journal_table_read("celldeck-journal", item, &read, &error))
        ledger_event(sim, maker, &read.row);
    else
        sim_broke(sim, -1, "what was put can't be read: %s", error->message);
}

json_t *table_put(struct sim *sim, const json_t *body, struct process *maker, GError **error)
{
    struct table *table = sim->table;
    const json_t *item = json_object_get(body, "Item");
    const char *condition = json_string_value(json_object_get(body, "ConditionExpression"));
    gint64 position = number_in(item, "position");
    if (g_strcmp0(condition, CONDITION) != 0 || position < 1)
        return refuse(AWS_ERROR_REQUEST, "ValidationException: no such put is known here", error);
    if (position <= (gint64)table->items->len)
        return refuse(AWS_ERROR_CONDITION, "ConditionalCheckFailedException", error);
    if (position > (gint64)table->items->len + 1)
        sim_broke(sim, -1, "an event is put at %d, and there are %u", (int)position,
                  table->items->len);
    json_t *kept = json_deep_copy(item);
    g_ptr_array_add(table->items, kept);
    tell_ledger(sim, kept, maker);
    return json_object();
}

json_t *table_query(const struct table *table, const json_t *body, GError **error)
{
    const json_t *values = json_object_get(body, "ExpressionAttributeValues");
    gint64 from = number_in(values, ":from");
    if (from < 1 || !json_is_true(json_object_get(body, "ConsistentRead")))
        return refuse(AWS_ERROR_REQUEST, "ValidationException: no such query is known here", error);
    json_t *items = json_array();
    for (gint64 i = from; i <= (gint64)table->items->len && json_array_size(items) < table->page;
         i++)
        json_array_append_new(items, json_deep_copy(g_ptr_array_index(table->items, i - 1)));
    json_t *reply = json_pack("{s:o}", "Items", items);
    /* A full page is the last one, too, where nothing is behind it: DynamoDB does not look. */
    if (json_array_size(items) == table->page)
        json_object_set_new(reply, "LastEvaluatedKey",
                            json_pack("{s:{s:s}}", "log", "S", "journal"));
    return reply;
}

void table_put_late(struct sim *sim, json_t *body, struct process *maker, gint64 after_ms)
{
    struct late *late = g_new(struct late, 1);
    *late = (struct late){json_incref(body), maker, sim->now_ms + after_ms};
    g_ptr_array_add(sim->table->late, late);
}

void table_tick(struct sim *sim)
{
    GPtrArray *all = sim->table ? sim->table->late : NULL;
    for (guint i = all ? all->len : 0; i > 0; i--) {
        const struct late *late = g_ptr_array_index(all, i - 1);
        if (sim->now_ms < late->at_ms)
            continue;
        OWN_JSON reply = table_put(sim, late->body, late->maker, NULL);
        sim_tell(sim, reply ? "... which came late" : "a put comes late, and changes nothing");
        g_ptr_array_remove_index(all, i - 1);
    }
}
