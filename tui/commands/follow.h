/* Follows a rollout through the journal: for `watch`, `--wait` and the demo. */
#pragma once

#include "data/journal_follow.h"
#include "rollout/engine.h"

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
    struct journal_follower *follower; /* of a shared journal, or NULL: what ails it is told on
                                          stderr, once each time it begins */
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
