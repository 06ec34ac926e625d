/* What the journal keeps of a baking cell's gates, at a bounded cost. Another verdict or cause is
 * news, and written at once (`gate`). Newer figures of the same are none: all gates' are written
 * anew (`note`) when the bake has grown by a quarter, so that what is shown is never older than a
 * fifth of it. And what is decided of the cell carries the gates' last words with it, so that what
 * is kept for good is what that was decided on. Pure; between the engine and the fold. */
#pragma once

#include "rollout/outcome.h"

/* The news of the first gate that has any: FAIL, or (`only_fail` false) any verdict. */
struct decision gate_news(const struct rollout_cell *cell, const struct observed_cell *there,
                          bool only_fail);

/* When the figures are due to be written anew, as things are. */
gint64 gate_figures_due_ms(const struct rollout *rollout, const struct rollout_cell *cell,
                           gint64 bake_credit_ms);
/* The newest figures of all gates, where that is due. */
struct decision gate_figures(const struct rollout *rollout, const struct rollout_cell *cell,
                             const struct observation *seen, const struct observed_cell *there);

/* Adds what the gates of a baking cell say now to the data of an event that ends or holds its bake:
 * `samples`, and `evidence`, one {gate, verdict, code, reason, evidence[]} each. A recorded FAIL
 * that the cell goes back for stands as it was. */
void gate_last_words(json_t *data, const struct rollout_cell *cell,
                     const struct observed_cell *there);

/* Of an event: it has newer figures and nothing else, so nobody waits for it and it is told to
 * nobody. */
bool gate_is_refresh(const struct event *event);
/* For the fold: what an event carries of these becomes the cell's. One of an earlier celldeck
 * carries less. */
void gate_take_news(struct rollout_cell *cell, enum gate gate, enum verdict verdict,
                    const struct event *event);
void gate_take_words(struct rollout_cell *cell, const struct event *event);
