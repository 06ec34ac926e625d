/* One operation carried on: the inner side of the conductor. conductor.c has the process, world.c
 * what its operations share, conduct.c the loop of decide and append, conduct_lease.c the lease,
 * conduct_notify.c what people are told. What an operation is made of, and which calls it makes, is
 * its kind's: rollout_conduct.h, failover_conduct.h. Private to these. */
#pragma once

#include "data/journal_follow.h"
#include "data/poller.h"
#include "data/releases.h"
#include "rollout/deploy.h"
#include "rollout/engine.h"
#include "rollout/heartbeat.h"
#include "rollout/job.h"
#include "rollout/lease.h"
#include "rollout/notify.h"
#include "rollout/observer.h"

/* What all operations of one conductor share. */
struct world {
    struct config *config;
    struct journal *journal;
    struct journal_follower *follower; /* of a shared journal, or NULL */
    struct deployer *deployer;
    struct releases *releases; /* NULL: `releases_error` says why */
    char *releases_error;
    struct poller *poller;
    struct observer *observer; /* or NULL: this host may only look */
    struct snapshot *snapshot; /* the newest, or NULL */
    struct aws_client *client;
    struct notifier *notifier;
    struct heartbeat *heartbeat;
    struct job_desk *jobs;  /* commands of the user's own */
    struct aws_tenure keys; /* of the last credentials used */
    char *keys_origin;
    gint64 journal_retry_mono_ms; /* it failed; until then it is not tried again, which may block */
    struct holder *self;
    char *actor;
    char *log_path;
    void (*wake)(gpointer conductor); /* something came: step soon */
    gpointer conductor;
};

/* world.c. `wake` and `conductor` are set before. False with an error: it is closed all the same.
 */
bool world_open(struct world *world, struct config *config, const char *dir, GError **error);
/* No answer comes from outside after this: the deployer goes before what its answers come to. */
void world_stop(struct world *world);
/* After the last operation, whose lease another conductor may take meanwhile: waits until people
 * have been told what there is to tell (bounded, see notify.h). */
void world_close(struct world *world);
/* Credentials that AWS refuses are thrown away, and then there are none: what was known of them
 * goes on being true until others are found. */
const struct aws_tenure *world_keys(struct world *world);

struct conduct;

/* What the loop has to know of a kind of operation, one table each. The members but those that say
 * so are never NULL, and get the conduct that `make` made. */
struct conduct_kind {
    const char *const *operations; /* the kinds that the journal calls so; ends in NULL */
    const char *one, *many;        /* "rollout", "rollouts" */
    const char *left_undone;       /* what does not happen while nobody conducts it, for people */
    struct conduct *(*make)(void);
    void (*clear)(struct conduct *conduct); /* frees what it has beside struct conduct */

    /* Reads the whole operation anew. */
    bool (*load)(struct conduct *conduct, GError **error);
    bool (*apply)(struct conduct *conduct, const struct event *event, GError **error);
    gint64 (*seq)(const struct conduct *conduct); /* of the last event folded */
    bool (*is_final)(const struct conduct *conduct);
    const char *(*state)(const struct conduct *conduct);

    /* Another conductor has it: what was under way is forgotten. */
    void (*forget)(struct conduct *conduct);
    /* Nobody has looked for a while: what was heard before may have been overtaken since. */
    void (*look_anew)(struct conduct *conduct);
    /* The journal says something new: before its events are read, and after. Locks are read first:
     * one that another conductor has taken since, for an event that we have not read, is then not
     * ours to give back. */
    void (*reads)(struct conduct *conduct);
    void (*has_read)(struct conduct *conduct);

    /* What the engine gets to see is brought up to date, as far as that is due. */
    void (*observe)(struct conduct *conduct);
    struct decision (*decide)(struct conduct *conduct);
    /* Whether the decision may be appended now: what an intent needs is had or taken here. */
    bool (*may_append)(struct conduct *conduct, const struct decision *decision);
    /* Where the journal could not be written: whether it goes on with the decision all the same
     * (rollout.md, "No journal, no action"). NULL: it never does. */
    bool (*goes_on)(struct conduct *conduct, const struct decision *decision, const char *id,
                    const GError *error);
    /* Records what was done meanwhile. False: the journal is still away. NULL: nothing ever is. */
    bool (*record)(struct conduct *conduct);
    /* Begins every call that is due. */
    void (*call)(struct conduct *conduct);
    /* Something may keep it from its work that people have to know. NULL: nothing it knows of. */
    void (*look_out)(struct conduct *conduct);
    /* It can read all that it goes by. */
    bool (*sees)(const struct conduct *conduct);

