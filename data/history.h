/* Questions to the journal about operations, for `history` and the history screen. Each is answered
 * from the events themselves: an operation's `opened` event says its kind and subject, its last
 * `state` transition how it stands. */
#pragma once

#include "data/journal.h"

struct operation {
    char *id;      /* "r17" */
    char *kind;    /* "rollout", "failover", "move", "drill", "observed" */
    char *subject; /* a version or a cell */
    char *state;   /* the operation's own word: "running", "completed", ... */
    char *actor;   /* who asked for it */
    gint64 started_ms;
    gint64 ended_ms; /* 0: still live */
    char **cells;    /* never NULL */
    char *what;      /* of an observed one: "failover" or "move" (rollout/observed.h); else "" */
    char *reason;    /* why it was asked for */
    gint64 events;
};
void operation_free(struct operation *operation);
OWNABLE(operation, operation_free);

/* Newest first, live ones included: struct operation *, freed with the array. `limit` 0 = all. */
GPtrArray *history_operations(struct journal *journal, int limit, GError **error);
/* One of them; CD_ERROR_USAGE where there is none of that name. Caller frees. */
struct operation *history_find(struct journal *journal, const char *id, GError **error);

/* When the last drill of the cell's failover ended that came to its end, of these operations
 * (struct operation *); 0: none did. */
gint64 history_last_drill_ms(const GPtrArray *operations, const char *cell);

/* The same as `history list --json` and `history show ID --json` print them (product.md). */
json_t *operation_json(const struct operation *operation);
json_t *event_json(const struct event *event); /* {seq, at, actor, type, data, hash} */
