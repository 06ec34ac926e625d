/* What the events say, read by somebody who knows only the guide: the simulation's own account of
 * each operation, against which the invariants are asked. Nothing of the engine's is used. */
#pragma once

#include "tests/simulation/sim.h"

enum ledger_state {
    L_PENDING,
    L_DEPLOYING,
    L_BAKING,
    L_PASSED,
    L_ROLLING_BACK,
    L_ROLLED_BACK,
    L_ROLLBACK_FAILED,
    L_SKIPPED,
    L_ACCEPTED
};

struct ledger_cell {
    char *id;
    size_t wave;
    char *from, *from_ref;
    bool dr, rollback_closed;
    enum ledger_state state;
    bool failed, judged_failed, held, gate_holds, back_by_wish;
    enum verdict verdicts[GATE_COUNT];
    bool wants_back; /* a failure, a person or the abort asked for it, and it is not under way */
    gint64 wants_back_ms;
    char *token;           /* of the last intent */
    gint64 intent_ms;      /* true time */
    gint64 allowed_ms;     /* how long it may take; 0: nobody said */
    gint64 seen_ms;        /* true time of deploy.seen */
    gint64 seen_wall_ms;   /* and as the event has it */
    gint64 seen_offset_ms; /* of the clock that stamped it */
    int deploys, retries, rollbacks, calls_back, seen;
    char *last_call_token;
    char *evacuator; /* the failover that has taken it over, or NULL */
    bool recalled;   /* ... and somebody has asked for it back since */
};

struct ledger_wave {
    char *name;
    int max_in_flight, max_failed, approvals;
    bool not_requester;
    gint64 bake_ms, expires_ms;
    int shut_min, open_min; /* its window's minutes of the day, in UTC; the same: always open */
    bool lifted;            /* by break-glass */
    bool started;
};

struct ledger_approval {
    char *login, *wave;
    gint64 at_ms; /* by its own clock */
};

struct operation_ledger {
    char *id, *kind, *version, *plan_hash, *requester, *state, *reason;
    GPtrArray *ids;   /* char *: the frozen list */
    GPtrArray *cells; /* struct ledger_cell * */
    GArray *waves;    /* struct ledger_wave */
    GArray *approvals;
    char *first_rest; /* the first state in which it was held, or ended */
    bool final, paused, aborted, retry_failed, failed;
    gint64 paused_ms, aborted_ms, ended_ms;
    /* Its lease, as the stream says. */
    int holder; /* number of the process, or -1 */
    gint64 holder_pid;
    gint64 renewed_ms; /* true time of the last renewal, by whom it was made */
    gint64 lease_ms;
    gint64 taken_ms;
    gint64 taken_offset_ms; /* of the holder's wall clock then */
    struct rollout *shadow; /* does the product's own fold take every event? NULL: no rollout */
};

struct ledger {
    GPtrArray *operations; /* struct operation_ledger * */
    GHashTable *locks;     /* cell -> operation that has it, by the last event */
};

/* What happened, for the rules: exactly one of event and call is set, or neither (time passed). */
struct happening {
    struct sim *sim;
    struct operation_ledger *operation; /* as it stands after the event; may be NULL */
    struct ledger_cell *cell;           /* whom it is about, or NULL */
    enum ledger_state before;           /* the cell's state before the event */
    const struct journal_row *row;
    const json_t *data;
    struct process *process; /* who did it; NULL: a person */
    const struct call *call;
};

struct invariant {
    int number;
    const char *name; /* after its rule in rollout.md */
    void (*holds)(const struct happening *it);
};
extern const struct invariant invariants[];
extern const size_t n_invariants;

struct ledger *ledger_new(void);
/* From its `opened` event. */
struct operation_ledger *operation_ledger_new(const struct journal_row *row, const json_t *data);
/* One event more. */
void operation_ledger_take(struct happening *it);
void ledger_free(struct ledger *ledger);
struct operation_ledger *ledger_operation(struct ledger *ledger, const char *id);
struct ledger_cell *ledger_cell(const struct operation_ledger *operation, const char *id);
struct ledger_wave *ledger_wave(const struct operation_ledger *operation, size_t wave);
bool ledger_in_flight(const struct ledger_cell *cell);
/* A failover has it, or had it and nobody has asked for it since. */
bool ledger_is_out(const struct sim *sim, const struct ledger_cell *cell);
/* Its wave may be left behind it. */
bool ledger_through(const struct ledger_cell *cell);
bool is_type(const struct happening *it, const char *type);
const char *text_in(const json_t *data, const char *key);
char *text_copy(const json_t *data, const char *key);
gint64 number_in(const json_t *data, const char *key);
char *login_of(const char *actor); /* "alice" of "alice@10.0.0.7" */
/* Undisturbed for at least this long, with somebody at work on it. */
bool is_calm(const struct happening *it, gint64 ms);
