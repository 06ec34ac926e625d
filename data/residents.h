/* Who lives in one cell by the registry, as it is now: read strongly consistent, whole or not at
 * all. The feed reads all tenants every now and then, and what it has may be a minute old, or of a
 * replica that is behind; whoever empties a cell has to know of who came a second ago.
 *
 * A Scan reads the whole table whatever it filters by (1 unit for 4 KB here: twice what the feed's
 * costs), but brings only the ids of those who are asked for. */
#pragma once

#include "data/aws/client.h"
#include "data/config.h"

/* The body of the Scan of one of `segments` segments, pure. `start_key` is the LastEvaluatedKey of
 * the segment's page before, NULL for its first; borrowed. New reference. */
json_t *residents_request(const struct config *config, const char *cell, guint segment,
                          guint segments, json_t *start_key);

/* `ids` (const char *, sorted; borrowed) is NULL exactly where `error` says why it is not known. */
typedef void (*residents_fn)(const GPtrArray *ids, const GError *error, gpointer data);

/* `fn` comes exactly once, from the main loop, unless it is cancelled before. What stood in the
 * registry when this was called is what it tells of, or something younger. `deadline_ms` is for
 * each page of 1 MB; 0 = 20 s. */
struct residents_call;
struct residents_call *residents_read(struct aws_client *client, const struct config *config,
                                      const char *cell, gint64 deadline_ms, residents_fn fn,
                                      gpointer data);
/* No callback comes after this. `call` may be NULL. */
void residents_cancel(struct residents_call *call);
