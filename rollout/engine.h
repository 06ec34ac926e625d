/* The rollout engine: pure (rollout.md, "The engine is pure"). A rollout is the fold of its events;
 * what happens next is a function of that state, of what was observed, and of `now`.
 *
 * Events of a rollout's stream, in data's words (cell = id; times RFC 3339; * = by a person):
 *   opened*          {kind, subject, cells[], reason, ticket, plan, attended, credentials, arn}
 *                                                  state planned
 *   state            {state, reason, code, final}  any change of the rollout's state; of one held
 *                                                  only while another operation has its last
 *                                                  cells, code "taken"
 *   wave.started     {wave}
 *   deploy.intent    {cell, token, version, previous, reference, deadline}
 *   deploy.called    {cell, reference}             the deployer took it, and calls it so
 *   deploy.seen      {cell, version, deployed_at, reference}   complete: the bake begins
 *   deploy.failed    {cell, error}                 the deployer's own word; FAIL, rolls back
 *   gate             {cell, gate, verdict, code, reason, evidence[], samples}  when verdict or code
 *                                                  changes
 *   cell.held        {cell, reason, code, samples, evidence[]}  anew when its cause changes: `code`
 *                                                  or, where that is null, `reason`
 *   cell.released    {cell}
 *   cell.passed      {cell, samples, evidence[]}   and unlocks the cell
 *   cell.skipped*    {cell, reason}                (also by the engine: a vanished cell)
 *   cell.accepted*   {cell, reason}
 *   rollback.intent  {cell, token, version, reference, attempt, cause, deadline, samples,
 *                                                  evidence[]}
 *   rollback.called  {cell, reference}
 *   rollback.done    {cell, version}               seen running the recorded reference
 *   rollback.failed  {cell, attempt, error}        attempt 2 is the last
 *   override* {wave, window, bake_ms, reason, arn} break-glass: lifts its window and freezes, or
 *                                                  shortens its bake; a debt to review. With a
 *                                                  start, `opened` has override {reason, bake_ms}
 *                                                  and its plan the outcome
 *   approve* {wave, version, plan_hash, arn}  pause* {state: paused}  resume* {state: running}
 *   abort* {reason}  rollback* {cells[], reason}  retry* {cell, reason}
 *   evacuated* {cell, operation}                   a failover takes the cell over: no call is begun
 *                                                  there, the one in flight is settled, then the
 *                                                  cell is held and its lock given back; its gates
 *                                                  no longer FAIL. What people ask for there counts
 *                                                  once that operation is over
 *   note             {...}                         anything worth keeping: changes no state;
 *                                                  {new_cell, reason}: said once of each
 *                                                  {trouble, reason, over}: see enum trouble
 *                                                  {cell, reason, samples, evidence[]}: the newest
 *                                                  figures of its gates, with nothing new in them
 *   conductor        {host, pid}     appended by whoever takes lease/OP (lease.h): changes no state
 * `wave` is its name. People's events that have no sense (any more) are kept and change nothing.
 * `evidence` of these is what the gates said at that moment (gate_news.h), one {gate, verdict,
 * code, reason, evidence[]} each; of what ends or holds a bake, the last word of it. Any event may
 * carry `state` (and `final: true`): the operation's new state, which is what data/history reads.
 */
#pragma once

#include "data/journal.h"
#include "rollout/gate.h"
#include "rollout/person.h"
#include "rollout/plan.h"

enum rollout_state {
    ROLLOUT_PLANNED,
    ROLLOUT_RUNNING,
    ROLLOUT_WAITING,
    ROLLOUT_PAUSED,
    ROLLOUT_HELD,
    ROLLOUT_FAILING,
    ROLLOUT_FAILED,
    ROLLOUT_COMPLETED,
    ROLLOUT_ABORTED
};
const char *rollout_state_name(enum rollout_state state);
bool rollout_state_final(enum rollout_state state);

enum cell_state {
    CELL_PENDING,
    CELL_DEPLOYING,
    CELL_BAKING,
    CELL_PASSED,
    CELL_ROLLING_BACK,
    CELL_ROLLED_BACK,
    CELL_ROLLBACK_FAILED,
    CELL_SKIPPED,
    CELL_ACCEPTED
};
const char *cell_state_name(enum cell_state state); /* "rolling_back" */

struct rollout_gate { /* the last that is on record of each gate */
    enum verdict verdict;
    char *code;
    char *reason;
    json_t *evidence;
    gint64 at_ms;
};

