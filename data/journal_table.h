/* The journal as items of a DynamoDB table: pure, JSON in and out.
 *
 * The table is one log: partition key `log` (always "journal"), sort key `position`, which counts
 * the events of all streams without gaps, as in history.db. An event is put at the first free
 * position, on condition that nothing is there, by somebody who has read all before it: so one
 * conditional put decides both who has a stream's number and where the event stands among all. An
 * item is an event's columns by their names, `data` being the very text that was hashed; a long one
 * is kept as `packed` instead (journal_pack.h). */
#pragma once

#include "data/journal_store.h"

enum {
    JOURNAL_PLAIN_MAX = 64 * 1024,          /* bytes of `data` that stay readable in the table */
    JOURNAL_DATA_MAX = 16 * 1024 * 1024,    /* ... that any event may have */
    JOURNAL_PACKED_MAX = 390 * 1000 / 3 * 4 /* of base64: an item holds 400 KB, names included */
};

/* CD_ERROR_FAILED where the event is too long for an item. */
json_t *journal_table_put(const char *table, gint64 position, const struct journal_row *row,
                          GError **error);
/* Events from position `from` on, in order, strongly consistent; an answer has at most 1 MB. */
json_t *journal_table_query(const char *table, gint64 from);
/* A put that changes nothing, and that DynamoDB refuses with ConditionalCheckFailedException where
 * it would have permitted another. */
json_t *journal_table_probe(const char *table);

struct journal_item {
    gint64 position;
    struct journal_row row; /* its texts lie in the JSON */
};
/* Unpacks what is packed, in `item`. False, with an error that names table and position as far as
 * they can be told, where an attribute is missing or of another type. */
bool journal_table_read(const char *table, json_t *item, struct journal_item *out, GError **error);

/* What makes the table: the document for `aws dynamodb create-table --cli-input-json`. */
json_t *journal_table_definition(const char *table);
