/* The journal in a DynamoDB table that several bastions share (journal.store: dynamodb).
 *
 * Everything is read from the copy in history.db, which is always a beginning of the table's log:
 * it may be behind, never beside it. Every append goes to the table, on condition that nobody has
 * appended anything since what the copy has; where somebody has, the copy is brought up to date
 * first and the event's place looked at again. So whoever decides on what is behind is refused, and
 * the next look shows why. An append is done when the table is seen to have the event behind the
 * one that the copy ended with, and only by that look does it come into the copy.
 *
 * An append waits for the network (journal_link.h), JOURNAL_APPEND_MS at most; whoever must not
 * wait appends from a worker. An append whose answer is lost is read back, strongly consistent. */
#pragma once

#include "data/config.h"
#include "data/journal_store.h"

enum {
    JOURNAL_APPEND_MS = 8000, /* the longest that an append may take ... */
    JOURNAL_PUT_MS = 5000,    /* ... of which a put, with its repetitions, the larger part */
    JOURNAL_OPEN_MS = 5000,   /* how long opening waits for the first look at the table */
};

/* Brings the copy in `dir` up to date, as far as it can be done in time; *trouble (to be freed)
 * says what kept it from that, or is NULL. */
struct journal_store *journal_dynamodb_open(const struct config *config, const char *dir,
                                            char **trouble, GError **error);
