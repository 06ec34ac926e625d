#include "data/cache.h"

#include "data/base/when.h"
#include "data/probe.h"
#include "tests/unit/scratch.h"
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
    dir = scratch_new();
    path = g_build_filename(dir, "cache.db", NULL);
}

static void end(void)
{
    scratch_remove(dir);
    g_free(path);
    config_unref(config);
}

TestSuite(cache, .init = begin, .fini = end);

static struct snapshot *full_snapshot(guint n_tenants, bool complete)
{
    struct cell_reading readings[CELLS] = {0};
    readings[EU] = well_reading(NOW);
    readings[DR] = well_reading(NOW);
    series_unref(readings[DR].replica_lag);
    readings[DR].replica_lag = steady(2, 3, NOW);
    struct alarm *alarm = g_new0(struct alarm, 1);
    *alarm = (struct alarm){g_strdup("a\x1b[2J"), g_strdup("cell-1-dr"), ALARM_ALARM, NOW - 5,
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
    struct registry *registry = registry_new(tenants, NOW - 1000, complete);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources, source_new("registry", SOURCE_OK, NOW - 1000, NULL));
    g_ptr_array_add(sources, source_new("metrics us-east-1", SOURCE_OK, NOW - 2000, NULL));
    struct fleet_input input = {config, readings, registry, sources, 0.04, NULL};
    struct snapshot *snapshot = fleet_fold(&input, NOW);
    registry_unref(registry);
    for (size_t i = 0; i < CELLS; i++)
        cell_reading_clear(&readings[i]);
    return snapshot;
}

static void put_in(struct cache *cache, struct snapshot *snapshot, enum cache_what what)
{
    g_autoptr(GError) error = NULL;
    cr_assert(cache_begin(cache, &error), "%s", error ? error->message : "");
    bool good = cache_write(cache, snapshot, what, &error);
    cr_assert(cache_end(cache, good, &error), "%s", error ? error->message : "");
}

static struct cache *opened(void)
{
    g_autoptr(GError) error = NULL;
    struct cache *cache = cache_open(dir, config, &error);
    cr_assert(cache, "%s", error ? error->message : "");
    return cache;
}

static void save(guint n_tenants, bool complete)
{
    OWN(snapshot) snapshot = full_snapshot(n_tenants, complete);
    OWN(cache) cache = opened();
    put_in(cache, snapshot, CACHE_ALL);
}

static struct snapshot *load(gint64 now_ms, GError **error)
{
    OWN(cache) cache = cache_open_to_read(dir, config, error);
    return cache ? cache_read(cache, CACHE_ALL, now_ms, error) : NULL;
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
    OWN(snapshot) back = load(NOW + 1000, NULL);
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
    cr_expect_eq(source->read_ms, NOW - 1000);
    OWN(snapshot) later = load(NOW + WHEN_HOUR, NULL);
    cr_expect_eq(later->cells[EU].health, HEALTH_STALE);
    cr_expect_eq(((const struct source *)later->sources->pdata[0])->state, SOURCE_STALE);
}

Test(cache, metrics_alone_come_with_when_they_were_read_and_no_other_source_does)
{
    save(10, true);
    OWN(cache) cache = cache_open_to_read(dir, config, NULL);
    OWN(snapshot) metrics = cache_read(cache, CACHE_METRICS, NOW, NULL);
    cr_assert(metrics);
    const struct source *source = snapshot_source(metrics, "metrics us-east-1");
    cr_assert(source);
    cr_expect_eq(source->read_ms, NOW - 2000);
    cr_expect_null(snapshot_source(metrics, "registry"), "that is of now, or not known");
    cr_expect_null(metrics->registry);
}

Test(cache, a_second_save_takes_the_place_of_the_first)
{
    save(1200, true);
    save(3, false);
    OWN(snapshot) back = load(NOW, NULL);
    cr_expect_eq(back->registry->tenants->len, 3);
    cr_expect(!back->registry->complete);
}

static gint64 count(const char *sql)
{
    g_autofree char *quoted = g_shell_quote(sql);
    g_autofree char *line = g_strdup_printf("sqlite3 %s %s", path, quoted);
    g_autofree char *out = NULL;
    cr_assert(g_spawn_command_line_sync(line, &out, NULL, NULL, NULL));
    return g_ascii_strtoll(out, NULL, 10);
}

