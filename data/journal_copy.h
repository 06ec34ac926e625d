/* history.db as a copy of a journal that several bastions share: always a beginning of it, event
 * for event in the same order. Whatever comes is checked against the chains before it is kept. */
#pragma once

#include "data/journal_sqlite.h"
#include "data/journal_table.h"

/* What is copied, in words that stay the same: region and table. Caller frees. */
char *journal_copy_name(const char *region, const char *table);
/* Makes `store` a copy of `name`. CD_ERROR_USAGE where it is one of something else, or has events
 * of its own. */
bool journal_copy_claim(struct journal_store *store, const char *name, GError **error);
/* CD_ERROR_USAGE where `store` is a copy: nobody appends to it as if it were the journal. */
bool journal_copy_refuse(struct journal_store *store, GError **error);

/* Takes events that follow each other, the first being one that is here or the next one. Those
 * that are here must be the same: an error names the first that is not, or is not chained to what
 * it should be. What came before it is kept. */
bool journal_copy_take(struct journal_store *store, const char *table,
                       const struct journal_item *items, guint n, GError **error);

/* When the whole journal was last known to be here: the time of a file beside it, which any process
 * of the bastion touches. */
void journal_copy_touch(const char *dir);
/* How long ago, by the wall clock; -1: never. A time to come is one of a clock that has been set
 * back since, and is as old as it is far. */
gint64 journal_copy_age_ms(const char *dir);
