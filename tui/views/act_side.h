/* What an act is made of, and the two sides that acts have: those on a rollout (act_rollout.c) and
 * those on a failover, a drill or a move (act_steps.c). act.c asks and does either. Nobody else
 * includes this. */
#pragma once

#include "data/journal.h"
#include "rollout/person.h"
#include "tui/views/act.h"

/* What a person is shown of it. */
struct sight {
    GPtrArray *lines; /* char *: what will happen, and to which cells; binding, all of it; two at
                         the least */
    char *bound;      /* what else it is bound to, or NULL */
    char *note;       /* what else is to be known: its words may change, and bind nothing */
};
void sight_clear(struct sight *sight);
bool sight_same(const struct sight *a, const struct sight *b);

struct act_kind;
struct act_side;
struct act {
    const struct act_side *side;
    const struct act_kind *kind; /* on a rollout */
    enum request request;
    char *operation, *version, *wave, *cell;
    const struct dialog_ask *asks; /* or NULL */
    char *reason, *bake;           /* as typed, where they are asked for */
    char *ack;                     /* the same: the command that is done without, by its name */
    char *expected;
    struct sight sight;
    char *state_dir;
    bool recorded;        /* the worker's word for it */
    struct person person; /* its strings are ours */
    struct config *config;
    act_fn fn;
    gpointer data;
};
/* Of the deck's state folder, configuration and person; the rest is empty. */
struct act *act_new(const struct deck *deck, const struct act_side *side, enum request request,
                    const char *operation);

struct act_side {
    bool (*can)(const struct deck *deck, enum request request, const char *cell);
    struct act *(*prepare)(const struct deck *deck, enum request request, const char *cell,
                           GError **error);
    char *(*title)(const struct act *act);
    /* What is done, in words: "Revert f3". Caller frees. */
    char *(*said)(const struct act *act);
    /* As the deck has it now: what it would do, in *now; or why it can't be any more. Caller frees.
     * Neither: the deck knows nothing of it. */
    char *(*sees)(const struct act *act, const struct deck *deck, struct sight *now);
    /* In a worker: puts it on record, if it would still do what was shown. */
    bool (*put)(struct journal *journal, const struct act *act, GError **error);
};
extern const struct act_side act_on_rollouts, act_on_steps;
/* Words of a refusal of what has moved on since it was asked. False. */
bool act_moved_on(const struct act *act, const struct sight *now, GError **error);
