/* How cache.db writes what was read: values to JSON and back. What comes back is checked, since a
 * file may hold anything; what is not as it should be counts as not read. */
#pragma once

#include "data/fleet.h"

json_t *cache_reading_json(const struct cell_reading *reading);
struct cell_reading cache_reading(const json_t *json);

json_t *cache_tenant_json(const struct tenant *tenant);
struct tenant *cache_tenant(const json_t *json); /* NULL: it is none */

json_t *cache_sources_json(const GPtrArray *sources);
/* struct source *, all of them waiting: nobody has asked them yet. */
GPtrArray *cache_sources(const json_t *json);
