/* Who lives in the source, read at the two moments at which the engine asks for it
 * (failover_counts). */
#include "rollout/failover_conduct.h"

#include "data/base/when.h"

/* Somebody may come between a reading and what it lets through: what is older is read anew. */
#define COUNT_FRESH_MS (10 * WHEN_SECOND)

void crossing_forget_residents(struct crossing *crossing)
{
    residents_cancel(g_steal_pointer(&crossing->counting));
    attempt_clear(&crossing->counted);
    g_clear_pointer(&crossing->residents, g_ptr_array_unref);
    crossing->counts = COUNT_NOBODY;
}

void crossing_follow_residents(struct crossing *crossing)
{
    enum failover_count counts = failover_counts(crossing->failover);
    bool old =
        crossing->residents && when_boot_ms() - crossing->residents_mono_ms >= COUNT_FRESH_MS;
    if (counts == crossing->counts && !old)
        return;
    crossing_forget_residents(crossing);
    crossing->counts = counts;
}

static void on_residents(const GPtrArray *ids, const GError *error, gpointer data)
{
    struct crossing *crossing = data;
    crossing->counting = NULL;
    if (error) {
        conduct_complain(&crossing->base, "read who lives in the source", error);
        attempt_failed(&crossing->counted, error->message);
    } else {
        crossing->residents = g_ptr_array_new_with_free_func(g_free);
        for (guint i = 0; i < ids->len; i++)
            g_ptr_array_add(crossing->residents, g_strdup(ids->pdata[i]));
        crossing->residents_mono_ms = when_boot_ms();
        attempt_ends(&crossing->counted, OUTCOME_DONE, NULL);
    }
    conduct_wake(&crossing->base);
}

void crossing_count(struct crossing *crossing)
{
    const struct world *world = crossing->base.world;
    crossing_follow_residents(crossing);
    if (crossing->counts == COUNT_NOBODY || crossing->counting ||
        !attempt_is_due(&crossing->counted, when_boot_ms()))
        return;
    crossing->counting =
        residents_read(world->client, world->config, crossing->failover->plan->source,
                       CONDUCT_CALL_MS, on_residents, crossing);
}
