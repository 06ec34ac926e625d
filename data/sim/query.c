/* DynamoDB's Query: the items of one partition, in the order of their sort key, page by page. */
#include "data/sim/dynamodb.h"
#include "data/sim/expression.h"
#include "data/sim/value.h"

#include <string.h>

static json_t *refuse(struct sim_call *call, const char *message)
{
    return sim_refuse(call, 400, "ValidationException", "%s", message);
}

static bool is_asked_well(struct sim_call *call)
{
    static const char *const unknown[] = {"AttributesToGet", "IndexName", "KeyConditions",
                                          "QueryFilter",     "Select",    "ConditionalOperator"};
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
        if (json_object_get(call->in, unknown[i])) {
            sim_refuse(call, 400, "ValidationException", "The simulator has no %s", unknown[i]);
            return false;
        }
    if (!sim_text(call->in, "KeyConditionExpression", NULL))
        refuse(call, "Either the KeyConditions or KeyConditionExpression parameter must be "
                     "specified in the request.");
    else if (sim_number(call->in, "Limit", 1) < 1)
        refuse(call, "1 validation error detected: Value at 'limit' failed to satisfy constraint: "
                     "Member must have value greater than or equal to 1");
    else if (call->half && json_object_get(call->in, "ExclusiveStartKey"))
        sim_refuse(call, 500, "InternalServerError", "The request processing has failed.");
    return call->error.status == 0;
}

/* By the sort key, which is the last of the table's key, and of its type. */
static gint by_sort_key(gconstpointer a, gconstpointer b, gpointer table)
{
    const json_t *names = json_object_get(table, "key");
    const char *name = json_string_value(json_array_get(names, json_array_size(names) - 1));
    const char *type = sim_dynamodb_key_type(table, name);
    const json_t *x = json_object_get(*(json_t *const *)a, name);
    const json_t *y = json_object_get(*(json_t *const *)b, name);
    if (*type == 'S')
        return strcmp(sim_text(x, "S", ""), sim_text(y, "S", ""));
    double by = sim_number(x, "N", 0) - sim_number(y, "N", 0);
    return by < 0 ? -1 : by > 0;
}

/* The partition's items that the key condition takes, in the order asked for, after the start. */
static GPtrArray *items_of(const struct sim_call *call, json_t *table, json_t *seen,
                           const struct sim_expressions *expressions)
{
    bool forward = sim_flag(call->in, "ScanIndexForward", true);
    json_t *start = json_object_get(call->in, "ExclusiveStartKey");
    GPtrArray *items = g_ptr_array_new();
    const char *key;
    json_t *item;
    json_object_foreach (seen, key, item) {
        int after = start ? by_sort_key(&item, &start, table) : 1;
        if (sim_expressions_key_holds(expressions, item) &&
            (!start || (forward ? after > 0 : after < 0)))
            g_ptr_array_add(items, item);
    }
    g_ptr_array_sort_with_data(items, by_sort_key, table);
    for (guint i = 0; !forward && i < items->len / 2; i++) {
        gpointer other = items->pdata[items->len - 1 - i];
        items->pdata[items->len - 1 - i] = items->pdata[i];
        items->pdata[i] = other;
    }
    return items;
}

static json_t *page_of(const struct sim_call *call, const json_t *table, const GPtrArray *items,
                       const struct sim_expressions *expressions)
{
    gint64 limit = (gint64)sim_number(call->in, "Limit", G_MAXINT32);
    json_t *kept = json_array(), *page = json_object();
    size_t bytes = 0;
    guint i = 0;
    for (; i < items->len && (gint64)i < limit && bytes < SIM_DYNAMODB_PAGE; i++) {
        bytes += sim_dynamodb_bytes(items->pdata[i]);
        if (sim_expressions_keep(expressions, items->pdata[i]))
            json_array_append_new(kept, sim_expressions_project(expressions, items->pdata[i]));
    }
    json_object_set_new(page, "Items", kept);
    json_object_set_new(page, "Count", json_integer((json_int_t)json_array_size(kept)));
    json_object_set_new(page, "ScannedCount", json_integer(i));
    if (i > 0 && (i < items->len || (gint64)i == limit))
        json_object_set_new(page, "LastEvaluatedKey",
                            sim_dynamodb_key_of(table, items->pdata[i - 1]));
    sim_dynamodb_read_units(call, page, bytes);
    return page;
}

json_t *sim_dynamodb_query(struct sim_call *call)
{
    json_t *table = sim_dynamodb_table(call);
    if (!table || !is_asked_well(call))
        return NULL;
    OWN(sim_expressions) expressions = sim_expressions_read(call);
    if (!expressions || !sim_expressions_key_fits(expressions, call, table))
        return NULL;
    const json_t *start = json_object_get(call->in, "ExclusiveStartKey");
    g_autofree char *start_key = start ? sim_dynamodb_key(call, table, start) : NULL;
    if (start && !start_key)
        return NULL;
    OWN_JSON seen = sim_dynamodb_seen(call, table);
    g_autoptr(GPtrArray) items = items_of(call, table, seen, expressions);
    return page_of(call, table, items, expressions);
}