    /* What people are told of it: kind, subject and actor, borrowed. */
    void (*describe)(const struct conduct *conduct, struct notice *notice);
    /* The state that an event of our own is told as, or NULL: it is told to nobody. */
    const char *(*tells)(const struct conduct *conduct, const struct event *event);
};
extern const struct conduct_kind rollout_conduct, failover_conduct;

struct conduct {
    const struct conduct_kind *kind;
    struct world *world;
    char *id;
    struct lease *lease;
    bool held;
    bool loaded; /* it was, once: its kind has something to say of it */
    gint64 next_take_mono_ms;
    gint64 stepped_mono_ms; /* when it was last seen to; 0: not yet */
    gint64 journal_version; /* up to which events and locks have been read */
    gint64 tried_seq;       /* of the last event that was not heard to be written; it may come */
    GQueue unrecorded;      /* struct event *: done while the journal was away */
    char *renewal_failed;   /* why the lease could not be renewed, or NULL */
    bool told_unconducted;  /* people know that it can't go on without the journal */
    GHashTable *complaints; /* char *: the same trouble is logged once */
    bool ended;             /* by another conductor */
    bool broken;            /* its events make no sense to us: left alone */
};

/* `kind` is the operation's, as the journal has it. NULL: it is none that is conducted. */
struct conduct *conduct_new(struct world *world, const char *kind, const char *id);
/* Only after the deployer has been freed: its answers come here. Gives the lease back. */
void conduct_free(struct conduct *conduct);
/* Does all that can be done now. Called every tick and whenever something came. */
void conduct_step(struct conduct *conduct);
/* Nothing more will come of it: it has reached its end, or is broken. */
bool conduct_is_over(const struct conduct *conduct);
/* Into conductor.log: once for the same trouble. */
void conduct_complain(struct conduct *conduct, const char *doing, const GError *error);
/* Asks the loop for another step soon. */
void conduct_wake(const struct conduct *conduct);

/* Reads the whole operation anew. */
bool conduct_load(struct conduct *conduct, GError **error);
/* Folds an event into the operation, and logs it. */
bool conduct_apply(struct conduct *conduct, const struct event *event);
void conduct_give_up(struct conduct *conduct, const GError *error);
/* The operation of that id is not over; one that can't be read may be at work. */
bool conduct_is_live(const struct conduct *conduct, const char *operation);
/* lock/CELL is ours (again). False: somebody else has it, or it can't be known. */
bool conduct_lock(struct conduct *conduct, const char *cell);

/* conduct_notify.c */

/* Notifies people where our own event ends the operation or makes it wait for them. */
void conduct_notify(const struct conduct *conduct, const struct event *event);
/* The same of what is no event of the operation's own; see struct notice. */
void conduct_tell(const struct conduct *conduct, const char *state, const char *words,
                  const char *reason, gint64 at_ms);
/* Tells people, once each, when the journal has been away for longer than the lease and its grace,
 * and when it is back. `ours`: what conduct_hold_lease said. */
void conduct_miss_journal(struct conduct *conduct, bool ours);

/* conduct_lease.c */

/* The longest that a call to the outside may take: the deployer's, or CONDUCT_CALL_MS, which is
 * what all others get. */
enum { CONDUCT_CALL_MS = 20000 };
gint64 conduct_call_ms(const struct world *world);
gint64 conduct_lease_length_ms(const struct world *world);
/* Takes the lease (and then reads the whole operation), or renews it where that is due. False: it
 * is not ours to work on now. */
bool conduct_hold_lease(struct conduct *conduct);
/* Somebody else has it: what was under way is forgotten. */
void conduct_lose(struct conduct *conduct);
/* Does the lease outlast a call to the outside? Renews it where not. */
bool conduct_outlasts_a_call(struct conduct *conduct);
/* The journal has failed just now; conduct_journal_failed() says so for a while. */
bool conduct_journal_is_away(const struct conduct *conduct);
void conduct_journal_failed(struct conduct *conduct);
/* Within a lease and its grace of the last renewal: that long nobody else takes over. */
bool conduct_within_grace(const struct conduct *conduct, gint64 mono_ms);

/* conductor_log.c */

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
/* One cleaned line with time and level at the end of conductor.log. */
void conductor_log(const struct world *world, enum log_level level, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void conductor_log_event(const struct world *world, const struct event *event);
/* Opens (and creates, as history.db is) `path` for appending; -1: it can't be. */
int conductor_log_open(const char *path);
