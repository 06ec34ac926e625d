/* DynamoDB's expressions, as far as the registry's readers need them: a ProjectionExpression of
 * paths, and a FilterExpression of comparisons joined by AND. What DynamoDB refuses is refused in
 * its words; what it knows and this does not, as a ValidationException too. */
#pragma once

#include "data/sim/call.h"

struct sim_expressions;
/* From the call's ProjectionExpression, FilterExpression and ExpressionAttribute... members. NULL
 * after sim_refuse(). */
struct sim_expressions *sim_expressions_read(struct sim_call *call);
void sim_expressions_free(struct sim_expressions *expressions);
OWNABLE(sim_expressions, sim_expressions_free);

bool sim_expressions_keep(const struct sim_expressions *expressions, const json_t *item);
/* The parts of the item that were asked for. New reference. */
json_t *sim_expressions_project(const struct sim_expressions *expressions, json_t *item);
