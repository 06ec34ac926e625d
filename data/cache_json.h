/* How cache.db writes what is small: values to JSON and back. What comes back is checked, since a
 * file may hold anything; what is not as it should be counts as not read. */
#pragma once

#include "data/fleet.h"

json_t *cache_alarms_json(const struct cell_reading *reading);
/* Replaces what is in the reading. */
void cache_alarms(struct cell_reading *reading, const json_t *json);

json_t *cache_probe_json(const struct probe *probe);
struct probe *cache_probe(const json_t *json);

json_t *cache_sources_json(const GPtrArray *sources);
/* struct source *, all of them waiting. */
GPtrArray *cache_sources(const json_t *json);
