#include "data/cache.h"

#include "data/base/when.h"
#include "data/probe.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>

#define NOW (1764000000000 / WHEN_MINUTE * WHEN_MINUTE)

enum { DEV, ONE, DR, EU, CELLS };

static struct config *config;
static char *dir, *path;

static void begin(void)
{
    config = small_fleet(NULL);
    dir = g_dir_make_tmp("celldeck-cache-XXXXXX", NULL);
    path = g_build_filename(dir, "cache.db", NULL);
}

static void end(void)
{
    static const char *const files[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *file = g_strconcat(path, files[i], NULL);
        g_unlink(file);
    }
    g_rmdir(dir);
    g_free(dir);
    g_free(path);
    config_unref(config);
}

TestSuite(cache, .init = begin, .fini = end);

static struct snapshot *full_snapshot(guint n_tenants, bool complete)
{
    struct cell_reading readings[CELLS] = {0};
    readings[EU] = well_reading(NOW);
    readings[DR] = well_reading(NOW);
    readings[DR].replica_lag = steady(2, 3, NOW);
    struct alarm *alarm = g_new0(struct alarm, 1);
    *alarm = (struct alarm){g_strdup("a\x1b[2J"), g_strdup("cell-1-dr"), ALARM_ALARM, NOW - 5,
                            g_strdup("why")};
    g_ptr_array_add(readings[DR].alarms, alarm);
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_free);
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
    struct registry *registry = registry_new(tenants, NOW - 1000, complete);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources, source_new("registry", SOURCE_OK, NOW - 1000, NULL));
    struct fleet_input input = {config, readings, registry, sources, 0.04, NULL};
    struct snapshot *snapshot = fleet_fold(&input, NOW);
    registry_unref(registry);
    for (size_t i = 0; i < CELLS; i++)
        cell_reading_clear(&readings[i]);
    return snapshot;
}

static void save(guint n_tenants, bool complete)
{
    g_autoptr(GError) error = NULL;
    OWN(snapshot) snapshot = full_snapshot(n_tenants, complete);
    cr_assert(cache_save(dir, snapshot, &error), "%s", error ? error->message : "");
}

static void change(const char *sql)
{
    g_autofree char *quoted = g_shell_quote(sql);
    g_autofree char *line = g_strdup_printf("sqlite3 %s %s", path, quoted);
    int status = -1;
    cr_assert(g_spawn_command_line_sync(line, NULL, NULL, &status, NULL));
    cr_assert_eq(status, 0);
}

Test(cache, what_was_saved_comes_back_and_is_as_old_as_it_is)
{
    save(1200, true);
    OWN(snapshot) back = cache_load(dir, config, NOW + 1000, NULL);
    cr_assert(back);
    const struct cell *eu = &back->cells[EU], *dr = &back->cells[DR];
    cr_expect_eq(eu->health, HEALTH_HEALTHY);
    cr_expect_str_eq(eu->version, "5.0.2");
    cr_expect_eq(eu->reading.series[METRIC_CPU]->n, 10);
    cr_expect_eq(eu->tenants, 1200);
    cr_expect_eq(eu->registered_users, 2 * 1199);
    cr_expect(back->registry->complete);
    cr_expect_str_eq(snapshot_tenant(back, "t00007")->fault, "capacity.currentUsers is missing");
    cr_expect_eq(snapshot_tenant(back, "t00008")->status, TENANT_MIGRATING);
    cr_expect_eq(dr->health, HEALTH_DEGRADED);
    cr_expect_str_eq(((struct alarm *)dr->reading.alarms->pdata[0])->name, "a\x1b[2J");
    cr_expect_eq(dr->reading.replica_lag->n, 3);
    cr_expect_eq(back->cells[DEV].health, HEALTH_UNKNOWN);
    const struct source *source = back->sources->pdata[0];
    cr_expect_eq(source->state, SOURCE_WAITING);
    cr_expect_eq(source->read_ms, NOW - 1000);
    OWN(snapshot) later = cache_load(dir, config, NOW + WHEN_HOUR, NULL);
    cr_expect_eq(later->cells[EU].health, HEALTH_STALE);
}

Test(cache, a_second_save_takes_the_place_of_the_first)
{
    save(1200, true);
    save(3, false);
    OWN(snapshot) back = cache_load(dir, config, NOW, NULL);
    cr_expect_eq(back->registry->tenants->len, 3);
    cr_expect(!back->registry->complete);
}

Test(cache, a_registry_with_a_lost_row_is_incomplete)
{
    save(1200, true);
    change("DELETE FROM part WHERE name = 'tenants/00000001'");
    OWN(snapshot) back = cache_load(dir, config, NOW, NULL);
    cr_expect_eq(back->registry->tenants->len, 700);
    cr_expect(!back->registry->complete);
}

Test(cache, nothing_kept_is_no_error)
{
    g_autoptr(GError) error = NULL;
    cr_expect(cache_load(dir, config, NOW, &error) == NULL);
    cr_expect(error == NULL);
}

Test(cache, a_damaged_file_or_a_newer_schema_is_a_note_and_is_written_anew)
{
    g_autoptr(GError) damaged = NULL;
    cr_assert(g_file_set_contents(path, "this is no SQLite file, not at all", -1, NULL));
    cr_expect(cache_load(dir, config, NOW, &damaged) == NULL);
    cr_expect(damaged != NULL);
    save(3, true);
    change("PRAGMA user_version=99");
    g_autoptr(GError) newer = NULL;
    cr_expect(cache_load(dir, config, NOW, &newer) == NULL);
    cr_expect(newer != NULL);
    save(3, true);
    OWN(snapshot) back = cache_load(dir, config, NOW, NULL);
    cr_expect(back != NULL);
}

Test(cache, values_of_a_wrong_type_count_as_not_read)
{
    save(3, true);
    change("UPDATE part SET body = '{\"cell_health_status\":[[\"x\",1],7,[1]],\"alarms\":9,"
           "\"probes\":[3]}' WHERE name = 'cell/cell-eu'");
    change("UPDATE part SET body = '[7,[9,9,1,1,1,1,1,\"t\"],[0,0,1,1,1,1,1,\"good\"]]' "
           "WHERE name = 'tenants/00000000'");
    OWN(snapshot) back = cache_load(dir, config, NOW, NULL);
    cr_assert(back);
    cr_expect_eq(back->cells[EU].health, HEALTH_UNKNOWN);
    cr_expect_eq(back->registry->tenants->len, 1);
    cr_expect(!back->registry->complete);
}

Test(cache, another_fleets_cache_is_not_shown)
{
    save(3, true);
    change("UPDATE part SET body = json_set(body, '$.fleet', 'other') WHERE name = 'head'");
    g_autoptr(GError) error = NULL;
    cr_expect(cache_load(dir, config, NOW, &error) == NULL);
    cr_expect(error != NULL);
}
