/* Starting a rollout from the console. There is one way to plan and to start, the commands':
 * `celldeck rollout plan VERSION --json` and `celldeck rollout start` run as processes of their
 * own, on our configuration and journal, and the console shows what they say. Nothing here blocks.
 *
 * A start that was confirmed is seen to its end whatever becomes of this terminal: it runs in a
 * session of its own. */
#pragma once

#include "tui/console/dialog.h"
#include "tui/views/deck.h"

#include <gio/gio.h>

enum launch_stage {
    LAUNCH_PLANNING,
    LAUNCH_REFUSED, /* there is a plan, and something stands against it */
    LAUNCH_READY,   /* to be confirmed */
    LAUNCH_STARTING,
    LAUNCH_STARTED, /* `operation` is on record; `trouble` is set where nobody conducts it yet */
    LAUNCH_FAILED   /* `trouble` says why */
};

struct launch;
/* Called in the main context when a stage is over: the launch is then REFUSED or READY, or STARTED
 * or FAILED. */
typedef void (*launch_fn)(struct launch *launch, gpointer data);

struct launch {
    enum launch_stage stage;
    char *version, *operation, *trouble; /* the last two may be NULL */
    bool attended;                       /* somebody stays to renew credentials */
    /* Its own. */
    char *config_path, *state_dir, *hash;
    GPtrArray *lines; /* char *: the plan, for people */
    gint64 since_ms;  /* when this stage began, on the clock that never jumps */
    GSubprocess *process;
    GCancellable *cancel;
    launch_fn fn;
    gpointer data;
};

/* Begins to plan; `version` is one (see version_is). */
struct launch *launch_new(const struct deck *deck, const char *version, bool attended, launch_fn fn,
                          gpointer data);
/* Starts what is READY, as it was typed into its dialog. */
void launch_start(struct launch *launch, const struct dialog *dialog);
/* Gives a plan up that is being made: `fn` is called soon, with FAILED. */
void launch_cancel(struct launch *launch);
/* Not while a process is at work. */
void launch_free(struct launch *launch);

/* PLANNING or STARTING: a process is at work. */
bool launch_works(const struct launch *launch);
/* What to show at this stage. */
struct dialog *launch_dialog(const struct launch *launch);
/* "planning 5.0.3 … 4s: it reads ...": what is being waited for, and since when. Caller frees. */
char *launch_progress(const struct launch *launch);
