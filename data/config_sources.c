/* What a cell's sources of metrics and alarms are called after: its region, and where the cells of
 * one region are reached in several ways (roles, accounts), what tells those apart. */
#include "data/config_schema.h"

#include <string.h>

/* All ways to reach cells of one region, or of one account in it: place -> set of ways. */
static GHashTable *places_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                 (GDestroyNotify)g_hash_table_unref);
}

/* Takes `place` and `way`. */
static void add_way(GHashTable *places, char *place, char *way)
{
    GHashTable *ways = g_hash_table_lookup(places, place);
    if (!ways) {
        ways = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(places, g_strdup(place), ways);
    }
    g_free(place);
    g_hash_table_add(ways, way);
}

static bool is_shared(GHashTable *places, const char *place)
{
    return g_hash_table_size(g_hash_table_lookup(places, place)) > 1;
}

/* The account that is read: its role's (arn:aws:iam::ACCOUNT:role/NAME), else the one that a
 * monitoring account shows. NULL: the client's own. Caller frees. */
static char *account_of(const struct cell_config *cell)
{
    if (!cell->role_arn)
        return g_strdup(cell->account);
    g_auto(GStrv) parts = g_strsplit(cell->role_arn, ":", 6);
    bool named = g_strv_length(parts) == 6 && *parts[4];
    return g_strdup(named ? parts[4] : cell->role_arn);
}

static const char *role_name(const struct cell_config *cell)
{
    const char *slash = cell->role_arn ? strchr(cell->role_arn, '/') : NULL;
    return slash ? slash + 1 : cell->role_arn;
}

static char *account_place(const struct cell_config *cell)
{
    g_autofree char *account = account_of(cell);
    return g_strdup_printf("%s %s", cell->region, account ? account : "");
}

static char *source_name(GHashTable *places, const struct cell_config *cell)
{
    if (!is_shared(places, cell->region) || (!cell->role_arn && !cell->account))
        return g_strdup(cell->region);
    g_autofree char *place = account_place(cell);
    if (!is_shared(places, place) || !cell->role_arn)
        return g_steal_pointer(&place);
    return g_strdup_printf("%s %s", place, role_name(cell));
}

void config_name_sources(struct config *config)
{
    g_autoptr(GHashTable) places = places_new();
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = config->cells->pdata[i];
        if (!cell->region)
            continue;
        const char *way = cell->role_arn ? cell->role_arn : cell->account;
        add_way(places, g_strdup(cell->region), g_strdup(way ? way : ""));
        add_way(places, account_place(cell), g_strdup(way ? way : ""));
    }
    for (guint i = 0; i < config->cells->len; i++) {
        struct cell_config *cell = config->cells->pdata[i];
        cell->source = cell->region ? source_name(places, cell) : NULL;
    }
}
