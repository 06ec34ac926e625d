#include "tui/views/affected.h"

#include "data/base/text.h"
#include "data/base/when.h"

void affected_add(struct affected *affected, const struct cell *cell)
{
    affected->cells++;
    affected->tenants += cell->tenants;
    affected->users += cell->registered_users;
    affected->patients += cell->most_patients;
}

char *affected_age(const struct deck *deck)
{
    const struct source *source = snapshot_source(deck->snapshot, "registry");
    bool old = source && source->read_ms > 0 &&
               (source->state == SOURCE_STALE || source->state == SOURCE_ERROR);
    if (!old)
        return g_strdup("");
    g_autofree char *age = duration_short(MAX(0, deck->now_ms - source->read_ms));
    return g_strdup_printf(" (registry %s %s)", source->state == SOURCE_STALE ? "STALE" : "ERROR",
                           age);
}

char *affected_brief(const struct deck *deck, const struct affected *affected)
{
    const struct registry *registry = deck->snapshot->registry;
    if (!registry)
        return g_strdup("tenants not read");
    g_autofree char *tenants = registry_count_text(registry, affected->tenants);
    g_autofree char *users = registry_count_text(registry, affected->users);
    return g_strdup_printf("%s tenant%s, %s users", tenants, affected->tenants == 1 ? "" : "s",
                           users);
}

char *affected_text(const struct deck *deck, const struct affected *affected)
{
    g_autofree char *brief = affected_brief(deck, affected);
    if (!deck->snapshot->registry)
        return g_steal_pointer(&brief);
    g_autofree char *age = affected_age(deck);
    g_autofree char *patients = text_count(affected->patients);
    return g_strdup_printf("%s, %s patients at most%s", brief, patients, age);
}
