#include "rollout/observed.h"

#include "data/base/text.h"
#include "data/base/when.h"

#include <string.h>

gint64 observed_settle_ms(gint64 period_ms)
{
    return CLAMP(3 * period_ms, 15 * WHEN_SECOND, WHEN_MINUTE);
}

static void free_moved(gpointer p)
{
    struct moved *moved = p;
    tenant_unref(moved->tenant);
    g_free(moved->from);
    g_free(moved);
}

void difference_clear(struct difference *difference)
{
    g_ptr_array_unref(difference->moved);
    g_ptr_array_unref(difference->settled);
}

/* Observed by somebody else since, among tenants of which not all ids are recorded. */
static bool is_told_partly(const struct sayings *sayings, const char *from, const char *to,
                           gint64 as_of_ms)
{
    for (guint i = 0; i < sayings->partly->len; i++) {
        const struct observed *observed = sayings->partly->pdata[i];
        if (strcmp(observed->from, from) == 0 && strcmp(observed->to, to) == 0 &&
            observed->seen_ms >= as_of_ms)
            return true;
    }
    return false;
}

static void add_moved(struct difference *difference, struct tenant *tenant, const char *from,
                      gint64 after_ms)
{
    struct moved *moved = g_new(struct moved, 1);
    *moved = (struct moved){tenant_ref(tenant), g_strdup(from), after_ms};
    g_ptr_array_add(difference->moved, moved);
}

/* By its home alone: the journal has said nothing of this tenant. */
static void compare_away(struct difference *difference, const struct away *away, gint64 as_of_ms,
                         const struct sayings *sayings)
{
    if (is_told_partly(sayings, away->home, away->tenant->cell, as_of_ms))
        g_ptr_array_add(difference->settled, away->tenant);
    else
        add_moved(difference, away->tenant, away->home, as_of_ms);
}

/* The registry's only item of the tenant that names a cell, or NULL. */
static struct tenant *only_item(const struct registry *registry, const char *id)
{
    gint64 place = registry_place(registry, id);
    if (place < 0)
        return NULL;
    const GPtrArray *tenants = registry->tenants;
    struct tenant *tenant = tenants->pdata[place];
    const struct tenant *before = place > 0 ? tenants->pdata[place - 1] : NULL;
    const struct tenant *after = place + 1 < tenants->len ? tenants->pdata[place + 1] : NULL;
    bool twice = (before && strcmp(before->id, id) == 0) || (after && strcmp(after->id, id) == 0);
    return twice || !tenant->cell || !*tenant->cell ? NULL : tenant;
}

static gint by_tenant(gconstpointer a, gconstpointer b)
{
    const struct moved *x = *(const struct moved *const *)a, *y = *(const struct moved *const *)b;
    return strcmp(x->tenant->id, y->tenant->id);
}

/* Whoever was spoken of lives where that said, whatever their home is: they may have been moved and
 * moved back while nobody looked. */
static void compare_said(struct difference *difference, const struct registry *registry,
                         gint64 quiet_ms, gint64 as_of_ms, const struct sayings *sayings)
{
    GHashTableIter iter;
    gpointer id, value;
    g_hash_table_iter_init(&iter, sayings->said);
    while (g_hash_table_iter_next(&iter, &id, &value)) {
        const struct said *said = value;
        struct tenant *tenant = only_item(registry, id);
        if (!tenant || strcmp(tenant->cell, said->cell) == 0)
            continue;
        if (g_hash_table_contains(sayings->open, id) || said->at_ms > quiet_ms)
            difference->undecided = true;
        else
            add_moved(difference, tenant, said->cell, MAX(said->at_ms, as_of_ms));
    }
}

struct difference observed_compare(const struct registry *registry, gint64 read_ms,
                                   const GPtrArray *away, gint64 as_of_ms,
                                   const struct sayings *sayings, gint64 settle_ms)
{
    struct difference difference = {g_ptr_array_new_with_free_func(free_moved), g_ptr_array_new(),
                                    false};
    for (guint i = 0; i < away->len; i++) {
        const struct away *at = away->pdata[i];
        const struct said *said = g_hash_table_lookup(sayings->said, at->tenant->id);
        if (g_hash_table_contains(sayings->open, at->tenant->id))
            difference.undecided = true;
        else if (!said)
            compare_away(&difference, at, as_of_ms, sayings);
        else if (strcmp(said->cell, at->tenant->cell) == 0)
            g_ptr_array_add(difference.settled, at->tenant);
    }
    compare_said(&difference, registry, read_ms - settle_ms, as_of_ms, sayings);
    g_ptr_array_sort(difference.moved, by_tenant);
    return difference;
}

/* One tenant's, from reading to reading. */
struct resting {
    char *from, *to;
    gint64 seen_ms; /* the first reading */
};
struct rest {
    GHashTable *tenants; /* id -> struct resting * */
    gint64 read_ms;      /* the last reading */
    gint64 since_ms;     /* the first one with changes since there were none */
};

