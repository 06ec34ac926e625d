#include "rollout/drift.h"

#include "data/base/text.h"
#include "data/dns.h"
#include "data/whereabouts.h"
#include "data/witness_read.h"

#include <gio/gio.h>
#include <string.h>

static void free_tenant(gpointer p)
{
    struct drift_tenant *at = p;
    for (int i = 0; i < WITNESSES; i++)
        witness_clear(&at->witnesses[i]);
    g_free(at->record);
    g_free(at->no_record);
    g_free(at->verdict);
    g_free(at);
}

static void free_orphan(gpointer p)
{
    struct orphan *orphan = p;
    g_free(orphan->name);
    g_free(orphan->cell);
    g_free(orphan->told);
    g_free(orphan);
}

void drift_free(struct drift *drift)
{
    if (!drift)
        return;
    g_ptr_array_unref(drift->tenants);
    g_ptr_array_unref(drift->orphans);
    g_free(drift->zone_error);
    snapshot_unref(drift->snapshot);
    g_free(drift);
}

guint drift_count(const struct drift *drift, enum agreement agreement)
{
    guint n = 0;
    for (guint i = 0; i < drift->tenants->len; i++)
        n += ((const struct drift_tenant *)drift->tenants->pdata[i])->agreement == agreement;
    return n;
}

static void judge(struct drift_tenant *at)
{
    g_free(at->verdict);
    at->verdict = witness_verdict(at->witnesses, &at->agreement);
}

static void read_zone(struct drift_tenant *at, const struct drift *drift, GHashTable *names)
{
    struct witness *witness = &at->witnesses[WITNESS_ZONE];
    const struct config *config = drift->snapshot->config;
    if (!at->record) {
        witness_set(witness, WITNESS_NOT_ASKED, 0, NULL, g_strdup(at->no_record));
        return;
    }
    if (!names) {
        witness_set(witness, drift->zone_failed ? WITNESS_FAILED : WITNESS_NOT_ASKED, 0, NULL,
                    g_strdup(drift->zone_error));
        return;
    }
    g_autofree char *plain = dns_plain(at->record);
    g_autoptr(GPtrArray) empty = g_ptr_array_new();
    const struct zone_record none = {.targets = empty, .values = empty, .ttl_s = -1};
    const struct zone_record *record = g_hash_table_lookup(names, plain);
    witness_read_zone(witness, config, record ? record : &none, drift->snapshot->at_ms);
}

static struct drift_tenant *look_at(const struct drift *drift, const struct tenant *tenant,
                                    GHashTable *names)
{
    struct drift_tenant *at = g_new0(struct drift_tenant, 1);
    at->tenant = tenant;
    at->record = whereabouts_record(drift->snapshot->config, tenant, &at->no_record);
    at->shared_with =
        whereabouts_namesake(drift->snapshot->config, drift->snapshot->registry, tenant);
    whereabouts_registry(&at->witnesses[WITNESS_REGISTRY], drift->snapshot, tenant);
    read_zone(at, drift, names);
    judge(at);
    return at;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    const struct orphan *x = *(const struct orphan *const *)a;
    const struct orphan *y = *(const struct orphan *const *)b;
    return strcmp(x->name, y->name);
}

/* Names that are there for celldeck or for people, and no tenant's. */
static GHashTable *names_of_ours(const struct drift *drift)
{
    GHashTable *ours = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < drift->tenants->len; i++) {
        const struct drift_tenant *at = drift->tenants->pdata[i];
        if (at->record)
            g_hash_table_add(ours, dns_plain(at->record));
    }
    const GPtrArray *cells = drift->snapshot->config->cells;
    for (guint i = 0; i < cells->len; i++) {
        const struct cell_config *cell = cells->pdata[i];
        g_autoptr(GUri) uri = g_uri_parse(cell->endpoint, G_URI_FLAGS_NONE, NULL);
        if (uri && g_uri_get_host(uri))
            g_hash_table_add(ours, dns_plain(g_uri_get_host(uri)));
        if (cell->dns_name)
            g_hash_table_add(ours, dns_plain(cell->dns_name));
    }
    return ours;
}

