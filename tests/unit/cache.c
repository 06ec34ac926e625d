/* What was kept comes back, and what is not whole, not ours or not of this version does not. */
#include "tests/unit/cache_stage.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>

TestSuite(cache, .init = cache_stage_begin, .fini = cache_stage_end);

static void save(guint n_tenants, bool complete)
{
    OWN(snapshot) snapshot = cache_snapshot(n_tenants, complete);
    OWN(cache) cache = cache_opened();
    cache_put(cache, snapshot, CACHE_ALL);
}

Test(cache, what_was_saved_comes_back_and_is_as_old_as_it_is)
{
    save(1200, true);
    OWN(snapshot) back = cache_loaded(CACHE_NOW + 1000, NULL);
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
    cr_expect_eq(source->state, SOURCE_OK);
    cr_expect_eq(source->read_ms, CACHE_NOW - 1000);
    OWN(snapshot) later = cache_loaded(CACHE_NOW + WHEN_HOUR, NULL);
    cr_expect_eq(later->cells[EU].health, HEALTH_STALE);
    cr_expect_eq(((const struct source *)later->sources->pdata[0])->state, SOURCE_STALE);
}

Test(cache, metrics_alone_come_with_when_they_were_read_and_no_other_source_does)
{
    save(10, true);
    OWN(cache) cache = cache_open_to_read(cache_stage.dir, cache_stage.config, NULL);
    OWN(snapshot) metrics = cache_read(cache, CACHE_METRICS, CACHE_NOW, NULL);
    cr_assert(metrics);
    const struct source *source = snapshot_source(metrics, "metrics us-east-1");
    cr_assert(source);
    cr_expect_eq(source->read_ms, CACHE_NOW - 2000);
    cr_expect_null(snapshot_source(metrics, "registry"), "that is of now, or not known");
    cr_expect_null(metrics->registry);
}

Test(cache, a_second_save_takes_the_place_of_the_first)
{
    save(1200, true);
    save(3, false);
    OWN(snapshot) back = cache_loaded(CACHE_NOW, NULL);
    cr_expect_eq(back->registry->tenants->len, 3);
    cr_expect(!back->registry->complete);
}

Test(cache, a_registry_with_a_lost_row_is_incomplete)
{
    save(1200, true);
    cache_change("DELETE FROM tenant WHERE id = 't00700'");
    OWN(snapshot) back = cache_loaded(CACHE_NOW, NULL);
    cr_expect_eq(back->registry->tenants->len, 1199);
    cr_expect(!back->registry->complete);
}

Test(cache, nothing_kept_is_no_error)
{
    g_autoptr(GError) error = NULL;
    cr_expect(cache_loaded(CACHE_NOW, &error) == NULL);
    cr_expect(error == NULL);
}

Test(cache, a_damaged_file_is_a_note_and_is_written_anew)
{
    g_autoptr(GError) damaged = NULL;
    cr_assert(
        g_file_set_contents(cache_stage.path, "this is no SQLite file, not at all", -1, NULL));
    cr_expect(cache_loaded(CACHE_NOW, &damaged) == NULL);
    cr_expect(damaged != NULL);
    save(3, true);
    OWN(snapshot) back = cache_loaded(CACHE_NOW, NULL);
    cr_expect(back != NULL);
}

/* Two versions that threw each other's file away would do so for ever. */
Test(cache, a_newer_schema_is_left_to_the_newer_celldeck)
{
    save(3, true);
    cache_change("PRAGMA user_version=99");
    g_autoptr(GError) newer = NULL;
    cr_expect(cache_loaded(CACHE_NOW, &newer) == NULL);
    cr_expect(newer != NULL);
    OWN(cache) cache = cache_open(cache_stage.dir, cache_stage.config, NULL);
    cr_expect(cache == NULL);
    cr_expect_eq(cache_count("PRAGMA user_version"), 99);
}

Test(cache, an_older_schema_is_moved_forward)
{
    cache_change("CREATE TABLE part (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;"
                 "INSERT INTO part VALUES ('head', '{}'); PRAGMA user_version=1");
    save(3, true);
    OWN(snapshot) back = cache_loaded(CACHE_NOW, NULL);
    cr_assert(back);
    cr_expect_eq(back->registry->tenants->len, 3);
}

Test(cache, values_of_a_wrong_type_count_as_not_read)
{
    save(3, true);
    cache_change("UPDATE alarms SET body = '{\"alarms\":9}' WHERE cell = 'cell-eu'");
    cache_change("UPDATE probe SET body = '[3]' WHERE cell = 'cell-eu'");
    cache_change("UPDATE points SET body = randomblob(500) WHERE cell = 'cell-eu'");
    cache_change("UPDATE tenant SET tier = 9 WHERE id = 't00000'");
    OWN(snapshot) back = cache_loaded(CACHE_NOW, NULL);
    cr_assert(back);
    cr_expect_eq(back->cells[EU].health, HEALTH_UNKNOWN);
    cr_expect_eq(back->registry->tenants->len, 2);
    cr_expect(!back->registry->complete);
}

Test(cache, another_configurations_cache_is_not_shown_and_is_replaced_whole)
{
    save(3, true);
    struct config *ours = cache_stage.config;
    cache_stage.config =
        config_of("name: small\naws: {region: us-east-1}\ncells:\n"
                  "  cell-dev: {class: dev, residency: US, endpoint: 'http://127.0.0.1:1/dev', "
                  "max_users: 1000, max_patients: 10, account: '123456789012'}\n");
    g_autoptr(GError) error = NULL;
    cr_expect(cache_loaded(CACHE_NOW, &error) == NULL);
    cr_expect(error == NULL);
    OWN(cache) cache = cache_opened();
    struct cell_reading reading = well_reading(CACHE_NOW);
    struct fleet_input input = {.config = cache_stage.config, .readings = &reading};
    OWN(snapshot) snapshot = fleet_fold(&input, CACHE_NOW);
    cache_put(cache, snapshot, CACHE_ALL);
    cell_reading_clear(&reading);
    cr_expect_eq(cache_count("SELECT count(*) FROM points WHERE cell <> 'cell-dev'"), 0);
    cr_expect_eq(cache_count("SELECT count(*) FROM tenant"), 0);
    config_unref(cache_stage.config);
    cache_stage.config = ours;
}

Test(cache, a_file_that_was_removed_is_no_longer_in_place)
{
    OWN(cache) cache = cache_opened();
    cr_expect(cache_is_in_place(cache));
    g_unlink(cache_stage.path);
    cr_expect(!cache_is_in_place(cache));
}
