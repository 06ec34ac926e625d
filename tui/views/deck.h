/* What every screen reads: configuration, the newest snapshot, and what the journal says. Views get
 * it const. It belongs to the main thread; nothing in it waits for a network. */
#pragma once

#include "data/history.h"
#include "data/journal_follow.h"
#include "data/poller.h"
#include "rollout/failover.h"
#include "rollout/last_time.h"
#include "rollout/placement.h"
#include "tui/views/arrangement.h"
#include "tui/views/keymap.h"
#include "tui/views/notices.h"
#include "tui/views/preferences.h"
#include "tui/views/released.h"
#include "tui/views/views.h"

/* Of so many of the newest operations on a cell the deck has the events. */
#define DECK_CELL_OPERATIONS 12

struct whereabouts;

struct deck {
    struct config *config;
    struct snapshot *snapshot;       /* NULL: nothing read yet */
    struct evacuations *evacuations; /* where everybody goes if a cell dies (planner.h); NULL: not
                                        planned yet */
    const struct poller *poller;     /* who reads (poller_who); NULL: nobody. Borrowed */
    struct aws_tenure keys;          /* how long the credentials last; of this drawing (or look)
                                        alone */
    gint64 skew_ms;                  /* aws_client_skew_ms(), of this drawing alone */
    gint64 now_ms;                   /* what every age on the screen counts from */
    gint64 held_ms; /* the picture is held still: what came after this moment is not read; 0: it
                       goes on */

    /* From the journal; never NULL, empty where there is none yet. */
    GPtrArray *operations;  /* struct operation *, newest first */
    GPtrArray *rollouts;    /* struct rollout *, newest first: the live and the last few */
    GPtrArray *failovers;   /* struct failover *, drills and moves too, the same */
    GPtrArray *tail;        /* struct event *, newest first: the log */
    GPtrArray *events;      /* struct event *, of `operation`, oldest first */
    struct last_time *last; /* of `operation`'s cells, read once; NULL: not read, or no rollout */
    GPtrArray *cell_events; /* struct event *, of `cell`, newest first */
    char *journal_error;    /* why it can't be read, or NULL */
    char *copy_trouble;     /* why, and how far, this host's copy of a shared one is behind, or NULL
                             */
    char *no_record;        /* why nothing can be put on record (then `cant_act`), or soon will not
                               be, or NULL */
    GHashTable *conductors; /* id of a live operation -> struct conductor_info *: who had it last */

    /* Of the tenant that is looked at, as far as its witnesses have spoken; NULL: nobody asks them.
     * Borrowed from who does. */
    const struct whereabouts *whereabouts;

    /* From git, as far as was read. */
    GPtrArray *releases;             /* struct release *, newest first; NULL: never read */
    char *releases_error;            /* why the last reading failed, or NULL */
    struct release_changes *changes; /* of the release that was opened last, or NULL */

    /* What was chosen: ids, or NULL. */
    char *cell, *tenant, *operation;
    char *subject;                           /* of the screen on top, whatever it is open on */
    char *filter;                            /* of the screen on top, "" for none */
    enum view_id here;                       /* the screen on top */
    struct arrangement arranged[VIEW_COUNT]; /* each screen's table, if it has one */

    /* What people last looked at, to tell what has changed since (since.h). */
    struct snapshot *since; /* NULL: nothing was marked */
    gint64 since_ms;

    char *actor;
    char *host; /* this machine's name; NULL: not known */
    char *arn;  /* whom AWS takes them for; NULL: not known (yet) */
    bool write, personal, cant_act;
    bool mouse;                      /* it is the console's */
    struct preferences *preferences; /* console.yaml's; may be NULL: none */
    char *theme;                     /* its name; NULL: the default */
    struct keymap *keymap;
    GHashTable *changed; /* cell id -> gint64 *: when its health or version last changed here */

    struct notices notices; /* what was said to people */

