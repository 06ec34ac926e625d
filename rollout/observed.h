/* Failovers and moves that celldeck did not do: tenants whose cell has changed in the registry, and
 * the journal knows of nobody who changed it (rollout.md, "Failover"). They are recorded as
 * operations of kind "observed" (o1, o2, ...), in one event that is their first and their last.
 * Pure; rollout/observer.h reads the world and records.
 *
 * Where a tenant is believed to live is where the journal said last, else where it was when that
 * was last settled (data/homes.h). It is compared with whole readings alone; one that was read in
 * part proves nothing. A change is told of when it has come to rest: two readings in a row show it,
 * and the second one shows no change that the first did not, so that a failover by somebody's
 * script, which takes minutes, is one and not ten. Changes that never come to rest are told of
 * after OBSERVED_PATIENCE_MS.
 *
 * Nothing is said of a tenant whose failover or move is not over, nor of one of which the journal
 * has said something about when the registry was read: reads of DynamoDB may be a little old, and
 * hosts' clocks differ. A later reading tells. */
#pragma once

#include "data/homes.h"
#include "data/journal.h"

#define OBSERVED_PATIENCE_MS (10 * 60 * G_GINT64_CONSTANT(1000))
/* Of a failover of more tenants not all ids are recorded; how many they were is. */
enum { OBSERVED_IDS_MOST = 2000 };

/* How long before a reading the journal must have been silent of a tenant: a minute, or three
 * periods where these are shorter, but no less than 15 s, by which hosts' clocks surely agree. */
gint64 observed_settle_ms(gint64 period_ms);

/* What the journal says of where tenants live. */
struct said {
    char *cell;
    gint64 at_ms;
};
struct sayings {
    GHashTable *said;  /* tenant -> struct said *: the last word */
    GHashTable *open;  /* tenants of operations that are not over; a set */
    GPtrArray *partly; /* struct observed *: observed before, with more tenants than ids */
    GHashTable *over;  /* operations that were taken to their end, for whoever reads them */
};
struct sayings *sayings_new(void);
void sayings_free(struct sayings *sayings);
OWNABLE(sayings, sayings_free);
/* Before the live operations are taken anew. */
void sayings_reopen(struct sayings *sayings);
/* Takes all events of one operation (a failover, a move, an observed one; of others nothing is
 * said). */
void sayings_take(struct sayings *sayings, const GPtrArray *events, bool over);

/* A tenant that lives elsewhere than it was believed to. */
struct moved {
    struct tenant *tenant; /* a reference: where it is now */
    char *from;
    gint64 after_ms; /* it was still there then; 0: not known when */
};
struct difference {
    GPtrArray *moved;   /* struct moved *, by tenant: nobody knows why */
    GPtrArray *settled; /* struct tenant *, borrowed from `away`: the journal says why */
    bool undecided;     /* somebody was left out until a later reading */
};
/* The reading of `read_ms`, which is whole: `away` of homes_look, `as_of_ms` of homes_as_of. */
struct difference observed_compare(const struct registry *registry, gint64 read_ms,
                                   const GPtrArray *away, gint64 as_of_ms,
                                   const struct sayings *sayings, gint64 settle_ms);
void difference_clear(struct difference *difference);

/* What was seen at the reading before. */
struct rest;
struct rest *rest_new(void);
void rest_free(struct rest *rest);
OWNABLE(rest, rest_free);
/* Takes the next reading's differences (the same reading again changes nothing), and gives those
 * that have come to rest: struct moved *, borrowed from `moved`, freed with the array. Where there
 * are none it is empty. */
GPtrArray *rest_take(struct rest *rest, const GPtrArray *moved, gint64 read_ms);
/* When the tenant was first seen where it is; 0: it was not taken. */
gint64 rest_seen_ms(const struct rest *rest, const char *tenant);

/* All that went from one cell to one other. */
struct observed {
    char *from, *to;
    GPtrArray *ids;   /* char *, as many as are recorded */
    gint64 moved;     /* how many tenants they were */
    gint64 remaining; /* tenants in `from` now */
    gint64 users;     /* registered, of those that tell */
    gint64 after_ms;  /* the last reading before the first of them; 0: not known */
    gint64 seen_ms;   /* the first reading with one of them */
};
void observed_free(struct observed *observed);
OWNABLE(observed, observed_free);
/* struct observed *, those with most tenants first; freed with the array. */
GPtrArray *observed_group(const GPtrArray *moved, const struct rest *rest,
                          const struct registry *registry);
/* "move": one tenant, and others stay; "failover": several, or all of the cell. */
const char *observed_what(const struct observed *observed);
/* The data of its event. New reference. */
json_t *observed_json(const struct observed *observed);
/* NULL where the event is of no observed operation. */
struct observed *observed_from(const struct event *event);
/* "12 tenants, 4,011 users, went from cell-1 to cell-2 without celldeck". Caller frees. */
char *observed_sentence(const struct observed *observed);
