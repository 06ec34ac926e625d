/* Inside data/sim's expressions: what reading a projection, a condition and an update share. */
#pragma once

#include "data/sim/expression.h"

/* While the expressions are read: whose names and values, and which of them were used. */
struct sim_reading {
    struct sim_call *call;
    const char *expression; /* "ProjectionExpression" */
    const json_t *names, *values;
    json_t *used;
};
/* "#c.maxUsers" as its names. NULL after a refusal. Caller frees. */
char **sim_read_path(struct sim_reading *reading, const char *text);
/* What ExpressionAttributeValues has for ":v". NULL after a refusal. */
const json_t *sim_read_value(struct sim_reading *reading, const char *word);

/* {"S": ...} at the path's end, or NULL. */
json_t *sim_item_find(json_t *item, char *const *path);
/* Puts the value at the path's end, below the maps that lead there; makes those that are missing.
 */
void sim_item_put(json_t *object, char *const *path, json_t *value);
/* A copy that shares everything but the maps on the way to the path's end. New reference. */
json_t *sim_item_apart(const json_t *item, char *const *path);

/* Comparisons joined by AND; each of them one, or several in brackets joined by OR. */
GPtrArray *sim_conditions_new(void);
/* From the call's member of that name, if it is there; a refusal is in the call. */
void sim_conditions_read(struct sim_reading *reading, const char *expression,
                         GPtrArray *conditions);
bool sim_conditions_hold(const GPtrArray *conditions, const json_t *item);
/* Of a KeyConditionExpression: sim_expressions_key_fits(). */
bool sim_conditions_fit_key(const GPtrArray *conditions, struct sim_call *call,
                            const json_t *table);

/* SET and REMOVE. */
GPtrArray *sim_updates_new(void);
void sim_updates_read(struct sim_reading *reading, GPtrArray *updates);
/* The item as they make it, or NULL and refused. New reference. */
json_t *sim_updates_apply(const GPtrArray *updates, struct sim_call *call, const json_t *table,
                          const json_t *item);
