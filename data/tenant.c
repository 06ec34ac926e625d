#include "data/fleet.h"

#include "data/base/text.h"

#include <string.h>

const char *tenant_status_name(enum tenant_status status)
{
    static const char *const names[] = {"ACTIVE", "MIGRATING", "DOWN"};
    return names[status];
}

const char *tenant_tier_name(enum tenant_tier tier)
{
    return tier == TIER_ENTERPRISE ? "ENTERPRISE" : "STANDARD";
}

/* Where a tenant keeps its texts. */
static const size_t texts[] = {
    offsetof(struct tenant, id),          offsetof(struct tenant, cell),
    offsetof(struct tenant, region),      offsetof(struct tenant, subdomain),
    offsetof(struct tenant, residency),   offsetof(struct tenant, name),
    offsetof(struct tenant, environment), offsetof(struct tenant, failover_cell),
    offsetof(struct tenant, fault),       offsetof(struct tenant, updated),
};

static const char **text_at(const struct tenant *tenant, size_t i)
{
    return (const char **)(void *)((char *)tenant + texts[i]);
}

struct tenant *tenant_new(const struct tenant *draft)
{
    size_t sizes[G_N_ELEMENTS(texts)], size = sizeof *draft;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *text = *text_at(draft, i);
        sizes[i] = text ? strlen(text) + 1 : 0;
        size += sizes[i];
    }
    struct tenant *tenant = g_malloc(size);
    *tenant = *draft;
    g_atomic_ref_count_init(&tenant->refs);
    char *at = (char *)(tenant + 1);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); at += sizes[i], i++)
        if (sizes[i])
            *text_at(tenant, i) = memcpy(at, *text_at(draft, i), sizes[i]);
    return tenant;
}

struct tenant *tenant_ref(struct tenant *tenant)
{
    g_atomic_ref_count_inc(&tenant->refs);
    return tenant;
}

void tenant_unref(struct tenant *tenant)
{
    if (g_atomic_ref_count_dec(&tenant->refs))
        g_free(tenant);
}

static int by_id(gconstpointer a, gconstpointer b)
{
    const struct tenant *const *x = a, *const *y = b;
    return strcmp((*x)->id, (*y)->id);
}

/* Those that come out of cache.db have been marked. */
static void mark_twins(GPtrArray *tenants)
{
    static const char twin[] = "another item has this tenantId";
    for (guint i = 1; i < tenants->len; i++) {
        struct tenant *tenant = tenants->pdata[i];
        const struct tenant *before = tenants->pdata[i - 1];
        if (strcmp(tenant->id, before->id) != 0 ||
            (tenant->fault && g_str_has_suffix(tenant->fault, twin)))
            continue;
        struct tenant marked = *tenant;
        g_autofree char *fault =
            g_strconcat(tenant->fault ? tenant->fault : "", tenant->fault ? "; " : "", twin, NULL);
        marked.fault = fault;
        tenants->pdata[i] = tenant_new(&marked);
        tenant_unref(tenant);
    }
}

static void add_up(GHashTable *tallies, const struct tenant *tenant)
{
    if (!tenant->cell)
        return;
    struct tenant_tally *tally = g_hash_table_lookup(tallies, tenant->cell);
    if (!tally) {
        tally = g_new0(struct tenant_tally, 1);
        g_hash_table_insert(tallies, g_strdup(tenant->cell), tally);
    }
    tally->tenants++;
    tally->registered_users += MAX(0, tenant->current_users);
    tally->quota_users += MAX(0, tenant->max_users);
    tally->quota_patients += MAX(0, tenant->max_patients);
    tally->without_patients += tenant->max_patients < 0;
}

/* As DNS compares names. */
static guint name_hash(gconstpointer name)
{
    guint hash = 5381;
    for (const char *at = name; *at; at++)
        hash = hash * 33 + (guchar)g_ascii_tolower(*at);
    return hash;
}

static gboolean name_equal(gconstpointer a, gconstpointer b)
{
    return g_ascii_strcasecmp(a, b) == 0;
}

/* The first two that have a subdomain. */
struct namesakes {
    const struct tenant *one, *other;
};

static GHashTable *find_shared(const GPtrArray *tenants)
{
    g_autoptr(GHashTable) first = g_hash_table_new(name_hash, name_equal);
    GHashTable *shared = NULL;
    for (guint i = 0; i < tenants->len; i++) {
        struct tenant *tenant = tenants->pdata[i];
        if (!tenant->subdomain || !*tenant->subdomain)
            continue;
        const struct tenant *one = g_hash_table_lookup(first, tenant->subdomain);
        if (!one)
            g_hash_table_insert(first, (gpointer)tenant->subdomain, tenant);
        if (!one || strcmp(one->id, tenant->id) == 0)
            continue;
        if (!shared)
            shared = g_hash_table_new_full(name_hash, name_equal, NULL, g_free);
        if (g_hash_table_contains(shared, one->subdomain))
            continue;
        struct namesakes *both = g_new(struct namesakes, 1);
        *both = (struct namesakes){one, tenant};
        g_hash_table_insert(shared, (gpointer)one->subdomain, both);
    }
    return shared;
}