Test(cache, a_registry_with_a_lost_row_is_incomplete)
{
    save(1200, true);
    change("DELETE FROM tenant WHERE id = 't00700'");
    OWN(snapshot) back = load(NOW, NULL);
    cr_expect_eq(back->registry->tenants->len, 1199);
    cr_expect(!back->registry->complete);
}

Test(cache, nothing_kept_is_no_error)
{
    g_autoptr(GError) error = NULL;
    cr_expect(load(NOW, &error) == NULL);
    cr_expect(error == NULL);
}

Test(cache, a_damaged_file_is_a_note_and_is_written_anew)
{
    g_autoptr(GError) damaged = NULL;
    cr_assert(g_file_set_contents(path, "this is no SQLite file, not at all", -1, NULL));
    cr_expect(load(NOW, &damaged) == NULL);
    cr_expect(damaged != NULL);
    save(3, true);
    OWN(snapshot) back = load(NOW, NULL);
    cr_expect(back != NULL);
}

/* Two versions that threw each other's file away would do so for ever. */
Test(cache, a_newer_schema_is_left_to_the_newer_celldeck)
{
    save(3, true);
    change("PRAGMA user_version=99");
    g_autoptr(GError) newer = NULL;
    cr_expect(load(NOW, &newer) == NULL);
    cr_expect(newer != NULL);
    OWN(cache) cache = cache_open(dir, config, NULL);
    cr_expect(cache == NULL);
    cr_expect_eq(count("PRAGMA user_version"), 99);
}

Test(cache, an_older_schema_is_moved_forward)
{
    change("CREATE TABLE part (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;"
           "INSERT INTO part VALUES ('head', '{}'); PRAGMA user_version=1");
    save(3, true);
    OWN(snapshot) back = load(NOW, NULL);
    cr_assert(back);
    cr_expect_eq(back->registry->tenants->len, 3);
}

Test(cache, values_of_a_wrong_type_count_as_not_read)
{
    save(3, true);
    change("UPDATE alarms SET body = '{\"alarms\":9}' WHERE cell = 'cell-eu'");
    change("UPDATE probe SET body = '[3]' WHERE cell = 'cell-eu'");
    change("UPDATE points SET body = randomblob(500) WHERE cell = 'cell-eu'");
    change("UPDATE tenant SET tier = 9 WHERE id = 't00000'");
    OWN(snapshot) back = load(NOW, NULL);
    cr_assert(back);
    cr_expect_eq(back->cells[EU].health, HEALTH_UNKNOWN);
    cr_expect_eq(back->registry->tenants->len, 2);
    cr_expect(!back->registry->complete);
}

Test(cache, another_configurations_cache_is_not_shown_and_is_replaced_whole)
{
    save(3, true);
    struct config *ours = config;
    config =
        config_of("name: small\naws: {region: us-east-1}\ncells:\n"
                  "  cell-dev: {class: dev, residency: US, endpoint: 'http://127.0.0.1:1/dev', "
                  "max_users: 1000, max_patients: 10, account: '123456789012'}\n");
    g_autoptr(GError) error = NULL;
    cr_expect(load(NOW, &error) == NULL);
    cr_expect(error == NULL);
    OWN(cache) cache = opened();
    struct cell_reading reading = well_reading(NOW);
    struct fleet_input input = {.config = config, .readings = &reading};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    put_in(cache, snapshot, CACHE_ALL);
    cell_reading_clear(&reading);
    cr_expect_eq(count("SELECT count(*) FROM points WHERE cell <> 'cell-dev'"), 0);
    cr_expect_eq(count("SELECT count(*) FROM tenant"), 0);
    config_unref(config);
    config = ours;
}

/* A snapshot whose EU cell has `more` further minutes of CPU, and n tenants. */
static struct snapshot *later(struct snapshot *before, size_t more, struct registry *registry)
{
    struct cell_reading readings[CELLS];
    for (size_t i = 0; i < CELLS; i++)
        readings[i] = cell_reading_share(&before->cells[i].reading);
    set_series(&readings[EU], METRIC_CPU, steady(48, 10 + more, NOW + (gint64)more * WHEN_MINUTE));
    struct fleet_input input = {config, readings, registry, before->sources, 0.04, NULL};
    struct snapshot *snapshot = fleet_fold(&input, NOW + (gint64)more * WHEN_MINUTE);
    for (size_t i = 0; i < CELLS; i++)
        cell_reading_clear(&readings[i]);
    return snapshot;
}

