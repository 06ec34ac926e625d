/* One tenant's item of the registry, read strongly consistent and changed under a condition: what a
 * failover or a move does there (rollout.md, "Failover"). Everything else that reads the registry
 * reads all of it (registry.h).
 *
 * A change is a compare-and-swap: it is done only where cell, status and updatedAt are what they
 * were read as, and touches no attribute but those that it names. So one that comes late, or twice,
 * finds another updatedAt and changes nothing: a caller that gives each intent a stamp of its own
 * knows its own write again by it. Nothing is sent twice but what DynamoDB refused for its rate. */
#pragma once

#include "data/aws/client.h"
#include "data/base/own.h"
#include "data/config.h"

/* An item as it stood at one moment. */
struct tenant_item {
    json_t *raw; /* as DynamoDB writes it, all of its attributes; NULL: there is no such item */
    char *cell;  /* cellId, and so on: as written. NULL: not there, or no text */
    char *region;
    char *status;
    char *updated_at; /* a text, or a number's digits (struct tenant has it the same) */
};
void tenant_item_free(struct tenant_item *item);
OWNABLE(tenant_item, tenant_item_free);
/* Of an item as Scan, GetItem or UpdateItem tell it; NULL: none. Borrows `raw`. */
struct tenant_item *tenant_item_of(json_t *raw);

/* What is set; NULL: left as it is. */
struct tenant_change {
    const char *cell, *region, *status;
    const char *updated_at; /* RFC 3339; never NULL */
};

/* What must stand there; texts compare byte by byte. */
struct tenant_condition {
    const char *cell, *status; /* never NULL */
    const char *updated_at;    /* text or digits; NULL: the item has none */
};
/* Whether `item` is so: what DynamoDB would say, for a drill and for a look afterwards. */
bool tenant_condition_holds(const struct tenant_condition *condition,
                            const struct tenant_item *item);

/* The bodies of the two calls; pure. New references. */
json_t *tenant_item_request(const struct config *config, const char *tenant);
json_t *tenant_change_request(const struct config *config, const char *tenant,
                              const struct tenant_change *change,
                              const struct tenant_condition *condition);

/* The end of either. `item` is borrowed, and NULL exactly where nobody knows what stands there.
 * Read: the item is there, or its `raw` is NULL, or `error` says why it could not be read.
 * Changed: `error` NULL: done, and `item` is what stands there now. AWS_ERROR_CONDITION: nothing
 * was changed, `item` is what stood there instead (`raw` NULL: the tenant is gone), and the error
 * says it in words; `item` is NULL where that could not be had. Where aws_error_is_unsure(error):
 * it may have been done or may yet be; read the item to know. Any other error: nothing was
 * changed, for certain. */
typedef void (*tenant_item_fn)(const struct tenant_item *item, const GError *error, gpointer data);

/* `fn` comes exactly once, from the main loop, unless it is cancelled before. `deadline_ms` is for
 * the call and what follows it to say what stands there; 0 = 20 s. */
struct tenant_call;
struct tenant_call *tenant_item_get(struct aws_client *client, const struct config *config,
                                    const char *tenant, gint64 deadline_ms, tenant_item_fn fn,
                                    gpointer data);
struct tenant_call *tenant_item_update(struct aws_client *client, const struct config *config,
                                       const char *tenant, const struct tenant_change *change,
                                       const struct tenant_condition *condition, gint64 deadline_ms,
                                       tenant_item_fn fn, gpointer data);
/* No callback comes after this; what was sent may be done all the same. */
void tenant_call_cancel(struct tenant_call *call);
