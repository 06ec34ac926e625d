/* All names of a hosted zone, page by page, 300 sets each: what one call a tenant would take hours
 * for, and all of an account's 10 calls a second (aws.md, "Limits"). No more than five a second are
 * made here, one at a time. */
#pragma once

#include "data/aws/client.h"
#include "data/route53.h"

struct zone_scan;

/* `names`: dns_plain() -> struct zone_record *; taken from the scan by whoever wants to keep it (a
 * reference). NULL exactly when `error` is set: a zone that was read in part proves nothing. Called
 * once, from the main loop. */
typedef void (*zone_scan_fn)(GHashTable *names, const GError *error, gpointer data);
/* So many names are known by now; called after each page but the last. May be NULL. */
typedef void (*zone_scan_progress_fn)(guint names, gpointer data);

/* `client` is to stay until then. */
struct zone_scan *zone_scan_new(struct aws_client *client, const char *zone_id, zone_scan_fn fn,
                                zone_scan_progress_fn progress, gpointer data);
/* Neither is called after this. */
void zone_scan_free(struct zone_scan *scan);
OWNABLE(zone_scan, zone_scan_free);

/* Adds what a page has to `names`. `next`: the name that the next page begins with (record_set.h),
 * or NULL; it comes again there, whole, so nothing of it is taken here. Pure. */
struct record_set;
void zone_scan_take(GHashTable *names, const GPtrArray *sets, const char *next);
GHashTable *zone_scan_names(void);