Test(cache, only_what_differs_is_written_and_a_reader_catches_up)
{
    OWN(snapshot) first = full_snapshot(1200, true);
    OWN(cache) writer = opened();
    OWN(cache) reader = opened();
    put_in(writer, first, CACHE_ALL);
    cr_expect(cache_changed(reader));
    OWN(snapshot) seen = cache_read(reader, CACHE_ALL, NOW, NULL);
    cr_expect_eq(seen->registry->tenants->len, 1200);

    struct registry *again = registry_again(first->registry, NOW + 7, true);
    OWN(snapshot) second = later(first, 3, again);
    registry_unref(again);
    put_in(writer, second, CACHE_ALL);
    cr_expect(cache_changed(reader));
    cr_expect(!cache_changed(reader), "once");
    cr_expect_eq(count("SELECT count(DISTINCT cell) FROM points WHERE gen = 2"), 1);
    cr_expect_eq(count("SELECT (SELECT count(*) FROM alarms WHERE gen = 2) +"
                       " (SELECT count(*) FROM probe WHERE gen = 2)"),
                 0);
    cr_expect_eq(count("SELECT tenants_gen FROM head"), 1);
    OWN(snapshot) caught_up = cache_read(reader, CACHE_ALL, NOW, NULL);
    cr_expect_eq(caught_up->cells[EU].reading.series[METRIC_CPU]->n, 13);
    cr_expect_eq(caught_up->cells[EU].reading.series[METRIC_HEALTH],
                 seen->cells[EU].reading.series[METRIC_HEALTH], "shared");
    cr_expect_eq(caught_up->registry->at_ms, NOW + 7);
    cr_expect_eq(caught_up->registry->tenants, seen->registry->tenants, "shared");
}

static struct snapshot *probed(const struct snapshot *before, gint64 at_ms, bool answers)
{
    struct cell_reading readings[CELLS];
    for (size_t i = 0; i < CELLS; i++)
        readings[i] = cell_reading_share(&before->cells[i].reading);
    struct cell_reading *eu = &readings[EU];
    const char *body =
        "{\"ok\": true, \"version\": \"5.0.9\", \"postgres\": true, \"redis\": true}";
    GPtrArray *probes =
        probes_append(eu->probes, probe_parse(answers ? 200 : 503, body, NULL, at_ms, 1));
    g_clear_pointer(&eu->probes, g_ptr_array_unref);
    eu->probes = probes;
    struct fleet_input input = {config, readings, before->registry, before->sources, 0.04, NULL};
    struct snapshot *snapshot = fleet_fold(&input, NOW);
    for (size_t i = 0; i < CELLS; i++)
        cell_reading_clear(&readings[i]);
    return snapshot;
}

Test(cache, of_a_cell_that_is_down_for_long_no_more_probes_are_kept_and_what_it_ran_is)
{
    OWN(snapshot) first = full_snapshot(0, true);
    OWN(snapshot) told = probed(first, NOW + 1, true);
    OWN(cache) cache = opened();
    put_in(cache, told, CACHE_ALL);
    struct snapshot *last = snapshot_ref(told);
    for (int i = 0; i < 40; i++) {
        struct snapshot *next = probed(last, NOW + 2 + i, false);
        put_in(cache, next, CACHE_ALL);
        snapshot_unref(last);
        last = next;
    }
    cr_expect_eq(count("SELECT count(*) FROM probe WHERE cell = 'cell-eu'"), 16);
    OWN(snapshot) back = load(NOW + 100, NULL);
    cr_expect_str_eq(back->cells[EU].version, "5.0.9");
    cr_expect_eq(back->cells[EU].version_at_ms, NOW + 1);
    OWN(cache) reader = cache_open_to_read(dir, config, NULL);
    OWN(snapshot) metrics = cache_read(reader, CACHE_METRICS, NOW + 100, NULL);
    cr_expect_str_eq(metrics->cells[EU].version, "5.0.9", "a single command knows it, too");
    cr_expect_neq(metrics->cells[EU].health, HEALTH_HEALTHY, "and that it is down");
    snapshot_unref(last);
}

