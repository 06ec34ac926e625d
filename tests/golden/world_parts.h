/* What the parts of the world share; nobody else includes it. world.c keeps it, readings.c reads
 * its cells, record.c its journal, passage.c what came after that. */
#pragma once

#include "data/sim/call.h"
#include "tests/golden/world.h"

struct world {
    struct config *config, *zoned; /* zoned: with a zone, which the other has not */
    struct sim_world *sim;
    struct sim_faults *faults;
    struct sim_cloud *cloud;
    GPtrArray *record; /* struct event *, in the order in which they were appended */
    struct snapshot *snapshots[MOMENTS]; /* as far as they were asked for */
};

/* The fleet as a poller would have read it at `now_ms`. In trouble, Ireland's metrics were last
 * read a minute ago, and its alarms could not be. */
struct snapshot *world_snapshot(const struct world *world, struct config *config, gint64 now_ms,
                                bool trouble);

/* The events of record.jsonl. NULL on error. */
GPtrArray *record_read(const char *text, GError **error);
/* A drill, and then a failover of cell-2-us-west that is held half-way and resumed, from `from_ms`
 * on: adds struct event *. */
void passage_play(const struct registry *registry, gint64 from_ms, GPtrArray *into);
/* From when each version answered in each cell, told to the simulator's world. */
void record_deploy(const GPtrArray *record, const struct sim_world *sim);
/* Appends what had been appended by `until_ms` to a new journal in `dir`. */
bool record_play(const GPtrArray *record, gint64 until_ms, const char *dir, GError **error);
