/* Between the files of the fold. */
#pragma once

#include "rollout/engine.h"

const char *event_text(const struct event *event, const char *key); /* NULL: not there */
void fold_set_text(char **place, const char *text);
/* An event that breaks the order: sets `error`, returns false. */
bool fold_broken(GError **error, const struct event *event, const char *why);
/* The cell has failed and goes back; more of them than the wave allows end the rollout. */
void fold_count_failure(struct rollout *rollout, struct rollout_cell *cell);
void fold_enter(struct rollout_cell *cell, enum cell_state state, gint64 at_ms);

/* What one kind of event makes of the rollout, and of its cell where it is about one. False: the
 * event breaks the order, and nothing is changed. */
typedef bool fold_fn(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                     GError **error);

/* fold_cells.c */
fold_fn fold_deploy_intent, fold_call_taken, fold_deploy_seen, fold_deploy_failed,
    fold_gate_changed, fold_cell_held, fold_cell_released, fold_cell_passed, fold_rollback_intent,
    fold_rollback_done, fold_rollback_failed;

/* fold_people.c */
fold_fn fold_skipped, fold_accepted, fold_retried, fold_rollback_asked, fold_approved, fold_paused,
    fold_resumed, fold_aborted, fold_overridden, fold_evacuated;
/* Notes `given` {reason, window, bake_ms} for the wave. */
void fold_add_override(struct rollout *rollout, const struct event *event, size_t wave,
                       const json_t *given);
