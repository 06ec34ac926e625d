/* The simulation: the real engine and the real conductor (rollout/conduct*.c and all below it) in a
 * world of our own. Time, journal, deployer, cells, metrics and people are simulated, everything
 * follows from a seed, and after every event and every outside call each invariant of rollout.md is
 * asked of what the journal says and of what the world knows to be true.
 *
 * run.c has the loop, process.c the conductors, seams.c what the linker puts in place of clocks and
 * processes, store*.c the journal and its troubles, table*.c and copies.c the one that bastions
 * share, deployer.c and cells.c the world, people.c the people, troubles.c what goes wrong,
 * ledger.c what the events say, invariants*.c the rules; base/ is what other simulations have too.
 */
#pragma once

#include "data/base/when.h"
#include "data/journal_store.h"
#include "rollout/conduct.h"
#include "tests/simulation/base/host.h"
#include "tests/simulation/base/run.h"

/* Everything that may go wrong, by the name that --without takes. */
#define TROUBLES(X)                                                                                \
    X(CRASH, "crash", "a conductor is killed, between any two events or around any call")          \
    X(STALL, "stall", "a conductor is stopped, past its lease too, and wakes up late")             \
    X(REFUSED, "refused", "the journal takes no event: a full disk, a read-only file")             \
    X(AWAY, "away", "the journal can be neither read nor written")                                 \
    X(LOST_APPEND, "lost-append", "an event was written, and the answer lost")                     \
    X(SLOW_APPEND, "slow-append", "an append takes longer than a lease, others work meanwhile")    \
    X(CLOCK, "clock", "a wall clock jumps, forth or back")                                         \
    X(LOST_CALL, "lost-call", "a call is lost, or happens and its answer is lost")                 \
    X(LATE_CALL, "late-call", "a call arrives, or is answered, late")                              \
    X(REFUSED_CALL, "refused-call", "the deployer refuses or throttles a call")                    \
    X(BAD_DEPLOY, "bad-deploy", "a deploy fails half-way, hangs, or goes back by itself")          \
    X(OUT_OF_BAND, "out-of-band", "somebody else changes a cell")                                  \
    X(NO_METRICS, "no-metrics", "metrics stop, flap, come late, or a conductor is blind")          \
    X(SICK, "sick", "a cell falls ill, with the new version or with the old one")                  \
    X(TAG, "tag", "the tag moves")                                                                 \
    X(FLEET, "fleet", "a cell vanishes from celldeck.yaml, or a new one comes")                    \
    X(RIVAL, "rival", "another operation locks a cell, or takes one over")                         \
    X(PEOPLE, "people", "people act at the worst moment")                                          \
    X(STALE_WISH, "stale-wish", "an old console sends what no longer fits")                        \
    X(UNREACHABLE, "unreachable", "the deployer says nothing of a cell for a while")               \
    X(LATE_PUT, "late-put", "an event reaches the shared table when its maker has given it up")    \
    X(THROTTLED, "throttled", "the shared table throttles, or answers too late")                   \
    X(BEHIND, "behind", "a bastion does not read what others append to the shared table")
enum trouble_kind {
#define KIND(name, option, text) ON_##name,
    TROUBLES(KIND)
#undef KIND
        TROUBLE_KINDS
};

enum { MOST_CELLS = 6, MOST_PROCESSES = 3, PARTS = 2 };
#define CALL_DEADLINE_MS (20 * WHEN_SECOND)
#define DEPLOY_POLL_MS   (5 * WHEN_SECOND)
#define PERIOD_MS        WHEN_MINUTE
#define SETTLE_MS        (15 * WHEN_SECOND)

/* What the journal is kept in: memory, the real SQLite store in a temporary folder, or the real
 * DynamoDB store over a table in memory, each bastion with a folder of its own. */
enum store { STORE_MEMORY, STORE_SQLITE, STORE_DYNAMODB };

/* How often the engine was asked, and how long that took: with nothing to do, and with something.
 */
struct pace {
    guint64 asked[2];
    gint64 took_ns[2];
};