struct rollout_cell {
    const struct plan_cell *plan; /* in rollout.plan */
    size_t wave;
    enum cell_state state;
    gint64 state_since_ms;
    char *token;     /* of the intent in flight or last done */
    char *reference; /* what the deployer called the deploy */
    bool called;     /* the intent's call has a recorded outcome */
    gint64 intent_at_ms, deadline_ms;
    gint64 deployed_at_ms;   /* 0: never */
    char *running_reference; /* what current() called it when the deploy was seen complete */
    gint64 samples;          /* periods read of the bake, at the last event that told */
    gint64 figures_ms;       /* when all of its gates' words were last written; 0: not yet */
    int rollback_attempt;    /* 0, 1 or 2 */
    bool failed;          /* a gate, the deployer or a deadline said FAIL: counts for max_failed */
    bool rollback_wanted; /* a failure or a person asked for it */
    char *cause;          /* of the rollback */
    char *held;           /* why it is held, or NULL ... */
    char *held_code;      /* ... what that is about, where its words age, or NULL */
    char *evacuated;      /* the failover that has taken it over, or NULL */
    bool recalled;        /* ... and somebody has since asked for a rollback or a retry */
    struct rollout_gate gates[GATE_COUNT];
};

struct approval {
    char *actor;
    char *arn; /* whom AWS took them for; NULL: not known */
    size_t wave;
    gint64 at_ms;
};

/* Somebody broke the glass. */
struct override {
    char *actor, *reason;
    gint64 at_ms;
    size_t wave;
    bool window;    /* its window and its freezes no longer hold it */
    gint64 bake_ms; /* its bake is no longer than that; 0: as it was */
};

/* What keeps the conductor from its work, by its own notes. It changes nothing of what the engine
 * decides: what is not seen holds by itself (rollout.md, "no data"). */
enum trouble {
    TROUBLE_BLIND,       /* it can't read what its gates are asked of */
    TROUBLE_CREDENTIALS, /* they end soon, or have ended, and only a person renews them */
    TROUBLE_COUNT
};
const char *trouble_name(enum trouble trouble); /* "blind" */
struct rollout_trouble {
    char *reason; /* NULL: there is none */
    gint64 since_ms;
};

struct rollout {
    char *id;
    struct plan *plan;
    enum rollout_state state;
    char *state_reason; /* for what it waits, why it is held or failed ... */
    char *state_code;   /* ... and of what kind that is, or NULL */
    char *requested_by, *reason, *ticket;
    char *requester_arn; /* whom AWS took them for; NULL: not known */
    bool attended;       /* --attended: somebody stays to renew credentials ... */
    char *credentials;   /* ... these, in words; NULL: they last by themselves */
    gint64 opened_ms, ended_ms;
    size_t wave; /* the one under way */
    bool wave_started;
    GPtrArray *cells;     /* struct rollout_cell *, in execution order over all waves */
    GPtrArray *approvals; /* struct approval * that count (bound to version and plan hash) */
    GPtrArray *overrides; /* struct override *, those of its start among them */
    GPtrArray *new_cells; /* char *: came into celldeck.yaml since, and were noted */
    struct rollout_trouble troubles[TROUBLE_COUNT];
    bool paused, aborted;
    bool failed;        /* more cells failed than their wave allows: no way forward any more */
    size_t failed_wave; /* where; its on_fail counts */
    gint64 last_ms;     /* when the last event was appended that was more than figures */
    gint64 seq;         /* of the last event folded */
    char *head;         /* its hash */
};

/* A rollout of no events. */
struct rollout *rollout_new(const char *id);
void rollout_free(struct rollout *rollout);
OWNABLE(rollout, rollout_free);

/* Folds one event. An event that breaks the order (wrong seq, unknown cell, an outcome without its
 * intent) is an error, and the rollout is unchanged. */
bool rollout_apply(struct rollout *rollout, const struct event *event, GError **error);
/* rollout_new and rollout_apply over events from the first on. NULL if there are none. */
struct rollout *rollout_fold(const char *id, const GPtrArray *events, GError **error);
/* The same over the whole stream. */
struct rollout *rollout_load(struct journal *journal, const char *id, GError **error);

struct rollout_cell *rollout_cell(const struct rollout *rollout, const char *id);

/* A wave's bake, as the plan has it or as somebody has shortened it. */
gint64 rollout_bake_ms(const struct rollout *rollout, size_t wave);

