/* Keeps the deck's plans of where everybody goes if a cell dies (rollout/placement.h) up with its
 * snapshot. A worker makes them: with 100,000 tenants that takes longer than a key may wait. So
 * what is shown of them may be of the snapshot before; it never takes more than a share of a core.
 * Where tenants came from it reads of the journal itself, and everybody else has it of the plans
 * (deck_origins). */
#pragma once

#include "tui/views/deck.h"

struct planner {
    struct deck *deck;
    void (*planned)(gpointer data); /* the deck has others; in the main context */
    gpointer data;
    /* Its own. */
    struct snapshot *of;             /* that was planned last, or is now; NULL: none yet */
    gint64 of_journal;               /* the journal's version then */
    struct origins_reader *reader;   /* the worker's, while it `works`; NULL: none yet */
    gint64 began_ms, rests_until_ms; /* on the clock that never jumps */
    bool works;
};

/* Now and again: begins, where the deck has a snapshot that was not planned, or the journal says
 * more. */
void planner_follow(struct planner *planner);
/* Whether the deck has the plans of its snapshot. */
bool planner_is_done(const struct planner *planner);
/* Waits for the worker. */
void planner_release(struct planner *planner);
