/* The simulation of failovers: the real engine, journal, leases and locks in a world of our own: a
 * registry and a zone that change under conditions, answers that are lost, calls that land late,
 * other people who touch the same tenants, and conductors that are killed between any two events.
 * The conductor is the product's own (real.c), or a plain one (shell.c) that does what
 * rollout/failover.h asks of it, and nothing more. Everything follows from a seed; after every
 * event and every write that lands each rule is asked of what the world knows to be true.
 *
 * run.c has the loop and the plan, world.c registry and zone, shell.c the conductors and
 * calls.c their calls, journal.c their handles on the journal, troubles.c what goes wrong and the
 * people, rules.c the rules, strangers.c those whom the plan does not have, and their rule. */
#pragma once

#include "data/base/when.h"
#include "data/journal_store.h"
#include "rollout/failover.h"
#include "rollout/failover_conduct.h"
#include "tests/simulation/base/host.h"
#include "tests/simulation/base/run.h"

#define TROUBLES(X)                                                                                \
    X(CRASH, "crash", "a conductor is killed, between any two events or around any call")          \
    X(STALL, "stall", "a conductor is stopped, past its lease too, and wakes up late")             \
    X(AWAY, "away", "the journal can be neither read nor written")                                 \
    X(LOST_APPEND, "lost-append", "an event was written, and the answer lost")                     \
    X(CLOCK, "clock", "a wall clock jumps, forth or back")                                         \
    X(LOST_CALL, "lost-call", "a write is lost, or happens and its answer is lost")                \
    X(LATE_CALL, "late-call", "a write lands late, when nobody waits for its answer any more")     \
    X(THROTTLED, "throttled", "the registry or Route 53 takes nothing for a while")                \
    X(BLIND, "blind", "the registry or Route 53 can't be read for a while")                        \
    X(REFUSED_CALL, "refused-call", "Route 53 refuses a change for good")                          \
    X(OTHERS_ITEM, "others-item", "somebody else changes a tenant's item")                         \
    X(OTHERS_RECORD, "others-record", "somebody else changes a tenant's record")                   \
    X(UNFIT, "unfit", "a target falls ill, or what preflight needs can't be read")                 \
    X(RIVAL, "rival", "another operation locks a cell")                                            \
    X(COMMAND, "command", "a command of the user's fails")                                         \
    X(PENDING, "pending", "a change takes long to be INSYNC, or a tenant to be verified")          \
    X(PEOPLE, "people", "people resume and revert at any moment")                                  \
    X(STRANGER, "stranger", "a tenant comes into the source, also before it is opened, or goes")
enum trouble_kind {
#define KIND(name, option, text) ON_##name,
    TROUBLES(KIND)
#undef KIND
        TROUBLE_KINDS
};

/* The rules, by the numbers of rollout.md's invariants where they are those. */
enum rule {
    RULE_ONE_HOLDER = 1,      /* no write where another operation holds a cell */
    RULE_INTENT_FIRST = 2,    /* every write has its durable intent under a live lease */
    RULE_CAUSE = 16,          /* every transition has cause and actor */
    RULE_WAY_OUT = 17,        /* what is not final has a deadline and a manual way out */
    RULE_KILLS = 18,          /* kills change no end, but to HELD */
    RULE_ONE_CELL = 19,       /* a tenant is in one cell by the registry: its old or its new one */
    RULE_DNS_AS_PLANNED = 20, /* records lead only where the plan sends them, and in its order */
    RULE_ENDS_AS_TOLD = 21,   /* every tenant ends where the journal says */
    RULE_REVERT_EXACT = 22,   /* a revert restores exactly what was done, and nothing else */
    RULE_LEFT_ALONE = 23,     /* what somebody else has changed is not touched */
    RULE_CANARY = 24,         /* the first tenant is verified before the second is touched */
    RULE_HELD = 25,           /* nothing is begun while it is held, or when it is over */
    RULE_NO_LOCK_LEFT = 26,   /* a final operation holds no lock */
    RULE_FIT = 27,            /* no tenant sets out for a cell that preflight refuses */
    RULE_PATIENCE = 28,       /* what is waited for has its whole time, whatever clocks say */
    RULE_NOBODY_BEHIND = 29,  /* who lives in the source is of the plan, or is told */
    RULE_SEEN = 30            /* where it ends, the registry is read: all see where everybody is */
};