/* Has the form of tenants' names: the zone's own name, and what stands elsewhere in it, has not. */
static bool is_like_a_tenants(const struct config *config, const char *name)
{
    const char *pattern = config->failover.record, *open = pattern ? strchr(pattern, '{') : NULL;
    const char *close = pattern ? strrchr(pattern, '}') : NULL;
    if (!open || !close)
        return false;
    g_autofree char *prefix = g_strndup(pattern, (gsize)(open - pattern));
    g_autofree char *before = g_ascii_strdown(prefix, -1), *after = dns_plain(close + 1);
    return g_str_has_prefix(name, before) && g_str_has_suffix(name, after) &&
           strlen(name) > strlen(before) + strlen(after);
}

/* An address as DNS's answers write it, which are compared with it. */
static char *plain_address(const char *text)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(text);
    return address ? g_inet_address_to_string(address) : g_strdup(text);
}

/* NULL: its addresses are no cell's. */
static struct orphan *orphan_by_address(const char *name, const struct zone_record *record,
                                        const struct cell_addresses *addresses, const char *told)
{
    g_autoptr(GPtrArray) plain = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < record->values->len; i++)
        g_ptr_array_add(plain, plain_address(record->values->pdata[i]));
    const char *cell = cell_addresses_place(addresses, plain);
    if (!cell)
        return NULL;
    struct orphan *orphan = g_new(struct orphan, 1);
    *orphan = (struct orphan){g_strdup(name), *cell ? g_strdup(cell) : NULL,
                              *cell ? g_strdup(told)
                                    : g_strdup_printf("%s, which several cells have", told)};
    return orphan;
}

/* NULL: it leads to no cell, as far as is known. */
static struct orphan *orphan_of(const struct drift *drift, const char *name,
                                const struct zone_record *record,
                                const struct cell_addresses *addresses)
{
    const struct config *config = drift->snapshot->config;
    struct orphan *orphan = NULL;
    struct witness witness = {0};
    witness_read_zone(&witness, config, record, drift->snapshot->at_ms);
    if (witness.state == WITNESS_NAMES) {
        orphan = g_new(struct orphan, 1);
        *orphan = (struct orphan){g_strdup(name), g_steal_pointer(&witness.cell),
                                  g_steal_pointer(&witness.told)};
    } else if (witness.state == WITNESS_SILENT && addresses && is_like_a_tenants(config, name)) {
        orphan = orphan_by_address(name, record, addresses, witness.told);
    }
    witness_clear(&witness);
    return orphan;
}

static void find_orphans(struct drift *drift, GHashTable *names,
                         const struct cell_addresses *addresses)
{
    g_autoptr(GHashTable) ours = names_of_ours(drift);
    GHashTableIter iter;
    gpointer name, record;
    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &name, &record)) {
        bool known = g_hash_table_contains(ours, name);
        struct orphan *orphan = known ? NULL : orphan_of(drift, name, record, addresses);
        if (orphan)
            g_ptr_array_add(drift->orphans, orphan);
    }
    g_ptr_array_sort(drift->orphans, by_name);
}

struct drift *drift_of(struct snapshot *snapshot, GHashTable *names,
                       const struct cell_addresses *addresses, const char *zone_error)
{
    struct drift *drift = g_new0(struct drift, 1);
    drift->snapshot = snapshot_ref(snapshot);
    drift->zone_error = names ? NULL : g_strdup(zone_error);
    drift->zone_failed = !names && snapshot->config->failover.zone_id;
    drift->tenants = g_ptr_array_new_with_free_func(free_tenant);
    drift->orphans = g_ptr_array_new_with_free_func(free_orphan);
    const struct registry *registry = snapshot->registry;
    for (guint i = 0; registry && i < registry->tenants->len; i++)
        g_ptr_array_add(drift->tenants, look_at(drift, registry->tenants->pdata[i], names));
    if (names && registry && registry->complete)
        find_orphans(drift, names, addresses);
    return drift;
}

