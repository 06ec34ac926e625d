/* A survey of a small fleet, and the plan that is made of it. */
#pragma once

#include "data/base/when.h"
#include "rollout/plan_make.h"

#define NOW G_GINT64_CONSTANT(1795489200000) /* 2026-11-24T03:00:00Z */

enum { DEV, MID, BIG, DR, CELLS };
extern const char *const ids[CELLS];
extern char *nothing[]; /* an empty list */

/* A fleet where nothing stands in the way of 5.0.3; each test breaks one thing. */
struct desk {
    struct config config;
    struct cell_config cells[CELLS];
    struct wave_config waves[3];
    GHashTable *no_labels;
    GPtrArray *no_limits;
    struct cell known[CELLS];
    struct running running[CELLS], other;
    struct registry registry;
    struct tenant tenant;
    struct source source;
    struct snapshot snapshot;
    struct release release;
    struct changes changes;
    struct operation operation;
    struct survey survey;
    struct plan_options options;
    GPtrArray *refusals;
    struct plan *plan;
};

struct desk *desk_new(void);
void desk_free(struct desk *desk);
OWNABLE(desk, desk_free);

/* Makes the plan anew; the first refusal, or NULL. */
const struct refusal *make(struct desk *desk);
/* That refusal and no other. */
void expect_refused(struct desk *desk, enum refusal_kind kind, const char *cell, int exit);
void expect_allowed(struct desk *desk);
const struct plan_cell *planned(const struct desk *desk, guint wave, guint cell);