static void free_resting(gpointer p)
{
    struct resting *resting = p;
    g_free(resting->from);
    g_free(resting->to);
    g_free(resting);
}

static GHashTable *restings_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_resting);
}

struct rest *rest_new(void)
{
    struct rest *rest = g_new0(struct rest, 1);
    rest->tenants = restings_new();
    return rest;
}

void rest_free(struct rest *rest)
{
    g_hash_table_unref(rest->tenants);
    g_free(rest);
}

static bool was_so(const struct rest *rest, const struct moved *moved)
{
    const struct resting *before = g_hash_table_lookup(rest->tenants, moved->tenant->id);
    return before && strcmp(before->from, moved->from) == 0 &&
           strcmp(before->to, moved->tenant->cell) == 0;
}

GPtrArray *rest_take(struct rest *rest, const GPtrArray *moved, gint64 read_ms)
{
    g_autoptr(GPtrArray) still = g_ptr_array_new();
    if (read_ms <= rest->read_ms)
        return g_steal_pointer(&still);
    GHashTable *now = restings_new();
    if (g_hash_table_size(rest->tenants) == 0)
        rest->since_ms = read_ms;
    for (guint i = 0; i < moved->len; i++) {
        struct moved *at = moved->pdata[i];
        bool same = was_so(rest, at);
        struct resting *resting = g_new(struct resting, 1);
        *resting = (struct resting){g_strdup(at->from), g_strdup(at->tenant->cell),
                                    same ? rest_seen_ms(rest, at->tenant->id) : read_ms};
        g_hash_table_insert(now, g_strdup(at->tenant->id), resting);
        if (same)
            g_ptr_array_add(still, at);
    }
    g_hash_table_unref(rest->tenants);
    rest->tenants = now;
    rest->read_ms = read_ms;
    if (still->len < moved->len && read_ms - rest->since_ms < OBSERVED_PATIENCE_MS)
        g_ptr_array_set_size(still, 0);
    return g_steal_pointer(&still);
}

gint64 rest_seen_ms(const struct rest *rest, const char *tenant)
{
    const struct resting *resting = g_hash_table_lookup(rest->tenants, tenant);
    return resting ? resting->seen_ms : 0;
}

void observed_free(struct observed *observed)
{
    g_free(observed->from);
    g_free(observed->to);
    g_ptr_array_unref(observed->ids);
    g_free(observed);
}

static struct observed *observed_new(const char *from, const char *to)
{
    struct observed *observed = g_new0(struct observed, 1);
    observed->from = g_strdup(from);
    observed->to = g_strdup(to);
    observed->ids = g_ptr_array_new_with_free_func(g_free);
    return observed;
}

/* The one of these two cells, made where there is none. */
static struct observed *group_of(GPtrArray *groups, const char *from, const char *to)
{
    for (guint i = 0; i < groups->len; i++) {
        struct observed *observed = groups->pdata[i];
        if (strcmp(observed->from, from) == 0 && strcmp(observed->to, to) == 0)
            return observed;
    }
    g_ptr_array_add(groups, observed_new(from, to));
    return groups->pdata[groups->len - 1];
}

static gint64 earlier(gint64 a, gint64 b)
{
    return a == 0 ? b : MIN(a, b);
}

static void add_to(struct observed *observed, const struct moved *moved, gint64 seen_ms)
{
    bool first = observed->moved++ == 0;
    if (observed->ids->len < OBSERVED_IDS_MOST)
        g_ptr_array_add(observed->ids, g_strdup(moved->tenant->id));
    observed->users += MAX(0, moved->tenant->current_users);
    observed->after_ms = first ? moved->after_ms : MIN(observed->after_ms, moved->after_ms);
    observed->seen_ms = earlier(observed->seen_ms, seen_ms);
}

static gint by_size(gconstpointer a, gconstpointer b)
{
    const struct observed *x = *(const struct observed *const *)a;
    const struct observed *y = *(const struct observed *const *)b;
    if (x->moved != y->moved)
        return x->moved < y->moved ? 1 : -1;
    int order = strcmp(x->from, y->from);
    return order ? order : strcmp(x->to, y->to);
}

GPtrArray *observed_group(const GPtrArray *moved, const struct rest *rest,
                          const struct registry *registry)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)observed_free);
    for (guint i = 0; i < moved->len; i++) {
        const struct moved *at = moved->pdata[i];
        add_to(group_of(groups, at->from, at->tenant->cell), at,
               rest_seen_ms(rest, at->tenant->id));
    }
    for (guint i = 0; i < groups->len; i++) {
        struct observed *observed = groups->pdata[i];
        observed->remaining = registry_tally(registry, observed->from).tenants;
    }
    g_ptr_array_sort(groups, by_size);
    return groups;
}
