/* Between the two files of the fold. */
#pragma once

#include "rollout/engine.h"

const char *event_text(const struct event *event, const char *key); /* NULL: not there */
void fold_set_text(char **place, const char *text);
/* The cell has failed and goes back; more of them than the wave allows end the rollout. */
void fold_count_failure(struct rollout *rollout, struct rollout_cell *cell);
void fold_enter(struct rollout_cell *cell, enum cell_state state, gint64 at_ms);

bool fold_skipped(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                  GError **error);
bool fold_accepted(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                   GError **error);
bool fold_retried(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                  GError **error);
bool fold_rollback_asked(struct rollout *rollout, struct rollout_cell *cell,
                         const struct event *event, GError **error);
bool fold_approved(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                   GError **error);
bool fold_paused(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                 GError **error);
bool fold_resumed(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                  GError **error);
bool fold_aborted(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                  GError **error);
