/* Starting a rollout from the console. There is one way to plan and to start, the commands':
 * `celldeck rollout plan VERSION --json` and `celldeck rollout start` run as processes of their
 * own, on our configuration and journal, and the console shows what they say. Nothing here blocks.
 *
 * A start that was confirmed is seen to its end whatever becomes of this terminal: it runs in a
 * session of its own. It is bound to the plan that was shown: where the world moves while the
 * question is open, it is planned anew, what has moved is said, and what was typed is void; where
 * it moves within the last second, the start is refused, nothing is done, and the plan is shown as
 * it is now. */
#pragma once

#include "tui/console/dialog.h"
#include "tui/views/deck.h"
#include "tui/views/launch_lines.h"

enum launch_stage {
    LAUNCH_PLANNING,
    LAUNCH_REFUSED, /* there is a plan, and something stands against it */
    LAUNCH_READY,   /* to be confirmed */
    LAUNCH_STARTING,
    LAUNCH_STARTED, /* `operation` is on record; `trouble` is set where nobody conducts it yet */
    LAUNCH_FAILED   /* `trouble` says why */
};

enum launch_news {
    LAUNCH_NOTHING_NEW, /* a process has ended that nobody waits for any more */
    LAUNCH_REWORDED,    /* the same plan, in words as of now */
    LAUNCH_MOVED,       /* another plan, still to be confirmed */
    LAUNCH_NEXT         /* another stage */
};

enum launch_chosen {
    LAUNCH_NO_CHOICE,
    LAUNCH_CHOSEN,    /* the same plan, in other words */
    LAUNCH_PLANS_ANEW /* it is PLANNING again */
};

struct launch;
/* Called in the main context whenever one of its processes has ended: once for each. */
typedef void (*launch_fn)(struct launch *launch, enum launch_news news, gpointer data);

struct launch_errand; /* launch_run.h */
struct launch {
    enum launch_stage stage;
    char *version, *operation, *trouble; /* the last two may be NULL */
    struct launch_choice choice;
    const struct launch_names *names; /* of what can be chosen: as people choose here */
    /* Its own. */
    char *config_path, *state_dir;
    json_t *document;  /* the plan as last read, or NULL */
    struct plan *plan; /* the same */
    char *moved;       /* what is another than when it was shown first, or NULL */
    bool refused;      /* by the start itself: what stood when it was asked for does no more */
    GHashTable *typed; /* what people typed, by the name of what was asked for */
    char *seen;        /* what it was planned by, of the deck's (launch_watch.h) */
    gint64 since_ms;   /* when this stage began, on the clock that never jumps */
    gint64 planned_ms; /* when it was planned last, on that clock */
    guint pending;     /* of its processes */
    struct launch_errand *errand; /* the one that is waited for, or NULL */
    launch_fn fn;
    gpointer data;
};

/* Begins to plan; `version` is one (see version_is). `choice` (may be NULL: none) is copied. */
struct launch *launch_new(const struct deck *deck, const char *version,
                          const struct launch_choice *choice, launch_fn fn, gpointer data);
/* Starts what is READY, as it was typed into its dialog. */
void launch_start(struct launch *launch, const struct dialog *dialog);
/* What people may choose while the question is open: once chosen, it is taken back. */
enum launch_option {
    OPTION_RETRY_FAILED,
    OPTION_FIXES, /* of all cells that stand against it by being unwell */
    OPTION_ATTENDED,
    OPTION_WINDOWS, /* lifted */
    OPTION_BAKES,   /* shortened */
    OPTION_GLASS,   /* the next way to break it, or none: where one key does for both */
    OPTION_COUNT
};
/* By the word that is typed for it, or the dialog's own key; OPTION_COUNT: none. */
enum launch_option launch_option_named(const char *word);
enum launch_option launch_option_of(guint32 key);
const char *launch_option_name(enum launch_option option);
/* As a word after the version, before there is a plan: `attended`, `retry-failed`, `fixes=CELL` or
 * several with commas. False: it is none. */
bool launch_choice_take(struct launch_choice *choice, const struct config *config,
                        const char *word);
/* Whether to choose it would change anything. */
bool launch_may_choose(const struct launch *launch, enum launch_option option);
/* Chooses it, where that means anything. */
enum launch_chosen launch_choose(struct launch *launch, enum launch_option option);
/* Looks whether the deck tells of something that the plan leans on and that has moved. True: a
 * process plans it anew, with the question left open. */
bool launch_follow(struct launch *launch, const struct deck *deck);
/* Plans what was refused at its start as the world is now. */
void launch_again(struct launch *launch, const struct deck *deck);
/* Keeps what stands in the dialog, for the next one. */
void launch_keep_typed(struct launch *launch, const struct dialog *dialog);
/* Gives a plan up that is being made: `fn` is called soon. */
void launch_cancel(struct launch *launch);
/* Not while `pending`. */
void launch_free(struct launch *launch);

/* PLANNING or STARTING: a process is at work. */
bool launch_works(const struct launch *launch);
/* What to show at this stage; and its lines alone, as of now. */
struct dialog *launch_dialog(const struct launch *launch);
GPtrArray *launch_shown(const struct launch *launch);
/* Of a plan, what stands against it and what is chosen alone. */
GPtrArray *launch_against(const struct launch *launch);
/* "planning 5.0.3 … 4s: it reads ...": what is being waited for, and since when. Caller frees. */
char *launch_progress(const struct launch *launch);
