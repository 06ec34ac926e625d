/* Who only looks at who polls. */
#include "data/base/when.h"
#include "data/poller_turn.h"

static bool leads(struct cache *cache, const struct config *config, struct lead *lead)
{
    OWN(holder) self = holder_self();
    const struct lead_self nobody = {(char *)"", (char *)"", POLLER_CONSOLE, self};
    return lead_read(cache, lead, NULL) && g_strcmp0(lead->fleet, cache->fleet) == 0 &&
           !lead_is_free(lead, &nobody, 0, when_boot_ms(), poller_patience_ms(config));
}

bool poller_look(const char *state_dir, struct config *config, struct poller_seen *seen)
{
    *seen = (struct poller_seen){0};
    OWN(cache) cache = cache_open_to_read(state_dir, config, NULL);
    if (!cache)
        return false;
    struct lead lead = {0};
    OWN(snapshot) metrics = cache_read(cache, CACHE_METRICS, when_now_ms(), NULL);
    bool found = metrics && leads(cache, config, &lead);
    if (found)
        *seen = (struct poller_seen){.who = poller_leader_words(&lead),
                                     .usd_per_hour = metrics->cost_usd_per_hour,
                                     .slowed = g_strdup(metrics->slowed)};
    lead_clear(&lead);
    seen->metrics = g_steal_pointer(&metrics);
    return seen->metrics != NULL;
}

void poller_seen_clear(struct poller_seen *seen)
{
    g_free(seen->who);
    g_free(seen->slowed);
    snapshot_unref(seen->metrics);
    *seen = (struct poller_seen){0};
}
