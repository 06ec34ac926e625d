/* Follows an operation through the journal: for `watch`, `--wait` and the demo. */
#pragma once

#include "data/journal_follow.h"
#include "rollout/engine.h"

/* An operation of any kind. */
struct follow_watch {
    struct journal *journal;
    struct journal_follower *follower; /* of a shared journal, or NULL: what ails it is told on
                                          stderr, once each time it begins */
    const char *id;
    /* Each of its events, oldest first; false with an error ends the following. */
    bool (*take)(const struct event *event, gpointer data, GError **error);
    /* Asked after each look, a few times a second: is there no more to wait for? */
    bool (*has_ended)(gpointer data);
    gpointer data;
};
/* Runs the main context until it has ended. */
bool follow_watch(const struct follow_watch *watch, GError **error);

/* Called with each event, oldest first, and the rollout with that event folded in. */
typedef void (*follow_fn)(const struct rollout *rollout, const struct event *event, gpointer data);

struct follow {
    gint64 from;     /* tell events from this number on; earlier ones are only folded */
    bool until_held; /* end where the rollout is held too (--wait), not only when final */
    follow_fn fn;    /* may be NULL */
    gpointer data;
    /* Asked a few times a second while the rollout is live, may be NULL: false ends the following.
     */
    bool (*go_on)(const struct rollout *rollout, gpointer data);
    struct journal_follower *follower; /* as struct follow_watch has it */
};

/* Runs the main context until the rollout has ended, as `follow` says. Returns it as it then is, or
 * NULL with an error: CD_ERROR_FAILED for an unknown id. */
struct rollout *follow_rollout(struct journal *journal, const char *id, const struct follow *follow,
                               GError **error);

/* The exit code of a rollout in this state: completed 0, failed 3, held 4, aborted 1, else 0. */
int follow_exit_code(const struct rollout *rollout);

/* Tells on stderr, once each time it changes, that nobody conducts the operation, and what to do.
 */
struct follow_watchdog {
    bool told;
};
void follow_check_conductor(struct follow_watchdog *watchdog, struct journal *journal,
                            const char *operation, gint64 opened_ms);
