#include "rollout/failover_origins.h"

#include <string.h>

struct origins {
    gatomicrefcount refs;
    GHashTable *by_tenant; /* its id, which is the origin's -> struct origin *, a reference each */
};

/* Cells and operations are few, and each is named by many tenants. */
static const char *shared(const char *text)
{
    return g_ref_string_new_intern(text);
}

static void clear_origin(gpointer p)
{
    struct origin *origin = p;
    const char *texts[] = {origin->cell, origin->by_hand, origin->operation};
    g_free((char *)origin->tenant);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (texts[i])
            g_ref_string_release((char *)texts[i]);
    for (const char **from = origin->from; *from; from++)
        g_ref_string_release((char *)*from);
}

static void release_origin(gpointer p)
{
    g_atomic_rc_box_release_full(p, clear_origin);
}

struct origins *origins_new(const struct origins *before)
{
    struct origins *origins = g_new(struct origins, 1);
    g_atomic_ref_count_init(&origins->refs);
    origins->by_tenant = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, release_origin);
    GHashTableIter iter;
    gpointer tenant, origin;
    if (before)
        g_hash_table_iter_init(&iter, before->by_tenant);
    while (before && g_hash_table_iter_next(&iter, &tenant, &origin))
        g_hash_table_insert(origins->by_tenant, tenant, g_atomic_rc_box_acquire(origin));
    return origins;
}

struct origins *origins_ref(struct origins *origins)
{
    g_atomic_ref_count_inc(&origins->refs);
    return origins;
}

void origins_unref(struct origins *origins)
{
    if (!origins || !g_atomic_ref_count_dec(&origins->refs))
        return;
    g_hash_table_unref(origins->by_tenant);
    g_free(origins);
}

static const struct origin *find(GHashTable *by_tenant, const char *tenant, const char *cell)
{
    const struct origin *origin = g_hash_table_lookup(by_tenant, tenant);
    return origin && g_strcmp0(origin->cell, cell) == 0 ? origin : NULL;
}

const struct origin *origins_of(const struct origins *origins, const char *tenant, const char *cell)
{
    return origins ? find(origins->by_tenant, tenant, cell) : NULL;
}

/* The way back from where it was; none, where it came there by another way than is known. */
static const char *const *way_before(const struct origins *origins, const struct went *went)
{
    static const char *const none[] = {NULL};
    const struct origin *before = find(origins->by_tenant, went->tenant, went->from);
    return before ? before->from : none;
}

/* From where it is now: the cell that it left, and on from there as before; or, where it has gone
 * back along that way, what is left of it. */
static void set_way(struct origin *origin, const char *const *before, const struct went *went)
{
    const char *const *rest = before;
    guint n = 0;
    while (*rest && strcmp(*rest, went->to) != 0)
        rest++;
    if (!*rest) {
        origin->from[n++] = shared(went->from);
        rest = before;
    } else {
        rest++;
    }
    for (; *rest && n < ORIGINS_MOST; rest++)
        origin->from[n++] = shared(*rest);
}

void origins_add(struct origins *origins, const struct went *went)
{
    struct origin *origin = g_atomic_rc_box_new0(struct origin);
    origin->tenant = g_strdup(went->tenant);
    origin->cell = shared(went->to);
    origin->operation = shared(went->operation);
    if (went->by_hand)
        origin->by_hand = shared(went->from);
    else
        set_way(origin, way_before(origins, went), went);
    g_hash_table_replace(origins->by_tenant, (gpointer)origin->tenant, origin);
}
