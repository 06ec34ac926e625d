/* Bakes for the judge to judge, told by what is changed in them. A cell of the stage has 2,000
 * requests a minute, 0.3 % errors, 30 % CPU, 200 ms and 80 connections, with noise that depends on
 * the cell and the minute alone: whatever else is changed, the rest stays as it was. */
#pragma once

#include "rollout/judge.h"

/* Changes the row of a cell (0: the judged one) at a minute from the deploy, in place. */
typedef void (*stage_change)(struct judge_row *row, size_t cell, gint64 minute);

struct stage {
    struct judge_terms terms;
    size_t n_controls;
    gint64 past,
        minutes;         /* how many of each are played; a past of more than 4 h has a day before */
    stage_change change; /* NULL: nothing happens */
    const size_t *order; /* which cell each control is; NULL: 1, 2, 3, ... */
};
/* Three controls, two hours of past, an hour of bake, celldeck.yaml's defaults. */
struct stage stage_of(stage_change change);

/* What became of it. */
struct ending {
    struct judge_finding first[METRIC_COUNT]; /* when it was first GUILTY, else the last */
    struct judge_finding last[METRIC_COUNT];
    double most_odds[METRIC_COUNT];
    gint64 guilty_at[METRIC_COUNT]; /* minutes after the deploy; -1: never */
    gint64 shared_at[METRIC_COUNT]; /* likewise */
};
struct ending stage_play(const struct stage *stage);
/* The same as far as it has come: the judge after `stage->minutes`. */
struct judge *stage_judge(const struct stage *stage);
/* One more row. */
void stage_take(const struct stage *stage, struct judge *judge, gint64 minute);
/* Expects that nothing was ever found GUILTY. */
void expect_nobody_guilty(const struct ending *ending, const char *story);

/* With another number of errors in it. */
void row_set_errors(struct judge_row *row, double errors);
double row_errors(const struct judge_row *row);
