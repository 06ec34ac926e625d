/* One writes again and again, others read on: only what differs is written, and enough is kept. */
#include "tests/unit/cache_stage.h"

#include "data/probe.h"

#include <criterion/criterion.h>

TestSuite(cache_again, .init = cache_stage_begin, .fini = cache_stage_end);

/* A snapshot whose EU cell has `more` further minutes of CPU, and n tenants. */
static struct snapshot *later(struct snapshot *before, size_t more, struct registry *registry)
{
    struct cell_reading readings[CELLS];
    for (size_t i = 0; i < CELLS; i++)
        readings[i] = cell_reading_share(&before->cells[i].reading);
    set_series(&readings[EU], METRIC_CPU,
               steady(48, 10 + more, CACHE_NOW + (gint64)more * WHEN_MINUTE));
    struct fleet_input input = {cache_stage.config, readings, registry,
                                before->sources,    0.04,     NULL};
    struct snapshot *snapshot = fleet_fold(&input, CACHE_NOW + (gint64)more * WHEN_MINUTE);
    for (size_t i = 0; i < CELLS; i++)
        cell_reading_clear(&readings[i]);
    return snapshot;
}

Test(cache_again, only_what_differs_is_written_and_a_reader_catches_up)
{
    OWN(snapshot) first = cache_snapshot(1200, true);
    OWN(cache) writer = cache_opened();
    OWN(cache) reader = cache_opened();
    cache_put(writer, first, CACHE_ALL);
    cr_expect(cache_changed(reader));
    OWN(snapshot) seen = cache_read(reader, CACHE_ALL, CACHE_NOW, NULL);
    cr_expect_eq(seen->registry->tenants->len, 1200);

    struct registry *again = registry_again(first->registry, CACHE_NOW + 7, true);
    OWN(snapshot) second = later(first, 3, again);
    registry_unref(again);
    cache_put(writer, second, CACHE_ALL);
    cr_expect(cache_changed(reader));
    cr_expect(!cache_changed(reader), "once");
    cr_expect_eq(cache_count("SELECT count(DISTINCT cell) FROM points WHERE gen = 2"), 1);
    cr_expect_eq(cache_count("SELECT (SELECT count(*) FROM alarms WHERE gen = 2) +"
                             " (SELECT count(*) FROM probe WHERE gen = 2)"),
                 0);
    cr_expect_eq(cache_count("SELECT tenants_gen FROM head"), 1);
    OWN(snapshot) caught_up = cache_read(reader, CACHE_ALL, CACHE_NOW, NULL);
    cr_expect_eq(caught_up->cells[EU].reading.series[METRIC_CPU]->n, 13);
    cr_expect_eq(caught_up->cells[EU].reading.series[METRIC_HEALTH],
                 seen->cells[EU].reading.series[METRIC_HEALTH], "shared");
    cr_expect_eq(caught_up->registry->at_ms, CACHE_NOW + 7);
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
    struct fleet_input input = {cache_stage.config, readings, before->registry,
                                before->sources,    0.04,     NULL};
    struct snapshot *snapshot = fleet_fold(&input, CACHE_NOW);
    for (size_t i = 0; i < CELLS; i++)
        cell_reading_clear(&readings[i]);
    return snapshot;
}

Test(cache_again, of_a_cell_that_is_down_for_long_no_more_probes_are_kept_and_what_it_ran_is)
{
    OWN(snapshot) first = cache_snapshot(0, true);
    OWN(snapshot) told = probed(first, CACHE_NOW + 1, true);
    OWN(cache) cache = cache_opened();
    cache_put(cache, told, CACHE_ALL);
    struct snapshot *last = snapshot_ref(told);
    for (int i = 0; i < 40; i++) {
        struct snapshot *next = probed(last, CACHE_NOW + 2 + i, false);
        cache_put(cache, next, CACHE_ALL);
        snapshot_unref(last);
        last = next;
    }
    cr_expect_eq(cache_count("SELECT count(*) FROM probe WHERE cell = 'cell-eu'"), 16);
    OWN(snapshot) back = cache_loaded(CACHE_NOW + 100, NULL);
    cr_expect_str_eq(back->cells[EU].version, "5.0.9");
    cr_expect_eq(back->cells[EU].version_at_ms, CACHE_NOW + 1);
    OWN(cache) reader = cache_open_to_read(cache_stage.dir, cache_stage.config, NULL);
    OWN(snapshot) metrics = cache_read(reader, CACHE_METRICS, CACHE_NOW + 100, NULL);
    cr_expect_str_eq(metrics->cells[EU].version, "5.0.9", "a single command knows it, too");
    cr_expect_neq(metrics->cells[EU].health, HEALTH_HEALTHY, "and that it is down");
    snapshot_unref(last);
}

