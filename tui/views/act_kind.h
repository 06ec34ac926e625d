/* What people may ask of a rollout, as a table: for each, of what it is, what is asked before it,
 * which cells it touches and how they change, and the request that puts it on record. act_rollout.c
 * and its own parts alone include this. */
#pragma once

#include "rollout/engine.h"
#include "tui/console/dialog.h"
#include "tui/views/requests.h"

/* What an act is of, by ids: filled as far as its kind's scope goes. */
struct target {
    const char *operation, *version, *wave, *cell;
};

enum scope {
    SCOPE_ROLLOUT,
    SCOPE_CELL,         /* the selected one */
    SCOPE_WAVE,         /* that of the selected cell */
    SCOPE_WAVE_WAITING, /* the one that waits for an approval */
    SCOPE_WAVE_AHEAD    /* that of the selected cell, or the one under way if that is over */
};

enum direction { GOES_FORWARD, GOES_BACK, STAYS_OLD, STAYS_NEW };

struct act_kind;
struct act_request {
    const struct act_kind *kind;
    struct target target;
    const struct rollout *rollout; /* as it is now */
    const char *reason;            /* may be NULL */
    const char *bake;              /* "30m"; NULL where none is asked for */
    const struct person *person;
    gint64 now_ms;
};

struct act_kind {
    enum request request;
    const char *what; /* as rollout_refuses() calls it */
    const char *verb; /* "Roll back" */
    const char *effect;
    enum scope scope;
    enum direction direction;
    const struct dialog_ask *asks; /* NULL: none */
    bool (*touches)(const struct rollout *, const struct target *, const struct rollout_cell *);
    bool of_cells; /* of any number of them: rollout_refuses() knows it of one */
    /* Why not, beyond what rollout_refuses() says; NULL: it can be. May be NULL itself. */
    char *(*refuses)(const struct act_kind *, const struct rollout *, const struct target *,
                     const struct person *);
    /* What else is to be known of it, or NULL; and, in *bound, what of that it is bound to. May be
     * NULL itself: nothing. Caller frees both. `operations` as rollout_next() has them. */
    char *(*tells)(const struct rollout *, const GPtrArray *operations, const struct target *,
                   char **bound);
    /* What else would do where it is refused; words NULL: nothing. */
    enum request instead;
    const char *instead_words;
    bool (*run)(struct journal *, const struct act_request *, GError **);
};

/* The kind that a request stands for as this rollout is; NULL: it is none of these. */
const struct act_kind *act_kind_of(enum request request, const struct rollout *rollout);
/* What it would be of; `cell`: the selected one, or NULL. Ids borrowed from the rollout. */
struct target act_target(const struct act_kind *kind, const struct rollout *rollout,
                         const char *cell);
/* The ids of the cells that it touches, NULL-terminated and the rollout's own. */
GPtrArray *act_cells(const struct act_kind *kind, const struct rollout *rollout,
                     const struct target *target);

/* The requests, put on record. */
bool act_put_approve(struct journal *journal, const struct act_request *ask, GError **error);
bool act_put_pause(struct journal *journal, const struct act_request *ask, GError **error);
bool act_put_resume(struct journal *journal, const struct act_request *ask, GError **error);
bool act_put_abort(struct journal *journal, const struct act_request *ask, GError **error);
bool act_put_rollback(struct journal *journal, const struct act_request *ask, GError **error);
bool act_put_retry(struct journal *journal, const struct act_request *ask, GError **error);
bool act_put_skip(struct journal *journal, const struct act_request *ask, GError **error);
bool act_put_accept(struct journal *journal, const struct act_request *ask, GError **error);
bool act_put_override(struct journal *journal, const struct act_request *ask, GError **error);
