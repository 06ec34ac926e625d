/* A cache.db in a folder of its own, and a snapshot of small_fleet to be kept in it. */
#pragma once

#include "data/base/when.h"
#include "data/cache.h"
#include "tests/unit/small_fleet.h"

#define CACHE_NOW (1764000000000 / WHEN_MINUTE * WHEN_MINUTE)

enum { DEV, ONE, DR, EU, CELLS };

struct cache_stage {
    struct config *config;
    char *dir, *path; /* of cache.db */
};
extern struct cache_stage cache_stage;

/* For a TestSuite. */
void cache_stage_begin(void);
void cache_stage_end(void);

/* Of CACHE_NOW: EU and DR are read, DR with an alarm whose name is hostile; so many tenants in EU,
 * t00000 on, of two users each, of which the eighth has a fault. */
struct snapshot *cache_snapshot(guint n_tenants, bool complete);
/* To write; the test fails where it can't be opened. */
struct cache *cache_opened(void);
void cache_put(struct cache *cache, struct snapshot *snapshot, enum cache_what what);
/* By a reader who has seen nothing yet. */
struct snapshot *cache_loaded(gint64 now_ms, GError **error);
/* By sqlite3, behind our back. */
void cache_change(const char *sql);
gint64 cache_count(const char *sql);
