/* A toy world for the failover engine: a registry and a zone that do what a test says, a clock that
 * a test moves, and a journal in memory. Tenants t-0, t-1 ... of cell-1 go to cell-2 and cell-3 in
 * turn. */
#pragma once

#include "data/base/when.h"
#include "rollout/failover.h"

enum { FLIGHT_TENANTS = 12 };

struct flight_tenant {
    char cell[16], status[16], stamp[40]; /* its item; `cell` empty: gone */
    char record[64];                      /* what its CNAME leads to; empty: there is none */
    gint64 ttl_s;
    const char *record_why; /* its record can't be changed */
    const char *unverified; /* why it does not verify */
    bool throttled;         /* the registry does not take it */
    guint writes, changes;  /* that it got */
};

struct flight {
    struct failover *failover;
    GPtrArray *events; /* struct event * */
    gint64 now_ms, credit_ms;
    struct flight_tenant tenants[FLIGHT_TENANTS];
    guint n;
    const char *unfit;     /* why preflight refuses */
    bool unread;           /* preflight has not been read */
    const char *locked;    /* who has a cell */
    const char *dns_code;  /* what Route 53 says to changes: throttled | away | refused, or NULL */
    const char *fails;     /* what the user's commands die of */
    bool lost;             /* answers of calls are lost: they happen, and nobody hears of it */
    bool pending;          /* Route 53 does not come to INSYNC */
    bool blind;            /* nothing is read */
    const char *stranger;  /* lives in cell-1 too, and the plan does not have it */
    const char *uncounted; /* why it is not read who lives there; NULL: it is */
    guint commands, dns_calls;
    gint64 called_seq; /* the intent whose call was made */
    bool called;       /* ... and came through */
};

/* n tenants, two targets (cell-2 takes every even one), a zone, no commands. */
struct failover_plan *flight_plan(enum failover_kind kind, guint n);
/* Opens an operation of `plan` (stolen and sealed) in a world where all is well. */
struct flight *flight_new(struct failover_plan *plan);
/* That of flight_plan() for a failover. */
struct flight *flight_of(guint n);
/* The same, throttled by Route 53 when so many of its batches are verified, and held. */
struct flight *flight_held(guint n, guint batches);
void flight_free(struct flight *flight);
OWNABLE(flight, flight_free);

/* Appends an event; false where the fold refuses it. Steals `data`. */
bool flight_append(struct flight *flight, const char *actor, const char *type, json_t *data);
/* A person's "resume" or "revert". */
void flight_wish(struct flight *flight, const char *what);
/* A "resume" that goes on without the command that failed, by its name. */
void flight_resume_without(struct flight *flight, const char *ack);
/* One decision, and its call. False: there was nothing to do. */
bool flight_step(struct flight *flight);
/* Steps, and moves the clock where nothing is to be done, ten seconds at a time, for `minutes` or
 * until it is over or held. */
void flight_run(struct flight *flight, int minutes);
/* Steps until an event of that type has been appended for the n-th time. */
void flight_run_until(struct flight *flight, const char *type, guint times);
/* Throws the folded state away and folds the events anew, as after kill -9. */
void flight_crash(struct flight *flight);
guint flight_count(const struct flight *flight, const char *type);
const struct event *flight_last(const struct flight *flight, const char *type);
guint flight_in(const struct flight *flight, const char *cell);     /* tenants by the registry */
guint flight_led_to(const struct flight *flight, const char *cell); /* by their records */
/* Everything is as it was before the first event, but for updatedAt. */
bool flight_is_as_before(const struct flight *flight);
