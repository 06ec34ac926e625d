/* What the files that make a plan share, and nobody else needs. */
#pragma once

#include "rollout/plan.h"

struct plan *plan_new(void);
struct plan_wave *plan_wave_new(const char *name);
char *plan_hash(const struct plan *plan);
char *json_sha256(const json_t *json); /* of its sorted compact form; caller frees */

/* In how many waves celldeck.yaml puts this cell; a dr cell that none names goes with its primary.
 * *excluded: some wave leaves it out by name. */
int waves_of_cell(const struct config *config, const struct cell_config *cell, bool *excluded);

/* The wave's cells (const struct cell_config *, borrowed from the survey's config), in the order in
 * which they are deployed to. Caller frees. */
GPtrArray *cells_in_order(const struct survey *survey, const struct wave_config *wave);

/* All of rollout.md's refusals, appended to `refusals`. */
void refusals_find(const struct plan *plan, const struct survey *survey,
                   const struct plan_options *options, GPtrArray *refusals);
bool fixes_cell(const struct plan_options *options, const char *cell);
bool versions_alike(const char *a, const char *b); /* build suffixes dropped */
const struct running *running_of(const struct survey *survey, const char *cell);
void refusal_free(gpointer data);
