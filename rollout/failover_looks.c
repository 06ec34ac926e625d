/* What a failover only reads: the records before they are changed, whether a change is everywhere,
 * (failover_verify.c) whether a tenant is where it was sent, and (failover_residents.c) who lives
 * in the source. */
#include "rollout/failover_conduct.h"

#include "data/base/error.h"
#include "data/base/when.h"

#include <string.h>

/* Route 53 takes ten questions of a kind a second from all of an account, and is rarely through in
 * less than some seconds (aws.md, "Limits"). */
enum { INSYNC_PACE_MS = 1000, INSYNC_FIRST_MS = 300 };

GPtrArray *zone_leading_sets(const GPtrArray *sets)
{
    static const char *const types[] = {"A", "AAAA", "CNAME", NULL};
    GPtrArray *leading = g_ptr_array_new();
    for (guint i = 0; i < sets->len; i++) {
        struct record_set *set = g_ptr_array_index(sets, i);
        if (g_strv_contains(types, set->type))
            g_ptr_array_add(leading, set);
    }
    return leading;
}

static void forget_records(struct crossing *crossing)
{
    zone_call_cancel(g_steal_pointer(&crossing->reading));
    attempt_clear(&crossing->read);
    for (guint i = 0; i < crossing->n_travellers; i++) {
        struct traveller *traveller = &crossing->travellers[i];
        json_decref(g_steal_pointer(&traveller->record));
        g_clear_pointer(&traveller->record_why, g_free);
        traveller->record_read = false;
    }
}

void crossing_follow_reads(struct crossing *crossing)
{
    gssize reads = failover_reads(crossing->failover);
    bool back = crossing->failover->reverting;
    if (reads == crossing->reads && (reads < 0 || back == crossing->reads_back))
        return;
    crossing->reads = reads;
    crossing->reads_back = back;
    forget_records(crossing);
}

void crossing_forget_looks(struct crossing *crossing)
{
    forget_records(crossing);
    crossing->reads = -1;
    zone_call_cancel(g_steal_pointer(&crossing->asking));
    g_clear_pointer(&crossing->asked, g_free);
    g_clear_pointer(&crossing->insync_why, g_free);
    crossing_forget_residents(crossing);
    for (guint i = 0; i < crossing->n_travellers; i++) {
        traveller_forget_verify(&crossing->travellers[i]);
        attempt_clear(&crossing->travellers[i].verified);
        crossing->travellers[i].record_taken = false;
    }
}

/* Of a batch: those whose records can be asked for. */
static GPtrArray *named_travellers(const struct crossing *crossing, gssize place)
{
    const struct failover_batch *batch = failover_batch_at(crossing->failover, (guint)place);
    GPtrArray *named = g_ptr_array_new();
    for (guint i = batch->first; i < batch->first + batch->n; i++)
        if (failover_tenant_at(crossing->failover, i)->plan->record)
            g_ptr_array_add(named, &crossing->travellers[i]);
    return named;
}

static void take_record(struct traveller *traveller, const GPtrArray *sets)
{
    g_autoptr(GPtrArray) leading = zone_leading_sets(sets);
    const struct record_set *set = leading->len ? g_ptr_array_index(leading, 0) : NULL;
    traveller->record_read = true;
    if (leading->len > 1)
        traveller->record_why = g_strdup_printf(
            "%u record sets stand at its name, and only one can be replaced", leading->len);
    else if (set && set->foreign)
        traveller->record_why =
            g_strdup_printf("its record has %s, which only a person may change", set->foreign);
    traveller->record = set && leading->len == 1 ? record_set_json(set) : NULL;
}

static void on_records(GPtrArray *const *sets, const GError *error, gpointer data)
{
    struct crossing *crossing = data;
    g_autoptr(GPtrArray) named = named_travellers(crossing, crossing->reads);
    crossing->reading = NULL;
    if (error) {
        conduct_complain(&crossing->base, "read the zone", error);
        attempt_failed(&crossing->read, error->message);
    } else {
        for (guint i = 0; i < named->len; i++)
            take_record(g_ptr_array_index(named, i), sets[i]);
        attempt_ends(&crossing->read, OUTCOME_DONE, NULL);
    }
    conduct_wake(&crossing->base);
}

static void read_records(struct crossing *crossing)
{
    const struct world *world = crossing->base.world;
    if (crossing->reads < 0 || crossing->reading ||
        !attempt_is_due(&crossing->read, when_boot_ms()))
        return;
    g_autoptr(GPtrArray) named = named_travellers(crossing, crossing->reads);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < named->len; i++)
        g_ptr_array_add(names, traveller_tenant(g_ptr_array_index(named, i))->plan->record);
    g_ptr_array_add(names, NULL);
    const char *why, *zone = crossing_zone(crossing, &why);
    if (!zone)
        attempt_failed(&crossing->read, why);
    else if (named->len > 0)
        crossing->reading = zone_sets_read(world->client, zone, (const char *const *)names->pdata,
                                           CONDUCT_CALL_MS, on_records, crossing);
}

static void on_status(const char *id, enum zone_status status, const GError *error, gpointer data)
{
    struct crossing *crossing = data;
    (void)id;
    crossing->asking = NULL;
    g_clear_pointer(&crossing->insync_why, g_free);
    if (error) {
        conduct_complain(&crossing->base, "ask for a change of the zone", error);
        crossing->insync_why = g_strdup(error->message);
    } else if (status == ZONE_INSYNC) {
        g_hash_table_add(crossing->insync_ids, g_strdup(crossing->asked));
    }
    conduct_wake(&crossing->base);
}

/* A change of the batch that is not known to be everywhere; NULL: all are. */
static const char *pending_change(const struct crossing *crossing,
                                  const struct failover_batch *batch)
{
    for (guint i = 0; i < batch->changes->len; i++) {
        const char *id = g_ptr_array_index(batch->changes, i);
        if (!g_hash_table_contains(crossing->insync_ids, id))
            return id;
    }
    return NULL;
}

static void ask_change(struct crossing *crossing, const char *id, gint64 mono_ms)
{
    bool again = g_strcmp0(id, crossing->asked) == 0;
    if (crossing->asking || mono_ms < crossing->next_ask_mono_ms)
        return;
    crossing->next_ask_mono_ms = mono_ms + (again ? INSYNC_PACE_MS : INSYNC_FIRST_MS);
    g_free(crossing->asked);
    crossing->asked = g_strdup(id);
    crossing->asking =
        zone_change_status(crossing->base.world->client, id, CONDUCT_CALL_MS, on_status, crossing);
}

/* One question at a time, the oldest batch first: what comes later is not there before it. */
static void ask_insync(struct crossing *crossing)
{
    const struct failover *failover = crossing->failover;
    gint64 mono_ms = when_boot_ms();
    for (guint i = 0; i < failover->batches->len; i++) {
        const struct failover_batch *batch = failover_batch_at(failover, i);
        bool awaited = failover_awaits_insync(failover, batch);
        const char *id = awaited ? pending_change(crossing, batch) : NULL;
        enum outcome before = crossing->insync[i];
        crossing->insync[i] = awaited && !id ? OUTCOME_DONE : OUTCOME_UNKNOWN;
        if (id)
            ask_change(crossing, id, mono_ms);
        else if (awaited && before != OUTCOME_DONE)
            conduct_wake(&crossing->base);
    }
}

void crossing_look(struct crossing *crossing)
{
    crossing_follow_reads(crossing);
    read_records(crossing);
    ask_insync(crossing);
    crossing_verify(crossing);
    crossing_count(crossing);
}
