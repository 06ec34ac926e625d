/* Where tenants were moved from, by the journal: that a tenant may go back there is what makes a
 * fail-back possible, which is another failover (rollout.md, "Failover"), out of a cell that took
 * it in but declares no backup for it. One truth for all that plan: the command line, the console's
 * columns and screens, `status --json`, `handover`, and the question of a new tenant's place.
 *
 * A tenant's way back are the cells that celldeck's own failovers and moves took it out of, the
 * last one first, as long as it lives where the last of them brought it:
 *   - of operations that were completed, and tenants that were verified there; none of a drill, nor
 *     of one that was reverted, or is under way or held: until it is over, its tenants are its own;
 *   - it goes on from move to move (cell-1 died and cell-2 took it in; cell-2 dies and cell-3 does:
 *     back to cell-2, or where that is no target, home to cell-1), and going back ends it: whoever
 *     is home again may go to what is declared there, and no longer to what once was;
 *   - somebody's move by hand (kind "observed", observed.h) ends it, and is none. Nobody checked
 *     whether its tenant might be where it was taken out of: one enterprise tenant put into a
 *     shared cell by mistake, and taken out again, would make that cell a legal place for it.
 *     Whoever failed over by hand and wants to go back by celldeck declares it (cells.*.backups, or
 *     the tenant's failoverCellId), and a plan that has no place for such a tenant says so.
 * Where celldeck itself took a tenant out of a cell it may put it back, however it had come there:
 * that restores what was, as a revert does.
 * It lifts no other rule: residency, production, health and room are asked as ever. */
#pragma once

#include "data/journal.h"

enum { ORIGINS_MOST = 3 }; /* cells of a way back; of a longer one the last */

struct origin {
    const char *tenant;
    const char *cell;                   /* where the journal put it last */
    const char *from[ORIGINS_MOST + 1]; /* its way back, the last cell first; NULL at the end */
    const char *by_hand;                /* no way back: the cell it came from by hand; or NULL */
    const char *operation;              /* that brought it there: "f3", "o1" */
};

/* Of all tenants that have one. Immutable, reference-counted, for any thread. */
struct origins;
struct origins *origins_ref(struct origins *origins);
void origins_unref(struct origins *origins);
OWNABLE(origins, origins_unref);
/* Of a tenant that lives in `cell` now; NULL: the journal does not say where from, or it has been
 * taken elsewhere since. `origins` may be NULL: nothing is known. */
const struct origin *origins_of(const struct origins *origins, const char *tenant,
                                const char *cell);

/* The rules above, on their own: what was known before (may be NULL), and what somebody went since,
 * in its order. To be added by who makes it, before anybody else has it. */
struct went {
    const char *tenant, *from, *to, *operation;
    bool by_hand;
};
struct origins *origins_new(const struct origins *before);
void origins_add(struct origins *origins, const struct went *went);

/* All that the journal says, from its beginning. NULL with an error where it can't be read. */
struct origins *origins_read(struct journal *journal, GError **error);

/* The same for those who ask again and again: only what is new is read, an operation that is over
 * once, and as long as none has ended the same origins are returned. It has a handle of its own to
 * the history in a state folder (NULL: there is none), where somebody has begun one. One thread at
 * a time. */
struct origins_reader;
struct origins_reader *origins_reader_new(const char *state_dir);
void origins_reader_free(struct origins_reader *reader);
OWNABLE(origins_reader, origins_reader_free);
/* A reference; of no tenants where there is no history yet. NULL with an error; the next look reads
 * everything anew. */
struct origins *origins_reader_look(struct origins_reader *reader, GError **error);
