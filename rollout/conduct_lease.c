/* The lease of an operation: taken, renewed while working, lost; and what may be done under it. */
#include "rollout/conduct.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "data/history.h"

enum { TAKE_PACE_MS = 1000, JOURNAL_RETRY_MS = 5000 };

gint64 conduct_call_ms(const struct world *world)
{
    return MAX(deployer_deadline_ms(world->deployer), CONDUCT_CALL_MS);
}

/* A call may take its whole deadline, and the lease has to outlast it. */
gint64 conduct_lease_length_ms(const struct world *world)
{
    return MAX(world->config->lease_ms, 2 * conduct_call_ms(world));
}

void conduct_lose(struct conduct *conduct)
{
    conduct->held = false;
    if (conduct->loaded)
        conduct->kind->forget(conduct);
}

/* Another conductor may have brought it to its end. */
static bool has_ended(struct conduct *conduct)
{
    OWN(operation) operation = history_find(conduct->world->journal, conduct->id, NULL);
    conduct->ended = operation && operation->ended_ms;
    return conduct->ended;
}

static bool take(struct conduct *conduct, gint64 mono_ms)
{
    if (mono_ms < conduct->next_take_mono_ms || has_ended(conduct))
        return false;
    conduct->next_take_mono_ms = mono_ms + TAKE_PACE_MS;
    g_autoptr(GError) error = NULL;
    if (!lease_take(conduct->lease, when_now_ms(), mono_ms, &error)) {
        conduct_complain(conduct, "lease", error);
        return false;
    }
    conduct->held = true;
    if (conduct_load(conduct, &error)) {
        conductor_log(conduct->world, LOG_LEVEL_INFO, "%s: conducting it", conduct->id);
        return true;
    }
    conduct_give_up(conduct, error);
    return false;
}

/* While the journal is away, a cell that fails is still rolled back, for a lease and its grace:
 * that long nobody else takes over (rollout.md, "No journal, no action"). */
bool conduct_within_grace(const struct conduct *conduct, gint64 mono_ms)
{
    gint64 renewed_ms =
        lease_renew_at_ms(conduct->lease) - conduct_lease_length_ms(conduct->world) / 3;
    return mono_ms <
           renewed_ms + conduct_lease_length_ms(conduct->world) + conduct_call_ms(conduct->world);
}

bool conduct_journal_is_away(const struct conduct *conduct)
{
    return when_boot_ms() < conduct->world->journal_retry_mono_ms;
}

void conduct_journal_failed(struct conduct *conduct)
{
    conduct->world->journal_retry_mono_ms = when_boot_ms() + JOURNAL_RETRY_MS;
}

static bool renew(struct conduct *conduct, gint64 mono_ms)
{
    g_autoptr(GError) error = NULL;
    if (conduct_journal_is_away(conduct))
        return false;
    g_clear_pointer(&conduct->renewal_failed, g_free);
    if (lease_renew(conduct->lease, when_now_ms(), mono_ms, &error))
        return true;
    conduct->renewal_failed = g_strdup(error->message);
    conduct_complain(conduct, "lease", error);
    if (g_error_matches(error, CD_ERROR, CD_ERROR_BUSY))
        conduct_lose(conduct);
    else
        conduct_journal_failed(conduct);
    return false;
}

bool conduct_hold_lease(struct conduct *conduct)
{
    gint64 mono_ms = when_boot_ms();
    if (!conduct->held)
        return take(conduct, mono_ms);
    bool fresh = lease_left_ms(conduct->lease, mono_ms) > 0;
    if (fresh && mono_ms < lease_renew_at_ms(conduct->lease))
        return true;
    if (renew(conduct, mono_ms))
        return true;
    mono_ms = when_boot_ms(); /* that may have taken a while */
    fresh = lease_left_ms(conduct->lease, mono_ms) > 0;
    return conduct->held && (fresh || conduct_within_grace(conduct, mono_ms));
}

bool conduct_outlasts_a_call(struct conduct *conduct)
{
    gint64 mono_ms = when_boot_ms(), call_ms = conduct_call_ms(conduct->world);
    /* Renewing takes time of the lease itself. */
    return lease_left_ms(conduct->lease, mono_ms) > call_ms ||
           (renew(conduct, mono_ms) && lease_left_ms(conduct->lease, when_boot_ms()) > call_ms);
}
