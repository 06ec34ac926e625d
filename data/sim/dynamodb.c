/* DynamoDB, reading: ListTables, DescribeTable, Scan and GetItem. Items of a table are kept by the
 * text of their key; a scan goes in the order of the keys' hashes, as DynamoDB's does. */
#include "data/sim/dynamodb.h"

#include "data/base/when.h"
#include "data/sim/value.h"

#include <string.h>

#define PAGE_BYTES_MAX (1 << 20) /* "A single Scan returns at most 1 MB" */

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

struct place {
    guint32 hash;
    const char *key;
    json_t *item;
};

static gint by_hash(gconstpointer a, gconstpointer b)
{
    const struct place *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return strcmp(x->key, y->key);
}

/* The segment's items after `start` (NULL: from its beginning), in scan order. */
static GArray *segment_places(const json_t *items, guint32 segment, guint32 segments,
                              const char *start)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(struct place));
    struct place after = {start ? g_str_hash(start) : 0, start, NULL};
    const char *key;
    json_t *item;
    json_object_foreach ((json_t *)items, key, item) {
        struct place place = {g_str_hash(key), key, item};
        bool mine = place.hash % segments == segment;
        if (mine && (!start || by_hash(&place, &after) > 0))
            g_array_append_val(places, place);
    }
    g_array_sort(places, by_hash);
    return places;
}

static size_t item_bytes(const json_t *item)
{
    return json_dumpb(item, NULL, 0, JSON_COMPACT);
}

static json_t *key_of(const json_t *table, const json_t *item)
{
    json_t *key = json_object();
    size_t i;
    const json_t *name;
    json_array_foreach (json_object_get(table, "key"), i, name)
        json_object_set(key, json_string_value(name),
                        json_object_get(item, json_string_value(name)));
    return key;
}

static bool scan_start(struct sim_call *call, const json_t *table, char **start)
{
    const json_t *given = json_object_get(call->in, "ExclusiveStartKey");
    if (call->half && (given || sim_number(call->in, "Segment", 0) > 0)) {
        sim_refuse(call, 500, "InternalServerError", "The request processing has failed.");
        return false;
    }
    if (!given)
        return true;
    *start = sim_dynamodb_key(call, table, given);
    return *start != NULL;
}

static json_t *scan_page(const json_t *table, const GArray *places, gint64 limit)
{
    json_t *items = json_array(), *page = json_object();
    size_t bytes = 0;
    guint i = 0;
    for (; i < places->len && (gint64)i < limit && bytes < PAGE_BYTES_MAX; i++) {
        json_t *item = g_array_index(places, struct place, i).item;
        bytes += item_bytes(item);
        json_array_append(items, item);
    }
    json_object_set_new(page, "Items", items);
    json_object_set_new(page, "Count", json_integer(i));
    json_object_set_new(page, "ScannedCount", json_integer(i));
    /* DynamoDB gives a LastEvaluatedKey whenever it stopped at a limit, even at the last item. */
    if (i > 0 && (i < places->len || (gint64)i == limit))
        json_object_set_new(page, "LastEvaluatedKey",
                            key_of(table, g_array_index(places, struct place, i - 1).item));
    return page;
}

static json_t *scan(struct sim_call *call)
{
    const json_t *table = sim_dynamodb_table(call);
    if (!table)
        return NULL;
    gint64 segments = (gint64)sim_number(call->in, "TotalSegments", 1);
    gint64 segment = (gint64)sim_number(call->in, "Segment", 0);
    gint64 limit = (gint64)sim_number(call->in, "Limit", G_MAXINT32);
    if (segments < 1 || segments > 1000000 || segment < 0 || segment >= segments || limit < 1)
        return sim_refuse(call, 400, "ValidationException",
                          "Segment, TotalSegments or Limit is out of range");
    g_autofree char *start = NULL;
    if (!scan_start(call, table, &start))
        return NULL;
    g_autoptr(GArray) places =
        segment_places(json_object_get(table, "items"), (guint32)segment, (guint32)segments, start);
    return scan_page(table, places, limit);
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
                                                  {"Scan", scan, SIM_READ},
                                                  {"GetItem", get_item, SIM_READ},
                                                  {0}};