/* Of one who begins with nothing, and sees the cell dead `times` times from `from_ms` on. */
static void sees_it_dead(struct cache *cache, const struct snapshot *before, gint64 from_ms,
                         int times)
{
    g_autofree struct cell_reading *none = g_new0(struct cell_reading, CELLS);
    struct fleet_input input = {config, none, before->registry, before->sources, 0.04, NULL};
    struct snapshot *last = fleet_fold(&input, NOW);
    for (int i = 0; i < times; i++) {
        struct snapshot *next = probed(last, from_ms + i, false);
        put_in(cache, next, CACHE_ALL);
        snapshot_unref(last);
        last = next;
    }
    snapshot_unref(last);
}

static gint64 probe_at(const struct snapshot *snapshot, guint i)
{
    return ((const struct probe *)snapshot->cells[EU].reading.probes->pdata[i])->at_ms;
}

Test(cache, what_a_dead_cell_ran_and_since_when_it_is_dead_outlives_who_never_saw_it_alive)
{
    OWN(snapshot) first = full_snapshot(0, true);
    OWN(cache) cache = opened();
    put_in(cache, first, CACHE_ALL);
    gint64 lived_ms = probe_at(first, first->cells[EU].reading.probes->len - 1);
    sees_it_dead(cache, first, NOW + 1, 20);
    OWN(cache) next = opened();
    sees_it_dead(next, first, NOW + 1000, 20);
    const enum cache_what ways[] = {CACHE_METRICS, CACHE_FIRST, CACHE_ALL};
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        OWN(cache) reader = cache_open_to_read(dir, config, NULL);
        OWN(snapshot) seen = cache_read(reader, ways[i], NOW + 2000, NULL);
        cr_expect_str_eq(seen->cells[EU].version, "5.0.2");
        cr_expect_eq(seen->cells[EU].version_at_ms, lived_ms, "when it lived last");
        cr_expect_eq(probe_at(seen, 0), lived_ms);
        cr_expect_eq(probe_at(seen, 1), NOW + 1, "since when it is dead, by the first who saw it");
    }
    cr_expect_eq(count("SELECT count(*) FROM probe WHERE cell = 'cell-eu'"), 16);
}

Test(cache, who_sees_a_cell_again_after_a_gap_does_not_take_it_for_dead_meanwhile)
{
    OWN(snapshot) first = full_snapshot(0, true);
    OWN(cache) cache = opened();
    put_in(cache, first, CACHE_ALL);
    sees_it_dead(cache, first, NOW + 1, 3);
    OWN(cache) next = opened();
    g_autofree struct cell_reading *none = g_new0(struct cell_reading, CELLS);
    struct fleet_input input = {config, none, first->registry, first->sources, 0.04, NULL};
    OWN(snapshot) empty = fleet_fold(&input, NOW);
    OWN(snapshot) alive = probed(empty, NOW + 500, true);
    put_in(next, alive, CACHE_ALL);
    OWN(snapshot) dead = probed(alive, NOW + 501, false);
    put_in(next, dead, CACHE_ALL);
    OWN(snapshot) seen = load(NOW + 600, NULL);
    const GPtrArray *probes = seen->cells[EU].reading.probes;
    cr_expect_eq(probe_at(seen, probes->len - 1), NOW + 501);
    cr_expect_eq(probe_at(seen, probes->len - 2), NOW + 500);
    cr_expect_str_eq(seen->cells[EU].version, "5.0.9");
}

static struct tenant *tenant_named(const char *id, gint64 users)
{
    return tenant_new(&(struct tenant){.id = id, .cell = "cell-eu", .current_users = users});
}

Test(cache, tenants_that_come_go_and_change_are_all_that_is_written)
{
    OWN(snapshot) first = full_snapshot(3, true);
    OWN(cache) writer = opened();
    put_in(writer, first, CACHE_ALL);
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    g_ptr_array_add(tenants, tenant_named("t00000", 2));
    g_ptr_array_add(tenants, tenant_named("t00002", 5));
    g_ptr_array_add(tenants, tenant_named("twin", 1));
    g_ptr_array_add(tenants, tenant_named("twin", 2));
    struct registry *registry = registry_new(tenants, NOW, true);
    OWN(snapshot) second = later(first, 1, registry);
    registry_unref(registry);
    put_in(writer, second, CACHE_ALL);
    OWN(snapshot) back = load(NOW, NULL);
    cr_assert_eq(back->registry->tenants->len, 4);
    cr_expect(back->registry->complete);
    cr_expect(snapshot_tenant(back, "t00001") == NULL);
    cr_expect_eq(snapshot_tenant(back, "t00002")->current_users, 5);
    cr_expect_str_eq(((struct tenant *)back->registry->tenants->pdata[3])->fault,
                     "another item has this tenantId", "said once");
}

