/* How celldeck shows what it knows, the same on every screen: a shape, a word and a role (never
 * colour alone), and numbers in the forms that product.md's sketch uses. */
#pragma once

#include "data/fleet.h"
#include "rollout/engine.h"
#include "rollout/failover.h"
#include "rollout/placement.h"
#include "rollout/story.h"
#include "tui/console/canvas.h"

struct mark {
    const char *shape;
    enum role role;
};
struct mark mark_health(enum health health);
struct mark mark_cell_state(enum cell_state state);
struct mark mark_rollout_state(enum rollout_state state);
struct mark mark_verdict(enum verdict verdict);
struct mark mark_drain(enum drain drain);
struct mark mark_failover_state(enum failover_state state);
struct mark mark_tenant_step(enum tenant_step step);
struct mark mark_operation(const char *state, bool live);
enum role mark_tone(enum story_tone tone);

/* "healthy", "STALE 6m": the word that stands beside the shape. Caller frees. */
char *mark_health_text(const struct cell *cell, gint64 now_ms);

/* A cell's newest value of `metric`; NAN where there is none. *stale tells whether it still says
 * anything about now. */
double mark_metric(const struct cell *cell, enum metric metric, gint64 period_ms, gint64 now_ms,
                   bool *stale);
/* "7.1 %", "180", "–" for NAN. Caller frees. */
char *mark_value(enum metric metric, double value);

/* The last `n` periods of a metric up to now, oldest first, NAN for the missing. */
void mark_periods(const struct cell *cell, enum metric metric, gint64 period_ms, gint64 now_ms,
                  double *values, size_t n);

/* "11:50", with its day where that is not today: "Nov 23 11:50" (UTC), and that with its year where
 * one could take it for another's: "2025-11-23". 12 columns at the most. Caller frees. */
char *mark_time(gint64 at_ms, gint64 now_ms);
char *mark_clock(gint64 at_ms); /* "11:50:20" */
/* The same to the second, where it is today: "11:50:20". */
char *mark_moment(gint64 at_ms, gint64 now_ms);
