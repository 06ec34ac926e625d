/* DynamoDB, reading: ListTables, DescribeTable and GetItem; Scan is in scan.c. Items of a table are
 * kept by the text of their key. */
#include "data/sim/dynamodb.h"

#include "data/base/when.h"
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

char *sim_dynamodb_key(struct sim_call *call, const json_t *table, const json_t *attributes)
{
    GString *text = g_string_new(NULL);
    const json_t *names = json_object_get(table, "key");
    size_t i;
    const json_t *name;
    json_array_foreach (names, i, name) {
        const json_t *value = json_object_get(attributes, json_string_value(name));
        const char *key = sim_text(value, "S", sim_text(value, "N", NULL));
        if (!key) {
            sim_refuse(call, 400, "ValidationException",
                       "The provided key element does not match the schema");
            return g_string_free(text, TRUE);
        }
        g_string_append_printf(text, "%s%s", i ? "\x1f" : "", key);
    }
    return g_string_free(text, FALSE);
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
        json_array_append_new(definitions, json_pack("{s:s, s:s}", "AttributeName",
                                                     json_string_value(key), "AttributeType", "S"));
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
    json_t *item = json_object_get(json_object_get(table, "items"), key);
    return item ? json_pack("{s:O}", "Item", item) : json_object();
}

const struct sim_action sim_dynamodb_actions[] = {{"ListTables", list_tables, SIM_READ},
                                                  {"DescribeTable", describe_table, SIM_READ},
                                                  {"Scan", sim_dynamodb_scan, SIM_READ},
                                                  {"GetItem", get_item, SIM_READ},
                                                  {0}};