    struct journal *journal;
    struct journal_follower *follower; /* of a shared journal, or NULL; freed with the deck */
    char *state_dir;
    gint64 journal_version;
    char *last_of; /* whose `last` is */
    gint64 conductors_read_ms, record_looked_ms;
    bool from_cache; /* the snapshot is one of an earlier run */
};

struct deck *deck_new(struct config *config, const char *state_dir);
void deck_free(struct deck *deck);
OWNABLE(deck, deck_free);

/* Takes a reference; notes which cells changed. */
void deck_set_snapshot(struct deck *deck, struct snapshot *snapshot);
/* Takes the reference. Whether they are others than those it had. */
bool deck_take_evacuations(struct deck *deck, struct evacuations *evacuations);
/* Where tenants came from by the journal, as of those plans; NULL: not known (yet). */
const struct origins *deck_origins(const struct deck *deck);
/* The plan of one cell; NULL: there is none yet. */
const struct evacuation *deck_evacuation(const struct deck *deck, const char *cell);
/* What git said (released.h); takes both. Where it could not be read, what was read before stands.
 */
void deck_set_releases(struct deck *deck, GPtrArray *list, char *error);
/* Reads what the journal has that is new: nothing is read while its version stands still, unless
 * `anyway`. True if something may look different. */
bool deck_read_journal(struct deck *deck, bool anyway);
/* Who conducts, read from the leases at most every second or two: a conductor that dies appends
 * nothing, so the journal's version does not tell. */
void deck_look_at_conductors(struct deck *deck);
GHashTable *deck_conductors_new(void);
/* Chooses, and reads what the choice needs. NULL leaves a choice as it is. */
void deck_choose(struct deck *deck, const char *cell, const char *tenant, const char *operation);
void deck_say(struct deck *deck, enum role role, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same, of no use beyond the moment: it is not among the messages. */
void deck_hint(struct deck *deck, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Whether an event belongs in a log: what a deployer calls its deploys, and gates that are not
 * against anything, are on record (the events screen) but no news. */
bool deck_worth_telling(const struct event *event);

/* NULL where there is none. */
const struct cell *deck_cell(const struct deck *deck, const char *id);
struct rollout *deck_rollout(const struct deck *deck, const char *id);
const struct operation *deck_operation(const struct deck *deck, const char *id);
/* The rollout to show first: the live one, else the newest. */
struct rollout *deck_first_rollout(const struct deck *deck);
struct failover *deck_failover(const struct deck *deck, const char *id);
/* As of rollouts. */
struct failover *deck_first_failover(const struct deck *deck);
/* The one under way that takes tenants out of this cell (a drill, where nothing else does), or
 * NULL. */
struct failover *deck_cell_failover(const struct deck *deck, const char *cell);
/* Adds the cells that failovers and moves under way lead from and to, by id; the deck's own. */
void deck_add_passage(const struct deck *deck, GPtrArray *ids);
/* The last drill of the cell that went through; NULL: there is none among the operations. */
const struct operation *deck_last_drill(const struct deck *deck, const char *cell);
/* Whether an operation of this kind is a failover's, with steps of its own to look at. */
bool deck_kind_has_steps(const char *kind);
/* The newest rollout that has this cell in its list, with the cell's part in it. */
struct rollout_cell *deck_cell_rollout(const struct deck *deck, const char *cell,
                                       struct rollout **rollout);
/* The newest rollout that touched the cell or still may, else the newest that lists it: its id, or
 * NULL. */
const char *deck_rollout_of(const struct deck *deck, const char *cell);
/* The id of the cell so many places after (before: negative) the one that is looked at, in the
 * order of celldeck.yaml and round its ends; NULL where none is looked at. */
const char *deck_neighbour(const struct deck *deck, int by);
/* The wave that celldeck.yaml puts a cell in (a dr cell in its primary's), or NULL. */
const char *deck_wave(const struct deck *deck, const struct cell_config *cell);
