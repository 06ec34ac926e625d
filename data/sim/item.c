/* Items of a DynamoDB table: their keys, and what they weigh. */
#include "data/sim/dynamodb.h"
#include "data/sim/value.h"

#include <math.h>
#include <string.h>

#define READ_UNIT_BYTES  4096 /* half of one where eventually consistent */
#define WRITE_UNIT_BYTES 1024
#define ITEM_BYTES_MAX   409600 /* "400 KB", names included */

const char *sim_dynamodb_key_type(const json_t *table, const char *name)
{
    return sim_text(json_object_get(table, "types"), name, "S");
}

/* "7" and "7.0" are one number. Caller frees. */
static char *number_text(const char *text)
{
    double number = g_ascii_strtod(text, NULL);
    if (number > -1e15 && number < 1e15 && number - floor(number) <= 0)
        return g_strdup_printf("%.0f", number);
    return g_strdup(text);
}

char *sim_dynamodb_key(struct sim_call *call, const json_t *table, const json_t *attributes)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const json_t *names = json_object_get(table, "key");
    size_t i;
    const json_t *at;
    json_array_foreach (names, i, at) {
        const char *name = json_string_value(at), *type = sim_dynamodb_key_type(table, name);
        const char *key = sim_text(json_object_get(attributes, name), type, NULL);
        if (!key) {
            sim_refuse(call, 400, "ValidationException",
                       "The provided key element does not match the schema");
            return NULL;
        }
        g_autofree char *part = *type == 'N' ? number_text(key) : g_strdup(key);
        g_string_append_printf(text, "%s%s", i ? "\x1f" : "", part);
    }
    return g_strdup(text->str);
}

/* As DynamoDB counts: names and texts by their UTF-8 bytes, a number by every second digit, one
 * byte for what has no size of its own, three and one a member for maps and lists. */
static size_t value_bytes(const json_t *value)
{
    const char *text = sim_text(value, "S", NULL), *number = sim_text(value, "N", NULL);
    if (text)
        return strlen(text);
    if (number)
        return strlen(number) / 2 + 2;
    const json_t *map = json_object_get(value, "M"), *list = json_object_get(value, "L");
    if (!map && !list)
        return 1;
    size_t bytes = 3, i;
    const char *key;
    json_t *member;
    json_object_foreach ((json_t *)map, key, member)
        bytes += strlen(key) + value_bytes(member) + 1;
    json_array_foreach (list, i, member)
        bytes += value_bytes(member) + 1;
    return bytes;
}

size_t sim_dynamodb_bytes(const json_t *item)
{
    size_t bytes = 0;
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)item, key, value)
        bytes += strlen(key) + value_bytes(value);
    return bytes;
}

json_t *sim_dynamodb_key_of(const json_t *table, const json_t *item)
{
    json_t *key = json_object();
    size_t i;
    const json_t *name;
    json_array_foreach (json_object_get(table, "key"), i, name)
        json_object_set(key, json_string_value(name),
                        json_object_get(item, json_string_value(name)));
    return key;
}

static void add_units(const struct sim_call *call, json_t *result, double units)
{
    if (g_str_equal(sim_text(call->in, "ReturnConsumedCapacity", "NONE"), "NONE"))
        return;
    json_object_set_new(result, "ConsumedCapacity",
                        json_pack("{s:s, s:f}", "TableName", sim_text(call->in, "TableName", ""),
                                  "CapacityUnits", units));
}

void sim_dynamodb_read_units(const struct sim_call *call, json_t *result, size_t bytes)
{
    double share = sim_flag(call->in, "ConsistentRead", false) ? 1 : 0.5;
    add_units(call, result, share * fmax(1, ceil((double)bytes / READ_UNIT_BYTES)));
}

void sim_dynamodb_write_units(const struct sim_call *call, json_t *result, size_t bytes)
{
    add_units(call, result, fmax(1, ceil((double)bytes / WRITE_UNIT_BYTES)));
}

json_t *sim_dynamodb_condition_failed(struct sim_call *call, json_t *before)
{
    const char *values = sim_text(call->in, "ReturnValuesOnConditionCheckFailure", "NONE");
    sim_refuse(call, 400, "ConditionalCheckFailedException", "The conditional request failed");
    if (before && g_str_equal(values, "ALL_OLD"))
        call->error.more = json_pack("{s:O}", "Item", before);
    return NULL;
}

bool sim_dynamodb_fits(struct sim_call *call, const char *what, const json_t *item)
{
    if (sim_dynamodb_bytes(item) > ITEM_BYTES_MAX)
        sim_refuse(call, 400, "ValidationException", "%s has exceeded the maximum allowed size",
                   what);
    return call->error.status == 0;
}
