/* Inside the feed: a source is one thing that is asked, fails and ages on its own. It is asked in
 * turns; a turn is one call after another until the kind of source says that it has all, so that
 * never two calls to a source are under way. Private to data/feed*.c. */
#pragma once

#include "data/feed.h"
#include "data/metrics.h"

struct feed_source;

struct source_kind {
    /* Gets a turn ready. */
    void (*begin)(struct feed_source *source);
    /* Sends the turn's next call (source_call, source_get); false: the turn is over. */
    bool (*ask)(struct feed_source *source);
    /* What a call brought; `reply` is NULL exactly when `error` is set. NULL where only `answer`
     * is used. */
    void (*take)(struct feed_source *source, json_t *reply, const GError *error);
    void (*answer)(struct feed_source *source, int status, const char *body, const GError *error);
    /* Hands over what was read, lets go of the turn (also when it was broken off: `keep` false).
     * Returns why the source was not read whole, or NULL. Caller frees. */
    char *(*end)(struct feed_source *source, bool keep);
    /* When a turn that began at `asked_ms` is to be followed by the next. */
    gint64 (*due_ms)(const struct config *config, gint64 asked_ms);
};
extern const struct source_kind registry_source, metrics_source, alarms_source, probe_source;

struct feed_source {
    struct feed *feed;
    const struct source_kind *kind;
    char *name;
    const char *region; /* metrics and alarms; of the configuration */
    guint cell;         /* probe: place in config->cells */
    gint64 due_ms;
    gint64 asked_ms; /* the last turn's beginning; 0: never */
    gint64 read_ms;  /* the last whole turn's beginning; 0: none yet */
    bool answered;   /* a turn has ended, well or not */
    char *error;     /* of the last turn */
    bool busy;
    bool awaited; /* by feed_read_once */
    struct aws_call *call;
    gpointer turn; /* the kind's own */
};

struct feed {
    struct config *config;
    struct aws_client *client;
    feed_fn fn;
    gpointer data;
    feed_fn done; /* of feed_read_once, until it has been called */
    gpointer done_data;
    struct cell_reading *readings; /* one a cell */
    struct metrics_progress *progress;
    struct registry *registry;
    bool *watched;      /* one a cell: looked at now */
    GPtrArray *sources; /* struct feed_source * */
    bool started;       /* by feed_start: for good */
    bool polling;       /* that, or while feed_read_once waits */
    guint tick_id, fold_id;
    gint64 folded_mono_ms, started_mono_ms;
    gint64 change_ms; /* when folding again may say something else */
    guint64 metrics_asked_before, alarm_calls;
    double read_units; /* DynamoDB's */
};

/* The source's next call; what comes of it goes to kind->take or kind->answer, and the turn on. */
void source_call(struct feed_source *source, const struct aws_target *target, const char *action,
                 json_t *body);
void source_get(struct feed_source *source, const char *url);

/* The roles of the cells of `region`, each once: const char *, NULL among them for the client's own
 * credentials. Each role sees only its own account's metrics and alarms. */
GPtrArray *region_roles(const struct config *config, const char *region);

/* Whether `error` means that the next call to the same region would only wait for nothing too. */
bool error_is_of_the_line(const GError *error);