/* May a person do this now? `what`: "pause", "resume", "abort", "approve", "override" (`cell`
 * NULL), "rollback", "retry", "skip" or "accept" (of `cell`). NULL: yes; else why not, in words
 * (caller frees). */
char *rollout_refuses(const struct rollout *rollout, const char *what,
                      const struct rollout_cell *cell);
/* Would this person's approval of this wave count? NULL: yes; else why not (caller frees). */
char *rollout_refuses_approval(const struct rollout *rollout, size_t wave,
                               const struct person *person);
/* May this wave's bake be made `bake_ms` long (0: left as it is) and its window lifted? NULL: yes;
 * else why not (caller frees). */
char *rollout_refuses_override(const struct rollout *rollout, size_t wave, gint64 bake_ms);

/* `rollout status --json` (product.md) as of `now_ms`; `operations` as rollout_next has them. */
json_t *rollout_json(const struct rollout *rollout, const GPtrArray *operations, gint64 now_ms);
/* The next step in one line, for people: "bakes cell-2 for another 41 m, then cell-3". Caller
 * frees. By `operations` (struct operation *, all of the journal's; NULL: not known) it tells which
 * cells others have: those are gone around, as the engine does. */
char *rollout_next(const struct rollout *rollout, const GPtrArray *operations, gint64 now_ms);
/* Why it stands as it does (NULL: there is no reason), and why its cell is held (NULL: it is not):
 * as recorded, but of a failover that is over by `operations` (as above) not as of one under way.
 * Caller frees. */
char *rollout_state_words(const struct rollout *rollout, const GPtrArray *operations);
char *rollout_held_words(const struct rollout_cell *cell, const GPtrArray *operations);

/* What was observed of one cell since its last event. Borrowed for engine_decide. */
enum call_outcome { CALL_NONE, CALL_UNDER_WAY, CALL_TAKEN, CALL_DONE, CALL_FAILED };
struct observed_cell {
    bool present;            /* still in celldeck.yaml */
    bool lock_ours;          /* this rollout holds lock/CELL */
    const char *lock_holder; /* who else does, or NULL */
    bool evacuating;         /* the operation that evacuates it is not over */
    const char *busy;        /* it is in another live operation's list, in words, or NULL */
    enum call_outcome call;  /* of the intent in flight */
    const char *call_reference, *call_error;
    bool looked; /* the deployer's word on the intent in flight has come since this process took
                    over (or was waited for in vain): only then may its deadline be judged */
    const char *done_reference; /* with CALL_DONE: what `running` has to be called now, or NULL */
    const struct running *running; /* the deployer's fresh word; NULL: not asked yet */
    gint64 bake_credit_ms; /* by how much the wall clock has jumped ahead of the monotonic one since
                              this cell's deployed_at (as far as this process saw it): taken off
                              its bake's elapsed time; negative where it was put back */
    gint64 call_credit_ms; /* the same since the intent in flight: taken off `now` and seen_at_ms
                              before they are compared with its moment and its deadline */
    const char *seen_version; /* by /healthcheck, fresh; NULL: not seen */
    gint64 seen_at_ms;
    enum health health;
    bool in_alarm;
    const struct gate_result *gates; /* GATE_COUNT of them, or NULL: not judged */
    const struct bake_samples *samples;
};
struct observation {
    gint64 now_ms; /* wall clock */
    bool tag_moved;
    const char *tag_now;               /* the commit it points to now, or NULL */
    const char *check_failed;          /* a plan check that fails now, in words, or NULL */
    const struct observed_cell *cells; /* in rollout.cells's order */
    const char *new_cell;              /* in celldeck.yaml and neither in the plan nor noted */
    bool check_unread;                 /* ... only because something has not been read (yet) */
};

/* The next event to append, or none. What it says is the only thing that is carried out: after an
 * intent is durable the conductor makes its call. Ask again after each append. */
struct decision {
    const char *type;          /* NULL: nothing to do now */
    json_t *data;              /* owned by the caller */
    struct rollout_cell *cell; /* whom it is about, or NULL */
    gint64 look_again_ms;      /* with nothing to do: when time alone may change that */
};
struct decision engine_decide(const struct rollout *rollout, const struct observation *seen);

/* May this cell go forward (deploy, or pass) now? NULL: yes; else why not, in words (caller frees).
 * The one function that engine, console and command line ask. */
char *engine_may_go_forward(const struct rollout *rollout, const struct rollout_cell *cell,
                            const struct observation *seen);
