/* The bakes of a rollout, as its events tell of them: what was judged, over which time, and what
 * was said then. For looking back: `gate replay --rollout`. Pure. */
#pragma once

#include "rollout/engine.h"

struct bake {
    const struct rollout_cell *cell; /* of the rollout; what is planned for it */
    gint64 deployed_at_ms, bake_ms;
    gint64 ended_ms;      /* it passed, was accepted or skipped, or went back; 0: it bakes */
    enum verdict verdict; /* what was said by then: PENDING, it never came to more */
    gint64 said_ms;       /* when; 0 with PENDING */
    char *gate;           /* that said FAIL; NULL: none, or another verdict */
    char *reason;         /* or NULL */
};

/* struct bake *, in the order in which they began, freed with the array; a cell that was tried
 * again has one for each time. `events`: all of the rollout's, that it was folded from. */
GPtrArray *bakes_of(const struct rollout *rollout, const GPtrArray *events);

/* Until when a cell did not run the rollout's version, by its events, counted from `at_ms`: the
 * next deploy's intent, or G_MAXINT64. 0: it may have run it already at `at_ms`. A cell that the
 * rollout has nothing to do with never did. */
gint64 bakes_control_until_ms(const GPtrArray *events, const char *cell, gint64 at_ms);
