/* A rollout carried on: what conduct.h does not know of it. rollout_conduct.c has its part of the
 * loop, calls.c the calls to the deployer, observe.c what the engine gets to see, unrecorded.c what
 * is done while the journal is away, rollout_troubles.c what people have to know. Private to these.
 */
#pragma once

#include "rollout/clock_watch.h"
#include "rollout/conduct.h"
#include "rollout/conduct_trouble.h"

/* What is known of a cell beside its events. */
struct watch {
    struct rolling *rolling;
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
    char *busy;      /* as plan_cell_busy() says */

    struct gate_result gates[GATE_COUNT];
    struct gate_memory *memory;
    struct bake_samples samples;
    bool judged;
    gint64 past_wanted_ms;       /* since when its metrics are wanted; 0: nothing was yet */
    gint64 past_awaited_mono_ms; /* since when regression waits for them; 0: it never had to */

    struct clock_watch bake_clock, call_clock; /* since deployed_at, since the last intent */
};

struct rolling {
    struct conduct base;
    struct rollout *rollout; /* NULL until the lease is ours */
    GPtrArray *watches;      /* struct watch *, in rollout->cells's order */
    gint64 judged_mono_ms;
    struct snapshot *judged_on;
    gint64 checked_mono_ms;
    bool tag_moved;
    char *tag_now, *check_failed;
    bool check_unread;
    struct trouble_watch troubles[TROUBLE_COUNT]; /* engine.h */
    gint64 next_look_out_mono_ms;
};
static inline struct rolling *rolling_of(const struct conduct *conduct)
{
    return (struct rolling *)conduct;
}

/* May a call to the outside begin now? */
bool rolling_may_call(struct rolling *rolling, const struct rollout_cell *cell);
/* lock/CELL is this rollout's, taken where it is not. */
bool rolling_has_lock(struct rolling *rolling, struct watch *watch);

/* unrecorded.c */

/* Whether the decision belongs to the one rollback that a cell's deploy intent has authorised. */
bool unrecorded_may(const struct decision *decision);
/* Goes on with the decision although `error` kept it from being recorded under `id`, or from being
 * known to be. False: it may not. */
bool unrecorded_go_on(struct rolling *rolling, const struct decision *decision, const char *id,
                      const GError *error);
/* Records all that was done meanwhile, in order; as notes where the lease is no longer ours. False:
 * the journal is still away. */
bool unrecorded_flush(struct rolling *rolling);

/* rollout_troubles.c */

/* Tells people, and notes in the journal, when this rollout can't be seen to any more (blind, or
 * credentials that end), and when it can again: once each. */
void rolling_look_out(struct rolling *rolling);
/* A rollout that was just read: what its last conductor told need not be told again. */
void rolling_take_troubles(struct rolling *rolling);
void rolling_forget_troubles(struct rolling *rolling);
/* Holds it, and reads what its gates are asked of. */
bool rolling_sees(const struct rolling *rolling);

/* calls.c */

bool cell_is_in_flight(const struct rollout_cell *cell);
/* Begins every call that is due: what an intent authorises, progress, what runs. */
void calls_begin_due(struct rolling *rolling);
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
void observe_refresh(struct rolling *rolling);
/* A cell of celldeck.yaml that the rollout has not, that no wave leaves out by name, and of which
 * its events do not speak yet; or NULL. Borrowed from the config. */
const char *observe_new_cell(const struct rolling *rolling);
/* One place a cell, borrowing from the watches. Caller frees with g_free(). */
struct observed_cell *observe_cells(const struct rolling *rolling, gint64 now_ms);
