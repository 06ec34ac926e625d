/* DynamoDB's UpdateItem, some attributes of an item, if a condition holds (an item that is not
 * there is made), and DeleteItem. */
#include "data/sim/dynamodb.h"
#include "data/sim/expression.h"
#include "data/sim/value.h"

static bool is_asked_well(struct sim_call *call)
{
    static const char *const unknown[] = {"AttributeUpdates", "Expected", "ConditionalOperator"};
    static const char *const returned[] = {"NONE",        "ALL_OLD",     "ALL_NEW",
                                           "UPDATED_OLD", "UPDATED_NEW", NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
        if (json_object_get(call->in, unknown[i]))
            sim_refuse(call, 400, "ValidationException", "The simulator has no %s", unknown[i]);
    const char *values = sim_text(call->in, "ReturnValues", "NONE");
    if (!g_strv_contains(returned, values))
        sim_refuse(call, 400, "ValidationException",
                   "1 validation error detected: Value '%s' at 'returnValues' failed to satisfy "
                   "constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, "
                   "ALL_OLD, NONE, UPDATED_NEW]",
                   values);
    else if (g_str_has_prefix(values, "UPDATED"))
        sim_refuse(call, 400, "ValidationException", "The simulator has no ReturnValues %s",
                   values);
    return call->error.status == 0;
}

static json_t *answer(const struct sim_call *call, json_t *before, json_t *after)
{
    const char *values = sim_text(call->in, "ReturnValues", "NONE");
    json_t *result = json_object(), *shown = NULL;
    if (g_str_equal(values, "ALL_NEW"))
        shown = after;
    else if (g_str_equal(values, "ALL_OLD"))
        shown = before;
    if (shown)
        json_object_set(result, "Attributes", shown);
    size_t most = MAX(before ? sim_dynamodb_bytes(before) : 0, sim_dynamodb_bytes(after));
    sim_dynamodb_write_units(call, result, most);
    return result;
}

/* Of a call that is about one item: its key's text, or NULL, refused. Caller frees. */
static char *key_of(struct sim_call *call, const json_t *table)
{
    const json_t *key = json_object_get(call->in, "Key");
    if (json_object_size(key) <= json_array_size(json_object_get(table, "key")))
        return sim_dynamodb_key(call, table, key);
    sim_refuse(call, 400, "ValidationException",
               "The provided key element does not match the schema");
    return NULL;
}

json_t *sim_dynamodb_update(struct sim_call *call)
{
    json_t *table = sim_dynamodb_table(call);
    if (!table || !is_asked_well(call))
        return NULL;
    g_autofree char *key = key_of(call, table);
    OWN(sim_expressions) expressions = key ? sim_expressions_read(call) : NULL;
    if (!expressions)
        return NULL;
    json_t *items = json_object_get(table, "items");
    OWN_JSON before = json_incref(json_object_get(items, key));
    OWN_JSON nothing = json_object();
    if (!sim_expressions_keep(expressions, before ? before : nothing))
        return sim_dynamodb_condition_failed(call, before);
    json_t *start = before ? before : json_object_get(call->in, "Key");
    OWN_JSON after = sim_expressions_update(expressions, call, table, start);
    if (!after || !sim_dynamodb_fits(call, "Item size to update", after))
        return NULL;
    sim_dynamodb_store(call, table, key, after);
    return answer(call, before, after);
}

json_t *sim_dynamodb_delete(struct sim_call *call)
{
    json_t *table = sim_dynamodb_table(call);
    g_autofree char *key = table ? key_of(call, table) : NULL;
    OWN(sim_expressions) condition = key ? sim_expressions_read(call) : NULL;
    if (!condition)
        return NULL;
    json_t *items = json_object_get(table, "items");
    OWN_JSON before = json_incref(json_object_get(items, key));
    OWN_JSON nothing = json_object();
    if (!sim_expressions_keep(condition, before ? before : nothing))
        return sim_dynamodb_condition_failed(call, before);
    sim_dynamodb_store(call, table, key, NULL);
    json_t *result = json_object();
    if (before && g_str_equal(sim_text(call->in, "ReturnValues", "NONE"), "ALL_OLD"))
        json_object_set(result, "Attributes", before);
    sim_dynamodb_write_units(call, result, before ? sim_dynamodb_bytes(before) : 0);
    return result;
}
