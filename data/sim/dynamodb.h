/* What DynamoDB's reads and writes share. */
#pragma once

#include "data/sim/call.h"

/* An answer ends with the item that takes it past 1 MB. */
#define SIM_DYNAMODB_PAGE (1 << 20)

/* The table that the call names, borrowed; or NULL, refused. */
json_t *sim_dynamodb_table(struct sim_call *call);

/* "S" or "N": of an attribute of the table's key. */
const char *sim_dynamodb_key_type(const json_t *table, const char *name);
/* The key of `attributes` as one text, what items are kept by; or NULL, refused. Caller frees. */
char *sim_dynamodb_key(struct sim_call *call, const json_t *table, const json_t *attributes);
/* The key attributes of an item. New reference. */
json_t *sim_dynamodb_key_of(const json_t *table, const json_t *item);
size_t sim_dynamodb_bytes(const json_t *item);
/* What so many bytes cost, into an answer, if the call asks for it. */
void sim_dynamodb_read_units(const struct sim_call *call, json_t *result, size_t bytes);
void sim_dynamodb_write_units(const struct sim_call *call, json_t *result, size_t bytes);

/* The items as the call, a read, sees them. New reference. */
json_t *sim_dynamodb_seen(const struct sim_call *call, const json_t *table);
/* A write: the item at that key is this one now; NULL: there is none. */
void sim_dynamodb_store(const struct sim_call *call, json_t *table, const char *key, json_t *item);

/* Refuses a write for its condition, showing what stands there (NULL: nothing) if the call asks for
 * that. Returns NULL. */
json_t *sim_dynamodb_condition_failed(struct sim_call *call, json_t *before);
/* Whether the item is not too large; false after a refusal that calls its size `what`. */
bool sim_dynamodb_fits(struct sim_call *call, const char *what, const json_t *item);

/* In files of their own. */
json_t *sim_dynamodb_scan(struct sim_call *call);
json_t *sim_dynamodb_query(struct sim_call *call);
json_t *sim_dynamodb_put(struct sim_call *call);
json_t *sim_dynamodb_update(struct sim_call *call);
json_t *sim_dynamodb_delete(struct sim_call *call);
