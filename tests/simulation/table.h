/* The table of a shared journal, as DynamoDB would have it, in memory: one partition, its items by
 * position. It takes what journal_table.h makes and says no more than the real one. Whatever is put
 * into it is an event of the journal from then on, whoever knows of it: ledger_event() is told
 * here. */
#pragma once

#include "tests/simulation/sim.h"

struct table *table_new(struct sim *sim);
void table_free(struct table *table);
guint table_length(const struct table *table);

/* PutItem and Query: new reference, NULL with an AWS_ERROR. They borrow `body`. */
json_t *table_put(struct sim *sim, const json_t *body, struct process *maker, GError **error);
json_t *table_query(const struct table *table, const json_t *body, GError **error);

/* A put that is still on its way, with nobody waiting for it: it comes when it comes, if its
 * position is free then. */
void table_put_late(struct sim *sim, json_t *body, struct process *maker, gint64 after_ms);
void table_tick(struct sim *sim);
