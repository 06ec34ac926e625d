/* What the poller does in a worker, once a second: looks into cache.db who leads, takes the lead
 * where that is due, publishes or reads. Private to data/poller*.c; its tests play several
 * processes, with clocks of their own. */
#pragma once

#include "data/lead.h"
#include "data/poller.h"

enum poller_role {
    POLLER_BEGINS,  /* no turn yet */
    POLLER_LEADS,   /* polls and publishes */
    POLLER_FOLLOWS, /* reads what the leader publishes */
    POLLER_ALONE    /* polls for itself */
};

/* What lasts from turn to turn; between turns nobody touches it. */
struct poller_desk {
    char *dir;
    struct config *config;
    struct lead_self self;
    gint64 beat_every_ms, patience_ms;
    struct cache *cache;   /* NULL: could not be opened */
    gint64 retry_ms;       /* until then it is not tried again */
    gint64 good_ms;        /* when a turn last went well; 0: none yet */
    enum poller_role role; /* of the last turn */
    struct lead lead;
    gint64 lead_seen_ms; /* when its beat was last seen to have changed */
    gint64 beat_ms;      /* our last */
    gint64 want_ms;      /* when our wishes were last told */
    struct want *want;   /* ours */
    char *heard;         /* the others', as a leader heard them last (want_text), or NULL */
    bool well;
};
/* `self` is taken over with what it points to. */
struct poller_desk *poller_desk_new(const char *dir, struct config *config,
                                    const struct lead_self *self);
/* Leaves the lead. */
void poller_desk_free(struct poller_desk *desk);
OWNABLE(poller_desk, poller_desk_free);

/* A leader that has not published for so long is replaced. */
gint64 poller_patience_ms(const struct config *config);
/* "alice's console, pid 77". Caller frees. */
char *poller_leader_words(const struct lead *lead);
/* "the cache, 6m old": by the source that was read last. Caller frees. */
char *poller_cache_words(const struct snapshot *snapshot);

/* Before the first turn, in the caller's thread: what is kept, tenants if they are few, or NULL. An
 * error says why nothing can be shared; there may be a snapshot all the same. */
struct snapshot *poller_desk_first(struct poller_desk *desk, gint64 now_ms, GError **error);

/* `why`, and what comes of it, as a line for people. Caller frees. */
char *poller_desk_trouble(const struct poller_desk *desk, const char *why);

struct poller_turn {
    gint64 now_ms, boot_ms;
    bool may_lead;            /* if the lead is free */
    bool may_replace_unwell;  /* if the leader can read nothing */
    struct snapshot *publish; /* what a leader has that is new, or NULL. Taken */
    struct want *want;        /* our wishes where they have changed, or NULL. Taken */

    /* What comes of it. */
    enum poller_role role;
    bool published;
    struct snapshot *snapshot; /* what is new to a follower or to one who has just taken the lead */
    bool wants_changed;        /* what others want of a leader is `wanted` now, or NULL: nothing */
    struct want *wanted;
    char *leader;  /* a follower's, in words */
    char *trouble; /* why nothing is shared, or NULL */
};
void poller_turn_run(struct poller_desk *desk, struct poller_turn *turn);
void poller_turn_clear(struct poller_turn *turn);