GArray *drift_to_ask(const struct drift *drift, bool everybody)
{
    static const struct {
        enum agreement agreement;
        guint most;
    } groups[] = {{AGREEMENT_BROKEN, DRIFT_DOUBTS},
                  {AGREEMENT_NONE, DRIFT_UNKNOWN},
                  {AGREEMENT_FULL, DRIFT_SAMPLE}};
    GArray *asked = g_array_new(FALSE, FALSE, sizeof(guint));
    for (size_t g = 0; g < G_N_ELEMENTS(groups); g++) {
        g_autoptr(GArray) group = g_array_new(FALSE, FALSE, sizeof(guint));
        for (guint i = 0; i < drift->tenants->len; i++) {
            const struct drift_tenant *at = drift->tenants->pdata[i];
            if (at->record && at->agreement == groups[g].agreement)
                g_array_append_val(group, i);
        }
        guint n = everybody ? group->len : MIN(group->len, groups[g].most);
        for (guint i = 0; i < n; i++) {
            guint place = g_array_index(group, guint, (guint64)i * group->len / n);
            g_array_append_val(asked, place);
        }
    }
    return asked;
}

void drift_take(struct drift *drift, guint place, const struct witness *witnesses)
{
    struct drift_tenant *at = drift->tenants->pdata[place];
    for (int i = WITNESS_DNS; i < WITNESSES; i++)
        witness_set(&at->witnesses[i], witnesses[i].state, witnesses[i].at_ms,
                    g_strdup(witnesses[i].cell), g_strdup(witnesses[i].told));
    if (!at->asked)
        drift->asked++;
    at->asked = true;
    judge(at);
}

static json_t *tenant_json(const struct drift_tenant *at, gint64 now_ms)
{
    const char *other = at->shared_with ? at->shared_with->id : NULL;
    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "tenant", text_json(at->tenant->id),
                     "status", tenant_status_name(at->tenant->status), "record",
                     text_json(at->record), "record_shared_with", text_json(other), "verdict",
                     text_json(at->verdict), "witnesses", witness_json(at->witnesses, now_ms));
}

static json_t *tenants_json(const struct drift *drift, enum agreement agreement, gint64 now_ms)
{
    json_t *all = json_array();
    for (guint i = 0; i < drift->tenants->len; i++) {
        const struct drift_tenant *at = drift->tenants->pdata[i];
        if (at->agreement == agreement)
            json_array_append_new(all, tenant_json(at, now_ms));
    }
    return all;
}

json_t *drift_json(const struct drift *drift, gint64 now_ms)
{
    const struct registry *registry = drift->snapshot->registry;
    json_t *orphans = json_array();
    for (guint i = 0; i < drift->orphans->len; i++) {
        const struct orphan *orphan = drift->orphans->pdata[i];
        json_array_append_new(orphans,
                              json_pack("{s:o, s:o, s:o}", "name", text_json(orphan->name), "cell",
                                        text_json(orphan->cell), "told", text_json(orphan->told)));
    }
    return json_pack("{s:i, s:b, s:i, s:o, s:o, s:o, s:i, s:o}", "tenants",
                     (int)drift->tenants->len, "complete", registry && registry->complete, "agree",
                     (int)drift_count(drift, AGREEMENT_FULL), "drifted",
                     tenants_json(drift, AGREEMENT_BROKEN, now_ms), "unproven",
                     tenants_json(drift, AGREEMENT_NONE, now_ms), "orphans", orphans, "asked",
                     (int)drift->asked, "zone_error", text_json(drift->zone_error));
}
