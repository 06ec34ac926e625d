/* May this failover, move or drill begin, and may it go on? (rollout.md, "Failover".) One place for
 * the command line, the console and the conductor. Pure over what was read: a snapshot's
 * evacuation, and what the journal says of other operations. */
#pragma once

#include "data/journal.h"
#include "rollout/failover_plan.h"
#include "rollout/placement.h"

enum preflight_kind {
    PREFLIGHT_REGISTRY, /* never read, in part, or old */
    PREFLIGHT_NOBODY,   /* no tenant lives there */
    PREFLIGHT_PLACE,    /* a tenant fits nowhere: one refusal each */
    PREFLIGHT_BUSY,     /* another operation holds a cell */
    PREFLIGHT_ACK,      /* something is not proven, and nobody has acknowledged it */
    PREFLIGHT_KINDS
};
const char *preflight_kind_name(enum preflight_kind kind); /* "place" */

struct preflight_refusal {
    enum preflight_kind kind;
    char *cell, *tenant, *operation; /* which it is about, or NULL */
    enum proof proof;                /* PREFLIGHT_ACK */
    char *why;
};

/* Who else is at work on a cell of the plan. */
struct preflight_holder {
    char *cell;
    char *operation, *kind, *state, *actor;
    gint64 since_ms;
    bool locked;  /* it holds lock/CELL; else the cell is in its list */
    bool yielded; /* of the source: a rollout, which a failover takes it over from (a move does not)
                   */
};
void preflight_holder_free(gpointer data);
/* The source and the targets, NULL-terminated. The caller frees the array, not the ids. */
const char **preflight_cells(const struct evacuation *evacuation);
/* Of the cells (NULL-terminated), the source first: operations that are live, are not `own` (or
 * NULL), and hold a cell's lock, or are failovers or moves that have it in their list. A rollout
 * that merely has a cell in its list is none: it waits for the lock. struct preflight_holder *,
 * freed with the array. NULL with an error where the journal can't be read. */
GPtrArray *preflight_holders(struct journal *journal, const char *const *cells, const char *own,
                             GError **error);

/* Everything that stands against beginning: struct preflight_refusal *, freed with the array;
 * empty: nothing. A drill writes nothing, so nobody is in its way and nothing
 * has to be acknowledged. `holders` may be NULL: not
 * known, and not asked. */
GPtrArray *preflight_start(const struct evacuation *evacuation, enum failover_kind kind,
                           unsigned acks, const GPtrArray *holders);
/* The exit code for these: 0, CD_ERROR_REFUSED, or CD_ERROR_BUSY where nothing else is in the way.
 */
int preflight_exit_code(const GPtrArray *refusals);
/* [{kind, cell, tenant, operation, why, lifted_by}], as `opened` keeps them and --json prints them.
 * New reference. */
json_t *preflight_json(const GPtrArray *refusals);
/* All of them, or the first ten, in one error of that code; NULL where there are none. */
GError *preflight_error(const GPtrArray *refusals);

/* Before each further step: what of a frozen plan no longer holds. Its targets are cells of the
 * fleet, well by metrics and probe, may take their tenants as ever, and have room for all that are
 * not there yet; the registry was read whole and is fresh. NULL: all of it; else why not, in words
 * (caller frees). What is proven is not asked again: it was when it began, and is on record. */
char *preflight_plan(const struct failover_plan *plan, const struct snapshot *snapshot);