/* This simulation's own options: how many (0: by the seed), when troubles end, in minutes (0: by
 * the seed), and what the journal is kept in. Of `kills` this world has it that what is bad about a
 * release shows within any bake, and that troubles come for three hours. */
enum own { OWN_PROCESSES, OWN_CELLS, OWN_UNTIL, OWN_STORE };

/* What runs in a part of a cell. */
struct part {
    char reference[24], version[16];
};

struct deployment {
    char id[24], *token;
    struct part target[PARTS], before[PARTS];
    gint64 half_ms, end_ms; /* the first part is there; all of it is, or it has failed */
    enum { DEPLOY_WELL, DEPLOY_FAILS, DEPLOY_HANGS, DEPLOY_RETURNS } fate;
    enum deploy_progress progress;
    bool half_done, rollback;
};

struct point {
    gint64 at_ms, seen_ms;
    double values[METRIC_COUNT];
};

struct sim_cell {
    char id[8];
    gint64 users;
    struct part parts[PARTS];
    GPtrArray *deployments;    /* struct deployment *, the newest last */
    GArray *points;            /* struct point */
    GPtrArray *probes;         /* struct probe * */
    bool bad_release, bad_old; /* what the new version, or any, does to this cell */
    gint64 sick_from_ms;       /* how long after a deploy it shows */
    gint64 silent_until_ms;    /* no metrics */
    gint64 unreachable_until_ms;
    gint64 changed_ms; /* when what runs last changed */
    gint64 alarm_since_ms;
    bool in_alarm;
    bool in_config;
};

/* A call on its way to the deployer, and its answer on the way back. */
struct call {
    struct sim_cell *cell;
    enum { CALL_DEPLOY, CALL_ROLLBACK, CALL_PROGRESS, CALL_CURRENT } kind;
    struct process *process; /* NULL: it is dead */
    char *token, *version, *reference;
    gint64 arrives_ms, answers_ms; /* arrives_ms < 0: never, or already */
    GError *error;                 /* what comes back instead of an answer */
    char *said_version, *said_reference, *note;
    enum deploy_progress progress;
    deploy_fn fn;
    gpointer data;
};

/* A bastion's copy of a journal that several share. */
struct copy {
    char *dir;
    struct journal_share *follower; /* reads what is new; NULL: not opened yet */
    guint has;                      /* as far as it has read the table whole */
    gint64 behind_until_ms;
};

struct process {
    struct sim *sim;
    int number;
    struct host *host;
    gint64 pid;
    bool alive, dying; /* dying: nothing that it still does has any effect */
    gint64 stalled_until_ms, back_ms, blind_until_ms;
    gint64 journal_failed_ms; /* when the journal last refused it, or was away */
    int crash_in;             /* so many touches of the outside from now; 0: none planned */
    bool stepping;
    struct world world;
    GPtrArray *conducts; /* struct conduct * */
    gint64 scanned_version;
};

/* The journal's troubles, as one process meets them. */
struct weather {
    gint64 refused_until_ms, away_until_ms;
};

struct sim {
    struct run run;
    gint64 now_ms, began_ms; /* true time */
    gint64 calm_since_ms;    /* since when nothing has gone wrong */
    gint64 troubles_end_ms;
    bool waiting;  /* somebody's append takes long, and no other person's does */
    bool settling; /* no more troubles; people answer everything */

    struct config *config; /* celldeck.yaml as it stands */
    struct config *whole;  /* with every cell: what is measured does not hang on it */
    char *dir;
    struct sim_cell cells[MOST_CELLS];
    int n_cells;
    char *commit, *commit_now;
    struct registry *registry;
    gint64 half_read_until_ms; /* the registry: only in part */
    struct snapshot *snapshot;
    gint64 snapshot_ms, next_period_ms, next_probe_ms;