/* Of one who begins with nothing, and sees the cell dead `times` times from `from_ms` on. */
static void sees_it_dead(struct cache *cache, const struct snapshot *before, gint64 from_ms,
                         int times)
{
    g_autofree struct cell_reading *none = g_new0(struct cell_reading, CELLS);
    struct fleet_input input = {cache_stage.config, none, before->registry,
                                before->sources,    0.04, NULL};
    struct snapshot *last = fleet_fold(&input, CACHE_NOW);
    for (int i = 0; i < times; i++) {
        struct snapshot *next = probed(last, from_ms + i, false);
        cache_put(cache, next, CACHE_ALL);
        snapshot_unref(last);
        last = next;
    }
    snapshot_unref(last);
}

static gint64 probe_at(const struct snapshot *snapshot, guint i)
{
    return ((const struct probe *)snapshot->cells[EU].reading.probes->pdata[i])->at_ms;
}

Test(cache_again, what_a_dead_cell_ran_and_since_when_it_is_dead_outlives_who_never_saw_it_alive)
{
    OWN(snapshot) first = cache_snapshot(0, true);
    OWN(cache) cache = cache_opened();
    cache_put(cache, first, CACHE_ALL);
    gint64 lived_ms = probe_at(first, first->cells[EU].reading.probes->len - 1);
    sees_it_dead(cache, first, CACHE_NOW + 1, 20);
    OWN(cache) next = cache_opened();
    sees_it_dead(next, first, CACHE_NOW + 1000, 20);
    const enum cache_what ways[] = {CACHE_METRICS, CACHE_FIRST, CACHE_ALL};
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        OWN(cache) reader = cache_open_to_read(cache_stage.dir, cache_stage.config, NULL);
        OWN(snapshot) seen = cache_read(reader, ways[i], CACHE_NOW + 2000, NULL);
        cr_expect_str_eq(seen->cells[EU].version, "5.0.2");
        cr_expect_eq(seen->cells[EU].version_at_ms, lived_ms, "when it lived last");
        cr_expect_eq(probe_at(seen, 0), lived_ms);
        cr_expect_eq(probe_at(seen, 1), CACHE_NOW + 1,
                     "since when it is dead, by the first who saw it");
    }
    cr_expect_eq(cache_count("SELECT count(*) FROM probe WHERE cell = 'cell-eu'"), 16);
}

Test(cache_again, who_sees_a_cell_again_after_a_gap_does_not_take_it_for_dead_meanwhile)
{
    OWN(snapshot) first = cache_snapshot(0, true);
    OWN(cache) cache = cache_opened();
    cache_put(cache, first, CACHE_ALL);
    sees_it_dead(cache, first, CACHE_NOW + 1, 3);
    OWN(cache) next = cache_opened();
    g_autofree struct cell_reading *none = g_new0(struct cell_reading, CELLS);
    struct fleet_input input = {cache_stage.config, none, first->registry,
                                first->sources,     0.04, NULL};
    OWN(snapshot) empty = fleet_fold(&input, CACHE_NOW);
    OWN(snapshot) alive = probed(empty, CACHE_NOW + 500, true);
    cache_put(next, alive, CACHE_ALL);
    OWN(snapshot) dead = probed(alive, CACHE_NOW + 501, false);
    cache_put(next, dead, CACHE_ALL);
    OWN(snapshot) seen = cache_loaded(CACHE_NOW + 600, NULL);
    const GPtrArray *probes = seen->cells[EU].reading.probes;
    cr_expect_eq(probe_at(seen, probes->len - 1), CACHE_NOW + 501);
    cr_expect_eq(probe_at(seen, probes->len - 2), CACHE_NOW + 500);
    cr_expect_str_eq(seen->cells[EU].version, "5.0.9");
}

static struct tenant *tenant_named(const char *id, gint64 users)
{
    return tenant_new(&(struct tenant){.id = id, .cell = "cell-eu", .current_users = users});
}

Test(cache_again, tenants_that_come_go_and_change_are_all_that_is_written)
{
    OWN(snapshot) first = cache_snapshot(3, true);
    OWN(cache) writer = cache_opened();
    cache_put(writer, first, CACHE_ALL);
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    g_ptr_array_add(tenants, tenant_named("t00000", 2));
    g_ptr_array_add(tenants, tenant_named("t00002", 5));
    g_ptr_array_add(tenants, tenant_named("twin", 1));
    g_ptr_array_add(tenants, tenant_named("twin", 2));
    struct registry *registry = registry_new(tenants, CACHE_NOW, true);
    OWN(snapshot) second = later(first, 1, registry);
    registry_unref(registry);
    cache_put(writer, second, CACHE_ALL);
    OWN(snapshot) back = cache_loaded(CACHE_NOW, NULL);
    cr_assert_eq(back->registry->tenants->len, 4);
    cr_expect(back->registry->complete);
    cr_expect(snapshot_tenant(back, "t00001") == NULL);
    cr_expect_eq(snapshot_tenant(back, "t00002")->current_users, 5);
    cr_expect_str_eq(((struct tenant *)back->registry->tenants->pdata[3])->fault,
                     "another item has this tenantId", "said once");
}

