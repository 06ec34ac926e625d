/* Tenants of a cell that celldeck brought there and that may go back: whoever failed a cell over
 * and wants to bring only those home finds that `failover start` empties the whole cell, with all
 * who live there on their own. The plan of such a cell says so, and who they are. Pure. */
#pragma once

#include "rollout/placement.h"

#include <jansson.h>

/* Those of one cell. */
struct guests {
    const char *from;      /* the nearest cell of their way back that the fleet still has */
    GPtrArray *operations; /* char *: that brought them, "f1", each once */
    GPtrArray *tenants;    /* char *: ids, as the plan has them */
};
/* Of a cell's whole plan: struct guests *, the most first, freed with the array; none where the
 * journal was not read (`origins` NULL). Texts live as long as both. */
GPtrArray *guests_of(const struct evacuation *evacuation, const struct origins *origins);
/* "12 of 31 tenants came from cell-1 by f1 ...", with the commands that list them and bring them
 * home; NULL where nobody did, or nobody else lives there. Caller frees. */
char *guests_words(const struct evacuation *evacuation, const GPtrArray *guests);
/* `failover plan --json`: {from, operations[], tenants[]} each. */
json_t *guests_json(const GPtrArray *guests);