    struct journal_store *truth; /* without troubles; NULL where each handle has its own */
    struct table *table;         /* of a shared journal, or NULL */
    struct copy copies[HOSTS];
    struct copy desk; /* the copy where people are */
    bool at_once;     /* what is read of the table now keeps nobody waiting */
    guint unanswered; /* how much of the table or a copy was refused, as a trouble */
    struct weather weather[MOST_PROCESSES + 1];
    struct journal *console;
    struct host hosts[HOSTS];
    struct process processes[MOST_PROCESSES];
    int n_processes;
    gint64 next_pid;
    GPtrArray *calls; /* struct call * */
    guint64 next_reference, next_event_id;
    struct ledger *ledger;
    char *rival, *rival_cell; /* the other operation, while there is one */
    gint64 rival_ends_ms;
    bool rival_evacuates; /* it takes its cell over from a rollout */
    int rivals;
    struct pace *pace; /* measures the engine on all that it is asked; NULL: nobody does */
};

/* run.c */
struct sim *sim_new(const struct sim_options *options);
void sim_free(struct sim *sim);
/* True: every rule held. */
bool sim_run(struct sim *sim);
/* Lets time pass for everybody but `except`; used within a slow append. */
void sim_pass(struct sim *sim, gint64 ms, struct process *except);
void sim_tell(struct sim *sim, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The first rule that breaks ends the run. */
void sim_broke(struct sim *sim, int rule, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* troubles.c */
/* Does this trouble come now, with a chance of one in `in`? */
bool trouble_comes(struct sim *sim, enum trouble_kind kind, int in);
void troubles_tick(struct sim *sim);
void troubles_end(struct sim *sim);

/* seams.c */
/* Whose turn it is: clocks and holders are this process's. NULL: nobody's (true time). */
struct process *seat_take(struct sim *sim, struct process *process);
struct process *seat_process(void);
struct sim *seat_sim(void);

/* store*.c */
/* Another handle on the one journal; `process` NULL: the people's. */
struct journal *journal_for(struct sim *sim, struct process *process);
/* The journal's troubles for `process`, or for people. */
const struct weather *weather_for(const struct sim *sim, const struct process *process);
/* If an append of `row` is one that takes long, lets others work meanwhile. */
void append_may_wait(struct sim *sim, struct process *process, const struct journal_row *row);

/* copies.c */
/* The shared journal, as this process's bastion, or the people's, has it. */
struct journal *copy_journal(struct sim *sim, struct process *process);
/* What a follower does (data/journal_follow.h), each time that somebody looks. */
void copy_follow(struct sim *sim, struct process *process);
/* Every copy has to be the table, event by event. */
void copies_end(struct sim *sim);
void copies_clear(struct sim *sim);

/* process.c */
void process_start(struct process *process);
/* As kill -9 does it. */
void process_kill(struct process *process, const char *why);
void process_step(struct process *process);
/* Something of the outside is about to be touched, or has just been: is this where it dies? */
bool process_dies_here(struct process *process, const char *where);

/* deployer.c */
void deployer_tick(struct sim *sim);
void deployer_forget(struct sim *sim, struct process *process);
void sim_call_free(gpointer call);
void deployment_free(gpointer deployment);
char *parts_reference(const struct part parts[PARTS]);

/* cells.c */
void cells_tick(struct sim *sim);
void cells_begin(struct sim *sim);
void cells_clear(struct sim *sim);
bool cell_runs(const struct sim_cell *cell, const char *version);
void cell_run(struct sim *sim, struct sim_cell *cell, const char *version);
struct sim_cell *sim_cell(struct sim *sim, const char *id);
void fleet_configure(struct sim *sim);
/* Some seeds begin with a cell fewer than they will have. */
void fleet_begin(struct sim *sim);
struct running cell_running(const struct sim_cell *cell); /* caller frees version and reference */

/* people.c */
void people_tick(struct sim *sim);
bool people_start(struct sim *sim, const char *version, const struct person *person);

/* ledger.c, invariants*.c: see ledger.h */
void ledger_event(struct sim *sim, struct process *process, const struct journal_row *row);
void ledger_call(struct sim *sim, const struct call *call);
void ledger_minute(struct sim *sim);
void ledger_end(struct sim *sim);

/* trial.c, faults.c: what the runner (base/simulation.h) is told of this simulation. */
struct trial sim_play(const struct sim_options *options);
bool comes_with_kills(int kind);
const struct planted_fault *sim_faults(int *n);
