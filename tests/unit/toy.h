/* A toy world for the engine: cells that do what a test says, a clock that a test moves, and a
 * journal in memory. Three waves: dev (cell-0), mid-size (cell-2, cell-3), enterprise (cell-1 and
 * its dr cell, which wants an approval by somebody other than alice, who asked). */
#pragma once

#include "data/base/when.h"
#include "data/journal.h"
#include "rollout/engine.h"

enum toy_id { DEV, MID, MID2, BIG, DR, TOY_CELLS };

struct toy_cell {
    struct running running;
    char version[16], reference[32];
    enum call_outcome call;
    bool deploys_fail, rollbacks_fail, stays_away; /* stays_away: a call that never ends */
    bool gone, alarm;
    bool parts;            /* its reference is that of two services, a and w */
    const char *locked_by; /* another operation */
    const char *busy;      /* it is in another operation's list, in words */
    bool evacuating;       /* the failover that has taken it over is not over */
    const char *done_as;   /* what the deployer says it brought; NULL: it does not say */
    bool unlooked;         /* the deployer has not answered this process yet */
    bool unsettled;        /* the last period of its bake is not settled */
    bool sparse;           /* too few of its bake's periods were read */
    bool unread;           /* what runs could not be read */
    const char *shows;     /* its /healthcheck names this; NULL: what runs */
    gint64 shown_ms;       /* when it was asked; 0: now */
    enum health health;
    enum verdict verdicts[GATE_COUNT];
    int deploys, rollbacks; /* calls it heard */
};

struct toy {
    struct rollout *rollout;
    GPtrArray *events; /* struct event * */
    gint64 now_ms,
        credit_ms; /* credit_ms: how far the wall clock has jumped, for bakes and calls */
    bool tag_moved;
    const char *new_cell;
    const char *check_failed; /* one of the plan's checks, in words */
    json_t *evidence;         /* of each gate; borrowed. NULL: none */
    gint64 step_ms;           /* by which toy_run moves the clock; a minute */
    struct toy_cell cells[TOY_CELLS];
};

struct plan *toy_plan(void);
/* Opens a rollout of `plan` (stolen; NULL: toy_plan()) in a world where all is well. */
struct toy *toy_new(struct plan *plan);
void toy_free(struct toy *toy);
OWNABLE(toy, toy_free);

/* Appends an event; false where the fold refuses it. Steals `data`. */
bool toy_append(struct toy *toy, const char *actor, const char *type, json_t *data);
void toy_fail_gate(struct toy *toy, enum toy_id cell);
void toy_approve(struct toy *toy, const char *actor, const char *wave);
/* One decision, carried out. False: there was nothing to do. */
bool toy_step(struct toy *toy);
/* Lets what was called come to its end. */
void toy_work(struct toy *toy);
/* Steps and moves the clock, a minute (or step_ms) at a time, until `cell` is in `state`, the
 * rollout is over, or `minutes` have gone. */
void toy_run(struct toy *toy, int minutes);
void toy_run_until(struct toy *toy, enum toy_id cell, enum cell_state state);
/* Throws the folded state away and folds the events anew, as after kill -9. */
void toy_crash(struct toy *toy);
struct rollout_cell *toy_cell(const struct toy *toy, enum toy_id cell);
/* Appends its events `from` to `to` to a journal, as those of r1. */
void toy_record(const struct toy *toy, struct journal *journal, guint from, guint to);
size_t toy_count(const struct toy *toy, const char *type, const char *cell);
/* The newest event of that type about the cell, or NULL. */
const struct event *toy_last(const struct toy *toy, const char *type, const char *cell);
/* Looks as the engine would see it; what it points to lives until the next look. */
char *toy_may_go_forward(struct toy *toy, enum toy_id cell);
