/* DynamoDB's PutItem: a whole item, in the place of what has its key, if a condition holds. */
#include "data/sim/dynamodb.h"
#include "data/sim/value.h"
#include "data/sim/write_item.h"

#include <string.h>

static bool refuse(struct sim_call *call, const char *format, const char *name, const char *type,
                   const char *actual)
{
    g_autoptr(GString) message = g_string_new(format);
    g_string_replace(message, "{name}", name, 0);
    g_string_replace(message, "{type}", type, 0);
    g_string_replace(message, "{actual}", actual, 0);
    sim_refuse(call, 400, "ValidationException", "%s", message->str);
    return false;
}

static bool has_key(struct sim_call *call, const json_t *table, json_t *item)
{
    size_t i;
    const json_t *at;
    json_array_foreach (json_object_get(table, "key"), i, at) {
        const char *name = json_string_value(at), *type = sim_dynamodb_key_type(table, name);
        json_t *value = json_object_get(item, name);
        const char *actual = json_object_iter_key(json_object_iter(value));
        if (!actual)
            return refuse(call,
                          "One or more parameter values were invalid: Missing the key {name} "
                          "in the item",
                          name, type, "");
        if (!g_str_equal(actual, type))
            return refuse(call,
                          "One or more parameter values were invalid: Type mismatch for key "
                          "{name} expected: {type} actual: {actual}",
                          name, type, actual);
        if (!*sim_text(value, type, ""))
            return refuse(call,
                          "One or more parameter values are not valid. The AttributeValue "
                          "for a key attribute cannot contain an empty string value. Key: "
                          "{name}",
                          name, type, actual);
    }
    return true;
}

static bool is_item(struct sim_call *call, const json_t *table, json_t *item)
{
    if (!json_is_object(item))
        return refuse(call,
                      "1 validation error detected: Value null at 'item' failed to satisfy "
                      "constraint: Member must not be null",
                      "", "", "");
    if (!has_key(call, table, item))
        return false;
    return sim_dynamodb_fits(call, "Item size", item);
}

json_t *sim_dynamodb_put(struct sim_call *call)
{
    json_t *table = sim_dynamodb_table(call), *item = json_object_get(call->in, "Item");
    if (!table || !is_item(call, table, item))
        return NULL;
    char *key = sim_dynamodb_key(call, table, item);
    OWN(sim_write) write = sim_write_new(call, table, key, false);
    return write ? sim_write_done(write, call, item) : NULL;
}
