/* DynamoDB's UpdateItem, some attributes of an item, if a condition holds (an item that is not
 * there is made), and DeleteItem. */
#include "data/sim/dynamodb.h"
#include "data/sim/write_item.h"

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
    OWN(sim_write) write = table ? sim_write_new(call, table, key_of(call, table), true) : NULL;
    if (!write)
        return NULL;
    json_t *start = write->before ? write->before : json_object_get(call->in, "Key");
    OWN_JSON after = sim_expressions_update(write->expressions, call, table, start);
    if (!after || !sim_dynamodb_fits(call, "Item size to update", after))
        return NULL;
    return sim_write_done(write, call, after);
}

json_t *sim_dynamodb_delete(struct sim_call *call)
{
    json_t *table = sim_dynamodb_table(call);
    OWN(sim_write) write = table ? sim_write_new(call, table, key_of(call, table), false) : NULL;
    return write ? sim_write_done(write, call, NULL) : NULL;
}
