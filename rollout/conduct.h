/* One rollout carried on: the inner side of the conductor. conductor.c has the process, world.c
 * what its rollouts share, conduct.c the loop of decide and append, conduct_lease.c the lease,
 * calls.c the calls to the deployer, observe.c what the engine gets to see. Private to these. */
#pragma once

#include "data/journal_follow.h"
#include "data/poller.h"
#include "data/releases.h"
#include "rollout/deploy.h"
#include "rollout/engine.h"
#include "rollout/heartbeat.h"
#include "rollout/lease.h"
#include "rollout/notify.h"
#include "rollout/observer.h"

/* What all rollouts of one conductor share. */
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
/* After the last rollout, whose lease another conductor may take meanwhile: waits until people have
 * been told what there is to tell (bounded, see notify.h). */
void world_close(struct world *world);
/* Credentials that AWS refuses are thrown away, and then there are none: what was known of them
 * goes on being true until others are found. */
const struct aws_tenure *world_keys(struct world *world);

/* The wall clock beside the monotonic one, since we first saw what began at `of_ms`. */
struct clock_watch {
    gint64 of_ms, offset_ms; /* wall minus monotonic clock at that first sight */
};

/* What is known of a cell beside its events. */
struct watch {
    struct conduct *conduct;
    const char *id;
    const struct cell_config *config; /* NULL: no longer in celldeck.yaml */

    char *token;            /* of the intent that `call` is about */
    enum call_outcome call; /* CALL_UNDER_WAY from the call until its answer */
    char *call_reference, *call_error, *done_reference;
    gint64 next_call_mono_ms; /* after an unsure answer */
    gint64 since_mono_ms;     /* since when this process follows `token` */
    GQueue pending;           /* answers of the deployer's that are to come */
    bool asking_progress, progress_known;
    gint64 next_progress_mono_ms;

    struct running running;
    gint64 running_mono_ms; /* when it was asked for; 0: never, or no longer good */
    bool asking_current;
    gint64 next_current_mono_ms;

    bool lock_ours;
    char *lock_holder;
    gint64 lock_seq;
    bool evacuating; /* the operation that evacuates it is not over */

    struct gate_result gates[GATE_COUNT];
    struct gate_memory *memory;
    struct bake_samples samples;
    bool judged;
    gint64 past_wanted_ms;       /* since when its metrics are wanted; 0: nothing was yet */
    gint64 past_awaited_mono_ms; /* since when regression waits for them; 0: it never had to */

    struct clock_watch bake_clock, call_clock; /* since deployed_at, since the last intent */
};

/* A trouble of the rollout's (engine.h) as this process sees it. */
struct trouble_watch {
    gint64 since_mono_ms; /* 0: there is none */
    int told;             /* how bad it was when people were last told; 0: all is well */
    char *told_reason;    /* what the journal shall say, or NULL */
};

struct conduct {
    struct world *world;
    char *id;
    struct lease *lease;
    bool held;
    gint64 next_take_mono_ms;
    struct rollout *rollout; /* NULL until the lease is ours */
    GPtrArray *watches;      /* struct watch *, in rollout->cells's order */
    gint64 stepped_mono_ms;  /* when it was last seen to; 0: not yet */
    gint64 journal_version;  /* up to which events and locks have been read */
    gint64 tried_seq;        /* of the last event that was not heard to be written; it may come */
    GQueue unrecorded;       /* struct event *: done while the journal was away */
    gint64 judged_mono_ms;
    struct snapshot *judged_on;
    gint64 checked_mono_ms;
    bool tag_moved;
    char *tag_now, *check_failed;
    bool check_unread;
    struct trouble_watch troubles[TROUBLE_COUNT];
    gint64 next_look_out_mono_ms;
    char *renewal_failed;   /* why the lease could not be renewed, or NULL */
    bool told_unconducted;  /* people know that it can't go on without the journal */
    GHashTable *complaints; /* char *: the same trouble is logged once */
    bool ended;             /* by another conductor */
    bool broken;            /* its events make no sense to us: left alone */
};

struct conduct *conduct_new(struct world *world, const char *id);
/* Only after the deployer has been freed: its answers come here. Gives the lease back. */
void conduct_free(struct conduct *conduct);
/* Does all that can be done now. Called every tick and whenever something came. */
void conduct_step(struct conduct *conduct);
/* Nothing more will come of it: it has reached its end, or is broken. */
bool conduct_is_over(const struct conduct *conduct);
/* Takes lock/CELL where it is not ours. False: somebody else has it, or it can't be known. */
bool conduct_has_lock(struct conduct *conduct, struct watch *watch);
/* Into conductor.log: once for the same trouble. */
void conduct_complain(struct conduct *conduct, const char *doing, const GError *error);

