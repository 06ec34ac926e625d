/* The history, to be kept and checked elsewhere: operations with all of their events, each with the
 * very text that was hashed, so that whoever has it can recompute every chain (journal.h) without
 * celldeck. Streams: what is held at a time is a list of the operations and one event.
 *
 * EXPORT_LINES  one JSON value a line: first {schema, at, fleet, masked, head, operations}, then of
 *               each operation {"operation": {...}} and of each of its events {"event": {...}}
 * EXPORT_JSON   the same as one document: operations[] with events[]
 * EXPORT_CSV    a row an event; fields that a spreadsheet would run have a ' before them
 *
 * An event is {operation, seq, id, at, at_ms, actor, type, data, data_text, prev_hash, hash}.
 * `data_text` is what was hashed; `data` is the same for programs. Masked (mask.h), `data_text` is
 * left out: a hash then still says which event it is, but nobody can recompute it. */
#pragma once

#include "data/history.h"
#include "data/mask.h"

enum export_form { EXPORT_LINES, EXPORT_JSON, EXPORT_CSV };

struct history_export {
    enum export_form form;
    const char *fleet;
    const char *operation; /* this one alone; NULL: all */
    /* Only operations that were under way at some moment from `since_ms` on and before `until_ms`,
     * each whole; 0: no bound. */
    gint64 since_ms, until_ms;
    gint64 now_ms;
    const struct mask *mask; /* NULL: nothing is masked */
};

/* False ends the export, which then fails with the error that was set. */
typedef bool (*export_write_fn)(const char *text, gpointer data, GError **error);

struct exported {
    guint operations;
    gint64 events;
};
/* *done (may be NULL) gets how many there were. CD_ERROR_USAGE for an operation that there is not.
 */
bool history_export(struct journal *journal, const struct history_export *wanted,
                    export_write_fn write, gpointer data, struct exported *done, GError **error);