Test(cache_again, who_writes_after_another_first_learns_what_that_one_wrote)
{
    OWN(snapshot) first = cache_snapshot(3, true);
    OWN(cache) one = cache_opened();
    OWN(cache) other = cache_opened();
    cache_put(one, first, CACHE_ALL);
    OWN(snapshot) second = later(first, 2, NULL);
    cache_put(other, second, CACHE_CELLS);
    cache_put(one, first, CACHE_ALL);
    cr_expect_eq(cache_count("SELECT gen FROM head"), 3);
    OWN(snapshot) back = cache_loaded(CACHE_NOW, NULL);
    cr_expect_eq(back->registry->tenants->len, 3);
    cr_expect(back->registry->complete);
}

Test(cache_again, old_points_go_and_gaps_stay)
{
    OWN(cache) cache = cache_opened();
    struct cell_reading readings[CELLS] = {0};
    struct datapoint points[] = {
        {CACHE_NOW, 1}, {CACHE_NOW + WHEN_MINUTE, 2}, {CACHE_NOW + 5 * WHEN_MINUTE, 3}};
    readings[EU].series[METRIC_CPU] = series_new(points, 3);
    struct fleet_input input = {.config = cache_stage.config, .readings = readings};
    OWN(snapshot) gaps = fleet_fold(&input, CACHE_NOW);
    cache_put(cache, gaps, CACHE_ALL);
    OWN(snapshot) back = cache_loaded(CACHE_NOW, NULL);
    const struct series *cpu = back->cells[EU].reading.series[METRIC_CPU];
    cr_assert_eq(cpu->n, 3);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_eq(cpu->points[i].at_ms, points[i].at_ms);
        cr_expect_eq(cpu->points[i].value, points[i].value);
    }
    set_series(&readings[EU], METRIC_CPU, steady(7, 60, CACHE_NOW + 5 * WHEN_HOUR));
    OWN(snapshot) newer = fleet_fold(&input, CACHE_NOW);
    cache_put(cache, newer, CACHE_ALL);
    OWN(snapshot) now = cache_loaded(CACHE_NOW, NULL);
    cr_expect_eq(now->cells[EU].reading.series[METRIC_CPU]->n, 60);
    cell_reading_clear(&readings[EU]);
}

Test(cache_again, a_past_that_is_read_later_comes_to_a_reader_that_has_the_rest)
{
    OWN(cache) writer = cache_opened();
    OWN(cache) reader = cache_opened();
    struct cell_reading readings[CELLS] = {0};
    struct fleet_input input = {.config = cache_stage.config, .readings = readings};
    set_series(&readings[EU], METRIC_CPU, steady(7, 10, CACHE_NOW));
    OWN(snapshot) hours = fleet_fold(&input, CACHE_NOW);
    cache_put(writer, hours, CACHE_ALL);
    OWN(snapshot) seen = cache_read(reader, CACHE_ALL, CACHE_NOW, NULL);
    cr_expect_eq(seen->cells[EU].reading.series[METRIC_CPU]->n, 10);
    set_series(&readings[EU], METRIC_CPU, steady(7, 1440, CACHE_NOW));
    OWN(snapshot) day = fleet_fold(&input, CACHE_NOW);
    cache_put(writer, day, CACHE_ALL);
    OWN(snapshot) caught_up = cache_read(reader, CACHE_ALL, CACHE_NOW, NULL);
    cr_expect_eq(caught_up->cells[EU].reading.series[METRIC_CPU]->n, 1440);
    set_series(&readings[EU], METRIC_CPU, steady(8, 10, CACHE_NOW + WHEN_MINUTE));
    OWN(snapshot) again = fleet_fold(&input, CACHE_NOW);
    cache_put(writer, again, CACHE_ALL);
    OWN(snapshot) let_go = cache_read(reader, CACHE_ALL, CACHE_NOW, NULL);
    cr_expect_leq(let_go->cells[EU].reading.series[METRIC_CPU]->n, 70, "an hour's row at most");
    cell_reading_clear(&readings[EU]);
}
