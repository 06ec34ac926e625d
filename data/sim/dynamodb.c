/* DynamoDB: its tables and single items; Scan and Query, which read many, are in files of their
 * own. Items of a table are kept by the text of their key. */
#include "data/sim/dynamodb.h"

#include "data/base/when.h"
#include "data/sim/expression.h"
#include "data/sim/value.h"

#include <string.h>

json_t *sim_dynamodb_table(struct sim_call *call)
{
    const char *name = sim_need(call, "TableName", "ValidationException");
    if (!name)
        return NULL;
    const char *slash = strrchr(name, '/');
    json_t *tables = json_object_get(call->cloud->tables, call->region);
    json_t *table = json_object_get(tables, slash ? slash + 1 : name);
    if (!table)
        sim_refuse(call, 400, "ResourceNotFoundException",
                   "Requested resource not found: Table: %s not found", name);
    return table;
}

static json_t *list_tables(struct sim_call *call)
{
    json_t *names = json_array();
    const char *name;
    json_t *table;
    json_object_foreach (json_object_get(call->cloud->tables, call->region), name, table)
        json_array_append_new(names, json_string(name));
    return json_pack("{s:o}", "TableNames", names);
}

static json_t *describe_table(struct sim_call *call)
{
    const json_t *table = sim_dynamodb_table(call);
    if (!table)
        return NULL;
    const char *name = sim_text(call->in, "TableName", "");
    json_t *schema = json_array(), *definitions = json_array();
    size_t i;
    const json_t *key;
    json_array_foreach (json_object_get(table, "key"), i, key) {
        json_array_append_new(schema,
                              json_pack("{s:s, s:s}", "AttributeName", json_string_value(key),
                                        "KeyType", i ? "RANGE" : "HASH"));
        json_array_append_new(definitions,
                              json_pack("{s:s, s:s}", "AttributeName", json_string_value(key),
                                        "AttributeType",
                                        sim_dynamodb_key_type(table, json_string_value(key))));
    }
    g_autofree char *arn =
        g_strdup_printf("arn:aws:dynamodb:%s:" SIM_ACCOUNT ":table/%s", call->region, name);
    size_t count = json_object_size(json_object_get(table, "items"));
    return json_pack("{s:{s:s, s:s, s:s, s:o, s:o, s:I, s:f, s:{s:s}}}", "Table", "TableName", name,
                     "TableArn", arn, "TableStatus", "ACTIVE", "KeySchema", schema,
                     "AttributeDefinitions", definitions, "ItemCount", (json_int_t)count,
                     "CreationDateTime", (double)(call->cloud->world->start_ms - WHEN_DAY) / 1000,
                     "BillingModeSummary", "BillingMode", "PAY_PER_REQUEST");
}

static json_t *get_item(struct sim_call *call)
{
    const json_t *table = sim_dynamodb_table(call);
    if (!table)
        return NULL;
    g_autofree char *key = sim_dynamodb_key(call, table, json_object_get(call->in, "Key"));
    if (!key)
        return NULL;
    OWN(sim_expressions) expressions = sim_expressions_read(call);
    if (!expressions)
        return NULL;
    OWN_JSON items = sim_dynamodb_seen(call, table);
    json_t *item = json_object_get(items, key), *result = json_object();
    if (item)
        json_object_set_new(result, "Item", sim_expressions_project(expressions, item));
    sim_dynamodb_read_units(call, result, item ? sim_dynamodb_bytes(item) : 0);
    return result;
}

/* The attribute's type by AttributeDefinitions; NULL, refused, where they have it not. */
static const char *defined_type(struct sim_call *call, const char *name)
{
    size_t i;
    const json_t *definition;
    json_array_foreach (json_object_get(call->in, "AttributeDefinitions"), i, definition)
        if (g_str_equal(sim_text(definition, "AttributeName", ""), name))
            return sim_text(definition, "AttributeType", "S");
    sim_refuse(call, 400, "ValidationException",
               "One or more parameter values were invalid: Some index key attributes are not "
               "defined in AttributeDefinitions. Keys: [%s]",
               name);
    return NULL;
}

/* {key: [names], types: {name: type}}, of HASH and then RANGE. NULL after a refusal. */
static json_t *read_schema(struct sim_call *call)
{
    static const char *const roles[] = {"HASH", "RANGE"};
    const json_t *schema = json_object_get(call->in, "KeySchema");
    OWN_JSON names = json_array();
    OWN_JSON types = json_object();
    size_t i;
    const json_t *key;
    json_array_foreach (schema, i, key) {
        const char *name = sim_text(key, "AttributeName", "");
        if (i >= G_N_ELEMENTS(roles) || !g_str_equal(sim_text(key, "KeyType", ""), roles[i]))
            return sim_refuse(
                call, 400, "ValidationException",
                "Invalid KeySchema: the first element must be a HASH key, the second, "
                "if any, a RANGE key");
        const char *type = defined_type(call, name);
        if (!type)
            return NULL;
        json_array_append_new(names, json_string(name));
        json_object_set_new(types, name, json_string(type));
    }
    if (json_array_size(names) == 0)
        return sim_refuse(call, 400, "ValidationException",
                          "1 validation error detected: Value null at 'keySchema' failed to "
                          "satisfy constraint: Member must not be null");
    return json_pack("{s:O, s:O, s:{}}", "key", names, "types", types, "items");
}

static json_t *create_table(struct sim_call *call)
{
    const char *name = sim_need(call, "TableName", "ValidationException");
    if (!name)
        return NULL;
    json_t *tables = json_object_get(call->cloud->tables, call->region);
    if (json_object_get(tables, name))
        return sim_refuse(call, 400, "ResourceInUseException", "Table already exists: %s", name);
    json_t *table = read_schema(call);
    if (!table)
        return NULL;
    if (!tables) {
        tables = json_object();
        json_object_set_new(call->cloud->tables, call->region, tables);
    }
    json_object_set_new(tables, name, table);
    OWN_JSON described = describe_table(call);
    return json_pack("{s:O}", "TableDescription", json_object_get(described, "Table"));
}

const struct sim_action sim_dynamodb_actions[] = {
    {"ListTables", list_tables, SIM_READ},          {"DescribeTable", describe_table, SIM_READ},
    {"CreateTable", create_table, SIM_WRITE},       {"Scan", sim_dynamodb_scan, SIM_READ},
    {"Query", sim_dynamodb_query, SIM_READ},        {"GetItem", get_item, SIM_READ},
    {"PutItem", sim_dynamodb_put, SIM_WRITE},       {"UpdateItem", sim_dynamodb_update, SIM_WRITE},
    {"DeleteItem", sim_dynamodb_delete, SIM_WRITE}, {0}};
