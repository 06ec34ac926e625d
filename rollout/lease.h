/* Who may act on an operation (rollout.md, "Who may act"): the holder of its lease.
 *
 * The lease is the stream `lease/OP`; it is taken, renewed and given back by compare-and-append, so
 * of two that want it one wins. Who takes it also appends a `conductor` event to the operation's
 * own stream. That is the fence: a holder that was stopped past its lease and wakes up believes in
 * an event number that is taken by now, so its next append there is refused, and so is its renewal.
 *
 * A renewal is one event of some 400 bytes each third of a lease: 3 MB a day of a live operation at
 * the default 30 s. They are kept like all others, for a chain with holes can't be verified.
 *
 * `mono_ms` is always when_boot_ms() (tests pass their own). */
#pragma once

#include "data/holder.h"
#include "data/journal.h"

struct lease;
/* Holds nothing yet. `grace_ms`: the longest deadline of an outside call; another holder is given
 * that long after its lease, for a call it began with its last breath. Borrows `journal`. */
struct lease *lease_new(struct journal *journal, const char *operation, const struct holder *self,
                        gint64 lease_ms, gint64 grace_ms);
/* Does not give the lease back. */
void lease_free(struct lease *lease);
OWNABLE(lease, lease_free);

/* True: it is ours, and the operation's stream is fenced. CD_ERROR_BUSY names who has it; ask again
 * later, with the same struct lease, which remembers since when the record has not changed: that is
 * how a holder elsewhere, or a stuck one, is found to be gone after lease + grace. */
bool lease_take(struct lease *lease, gint64 now_ms, gint64 mono_ms, GError **error);
/* True: ours for another lease_ms from `mono_ms` on. CD_ERROR_BUSY: somebody has taken it over;
 * nothing more may be done. Any other error: not renewed, but still ours for what is left. */
bool lease_renew(struct lease *lease, gint64 now_ms, gint64 mono_ms, GError **error);
/* Gives it back, so that the next one need not wait. */
bool lease_release(struct lease *lease, gint64 now_ms, GError **error);

/* What is left of it; 0 where it is not ours (any more). */
gint64 lease_left_ms(const struct lease *lease, gint64 mono_ms);
/* When it is time to renew: a third of the lease after the last renewal. */
gint64 lease_renew_at_ms(const struct lease *lease);

/* "conductor@bastion-1": the actor of what a conductor appends. Caller frees. */
char *holder_actor(const struct holder *self);

/* The record as it stands. */
struct lease_record {
    gint64 seq; /* 0: there is none */
    bool held;
    gint64 lease_ms;
    gint64 at_ms; /* when it was last renewed, by its holder's clock */
    struct holder *holder;
};
bool lease_read(struct journal *journal, const char *operation, struct lease_record *record,
                GError **error);
void lease_record_clear(struct lease_record *record);
