/* The items of a DynamoDB table: as they stand, and as a read sees them that is not strongly
 * consistent, which is as they stood `read_lag` ago. A table's `past` has what each write replaced,
 * for so long. */
#include "data/sim/dynamodb.h"
#include "data/sim/value.h"

static gint64 at_of(const json_t *entry)
{
    return (gint64)json_integer_value(json_array_get(entry, 0));
}

/* Forgets what no read sees any more. */
static void prune(json_t *entries, gint64 since_ms)
{
    while (json_array_size(entries) && at_of(json_array_get(entries, 0)) <= since_ms)
        json_array_remove(entries, 0);
}

static void keep_past(const struct sim_call *call, json_t *table, const char *key, json_t *before)
{
    json_t *past = json_object_get(table, "past");
    if (!past) {
        past = json_object();
        json_object_set_new(table, "past", past);
    }
    json_t *entries = json_object_get(past, key);
    if (!entries) {
        entries = json_array();
        json_object_set_new(past, key, entries);
    }
    prune(entries, call->now_ms - call->cloud->world->read_lag_ms);
    json_array_append_new(entries, json_pack("[I, O?]", (json_int_t)call->now_ms, before));
}

void sim_dynamodb_store(const struct sim_call *call, json_t *table, const char *key, json_t *item)
{
    json_t *items = json_object_get(table, "items");
    if (call->cloud->world->read_lag_ms > 0)
        keep_past(call, table, key, json_object_get(items, key));
    if (item)
        json_object_set(items, key, item);
    else
        json_object_del(items, key);
}

json_t *sim_dynamodb_seen(const struct sim_call *call, const json_t *table)
{
    json_t *items = json_object_get(table, "items"), *past = json_object_get(table, "past");
    gint64 since_ms = call->now_ms - call->cloud->world->read_lag_ms;
    if (!past || sim_flag(call->in, "ConsistentRead", false))
        return json_incref(items);
    json_t *seen = json_copy(items);
    const char *key;
    json_t *entries;
    json_object_foreach (past, key, entries) {
        prune(entries, since_ms);
        json_t *before = json_array_get(json_array_get(entries, 0), 1);
        if (json_is_object(before))
            json_object_set(seen, key, before);
        else if (before)
            json_object_del(seen, key);
    }
    return seen;
}