Test(cache, who_writes_after_another_first_learns_what_that_one_wrote)
{
    OWN(snapshot) first = full_snapshot(3, true);
    OWN(cache) one = opened();
    OWN(cache) other = opened();
    put_in(one, first, CACHE_ALL);
    OWN(snapshot) second = later(first, 2, NULL);
    put_in(other, second, CACHE_CELLS);
    put_in(one, first, CACHE_ALL);
    cr_expect_eq(count("SELECT gen FROM head"), 3);
    OWN(snapshot) back = load(NOW, NULL);
    cr_expect_eq(back->registry->tenants->len, 3);
    cr_expect(back->registry->complete);
}

Test(cache, old_points_go_and_gaps_stay)
{
    OWN(cache) cache = opened();
    struct cell_reading readings[CELLS] = {0};
    struct datapoint points[] = {{NOW, 1}, {NOW + WHEN_MINUTE, 2}, {NOW + 5 * WHEN_MINUTE, 3}};
    readings[EU].series[METRIC_CPU] = series_new(points, 3);
    struct fleet_input input = {.config = config, .readings = readings};
    OWN(snapshot) gaps = fleet_fold(&input, NOW);
    put_in(cache, gaps, CACHE_ALL);
    OWN(snapshot) back = load(NOW, NULL);
    const struct series *cpu = back->cells[EU].reading.series[METRIC_CPU];
    cr_assert_eq(cpu->n, 3);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_eq(cpu->points[i].at_ms, points[i].at_ms);
        cr_expect_eq(cpu->points[i].value, points[i].value);
    }
    set_series(&readings[EU], METRIC_CPU, steady(7, 60, NOW + 5 * WHEN_HOUR));
    OWN(snapshot) newer = fleet_fold(&input, NOW);
    put_in(cache, newer, CACHE_ALL);
    OWN(snapshot) now = load(NOW, NULL);
    cr_expect_eq(now->cells[EU].reading.series[METRIC_CPU]->n, 60);
    cell_reading_clear(&readings[EU]);
}

Test(cache, a_past_that_is_read_later_comes_to_a_reader_that_has_the_rest)
{
    OWN(cache) writer = opened();
    OWN(cache) reader = opened();
    struct cell_reading readings[CELLS] = {0};
    struct fleet_input input = {.config = config, .readings = readings};
    set_series(&readings[EU], METRIC_CPU, steady(7, 10, NOW));
    OWN(snapshot) hours = fleet_fold(&input, NOW);
    put_in(writer, hours, CACHE_ALL);
    OWN(snapshot) seen = cache_read(reader, CACHE_ALL, NOW, NULL);
    cr_expect_eq(seen->cells[EU].reading.series[METRIC_CPU]->n, 10);
    set_series(&readings[EU], METRIC_CPU, steady(7, 1440, NOW));
    OWN(snapshot) day = fleet_fold(&input, NOW);
    put_in(writer, day, CACHE_ALL);
    OWN(snapshot) caught_up = cache_read(reader, CACHE_ALL, NOW, NULL);
    cr_expect_eq(caught_up->cells[EU].reading.series[METRIC_CPU]->n, 1440);
    set_series(&readings[EU], METRIC_CPU, steady(8, 10, NOW + WHEN_MINUTE));
    OWN(snapshot) again = fleet_fold(&input, NOW);
    put_in(writer, again, CACHE_ALL);
    OWN(snapshot) let_go = cache_read(reader, CACHE_ALL, NOW, NULL);
    cr_expect_leq(let_go->cells[EU].reading.series[METRIC_CPU]->n, 70, "an hour's row at most");
    cell_reading_clear(&readings[EU]);
}

Test(cache, a_file_that_was_removed_is_no_longer_in_place)
{
    OWN(cache) cache = opened();
    cr_expect(cache_is_in_place(cache));
    g_unlink(path);
    cr_expect(!cache_is_in_place(cache));
}
