/* "May this go forward?": the rules of rollout.md, "Before every forward step" and "Gates", each
 * one function of forward.c, asked in order. Private to engine and its neighbours. */
#pragma once

#include "rollout/engine.h"

enum forward {
    FORWARD_GO,
    FORWARD_WAIT,   /* time or others' work will bring it: nothing is wrong */
    FORWARD_UNREAD, /* something has not been read: waits, and holds when that lasts */
    FORWARD_TAKEN,  /* another operation has the cell: held, and goes on once that is over */
    FORWARD_HOLD    /* something is wrong, and a human has to look */
};

/* May a pending cell be deployed to, may a baking one pass? *why gets the reason (NULL with
 * FORWARD_GO), for the caller to free. */
enum forward forward_deploy(const struct rollout *rollout, const struct rollout_cell *cell,
                            const struct observation *seen, char **why);
enum forward forward_pass(const struct rollout *rollout, const struct rollout_cell *cell,
                          const struct observation *seen, char **why);

/* Why a cell has to be held as things are, or NULL. Says the same words as long as the cause is the
 * same; or else, where they have figures in them, the same *code, which is NULL without. Caller
 * frees both. */
char *cell_hold_due(const struct rollout *rollout, const struct rollout_cell *cell,
                    const struct observation *seen, char **code);

/* What holds a cell that its failover has taken over: while that is under way, as it is recorded
 * (`ended` NULL), or since it has ended in that state. Caller frees. */
char *evacuated_words(const struct rollout_cell *cell, const char *ended);
/* "cell-2: HELD": why a rollout is held that one of its cells holds. Caller frees. */
char *held_cell_words(const struct rollout_cell *cell, const char *held);

const struct observed_cell *observed(const struct rollout *rollout, const struct observation *seen,
                                     const struct rollout_cell *cell);

struct standing {
    enum rollout_state state;
    char *reason;     /* for the caller to free, or NULL */
    const char *code; /* of the `state` event, or NULL */
};
struct standing rollout_standing(const struct rollout *rollout, const struct observation *seen);
/* The cell that is to be deployed to next, or NULL: the first that is still to come, or where
 * another operation has that one, the first of its wave that none has; where all are taken, the
 * first all the same. */
struct rollout_cell *rollout_next_cell(const struct rollout *rollout,
                                       const struct observation *seen);
/* The same of whoever knows otherwise what is taken: `cell` is its place in rollout.cells. */
typedef bool (*cell_taken_fn)(guint cell, gconstpointer data);
struct rollout_cell *rollout_first_free(const struct rollout *rollout, cell_taken_fn taken,
                                        gconstpointer data);

const char *or_nothing(const char *text); /* "nothing known" for NULL */
