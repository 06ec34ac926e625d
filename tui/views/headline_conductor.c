/* What is wrong with who carries an operation on. */
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "tui/views/headline.h"

/* A conductor that has just been started needs a moment until it holds the lease. */
#define FIRST_LEASE_MS (5 * WHEN_SECOND)

/* What the conductor itself says that it lacks. */
static char *own_trouble(const struct deck *deck, const struct rollout *rollout)
{
    for (size_t i = 0; i < TROUBLE_COUNT; i++) {
        const struct rollout_trouble *trouble = &rollout->troubles[i];
        if (!trouble->reason)
            continue;
        g_autofree char *since = duration_short(MAX(0, deck->now_ms - trouble->since_ms));
        return g_strdup_printf(i == TROUBLE_BLIND
                                   ? "▲ the conductor of %s has been blind for %s: %s"
                                   : "▲ credentials of %s's conductor, said %s ago: %s",
                               rollout->id, since, trouble->reason);
    }
    return NULL;
}

/* What the conductor of a failover lacks: it can't go on for ever without keys. */
static char *short_of_keys(const struct deck *deck, const struct failover *failover)
{
    if (!failover->keys_end)
        return NULL;
    g_autofree char *since = duration_short(MAX(0, deck->now_ms - failover->keys_end_since_ms));
    return g_strdup_printf("▲ credentials of %s's conductor, said %s ago: %s", failover->id, since,
                           failover->keys_end);
}

struct conducted conducted_rollout(const struct rollout *rollout)
{
    return (struct conducted){rollout->id, !rollout_state_final(rollout->state),
                              rollout->opened_ms};
}

struct conducted conducted_failover(const struct failover *failover)
{
    return (struct conducted){failover->id, !failover_state_final(failover->state),
                              failover->opened_ms};
}

static bool may_lack_conductor(const struct deck *deck, const struct conducted *what)
{
    return what->live && deck->now_ms - what->opened_ms >= FIRST_LEASE_MS;
}

bool headline_nobody_conducts(const struct deck *deck, const struct conducted *what)
{
    const struct conductor_info *info = g_hash_table_lookup(deck->conductors, what->id);
    return may_lack_conductor(deck, what) && !deck->copy_trouble && !(info && info->alive);
}

static gint64 silent_for_ms(const struct deck *deck, const struct conductor_info *info)
{
    return info ? MAX(0, deck->now_ms - info->heartbeat_ms) : 0;
}

bool headline_conductor_is_silent(const struct deck *deck, const struct conducted *what)
{
    const struct conductor_info *info = g_hash_table_lookup(deck->conductors, what->id);
    return may_lack_conductor(deck, what) && !deck->copy_trouble && info && info->alive &&
           silent_for_ms(deck, info) > info->lease_ms;
}

/* That nobody does, or has not been heard of; NULL: somebody conducts it. */
static char *lacks_conductor(const struct deck *deck, const struct conducted *what)
{
    const struct conductor_info *info = g_hash_table_lookup(deck->conductors, what->id);
    if (!may_lack_conductor(deck, what))
        return NULL;
    if (deck->copy_trouble) /* then it is we who have not heard of anybody */
        return g_strdup_printf("▲ %s", deck->copy_trouble);
    g_autofree char *since = duration_short(silent_for_ms(deck, info));
    bool silent = headline_conductor_is_silent(deck, what);
    if (info && info->alive && !silent)
        return NULL;
    if (info && silent)
        return g_strdup_printf("▲ the conductor of %s (process %" G_GINT64_FORMAT
                               " on %s) has been silent for %s",
                               what->id, info->pid, info->host, since);
    return g_strdup_printf("▲ nobody conducts %s%s%s: run `celldeck conductor --until-idle`",
                           what->id, info ? ", for " : "", info ? since : "");
}

char *headline_conductor(const struct deck *deck, const struct rollout *rollout)
{
    const struct conducted what = conducted_rollout(rollout);
    char *lacks = lacks_conductor(deck, &what);
    return lacks || !may_lack_conductor(deck, &what) ? lacks : own_trouble(deck, rollout);
}

char *headline_failover_conductor(const struct deck *deck, const struct failover *failover)
{
    const struct conducted what = conducted_failover(failover);
    char *lacks = lacks_conductor(deck, &what);
    return lacks || !what.live ? lacks : short_of_keys(deck, failover);
}
