/* Inside the feed: a source is one thing that is asked, fails and ages on its own. It is asked in
 * turns; a turn has as many calls under way as its kind sends, and is over when the last of them
 * has come back and sent no further one. Private to data/feed*.c. */
#pragma once

#include "data/feed.h"
#include "data/metrics.h"
#include "data/pace.h"
#include "data/registry_known.h"
#include "data/spending.h"

struct feed_source;

struct source_kind {
    /* Begins a turn: sends its first calls (source_call, source_get). */
    void (*begin)(struct feed_source *source);
    /* Hands over what was read, lets go of the turn (also when it was broken off: `keep` false).
     * Returns why the source was not read whole, or NULL. Caller frees. */
    char *(*end)(struct feed_source *source, bool keep);
    /* When a turn that began at `asked_ms` is to be followed by the next. */
    gint64 (*due_ms)(const struct feed *feed, gint64 asked_ms);
    /* Optional: adds to `load` what one reading of the source takes. */
    void (*load)(const struct feed_source *source, struct pace_load *load);
};
extern const struct source_kind registry_source, metrics_source, alarms_source, probe_source;

struct feed_source {
    struct feed *feed;
    const struct source_kind *kind;
    char *name;
    GArray *cells; /* guint, places in config->cells: metrics and alarms, all reached in one way;
                      probe, one */
    gint64 due_ms;
    gint64 asked_ms; /* the last turn's beginning; 0: never */
    gint64 read_ms;  /* the last whole turn's beginning; 0: none yet */
    bool answered;   /* a turn has ended, well or not */
    char *error;     /* of the last turn that asked anything */
    bool everything; /* the next turn asks for every cell, whatever its pace */
    bool anew;       /* the next turn reads things as they are now */
    bool busy;
    bool awaited;        /* by feed_read_once */
    GPtrArray *requests; /* under way */
    guint sent;          /* calls of this turn */
    gpointer turn;       /* the kind's own */
    gpointer past;       /* the kind's own, from turn to turn; a flat struct, or NULL */
};

/* Why a cell's metrics are asked as often as they are. */
enum cell_pace {
    CELL_REST,
    CELL_NEAR,   /* looked at, or in trouble */
    CELL_ROLLOUT /* of a rollout, or a control of one: gates compare the same periods of both */
};

struct feed {
    struct config *config;
    struct aws_client *client;
    feed_fn fn;
    gpointer data;
    feed_fn done; /* of feed_read_once, until it has been called */
    gpointer done_data;
    struct cell_reading *readings; /* one a cell, as all the following */
    struct metrics_progress *progress;
    bool *watched;
    bool *troubled;                  /* as last judged while its metrics were fresh */
    struct feed_source **metrics_of; /* borrowed from `sources` */
    struct registry *registry;
    struct registry_known *known; /* its items; NULL: they are read once */
    GPtrArray *sources;           /* struct feed_source * */
    bool started;                 /* by feed_start: for good */
    bool polling;                 /* that, or while feed_read_once waits */
    bool rollout;                 /* feed_want_since was called */
    bool consistent;              /* feed_consistent was */
    guint tick_id, fold_id;
    gint64 folded_mono_ms;
    struct snapshot *folded; /* the last one, or NULL */
    gint64 change_ms;        /* when folding again may say something else */
    guint step;              /* of the pace */
    struct spending spending;
    struct aws_counters counted; /* what has been put down as spent already, or was before us */
    double read_units;           /* DynamoDB's, not put down yet */
    bool spent;                  /* anything at all */
};

/* feed_turn.c: turns and their calls. */

/* What a call brought, and the `part` it was given; `reply` is NULL exactly when `error` is set.
 * May send further calls of the turn. */
typedef void (*source_reply_fn)(struct feed_source *source, gpointer part, json_t *reply,
                                const GError *error);
/* A call of the turn; steals `body`. */
void source_call(struct feed_source *source, const struct aws_target *target, const char *action,
                 json_t *body, source_reply_fn fn, gpointer part);
/* The same, with what `reader` made of the answer; `with` and `release` as for aws_read(). */
typedef void (*source_value_fn)(struct feed_source *source, gpointer part, gpointer value,
                                const GError *error);
void source_read(struct feed_source *source, const struct aws_target *target, const char *action,
                 json_t *body, const struct aws_reader *reader, gpointer with,
                 GDestroyNotify release, source_value_fn fn, gpointer part);
typedef void (*source_answer_fn)(struct feed_source *source, int status, const char *body,
                                 const GError *error);
void source_get(struct feed_source *source, const char *url, source_answer_fn fn);
/* Where the source's cells are asked: their region, through their role. */
struct aws_target source_target(const struct feed_source *source, enum aws_service service);
struct feed_source *feed_source_new(struct feed *feed, const struct source_kind *kind, char *name);
void feed_source_free(struct feed_source *source);

/* Every source that is idle and was last asked by `not_since_ms` is due now. */
void feed_ask_all(struct feed *feed, gint64 not_since_ms);
/* Sets the one timer for all: the next moment at which a source is due or a value grows stale. */
void feed_schedule(struct feed *feed);

/* After a long answer: what its text and trees took lies in pieces between what stays, and the
 * machine gets it back only when asked to take it. Who reads once has no time for that. */
void feed_give_back(const struct feed *feed);

/* feed_fold.c: what was read becomes a snapshot. */

/* Something came: there is a new snapshot soon, one for all that comes at about the same time. */
void feed_changed(struct feed *feed);

/* feed_pace.c: which cells when, and what it costs. */

enum cell_pace feed_cell_pace(const struct feed *feed, guint cell);
/* The source's cells that its turn asks for: guint. Caller frees. */
GArray *feed_cells_due(const struct feed_source *source);
/* The cell's metrics are asked for at once, unless this period's have been read already, and all
 * that people want to look at. */
void feed_hurry(struct feed *feed, guint cell);
/* Counting begins anew. */
void feed_begin_count(struct feed *feed);
/* Puts down what was spent since the last time. */
void feed_count(struct feed *feed);
double feed_usd_per_hour(struct feed *feed);
/* Goes by what polling at the usual pace would cost. */
void feed_set_pace(struct feed *feed);
/* Goes by how the cells are now. */
void feed_look_for_trouble(struct feed *feed, const struct snapshot *snapshot);
/* Why polling is slowed down, or NULL. Caller frees. */
char *feed_slowed(const struct feed *feed);
