/* The cell-registry table, read (product.md, "Registry"). Every item becomes a tenant: what is
 * wrong with one is kept in its `fault`, never dropped, and never breaks the others. Pure: the JSON
 * of a Scan in, values out. */
#pragma once

#include "data/fleet.h"

/* The body of a Scan. `start_key` is the LastEvaluatedKey of the page before, NULL for the first;
 * borrowed. New reference. */
json_t *registry_request(const struct config *config, json_t *start_key);

/* A page of a Scan. */
struct registry_page {
    GPtrArray *tenants; /* struct tenant *, which it owns */
    json_t *start_key;  /* of the page after it; NULL: this is the last one */
    double read_units;  /* what it cost */
};
/* Makes one of the text of an answer; NULL and CD_ERROR_SOURCE where that is no page of items. Only
 * looks at the configuration (`config`), so it may run in any thread: see aws_read(). */
gpointer registry_read(const char *text, size_t length, gpointer config, GError **error);
void registry_page_free(gpointer page);

/* Adds a page's tenants to `tenants`. *start_key (new reference) is NULL after the last page;
 * *read_units grows by what the page cost. False with a CD_ERROR_SOURCE where the answer is no page
 * of items. */
bool registry_take(const struct config *config, json_t *reply, GPtrArray *tenants,
                   json_t **start_key, double *read_units, GError **error);
