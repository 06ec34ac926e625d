/* Inside cache.db: what data/cache*.c and the poller's own tables (lead, want) share. */
#pragma once

#include "data/cache.h"
#include "data/sqlite.h"

struct cache {
    sqlite3 *db;
    char *path;
    guint64 device, inode; /* of the file that is open */
    gint64 data_version;
    bool damaged;
    struct config *config;
    char *fleet; /* cache_fleet(config) */

    /* What the file has, as far as is known here. */
    gint64 gen;                    /* 0: nothing */
    gint64 tenants_gen;            /* of `registry`'s tenants; 0: they were not read */
    struct cell_reading *readings; /* one a cell */
    GHashTable *places;            /* cell id -> its place in config->cells, plus 1 */
    struct registry *registry;
    GPtrArray *sources; /* struct source * */
    double cost_usd_per_hour;
    char *slowed;
};

/* The head's row. */
struct cache_head {
    gint64 gen, tenants_gen;
    bool has_registry, complete;
    gint64 registry_at_ms, tenants;
};

/* What failures say was tried. */
#define CACHE_READING "read what was last seen"
#define CACHE_WRITING "keep what was last seen"

/* Knows nothing any more of what the file has. */
void cache_forget(struct cache *cache);
/* The first column of the first row; -1: there is none. */
gint64 cache_number(struct cache *cache, const char *sql);
/* Runs a statement that gives no rows, and makes it ready to be bound again. */
bool cache_do(sqlite3 *db, sqlite3_stmt *statement, GError **error);

/* Each reads or writes what is of a generation after (or of) `gen`; into or out of cache->... */
bool cache_read_cells(struct cache *cache, enum cache_what what, GError **error);
bool cache_write_cells(struct cache *cache, const struct snapshot *snapshot, gint64 gen,
                       GError **error);

/* Where the file's tenants are another generation's than ours they are all read. */
bool cache_read_tenants(struct cache *cache, const struct cache_head *head, GError **error);
/* *changed: whether any tenant differed. */
bool cache_write_tenants(struct cache *cache, const struct registry *registry, bool *changed,
                         GError **error);

/* One row's datapoints of a cell: all series of `reading` from `from_ms` to before `to_ms`. */
GVariant *cache_points(const struct cell_reading *reading, gint64 from_ms, gint64 to_ms);
/* The first moment at which `fresh` says something that `kept` does not; G_MAXINT64: none. */
gint64 cache_points_differ_ms(const struct cell_reading *kept, const struct cell_reading *fresh);
/* The oldest and the newest point of all series; false where there is none. */
bool cache_points_span(const struct cell_reading *reading, gint64 *first_ms, gint64 *last_ms);

/* Datapoints on their way out of rows into one cell's series. */
struct cache_gathered {
    GArray *points[METRIC_COUNT + 1]; /* struct datapoint */
};
void cache_gather_init(struct cache_gathered *gathered);
void cache_gather_clear(struct cache_gathered *gathered);
/* Adds one row's; what is not as it should be is left out. */
void cache_gather(struct cache_gathered *gathered, const void *row, size_t size);
/* Puts them into the reading, and empties `gathered`. Points before `keep_from_ms` go. */
void cache_gather_into(struct cache_gathered *gathered, struct cell_reading *reading,
                       gint64 keep_from_ms);
