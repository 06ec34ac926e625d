/* DynamoDB's expressions, as far as the registry and the journal need them: a ProjectionExpression
 * of paths; a FilterExpression or ConditionExpression of comparisons, attribute_exists and
 * attribute_not_exists joined by AND, and in brackets by OR; a KeyConditionExpression of
 * comparisons with the key; an UpdateExpression of SET and REMOVE. What DynamoDB refuses is refused
 * in its words; what it knows and this does not, as a ValidationException too. */
#pragma once

#include "data/sim/call.h"

struct sim_expressions;
/* From the call's ProjectionExpression, FilterExpression, ConditionExpression,
 * KeyConditionExpression, UpdateExpression and ExpressionAttribute... members. NULL after
 * sim_refuse(). */
struct sim_expressions *sim_expressions_read(struct sim_call *call);
void sim_expressions_free(struct sim_expressions *expressions);
OWNABLE(sim_expressions, sim_expressions_free);

/* Whether the KeyConditionExpression is one for `table`: `=` for its partition key, and at most one
 * comparison of its sort key. False after sim_refuse(). */
bool sim_expressions_key_fits(const struct sim_expressions *expressions, struct sim_call *call,
                              const json_t *table);
bool sim_expressions_key_holds(const struct sim_expressions *expressions, const json_t *item);

/* Filter and condition. */
bool sim_expressions_keep(const struct sim_expressions *expressions, const json_t *item);
/* The item as the UpdateExpression makes it, new reference; NULL after sim_refuse(). */
json_t *sim_expressions_update(const struct sim_expressions *expressions, struct sim_call *call,
                               const json_t *table, const json_t *item);
/* The parts of the item that were asked for. New reference. */
json_t *sim_expressions_project(const struct sim_expressions *expressions, json_t *item);
