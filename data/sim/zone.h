/* The hosted zones: what stands in each, and what its DNS servers answer meanwhile. A change stands
 * at once, and DNS servers answer by it when it is INSYNC. That a resolver still has what stood
 * there before is left to its TTL. */
#pragma once

#include "data/sim/cloud.h"

/* The scenario's zones, with the records of its tenants. */
void sim_zones_fill(struct sim_cloud *cloud);

struct sim_zone;
void sim_zones_free(GHashTable *zones);
GHashTable *sim_zones_new(void);
/* NULL: there is none of that id. */
struct sim_zone *sim_zone_find(const struct sim_cloud *cloud, const char *id);
const char *sim_zone_domain(const struct sim_zone *zone); /* "medplum.test." */
bool sim_zone_is_private(const struct sim_zone *zone);

/* {"name type identifier": record set}. Borrowed; never changed, only replaced. */
json_t *sim_zone_sets(const struct sim_zone *zone);
/* What its DNS servers answer by at that moment. */
json_t *sim_zone_served(const struct sim_cloud *cloud, const struct sim_zone *zone, gint64 now_ms);
void sim_zone_replace(struct sim_zone *zone, json_t *sets, gint64 now_ms);

/* A set's place among them. Names in Route 53's order: label by label, from the last. Caller frees.
 */
char *sim_zone_key(const char *name, const char *type, const char *identifier);

/* What a name leads to (an address on loopback), with the CNAMEs on the way in `names` (char *, may
 * be NULL), or false: there is no such name; and the cell whose name it is, or comes to, or NULL.
 */
bool sim_zone_resolve(const struct sim_cloud *cloud, const char *name, gint64 now_ms,
                      GPtrArray *names, gint64 *ttl_s);
const struct sim_cell *sim_zone_cell(const struct sim_cloud *cloud, const char *name,
                                     gint64 now_ms);
/* The name that a cell's tenants' records lead to; NULL: the scenario has no DNS. Caller frees. */
char *sim_zone_cell_name(const json_t *scenario, const char *cell);
