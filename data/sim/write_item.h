/* What DynamoDB's writes of one item share: what may be asked, the condition, and the answer. */
#pragma once

#include "data/sim/expression.h"

struct sim_write {
    json_t *table;  /* borrowed */
    char *key;      /* the item's, as sim_dynamodb_key makes it */
    json_t *before; /* what stands there; NULL: nothing */
    struct sim_expressions *expressions;
};
/* A write whose condition holds; `key` is taken. NULL after sim_refuse(), which may have been the
 * caller's, of a key that is NULL. `updates`: an UpdateItem, which may return the new item too. */
struct sim_write *sim_write_new(struct sim_call *call, json_t *table, char *key, bool updates);
void sim_write_free(struct sim_write *write);
OWNABLE(sim_write, sim_write_free);

/* The item there is `after` now; NULL: there is none. The answer, a new reference. */
json_t *sim_write_done(const struct sim_write *write, struct sim_call *call, json_t *after);
