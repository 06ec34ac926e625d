/* Who polls for all: a row in cache.db, taken, kept up and given back in transactions, so that of
 * several who want it one gets it; and beside it what each of the others wants of the leader. Used
 * by data/poller*.c alone.
 *
 * `boot_ms` is always when_boot_ms() (tests pass their own): processes of one boot can compare what
 * it says. */
#pragma once

#include "data/cache_db.h"
#include "data/holder.h"

/* One that may lead: a process, or one of several pollers in it. */
struct lead_self {
    char *token; /* told apart from all others */
    char *actor; /* for people: "alice" */
    int kind;    /* enum poller_kind */
    struct holder *holder;
};

/* The row. All zero and NULL: nobody leads. */
struct lead {
    char *token, *fleet, *actor;
    int kind;
    struct holder *holder;
    gint64 beat_ms; /* when it last published, by its boot_ms */
    bool well;      /* it could read something */
};
void lead_clear(struct lead *lead);

/* Sets `lead`, in the place of what is in it. */
bool lead_read(struct cache *cache, struct lead *lead, GError **error);
bool lead_is_ours(const struct lead *lead, const struct lead_self *self);
/* Whether `self` may put itself in the leader's place: there is none, it is dead, or it has not
 * published for `patience_ms` (counted from `seen_ms`, when its last beat was first seen here,
 * where its clock is not ours). */
bool lead_is_free(const struct lead *lead, const struct lead_self *self, gint64 seen_ms,
                  gint64 boot_ms, gint64 patience_ms);

/* Within cache_begin and cache_end: makes the row ours as of now. */
bool lead_write(struct cache *cache, const struct lead_self *self, gint64 boot_ms, bool well,
                GError **error);
/* Gives it back, if it is ours, and takes our wishes away. */
void lead_leave(struct cache *cache, const struct lead_self *self);

/* What a reader wants of the leader; also several readers' wishes merged. */
struct want {
    char **watched;    /* cells looked at now; NULL: all */
    GHashTable *since; /* cell id -> gint64 *: its metrics back to there */
    GHashTable *shown; /* the same, to be looked at: feed_show_since() */
    gint64 refresh_ms; /* by boot_ms: when everything was wanted anew; 0: never */
};
struct want *want_new(void);
struct want *want_copy(const struct want *want);
void want_free(struct want *want);
OWNABLE(want, want_free);
/* The earliest wish for a cell holds: false where there was one as early. */
bool want_since(struct want *want, const char *cell, gint64 since_ms);
/* Takes the place of an earlier wish: false where it was the same. */
bool want_only_since(struct want *want, const char *cell, gint64 since_ms);
/* 0: it is wanted no more. */
void want_shown(struct want *want, const char *cell, gint64 since_ms);
/* `into` watches what either watches, since the earlier of both; the later refresh counts. */
void want_merge(struct want *into, const struct want *other);

/* The same for the same wishes. Caller frees with free(). */
char *want_text(const struct want *want);

/* Within cache_begin and cache_end: tells the leader. */
bool want_write(struct cache *cache, const struct lead_self *self, const struct want *want,
                gint64 boot_ms, GError **error);
/* All readers' wishes merged, those of readers that are dead or were not heard of for `patience_ms`
 * left out; NULL where nobody wants anything, or with an error. *dead: whether any is there to be
 * swept. Caller frees. */
struct want *want_read(struct cache *cache, const struct lead_self *self, gint64 boot_ms,
                       gint64 patience_ms, bool *dead, GError **error);
/* Within cache_begin and cache_end: takes out what want_read has left out. */
bool want_sweep(struct cache *cache, const struct lead_self *self, gint64 boot_ms,
                gint64 patience_ms, GError **error);
