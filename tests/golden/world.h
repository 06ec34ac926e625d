/* The one world that every golden picture shows, at moments of its own: the simulator's cells by
 * its fixed seed, and the journal of three rollouts that were carried out on them (record.jsonl,
 * which `record` made), up to the moment. Metrics are a function of seed and time, so they are what
 * the conductor saw then. Nothing here depends on the clock, the machine or the network. */
#pragma once

#include "tui/views/deck.h"

enum moment {
    MOMENT_FIRST,   /* before anything was done: all is well, no history */
    MOMENT_ZONED,   /* the same of a fleet whose tenants' records are in a zone of ours */
    MOMENT_TROUBLE, /* r1's release goes bad; one region is unread, one cell is in alarm */
    MOMENT_FAILED,  /* r1 has failed and is over */
    MOMENT_BAKING,  /* r3 bakes in its second wave; r1 failed and r2 was aborted before */
    MOMENT_WAITING, /* r3 waits for somebody's approval */
    MOMENT_DONE,    /* r3 has completed: all is well again */
    MOMENT_LEAVING, /* f1 takes everybody out of cell-2-us-west, and d1 has drilled that */
    MOMENT_HELD,    /* f1 is held: Route 53 throttles it */
    MOMENT_LEFT,    /* f1 was resumed, and has completed */
    MOMENTS
};

struct world;
/* `folder` has scenario.yaml and record.jsonl. What the world writes goes into the working
 * directory, which should be an empty one. NULL on error. */
struct world *world_new(const char *folder, GError **error);
void world_free(struct world *world);
OWNABLE(world, world_free);

/* What the clocks say from now on. */
void clock_set(gint64 now_ms);
/* Where the journal of that moment is, below the working directory. Caller frees. */
char *world_state_dir(enum moment moment);
/* A deck of that moment, on a journal of its own; the clocks are set to it. */
struct deck *world_deck(struct world *world, enum moment moment, GError **error);