const struct tenant *registry_namesake(const struct registry *registry, const struct tenant *tenant)
{
    const struct namesakes *both = registry->shared && tenant->subdomain
                                       ? g_hash_table_lookup(registry->shared, tenant->subdomain)
                                       : NULL;
    if (!both)
        return NULL;
    return strcmp(both->one->id, tenant->id) == 0 ? both->other : both->one;
}

struct registry *registry_new(GPtrArray *tenants, gint64 at_ms, bool complete)
{
    struct registry *registry = g_new0(struct registry, 1);
    g_atomic_ref_count_init(&registry->refs);
    registry->at_ms = at_ms;
    registry->complete = complete;
    registry->tenants = tenants;
    registry->tallies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_ptr_array_sort(tenants, by_id);
    mark_twins(tenants);
    for (guint i = 0; i < tenants->len; i++)
        add_up(registry->tallies, tenants->pdata[i]);
    registry->shared = find_shared(tenants);
    return registry;
}

struct registry *registry_again(const struct registry *before, gint64 at_ms, bool complete)
{
    struct registry *registry = g_new0(struct registry, 1);
    g_atomic_ref_count_init(&registry->refs);
    registry->at_ms = at_ms;
    registry->complete = complete;
    registry->tenants = g_ptr_array_ref(before->tenants);
    registry->tallies = g_hash_table_ref(before->tallies);
    registry->shared = before->shared ? g_hash_table_ref(before->shared) : NULL;
    return registry;
}

struct tenant_tally registry_tally(const struct registry *registry, const char *cell)
{
    const struct tenant_tally *tally =
        registry ? g_hash_table_lookup(registry->tallies, cell) : NULL;
    return tally ? *tally : (struct tenant_tally){0};
}

char *registry_count_text(const struct registry *registry, gint64 count)
{
    if (!registry)
        return g_strdup("–");
    g_autofree char *text = text_count(count);
    return registry->complete ? g_steal_pointer(&text) : g_strconcat("≥", text, NULL);
}

struct registry *registry_ref(struct registry *registry)
{
    g_atomic_ref_count_inc(&registry->refs);
    return registry;
}

void registry_unref(struct registry *registry)
{
    if (!registry || !g_atomic_ref_count_dec(&registry->refs))
        return;
    g_ptr_array_unref(registry->tenants);
    g_hash_table_unref(registry->tallies);
    g_clear_pointer(&registry->shared, g_hash_table_unref);
    g_free(registry);
}

gint64 registry_place(const struct registry *registry, const char *id)
{
    guint low = 0, high = registry->tenants->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const struct tenant *tenant = registry->tenants->pdata[middle];
        int order = strcmp(tenant->id, id);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

const struct tenant *registry_tenant(const struct registry *registry, const char *id)
{
    gint64 place = registry_place(registry, id);
    return place < 0 ? NULL : registry->tenants->pdata[place];
}

const struct tenant *snapshot_tenant(const struct snapshot *snapshot, const char *id)
{
    return snapshot->registry ? registry_tenant(snapshot->registry, id) : NULL;
}

bool tenant_equal(const struct tenant *a, const struct tenant *b)
{
    return a->tier == b->tier && a->status == b->status && a->max_users == b->max_users &&
           a->max_patients == b->max_patients && a->current_users == b->current_users &&
           a->created_ms == b->created_ms && a->updated_ms == b->updated_ms &&
           strcmp(a->id, b->id) == 0 && g_strcmp0(a->cell, b->cell) == 0 &&
           g_strcmp0(a->region, b->region) == 0 && g_strcmp0(a->subdomain, b->subdomain) == 0 &&
           g_strcmp0(a->residency, b->residency) == 0 && g_strcmp0(a->name, b->name) == 0 &&
           g_strcmp0(a->failover_cell, b->failover_cell) == 0 &&
           g_strcmp0(a->environment, b->environment) == 0 && g_strcmp0(a->fault, b->fault) == 0 &&
           g_strcmp0(a->updated, b->updated) == 0;
}

bool tenant_is_production(const struct tenant *tenant, const struct cell_config *cell)
{
    static const char *const others[] = {"dev", "test", "staging", NULL};
    if (cell && cell->class == CLASS_DEV)
        return false;
    return !tenant->environment || !g_strv_contains(others, tenant->environment);
}