enum { MOST_TENANTS = 14, TARGETS = 2, SHELLS = 3, CELLS = TARGETS + 1, STRANGERS = 3 };
#define CALL_DEADLINE_MS (20 * WHEN_SECOND)
#define LEASE_MS         (30 * WHEN_SECOND)
#define STEP_MS          (2 * WHEN_MINUTE)

enum author { NOBODY, US, OTHERS };

struct kept_item {
    char cell[12], region[12], status[12], stamp[32];
};
struct kept_record {
    bool there, routed; /* routed: it has a routing policy, and is not ours to change */
    char leads[32];
    gint64 ttl_s;
};
struct resident {
    char id[8], to[12];
    struct kept_item item, item_before;
    struct kept_record record, record_before;
    bool has_record;
    enum author item_by, record_by; /* who wrote last */
    guint forth, back;              /* changes of its record that were ours */
    gint64 insync_ms;               /* when Route 53 has the last of them everywhere */
    gint64 unverified_until_ms;
};

/* A tenant whom the plan does not have. */
struct stranger {
    char id[8];
    bool there;      /* in the source */
    gint64 since_ms; /* it came, or went */
};

struct shell;
/* A write on its way, and its answer on the way back. */
struct call {
    struct shell *shell;                     /* NULL: it is dead, or waits no longer */
    struct failover_intent what;             /* act, step, back, seq; no texts of its own */
    guint tenant;                            /* registry */
    struct kept_item expected, becomes;      /* no region: any, or left as it is */
    struct kept_item found;                  /* registry: what stood there when it came */
    json_t *changes;                         /* dns */
    char *token;                             /* command */
    gint64 began_ms, arrives_ms, answers_ms; /* < 0: never */
    bool landed;
    enum outcome outcome;
    const char *code, *why;
    char change[16];
    /* Of the real conductor: whom the answer is told, with `found` or `outcome`. */
    void (*told)(struct call *call);
    void (*fn)(void); /* as the client's function was given it */
    gpointer data;
    bool reads; /* changes nothing */
    char **names;
};

/* What a conductor knows of the intent in flight. */
struct watch {
    gint64 seq;
    bool ours;          /* it appended it itself: nobody has tried before */
    bool unsure;        /* a try of it went unanswered, perhaps another's */
    bool landed;        /* dns: it has, as what stands tells, and its id was lost */
    gint64 definite_ms; /* no earlier try can land after that (true time) */
    gint64 retry_ms;
    enum outcome call, items[MOST_TENANTS];
    const char *code, *why, *item_why[MOST_TENANTS];
    char change[16];
    struct call *under_way;
};

struct shell {
    struct sim *sim;
    int number;
    struct host *host;
    gint64 pid;
    bool alive, dying, stepping;
    int crash_in;
    gint64 stalled_until_ms, back_ms, away_until_ms;
    struct holder *self;
    struct journal *journal;
    struct lease *lease;
    struct failover *failover; /* NULL: not ours */
    struct watch watch;
    gint64 taken_ms;
    gint64 since_ms, offset_ms, behind_ms; /* for credit */
    bool locks[CELLS];
    struct world world;           /* of the real conductor ... */
    struct conduct *conduct;      /* ... and this failover in it; NULL: this is a plain one */
    bool saw_live, read_registry; /* of the real one: it has seen it live; it read that since */
};

/* This simulation's own option: the conductor of rollout/failover_conduct.h, not the plain one. */
enum own { OWN_REAL };

