/* What can be said of a rollout from its state alone: shared by the fold, the engine and its JSON,
 * and nobody else's affair. */
#pragma once

#include "rollout/engine.h"

/* Deploying, baking or rolling back: what happens to it is not over. */
bool cell_in_flight(const struct rollout_cell *cell);

/* Whether the engine may roll the cell back by itself: there is a verified version to go back to,
 * and no one-way migration in between (rollout.md, "Fail"). */
bool cell_may_roll_back(const struct rollout_cell *cell);

/* Something failed here that the engine may not undo: a person has to say what happens. */
bool cell_is_stuck(const struct rollout_cell *cell);

/* A failover has taken it over, and nobody has asked for anything there since. */
bool cell_is_evacuated(const struct rollout_cell *cell);
/* Nothing may be begun in the cell: it is evacuated, or what was asked for there waits for that
 * operation to end (observed_cell.evacuating). */
bool cell_is_out(const struct rollout_cell *cell, bool evacuating);
/* Its failover may have its lock: what was in flight is settled, and it is held for that. */
bool cell_is_handed_over(const struct rollout_cell *cell);
#define HELD_EVACUATED "evacuated"
/* Before an operation's id: that one has the cell's lock, and what is to go back there does so by
 * itself once it has given it back. */
#define HELD_LOCKED "locked by "
/* Code of a rollout's `state` held: another operation has its last cells, and it goes on by itself
 * once that is over. */
#define HELD_TAKEN "taken"
bool rollout_waits_for_others(const struct rollout *rollout);

/* Why the cell has to go back now, or NULL. An outstanding rollback is not due again. */
const char *rollback_due(const struct rollout *rollout, const struct rollout_cell *cell);

/* Does this cell run `version` and, where both are known, exactly `reference`? */
bool runs_exactly(const struct running *running, const char *version, const char *reference);
/* Has all of the cell, or a part of it, gone from `to` back to `from`, and nothing elsewhere?
 * References of several parts are JSON objects (deploy.h). */
bool went_back(const struct running *running, const char *from, const char *to);
bool same_version(const char *a, const char *b); /* build suffixes dropped; NULL is no version */

const struct plan_wave *rollout_wave(const struct rollout *rollout, size_t wave);
size_t wave_in_flight(const struct rollout *rollout, size_t wave);
size_t wave_failed(const struct rollout *rollout, size_t wave);
/* Every cell has passed, been accepted or skipped, or has failed and is back, within max_failed. */
bool wave_ended(const struct rollout *rollout, size_t wave);
/* The wave under way has, and so have all before it (a retried cell opens an old one again). */
bool waves_ended(const struct rollout *rollout);
/* Approvals of `wave` that still count at `at_ms` (plan_wave.approval_expires_ms). */
int wave_approvals(const struct rollout *rollout, size_t wave, gint64 at_ms);
/* Break-glass has lifted its window and its freezes. */
bool wave_is_lifted(const struct rollout *rollout, size_t wave);
/* Why the calendar keeps the wave shut, and until when (calendar_closed), unless somebody has
 * lifted that. NULL: it is open. Caller frees. */
char *wave_closed(const struct rollout *rollout, size_t wave, gint64 now_ms);
/* When it opens; 0: nobody knows, or it is open. */
gint64 wave_opens_ms(const struct rollout *rollout, size_t wave, gint64 now_ms);
/* Of that name, or -1. */
int wave_index(const struct rollout *rollout, const char *name);

static inline struct rollout_cell *cell_at(const struct rollout *rollout, size_t i)
{
    return g_ptr_array_index(rollout->cells, i);
}

/* How long the cell has baked: elapsed wall time since its deploy was seen, less what the clock
 * has jumped (rollout.md, "Resume after any length of time"). Never negative. */
gint64 bake_elapsed_ms(const struct rollout_cell *cell, gint64 credit_ms, gint64 now_ms);

void rollout_cell_forget_gates(struct rollout_cell *cell);
/* The gates that have said something, as `rollout status --json` has them. */
json_t *rollout_gates_json(const struct rollout_cell *cell);
