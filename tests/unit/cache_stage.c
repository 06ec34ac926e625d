#include "tests/unit/cache_stage.h"

#include "tests/unit/scratch.h"

#include <criterion/criterion.h>

struct cache_stage cache_stage;

void cache_stage_begin(void)
{
    cache_stage.config = small_fleet(NULL);
    cache_stage.dir = scratch_new();
    cache_stage.path = g_build_filename(cache_stage.dir, "cache.db", NULL);
}

void cache_stage_end(void)
{
    scratch_remove(cache_stage.dir);
    g_free(cache_stage.path);
    config_unref(cache_stage.config);
}

struct snapshot *cache_snapshot(guint n_tenants, bool complete)
{
    struct cell_reading readings[CELLS] = {0};
    readings[EU] = well_reading(CACHE_NOW);
    readings[DR] = well_reading(CACHE_NOW);
    series_unref(readings[DR].replica_lag);
    readings[DR].replica_lag = steady(2, 3, CACHE_NOW);
    struct alarm *alarm = g_new0(struct alarm, 1);
    *alarm = (struct alarm){g_strdup("a\x1b[2J"), g_strdup("cell-1-dr"), ALARM_ALARM, CACHE_NOW - 5,
                            g_strdup("why")};
    g_ptr_array_add(readings[DR].alarms, alarm);
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    for (guint i = 0; i < n_tenants; i++) {
        g_autofree char *id = g_strdup_printf("t%05u", i);
        struct tenant draft = {.id = id,
                               .cell = "cell-eu",
                               .current_users = i == 7 ? -1 : 2,
                               .fault = i == 7 ? "capacity.currentUsers is missing" : NULL,
                               .tier = TIER_ENTERPRISE,
                               .status = TENANT_MIGRATING};
        g_ptr_array_add(tenants, tenant_new(&draft));
    }
    struct registry *registry = registry_new(tenants, CACHE_NOW - 1000, complete);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources, source_new("registry", SOURCE_OK, CACHE_NOW - 1000, NULL));
    g_ptr_array_add(sources, source_new("metrics us-east-1", SOURCE_OK, CACHE_NOW - 2000, NULL));
    struct fleet_input input = {cache_stage.config, readings, registry, sources, 0.04, NULL};
    struct snapshot *snapshot = fleet_fold(&input, CACHE_NOW);
    registry_unref(registry);
    for (size_t i = 0; i < CELLS; i++)
        cell_reading_clear(&readings[i]);
    return snapshot;
}

void cache_put(struct cache *cache, struct snapshot *snapshot, enum cache_what what)
{
    g_autoptr(GError) error = NULL;
    cr_assert(cache_begin(cache, &error), "%s", error ? error->message : "");
    bool good = cache_write(cache, snapshot, what, &error);
    cr_assert(cache_end(cache, good, &error), "%s", error ? error->message : "");
}

struct cache *cache_opened(void)
{
    g_autoptr(GError) error = NULL;
    struct cache *cache = cache_open(cache_stage.dir, cache_stage.config, &error);
    cr_assert(cache, "%s", error ? error->message : "");
    return cache;
}

struct snapshot *cache_loaded(gint64 now_ms, GError **error)
{
    OWN(cache) cache = cache_open_to_read(cache_stage.dir, cache_stage.config, error);
    return cache ? cache_read(cache, CACHE_ALL, now_ms, error) : NULL;
}

void cache_change(const char *sql)
{
    g_autofree char *quoted = g_shell_quote(sql);
    g_autofree char *line = g_strdup_printf("sqlite3 %s %s", cache_stage.path, quoted);
    int status = -1;
    cr_assert(g_spawn_command_line_sync(line, NULL, NULL, &status, NULL));
    cr_assert_eq(status, 0);
}

gint64 cache_count(const char *sql)
{
    g_autofree char *quoted = g_shell_quote(sql);
    g_autofree char *line = g_strdup_printf("sqlite3 %s %s", cache_stage.path, quoted);
    g_autofree char *out = NULL;
    cr_assert(g_spawn_command_line_sync(line, &out, NULL, NULL, NULL));
    return g_ascii_strtoll(out, NULL, 10);
}