struct sim {
    struct run run;
    gint64 now_ms, began_ms, troubles_end_ms;
    bool settling;
    struct failover_plan *plan;
    struct resident tenants[MOST_TENANTS];
    guint n;
    struct stranger strangers[STRANGERS];
    bool fit, fit_read;
    gint64 unfit_until_ms, registry_throttled_until_ms, zone_throttled_until_ms,
        registry_blind_until_ms, zone_blind_until_ms, zone_refuses_until_ms, commands_fail_until_ms,
        pending_until_ms;
    GHashTable *commands; /* token -> whether it went well (GINT_TO_POINTER, 1 or 2) */
    GHashTable *changes;  /* id -> gint64 *: when it is INSYNC */
    guint next_change;
    gint64 last_insync_ms;
    GPtrArray *calls; /* struct call * */
    struct journal_store *truth;
    struct journal *desk;
    struct host hosts[HOSTS];
    struct shell shells[SHELLS];
    int n_shells;
    gint64 next_pid;
    guint64 next_id;
    const char *rival_cell; /* that another operation has, or NULL */
    gint64 rival_ends_ms;
    int rivals;
    /* What the events say, read by the rules on their own. */
    struct failover *ledger;
    gint64 since_ms; /* true time since which the engine waits for what it waits for now */
    gint64 open_intent_seq, lease_renewed_ms, lease_ms, lease_pid;
    struct config *config; /* of the real conductor */
    struct shell *seat;    /* whose clocks are asked */
    char *lock_of[CELLS];
};

/* run.c */
struct sim *sim_new(const struct sim_options *options);
void sim_free(struct sim *sim);
bool sim_run(struct sim *sim); /* true: every rule held */
void sim_tell(struct sim *sim, const char *format, ...) G_GNUC_PRINTF(2, 3);
void sim_broke(struct sim *sim, int rule, const char *format, ...) G_GNUC_PRINTF(3, 4);
struct sim *sim_seated(void);              /* whose turn it is, for what the linker puts in place */
extern const char *const sim_cells[CELLS]; /* the source and the targets */
struct resident *sim_tenant(struct sim *sim, const char *id);

/* world.c */
void world_call(struct call *call); /* takes it */
void world_tick(struct sim *sim);
void evac_call_free(gpointer call);
bool item_is(const struct kept_item *item, const struct registry_stand *stand);
bool record_is(const struct resident *tenant, const struct kept_record *record, const json_t *raw);
json_t *record_raw(const struct resident *tenant); /* NULL: none stands */
bool world_stands(struct sim *sim, const json_t *change, const char *as);
bool world_all_stand(struct sim *sim, const json_t *changes, const char *as);
bool world_is_insync(struct sim *sim, const char *change);

/* strangers.c */
void strangers_settle(struct sim *sim); /* before it is opened: one may have come since it was
                                           planned */
void stranger_moves(struct sim *sim);
/* Who lives in the source: const char *, borrowed, by id. Caller frees the array. */
GPtrArray *world_residents(struct sim *sim);
/* An event of the operation; `first`: nothing had been begun before it. */
void rules_strangers(struct sim *sim, const struct event *event, bool first);

/* real.c */
void real_start(struct shell *shell);
void real_bury(struct shell *shell);
void real_step(struct shell *shell);

/* journal.c */
struct journal *journal_for(struct sim *sim, struct shell *shell);

/* troubles.c */
bool trouble_comes(struct sim *sim, enum trouble_kind kind, int in);
void troubles_tick(struct sim *sim);
void troubles_end(struct sim *sim);
void people_tick(struct sim *sim);

/* shell.c */
void shell_start(struct shell *shell);
void shell_kill(struct shell *shell, const char *why);
void shell_step(struct shell *shell);
bool shell_dies_here(struct shell *shell, const char *where);
/* Somebody else has the lease. */
void shell_lose(struct shell *shell);

/* calls.c */
/* Makes the call that is due, or looks what became of it. */
void shell_call(struct shell *shell);
void shell_forget_calls(struct shell *shell);
static inline gint64 wall_ms(const struct shell *shell)
{
    return shell->sim->now_ms + shell->host->wall_offset_ms;
}
static inline gint64 boot_ms(const struct shell *shell)
{
    return shell->sim->now_ms + shell->host->boot_offset_ms;
}

/* trial.c, faults.c: what the runner (base/simulation.h) is told of this simulation. */
struct trial sim_play(const struct sim_options *options);
bool comes_with_kills(int kind);
const struct planted_fault *sim_faults(int *n);

/* rules.c */
void rules_event(struct sim *sim, const struct event *event);
void rules_call(struct sim *sim, const struct shell *shell, const struct call *call);
void rules_item_landed(struct sim *sim, const struct resident *tenant, const struct call *call);
void rules_record_landed(struct sim *sim, const struct resident *tenant, const struct call *call);
void rules_decided(struct sim *sim, const struct failover *failover,
                   const struct failover_decision *decision, gint64 now_ms);
void rules_end(struct sim *sim);
