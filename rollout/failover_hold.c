/* What a failover needs before it may write: the locks of its cells, and that its plan still holds.
 */
#include "rollout/failover_conduct.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/failover_preflight.h"
#include "rollout/failover_request.h"
#include "rollout/lock.h"

#include <string.h>

enum { LOCK_PACE_MS = 500, FIT_PACE_MS = 1000 };
/* It was asked a moment ago, by whoever opened this: a source that has answered late since, or a
 * target that this process has probed only once, is no reason to call a person yet. */
#define FIT_PATIENCE_LEAST_MS (10 * WHEN_SECOND)
#define FIT_PATIENCE_MOST_MS  WHEN_MINUTE

void crossing_lock_free(gpointer data)
{
    struct crossing_lock *lock = data;
    g_free(lock->cell);
    g_free(lock->holder);
    g_free(lock);
}

static struct crossing_lock *lock_at(const struct crossing *crossing, guint i)
{
    return g_ptr_array_index(crossing->locks, i);
}

/* What an operation that is over has, counts as free (lock.h): it is given back all the same. */
void crossing_read_locks(struct crossing *crossing)
{
    const struct conduct *conduct = &crossing->base;
    bool is_over = failover_state_final(crossing->failover->state);
    g_clear_pointer(&crossing->lock_why, g_free);
    for (guint i = 0; i < crossing->locks->len; i++) {
        struct crossing_lock *lock = lock_at(crossing, i);
        g_free(lock->holder);
        lock->holder = lock_holder(conduct->world->journal, lock->cell, &lock->seq, NULL);
        lock->ours = lock->holder ? strcmp(lock->holder, conduct->id) == 0 : lock->ours && is_over;
        if (lock->holder && !lock->ours && !crossing->lock_why)
            crossing->lock_why = g_strdup_printf("%s is locked by %s", lock->cell, lock->holder);
    }
}

/* As with rollouts: not before an event that may be in a shared journal is seen there. */
void crossing_give_locks_back(struct crossing *crossing)
{
    struct conduct *conduct = &crossing->base;
    const struct world *world = conduct->world;
    if (failover_wants_locks(crossing->failover) || crossing->failover->seq < conduct->tried_seq)
        return;
    for (guint i = 0; i < crossing->locks->len; i++) {
        struct crossing_lock *lock = lock_at(crossing, i);
        g_autoptr(GError) error = NULL;
        if (!lock->ours)
            continue;
        if (lock_release(world->journal, lock->cell, conduct->id, lock->seq, world->actor,
                         when_now_ms(), &error))
            lock->ours = false;
        else
            conduct_complain(conduct, "unlock", error);
    }
}

/* Who opened this failover told the rollouts that had the source then; one may have begun there
 * since, or the event not have been written. */
static void tell_rollouts(struct crossing *crossing)
{
    struct conduct *conduct = &crossing->base;
    struct world *world = conduct->world;
    const struct person self = {.actor = world->actor};
    gint64 version = journal_version(world->journal);
    g_autoptr(GError) error = NULL;
    if (crossing->failover->plan->kind != FAILOVER_FAILOVER ||
        version == crossing->evacuated_version || !lock_at(crossing, 0)->holder ||
        lock_at(crossing, 0)->ours)
        return;
    crossing->evacuated_version = version;
    if (!failover_take_over(world->journal, conduct->id, crossing->failover->plan->source, &self,
                            when_now_ms(), &error))
        conduct_complain(conduct, "take the cell over", error);
}

void crossing_take_locks(struct crossing *crossing)
{
    struct conduct *conduct = &crossing->base;
    gint64 mono_ms = when_boot_ms();
    if (!failover_wants_locks(crossing->failover) || crossing_locks_ours(crossing) ||
        mono_ms < crossing->next_lock_mono_ms || lease_left_ms(conduct->lease, mono_ms) <= 0)
        return;
    crossing->next_lock_mono_ms = mono_ms + LOCK_PACE_MS;
    crossing_read_locks(crossing);
    tell_rollouts(crossing);
    for (guint i = 0; i < crossing->locks->len; i++) {
        struct crossing_lock *lock = lock_at(crossing, i);
        if (!lock->ours && !lock->holder && conduct_lock(conduct, lock->cell))
            lock->ours = true;
    }
    crossing_read_locks(crossing);
}

static bool is_fit_known(const struct crossing *crossing, gint64 mono_ms)
{
    gint64 patience_ms =
        CLAMP(crossing->failover->plan->step_ms / 2, FIT_PATIENCE_LEAST_MS, FIT_PATIENCE_MOST_MS);
    bool waits = crossing->failover->state == FAILOVER_PLANNED && crossing->unfit_mono_ms &&
                 mono_ms - crossing->unfit_mono_ms < patience_ms;
    return crossing->fit_on && !waits;
}

void crossing_refresh_fit(struct crossing *crossing)
{
    struct snapshot *snapshot = crossing->base.world->snapshot;
    gint64 mono_ms = when_boot_ms();
    if (!snapshot ||
        (snapshot == crossing->fit_on && mono_ms - crossing->fit_mono_ms < FIT_PACE_MS))
        return;
    if (crossing->fit_on)
        snapshot_unref(crossing->fit_on);
    crossing->fit_on = snapshot_ref(snapshot);
    crossing->fit_mono_ms = mono_ms;
    g_free(crossing->fit_why);
    crossing->fit_why = preflight_plan(crossing->failover->plan, snapshot);
    if (!crossing->fit_why)
        crossing->unfit_mono_ms = 0;
    else if (!crossing->unfit_mono_ms)
        crossing->unfit_mono_ms = mono_ms;
    crossing->fit_read = is_fit_known(crossing, mono_ms);
}
