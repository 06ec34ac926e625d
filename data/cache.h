/* cache.db: what the last snapshot was folded from, for a first screen before any network answer
 * (architecture.md, "Speed") and for all who share one poller (data/poller.h). What comes out of it
 * is as old as it is, and is judged so. It may be lost at any time. No patient data is in it.
 *
 * A struct cache knows what it last read or wrote there, so that it reads only what has changed
 * since and writes only what differs. Everything here blocks (100,000 tenants take part of a
 * second). Used by one thread at a time.
 *
 * Tables: `head` (one row: whose fleet this is, the generation, the sources), `alarms`
 * (a row a cell), `probe` (one a row), `points` (a cell's datapoints, 60 periods a row), `tenant`
 * (one a row), of the poller `lead` and `want`, and of homes.h `homes` and `home`. Each write is a
 * generation, and marks what it wrote with its number. */
#pragma once

#include "data/fleet.h"

struct cache;

/* `dir` is a state folder. Creates the file where it is missing; one that is damaged or no SQLite
 * file at all is thrown away first. References `config`. */
struct cache *cache_open(const char *dir, struct config *config, GError **error);
/* The same, to read alone: NULL without an error where there is none yet. */
struct cache *cache_open_to_read(const char *dir, struct config *config, GError **error);
void cache_close(struct cache *cache);
OWNABLE(cache, cache_close);

/* False: the file has been removed or replaced; close and open it. */
bool cache_is_in_place(const struct cache *cache);
/* Whether another connection has written since the last call (true for the first). */
bool cache_changed(struct cache *cache);
/* Whether what failed last failed because the file is damaged. */
bool cache_is_damaged(const struct cache *cache);
/* Throws the file away and closes the cache: the next one begins with nothing. */
void cache_discard(struct cache *cache);

/* CACHE_CELLS leaves the tenants out. CACHE_FIRST is for a first screen: of each cell the last hour
 * or two of metrics (60 periods a row) and the last probe, all probes of those that are not well,
 * and the tenants only if they are few; CACHE_METRICS is those metrics, when each of their sources
 * was read, and those probes. */
enum cache_what { CACHE_METRICS, CACHE_FIRST, CACHE_CELLS, CACHE_ALL };

/* Reads what is new, and hands out all of it folded as of `now_ms` (new reference). A source's
 * state follows from its last reading and error. NULL without an error where nothing is kept or it
 * is of another configuration: one with other cells, regions, roles, metrics, table, profile or
 * endpoint (cache_fleet). A registry of which a row is missing or damaged is incomplete, a cell's
 * damaged part unread. */
struct snapshot *cache_read(struct cache *cache, enum cache_what what, gint64 now_ms,
                            GError **error);
/* Writes what is new in the snapshot, which is of the cache's own configuration; what another has
 * written of another configuration is deleted. `what` CACHE_CELLS leaves the registry there as it
 * is. Between cache_begin and cache_end. */
bool cache_write(struct cache *cache, const struct snapshot *snapshot, enum cache_what what,
                 GError **error);

/* The generation that is known here: it has grown where a reading brought something. */
gint64 cache_generation(const struct cache *cache);

/* A transaction that nobody else writes beside. */
bool cache_begin(struct cache *cache, GError **error);
/* Keeps it if `keep`; false where it could not be kept (or was not to be). */
bool cache_end(struct cache *cache, bool keep, GError **error);

/* What tells configurations apart that may not share readings: a hash of all that decides what is
 * asked of whom, $AWS_PROFILE, $AWS_REGION and $AWS_ENDPOINT_URL* included. Caller frees. */
char *cache_fleet(const struct config *config);
