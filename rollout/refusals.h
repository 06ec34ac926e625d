/* The rules that may stand against a plan, one function each: private to rollout/refusals*.c.
 * refusals.c has the tables that say which are asked when, and in which order. */
#pragma once

#include "rollout/plan_make.h"

struct asking {
    const struct plan *plan;
    const struct survey *survey;
    const struct plan_options *options; /* NULL when a running rollout asks again */
    const char *own;                    /* the rollout's id that asks again, or NULL */
    GPtrArray *refusals;                /* struct refusal *: each rule adds what it finds */
};

/* One more refusal; `cell` may be NULL. */
void refuse(struct asking *asking, enum refusal_kind kind, const char *cell, const char *format,
            ...) G_GNUC_PRINTF(4, 5);
typedef void (*cell_fn)(struct asking *asking, const struct plan_cell *cell);
void each_cell(struct asking *asking, cell_fn fn);

/* refusals_release.c */
void release_is_known(struct asking *asking);
void tag_is_where_it_was(struct asking *asking);
void commit_is_the_plans(struct asking *asking);
void version_is_not_held(struct asking *asking);
void minors_are_not_skipped(struct asking *asking);
void there_are_waves(struct asking *asking);
void every_cell_has_one_wave(struct asking *asking);
void every_wave_opens(struct asking *asking);

/* refusals_cells.c */
void registry_is_whole(struct asking *asking);
void everything_was_read(struct asking *asking);
void first_wave_is_no_production(struct asking *asking);
void cells_are_well(struct asking *asking);
void cells_are_free(struct asking *asking);
void cells_are_in_no_rollout(struct asking *asking);

/* refusals_keys.c */
void clock_is_right(struct asking *asking);
void credentials_last(struct asking *asking);
