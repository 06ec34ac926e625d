#include "data/registry_known.h"

struct registry_known {
    gatomicrefcount refs;
    struct siphash_key key;
    struct registry *registry; /* NULL: nothing is known */
    GArray *items;             /* struct registry_item */
    GHashTable *by_hash;       /* struct registry_item *, in `items` */
};

static guint hash_of(gconstpointer item)
{
    return (guint)((const struct registry_item *)item)->hash.low;
}

static gboolean same_text(gconstpointer a, gconstpointer b)
{
    const struct siphash *x = &((const struct registry_item *)a)->hash;
    const struct siphash *y = &((const struct registry_item *)b)->hash;
    return x->low == y->low && x->high == y->high;
}

static void let_go(gpointer item)
{
    struct tenant *tenant = ((struct registry_item *)item)->tenant;
    if (tenant)
        tenant_unref(tenant);
}

GArray *registry_items_new(void)
{
    GArray *items = g_array_new(FALSE, FALSE, sizeof(struct registry_item));
    g_array_set_clear_func(items, let_go);
    return items;
}

/* Takes `items`. */
static struct registry_known *known_new(const struct siphash_key *key, GArray *items)
{
    struct registry_known *known = g_new0(struct registry_known, 1);
    g_atomic_ref_count_init(&known->refs);
    known->key = *key;
    known->items = items;
    known->by_hash = g_hash_table_new(hash_of, same_text);
    return known;
}

struct registry_known *registry_known_new(void)
{
    struct siphash_key key = siphash_key_new();
    return known_new(&key, registry_items_new());
}

struct registry_known *registry_known_next(const struct registry_known *before, GArray *items,
                                           struct registry *registry)
{
    struct registry_known *known = known_new(&before->key, items);
    known->registry = registry_ref(registry);
    for (guint i = 0; i < items->len; i++) {
        struct registry_item *item = &g_array_index(items, struct registry_item, i);
        item->place = i;
        g_hash_table_add(known->by_hash, item);
    }
    return known;
}

struct registry_known *registry_known_ref(struct registry_known *known)
{
    g_atomic_ref_count_inc(&known->refs);
    return known;
}

void registry_known_unref(struct registry_known *known)
{
    if (!known || !g_atomic_ref_count_dec(&known->refs))
        return;
    g_hash_table_unref(known->by_hash);
    g_array_unref(known->items);
    registry_unref(known->registry);
    g_free(known);
}

struct siphash registry_known_hash(const struct registry_known *known, const char *text,
                                   size_t length)
{
    return siphash(&known->key, text, length);
}

bool registry_known_find(const struct registry_known *known, const char *text, size_t length,
                         struct registry_item *item)
{
    item->hash = registry_known_hash(known, text, length);
    const struct registry_item *found = g_hash_table_lookup(known->by_hash, item);
    if (!found)
        return false;
    *item = *found;
    tenant_ref(item->tenant);
    return true;
}

bool registry_known_is_of(const struct registry_known *known, const struct registry *registry)
{
    return registry && known->registry == registry;
}
