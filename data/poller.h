/* The feed, shared by all celldecks that work on one state folder: one of them leads, which means
 * that it polls and publishes what it reads in cache.db; the others follow, which means that they
 * read it there. A metric is billed each time it is asked for, however many consoles show it
 * (product.md, "Metrics and alarms"). Everything happens in the caller's GLib main context; what
 * blocks runs in a worker.
 *
 * A follower's snapshot is folded from what the leader read as of the follower's own now, so every
 * age in it is true whatever becomes of the leader. When the leader ends, dies or does not publish
 * for clearly longer than it should (stopped, hung), another takes the lead at once; the old one
 * finds out when it wakes up, and follows. A conductor never follows, for a rollout's gates must
 * not hang on somebody's console: it polls by itself, and takes the lead from any console as soon
 * as it has asked every source once.
 *
 * Whoever can't take part (cache.db may not be written, is damaged and can't be replaced, or serves
 * another configuration) polls for itself. */
#pragma once

#include "data/feed.h"

struct poller;

enum poller_kind { POLLER_CONSOLE, POLLER_CONDUCTOR };

struct poller_options {
    enum poller_kind kind;
    const char *state_dir;
    const char *actor; /* who sits here, for the others to read */
    /* Says, once each, in a line for people, why nothing is shared. NULL: nobody is told. */
    void (*notice)(const char *line, gpointer data);
};

/* Like feed_new: borrows `client`, references `config`, copies `options`; `fn` and notice get
 * `data`. Nothing is read before poller_prime or poller_start. */
struct poller *poller_new(struct config *config, struct aws_client *client,
                          const struct poller_options *options, feed_fn fn, gpointer data);
/* Gives the lead back, so that the next one need not wait; neither fn nor notice is called again.
 */
void poller_free(struct poller *poller);
OWNABLE(poller, poller_free);

/* Before poller_start: reads what cache.db has of the cells, here and now (architecture.md,
 * "Speed": a screen within 100 ms), and calls `fn` with it, if there is anything. A registry of
 * more than a few thousand tenants comes a moment after poller_start. Not for a conductor: its
 * gates stand on what it has read itself. */
void poller_prime(struct poller *poller);
void poller_start(struct poller *poller);

/* As feed_watch, feed_refresh and feed_want_since. A follower's wishes are told to the leader,
 * which serves those of all. */
void poller_watch(struct poller *poller, const char *const *cells);
void poller_refresh(struct poller *poller);
/* As feed_read_registry, of one who leads or polls for itself; a follower asks nobody. */
void poller_read_registry(struct poller *poller);
void poller_want_since(struct poller *poller, const char *cell, gint64 since_ms);
/* What was wanted of the cell before that is wanted no more, and may be forgotten. */
void poller_want_only_since(struct poller *poller, const char *cell, gint64 since_ms);

/* As feed_show_since. */
void poller_show_since(struct poller *poller, const char *cell, gint64 since_ms);

/* Who polls, in words: "this console", "alice's console, pid 77", "conductor, pid 123", "this
 * console alone"; "the cache, 6m old" while all that is shown is an earlier reading. Valid until
 * the main context runs again. */
const char *poller_who(const struct poller *poller);
/* That last case. */
bool poller_shows_cache(const struct poller *poller);
/* Whether it asks by itself, for all who share with it or for itself alone. */
bool poller_leads(const struct poller *poller);

/* What one who does not take part sees in `state_dir` without waiting for anything: the metrics
 * that were read for this configuration, and who reads them now. */
struct poller_seen {
    char *who;           /* as poller_who; NULL: nobody polls now */
    double usd_per_hour; /* what that really costs */
    char *slowed;        /* as of a snapshot */
    struct snapshot *metrics;
};
/* False: nothing is kept there. */
bool poller_look(const char *state_dir, struct config *config, struct poller_seen *seen);
void poller_seen_clear(struct poller_seen *seen);
