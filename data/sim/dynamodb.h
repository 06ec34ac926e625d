/* What DynamoDB's reads and writes share. */
#pragma once

#include "data/sim/call.h"

/* The table that the call names, borrowed; or NULL, refused. */
json_t *sim_dynamodb_table(struct sim_call *call);
/* The key of `attributes` as one text, what items are kept by; or NULL, refused. Caller frees. */
char *sim_dynamodb_key(struct sim_call *call, const json_t *table, const json_t *attributes);

/* Scan, in a file of its own. */
json_t *sim_dynamodb_scan(struct sim_call *call);
