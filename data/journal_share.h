/* A shared journal as one thread of a bastion has it: the way to the table, and the copy. For
 * journal_dynamodb.c, which appends, and journal_follow.c, which keeps the copy fresh. */
#pragma once

#include "data/journal_copy.h"
#include "data/journal_link.h"

struct journal_share {
    struct journal_link *link;
    struct journal_store *copy;
    char *dir;
};

/* Claims history.db in `dir` as the copy; asks nobody. NULL with an error. */
struct journal_share *journal_share_open(const struct config *config, const char *dir,
                                         GError **error);
void journal_share_free(struct journal_share *share);
OWNABLE(journal_share, journal_share_free);

/* Reads what the table has after the copy's newest event, strongly consistent, and that one again:
 * a table that has lost it, or is another one, is told. What came before an error, or before
 * `until_ms` (when_mono_ms()), is kept. */
bool journal_share_catch_up(struct journal_share *share, gint64 until_ms, GError **error);
/* Reads the whole table again, and compares it with the copy. */
bool journal_share_compare(struct journal_share *share, gint64 until_ms, GError **error);
