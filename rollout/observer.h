/* Watches the registry for failovers and moves that celldeck did not do (observed.h), and records
 * them. The console and the conductor each have one; every celldeck that polls for its host looks,
 * so a failover by hand is on record whether or not anything is being rolled out.
 *
 * A console that is read-only records too. What it promises is to leave the world and other
 * people's operations alone; this is no act, nobody decides it, and it is signed by the observer
 * ("observer@bastion-1"), not by whoever sits there. The alternative is worse: fleets are watched
 * by read-only consoles for weeks, and "nothing is done without a record" would then not hold for
 * what is done beside celldeck. Who may not write the journal, or only look from this host
 * (journal.host), records nothing; the homes stay as they are, and whoever may finds it later.
 *
 * Of several that see the same change, on one host or on several bastions, one records it: ids have
 * no holes, so whoever has recorded something since we read the journal has taken our id, and then
 * we look again. Everything that blocks runs in a worker. */
#pragma once

#include "data/poller.h"

struct observer;

/* `notice` is told, in a line for people, what was recorded, and once each why nothing can be.
 * References `config`. NULL where this host may only look. */
struct observer *observer_new(struct config *config, const char *state_dir,
                              void (*notice)(const char *line, gpointer data), gpointer data);
/* Waits for a look that is under way (a second, or as long as the journal's append takes);
 * `notice` is not called again. */
void observer_free(struct observer *observer);
OWNABLE(observer, observer_free);

/* To be called with each snapshot, by whoever polls for this host (poller_leads); looks where the
 * registry was read again, whole. */
void observer_see(struct observer *observer, const struct snapshot *snapshot);

/* The worker's part, between looks touched by nobody; its tests play several processes. */
struct observer_desk;
struct observer_desk *observer_desk_new(struct config *config, const char *state_dir);
void observer_desk_free(struct observer_desk *desk);
OWNABLE(observer_desk, observer_desk_free);
/* Looks at one whole reading. Gives the sentences of what was recorded (char *, freed with the
 * array); NULL on error. */
GPtrArray *observer_desk_look(struct observer_desk *desk, struct registry *registry, gint64 read_ms,
                              gint64 now_ms, GError **error);