/* Reads the whole rollout anew. */
bool conduct_load(struct conduct *conduct, GError **error);
/* Folds an event into the rollout, and logs it. */
bool conduct_apply(struct conduct *conduct, const struct event *event);
void conduct_give_up(struct conduct *conduct, const GError *error);
/* Notifies people where our own event ends the rollout or makes it wait for them. */
void conduct_notify(const struct conduct *conduct, const struct event *event);
/* The same of what is no event of the rollout's own; see struct notice. */
void conduct_tell(const struct conduct *conduct, const char *state, const char *words,
                  const char *reason, gint64 at_ms);

/* conduct_lease.c */

gint64 conduct_lease_length_ms(const struct world *world);
/* Takes the lease (and then reads the whole rollout), or renews it where that is due. False: it is
 * not ours to work on now. */
bool conduct_hold_lease(struct conduct *conduct);
/* Somebody else has it: what was under way is forgotten. */
void conduct_lose(struct conduct *conduct);
/* Does the lease outlast a call to the outside? Renews it where not. */
bool conduct_outlasts_a_call(struct conduct *conduct);
/* May a call to the outside begin now? */
bool conduct_may_call(struct conduct *conduct, const struct rollout_cell *cell);
/* The journal has failed just now; conduct_journal_failed() says so for a while. */
bool conduct_journal_is_away(const struct conduct *conduct);
void conduct_journal_failed(struct conduct *conduct);
/* Within a lease and its grace of the last renewal: that long nobody else takes over. */
bool conduct_within_grace(const struct conduct *conduct, gint64 mono_ms);

/* unrecorded.c */

/* Whether the decision belongs to the one rollback that a cell's deploy intent has authorised. */
bool unrecorded_may(const struct decision *decision);
/* Goes on with the decision although `error` kept it from being recorded under `id`, or from being
 * known to be. False: it may not. */
bool unrecorded_go_on(struct conduct *conduct, const struct decision *decision, const char *id,
                      const GError *error);
/* Records all that was done meanwhile, in order; as notes where the lease is no longer ours. False:
 * the journal is still away. */
bool unrecorded_flush(struct conduct *conduct);

/* conduct_troubles.c */

/* Tells people, and notes in the journal, when this rollout can't be seen to any more (blind, or
 * credentials that end), and when it can again: once each. */
void conduct_look_out(struct conduct *conduct);
/* Tells people, once each, when the journal has been away for longer than the lease and its grace,
 * and when it is back. `ours`: what conduct_hold_lease said. */
void conduct_miss_journal(struct conduct *conduct, bool ours);
/* A rollout that was just read: what its last conductor told need not be told again. */
void conduct_take_troubles(struct conduct *conduct);
void conduct_forget_troubles(struct conduct *conduct);
/* Holds it, and reads what its gates are asked of. */
bool conduct_sees(const struct conduct *conduct);

/* calls.c */

bool cell_is_in_flight(const struct rollout_cell *cell);
/* Begins every call that is due: what an intent authorises, progress, what runs. */
void calls_begin_due(struct conduct *conduct);
/* Forgets what was learned of calls that are not the cell's intent's (any more). */
void watch_follow_intent(struct watch *watch, const struct rollout_cell *cell);
/* Has to hear from the deployer anew: what it said last is too old to go by. */
void watch_look_anew(struct watch *watch);
/* A deploy or a rollback is on its way, be it of an intent that is no longer the cell's. */
bool watch_is_calling(const struct watch *watch);
void watch_forget_gates(struct watch *watch);
void watch_free(struct watch *watch);
/* How often what runs in a cell is asked. */
gint64 calls_current_pace_ms(const struct world *world);

/* observe.c */

/* Asks the gates where there is something new, and the plan's checks now and then. */
void observe_refresh(struct conduct *conduct);
/* A cell of celldeck.yaml that the rollout has not, that no wave leaves out by name, and of which
 * its events do not speak yet; or NULL. Borrowed from the config. */
const char *observe_new_cell(const struct conduct *conduct);
/* One place a cell, borrowing from the watches. Caller frees with g_free(). */
struct observed_cell *observe_cells(const struct conduct *conduct, gint64 now_ms);

/* conductor_log.c */

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
/* One cleaned line with time and level at the end of conductor.log. */
void conductor_log(const struct world *world, enum log_level level, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void conductor_log_event(const struct world *world, const struct event *event);
/* Opens (and creates, as history.db is) `path` for appending; -1: it can't be. */
int conductor_log_open(const char *path);
