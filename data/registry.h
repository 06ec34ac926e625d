/* The cell-registry table, read (product.md, "Registry"). Every item becomes a tenant: what is
 * wrong with one is kept in its `fault`, never dropped, and never breaks the others. Pure: the JSON
 * of a Scan in, values out. */
#pragma once

#include "data/fleet.h"

/* The body of a Scan. `start_key` is the LastEvaluatedKey of the page before, NULL for the first;
 * borrowed. New reference. */
json_t *registry_request(const struct config *config, json_t *start_key);

/* Adds a page's tenants to `tenants`. *start_key (new reference) is NULL after the last page;
 * *read_units grows by what the page cost. False with a CD_ERROR_SOURCE where the answer is no page
 * of items. */
bool registry_take(const struct config *config, json_t *reply, GPtrArray *tenants,
                   json_t **start_key, double *read_units, GError **error);
