#include "data/sim/write_item.h"

#include "data/sim/dynamodb.h"
#include "data/sim/value.h"

static const char *returned(const struct sim_call *call)
{
    return sim_text(call->in, "ReturnValues", "NONE");
}

/* DynamoDB's own words, but for what only the simulator lacks. */
static bool may_return(struct sim_call *call, bool updates)
{
    static const char *const known[] = {"NONE",        "ALL_OLD",     "ALL_NEW",
                                        "UPDATED_OLD", "UPDATED_NEW", NULL};
    const char *values = returned(call);
    if (!g_strv_contains(known, values))
        sim_refuse(call, 400, "ValidationException",
                   "1 validation error detected: Value '%s' at 'returnValues' failed to satisfy "
                   "constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, "
                   "ALL_OLD, NONE, UPDATED_NEW]",
                   values);
    else if (!updates && !g_str_equal(values, "NONE") && !g_str_equal(values, "ALL_OLD"))
        sim_refuse(call, 400, "ValidationException", "ReturnValues can only be ALL_OLD or NONE");
    else if (g_str_has_prefix(values, "UPDATED"))
        sim_refuse(call, 400, "ValidationException", "The simulator has no ReturnValues %s",
                   values);
    return call->error.status == 0;
}

static bool is_asked_well(struct sim_call *call, bool updates)
{
    static const char *const unknown[] = {"AttributeUpdates", "Expected", "ConditionalOperator"};
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
        if (json_object_get(call->in, unknown[i])) {
            sim_refuse(call, 400, "ValidationException", "The simulator has no %s", unknown[i]);
            return false;
        }
    return may_return(call, updates);
}

struct sim_write *sim_write_new(struct sim_call *call, json_t *table, char *key, bool updates)
{
    g_autofree char *own = key;
    if (!own || !is_asked_well(call, updates))
        return NULL;
    OWN(sim_expressions) expressions = sim_expressions_read(call);
    if (!expressions)
        return NULL;
    json_t *before = json_object_get(json_object_get(table, "items"), own);
    OWN_JSON nothing = json_object();
    if (!sim_expressions_keep(expressions, before ? before : nothing)) {
        sim_dynamodb_condition_failed(call, before);
        return NULL;
    }
    struct sim_write *write = g_new(struct sim_write, 1);
    *write = (struct sim_write){table, g_steal_pointer(&own), json_incref(before),
                                g_steal_pointer(&expressions)};
    return write;
}

void sim_write_free(struct sim_write *write)
{
    if (!write)
        return;
    g_free(write->key);
    json_decref(write->before);
    sim_expressions_free(write->expressions);
    g_free(write);
}

json_t *sim_write_done(const struct sim_write *write, struct sim_call *call, json_t *after)
{
    sim_dynamodb_store(call, write->table, write->key, after);
    json_t *result = json_object(), *shown = NULL;
    if (g_str_equal(returned(call), "ALL_NEW"))
        shown = after;
    else if (g_str_equal(returned(call), "ALL_OLD"))
        shown = write->before;
    if (shown)
        json_object_set(result, "Attributes", shown);
    /* The larger of the two counts:
     * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
     */
    sim_dynamodb_write_units(call, result,
                             MAX(write->before ? sim_dynamodb_bytes(write->before) : 0,
                                 after ? sim_dynamodb_bytes(after) : 0));
    return result;
}
