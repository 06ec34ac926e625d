/* What planning takes: `build/release/placement-bench [CELLS TENANTS]` prints one JSON document. A
 * fleet at its ease, where everybody has a place, and a crowded one, where nearly nobody has; and
 * how many tenants are placed of those that could be at the most. */
#include "rollout/placement.h"

#include "data/base/when.h"
#include "data/probe.h"
#include "rollout/placement_pack.h"
#include "tests/unit/puzzle.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define NOW (1764000000000 / 60000 * 60000)

static struct config *make_config(guint cells)
{
    static const char *const regions[] = {"us-east-1", "us-west-2", "eu-west-1"};
    g_autoptr(GString) yaml = g_string_new("name: bench\naws: {region: us-east-1}\n"
                                           "failover: {zone_id: Z1, record: "
                                           "'{subdomain}.example.com'}\ncells:\n");
    for (guint i = 0; i < cells; i++)
        g_string_append_printf(yaml,
                               "  cell-%04u: {class: shared, region: %s, residency: %s, endpoint: "
                               "'http://127.0.0.1:1/%u', max_users: 10000, max_patients: 1000}\n",
                               i, regions[i % 3], i % 3 == 2 ? "EU" : "US", i);
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;
    int file = g_file_open_tmp("celldeck-XXXXXX.yaml", &path, &error);
    if (file < 0 || !g_file_set_contents(path, yaml->str, -1, &error))
        g_error("%s", error->message);
    close(file);
    struct config *config = config_load(path, &error);
    g_unlink(path);
    if (!config)
        g_error("%s", error->message);
    return config;
}

static struct series *steady(double value)
{
    struct datapoint points[10];
    for (int i = 0; i < 10; i++)
        points[i] = (struct datapoint){NOW - (10 - i) * WHEN_MINUTE, value};
    return series_new(points, G_N_ELEMENTS(points));
}

static void make_reading(struct cell_reading *reading)
{
    static const double usual[METRIC_COUNT] = {1, 2000, 0.3, 48, 180, 400, 90};
    for (enum metric metric = 0; metric < METRIC_OWN; metric++)
        reading->series[metric] = steady(usual[metric]);
    reading->alarms = g_ptr_array_new_with_free_func((GDestroyNotify)alarm_free);
    reading->alarms_at_ms = NOW;
    reading->probes = probes_append(
        NULL,
        probe_parse(200, "{\"version\":\"5.0.2\",\"postgres\":true,\"redis\":true}", NULL, NOW, 9));
}

/* Each cell has so many users in all, spread unevenly over its tenants. */
static struct registry *make_registry(guint cells, guint n, gint64 users)
{
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    GRand *chance = g_rand_new_with_seed(1);
    for (guint i = 0; i < n; i++) {
        g_autofree char *id = g_strdup_printf("tenant-%06u", i);
        g_autofree char *cell = g_strdup_printf("cell-%04u", i % cells);
        gint64 usual = users * cells / n;
        gint64 has = usual + g_rand_int_range(chance, (gint32)(-usual * 8 / 10),
                                              (gint32)(usual * 8 / 10) + 1);
        const struct tenant draft = {.id = id,
                                     .cell = cell,
                                     .region = "us-east-1",
                                     .subdomain = id,
                                     .current_users = has,
                                     .max_users = has,
                                     .max_patients = 1,
                                     .created_ms = NOW,
                                     .updated_ms = NOW};
        g_ptr_array_add(tenants, tenant_new(&draft));
    }
    g_rand_free(chance);
    return registry_new(tenants, NOW, true);
}

static struct snapshot *make_fleet(guint cells, guint tenants, gint64 users)
{
    struct config *config = make_config(cells);
    g_autofree struct cell_reading *readings = g_new0(struct cell_reading, cells);
    for (guint i = 0; i < cells; i++)
        make_reading(&readings[i]);
    struct registry *registry = make_registry(cells, tenants, users);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources, source_new("registry", SOURCE_OK, NOW, NULL));
    const struct fleet_input input = {config, readings, registry, sources, 0, NULL};
    struct snapshot *snapshot = fleet_fold(&input, NOW);
    for (guint i = 0; i < cells; i++)
        cell_reading_clear(&readings[i]);
    registry_unref(registry);
    config_unref(config);
    return snapshot;
}

static double ms_since(clock_t from)
{
    return (double)(clock() - from) * 1000 / CLOCKS_PER_SEC;
}

/* Everybody came to where they are by a long way, each by one of their own. */
static struct origins *make_origins(guint cells, guint tenants)
{
    struct origins *origins = origins_new(NULL);
    GRand *chance = g_rand_new_with_seed(3);
    for (guint i = 0; i < tenants; i++) {
        g_autofree char *id = g_strdup_printf("tenant-%06u", i);
        g_autofree char *at = g_strdup_printf("cell-%04u", i);
        for (guint step = 0; step <= ORIGINS_MOST; step++) {
            guint next =
                step < ORIGINS_MOST ? (guint)g_rand_int_range(chance, 0, (gint32)cells) : i % cells;
            g_autofree char *to = g_strdup_printf("cell-%04u", next);
            origins_add(origins, &(const struct went){id, at, to, "f1", false});
            g_free(g_steal_pointer(&at));
            at = g_strdup(to);
        }
    }
    g_rand_free(chance);
    return origins;
}

/* All plans, the same again where nothing has changed, and one alone. */
static json_t *bench_fleet(guint cells, guint tenants, gint64 users)
{
    OWN(snapshot) snapshot = make_fleet(cells, tenants, users);
    OWN(origins) origins = make_origins(cells, tenants);
    clock_t from = clock();
    OWN(evacuations) all = evacuation_all(snapshot, origins, NULL);
    double all_ms = ms_since(from);
    from = clock();
    OWN(evacuations) again = evacuation_all(snapshot, origins, all);
    double again_ms = ms_since(from);
    from = clock();
    OWN(evacuation) one = evacuation_of(snapshot, origins, "cell-0000", NULL);
    double one_ms = ms_since(from);
    from = clock();
    g_autoptr(GPtrArray) moves = evacuation_moves(snapshot, origins, "tenant-000000");
    double moves_ms = ms_since(from);
    const struct place_ask guest = {.users = 5, .residency = "US"};
    from = clock();
    OWN(place_answer) place = place_find(snapshot, origins, &guest);
    double place_ms = ms_since(from);
    gint64 placed = 0;
    for (guint i = 0; i < all->cells->len; i++)
        placed += ((const struct evacuation *)all->cells->pdata[i])->placed;
    return json_pack("{s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:I, s:b}", "cells", (int)cells,
                     "tenants", (int)tenants, "all_ms", all_ms, "again_ms", again_ms, "one_ms",
                     one_ms, "moves_ms", moves_ms, "place_ms", place_ms, "placed",
                     (json_int_t)placed, "kept", all == again);
}

enum { BINS = 12, KINDS = 3 };

/* Tight packings of many items: how many are placed of those that could be, by room alone. */
static json_t *bench_tight(guint items, guint rounds)
{
    GRand *chance = g_rand_new_with_seed(7);
    gint64 placed = 0, bound = 0;
    clock_t from = clock();
    g_autofree struct pack_item *all = g_new(struct pack_item, items);
    for (guint round = 0; round < rounds; round++) {
        struct pack_bin bins[BINS];
        struct pack_choice choices[KINDS][BINS];
        struct pack_kind kinds[KINDS];
        for (guint i = 0; i < BINS; i++) {
            gint64 room = g_rand_int_range(chance, 100, (gint32)(items * 30));
            bins[i] = (struct pack_bin){room, room / 2, 0, room, 0};
        }
        for (guint k = 0; k < KINDS; k++) {
            guint n = 0;
            for (guint i = 0; i < BINS; i++)
                if (g_rand_boolean(chance))
                    choices[k][n++] = (struct pack_choice){i, k};
            kinds[k] = (struct pack_kind){choices[k], n, 0};
        }
        for (guint i = 0; i < items; i++)
            all[i] = (struct pack_item){
                .size = g_rand_int_range(chance, 1, 500), .kind = i % KINDS, .bin = PACK_NONE};
        struct pack pack = {bins, BINS, kinds, all, items};
        bound += pack_bound(&pack);
        placed += pack_fill(&pack);
    }
    g_rand_free(chance);
    return json_pack("{s:i, s:I, s:I, s:f}", "items", (int)items, "placed", (json_int_t)placed,
                     "bound", (json_int_t)bound, "ms_each", ms_since(from) / rounds);
}

/* Small fleets, of which the best packing is known: every one was tried. */
static json_t *bench_small(guint rounds)
{
    GRand *chance = g_rand_new_with_seed(11);
    gint64 placed = 0, best = 0, tenants = 0;
    double ms = 0;
    for (guint round = 0; round < rounds; round++) {
        struct puzzle puzzle;
        puzzle_make(&puzzle, chance);
        best += puzzle_best(&puzzle);
        tenants += puzzle.pack.n_items;
        clock_t from = clock();
        placed += pack_fill(&puzzle.pack);
        ms += ms_since(from);
    }
    g_rand_free(chance);
    return json_pack("{s:i, s:I, s:I, s:I, s:f}", "fleets", (int)rounds, "tenants",
                     (json_int_t)tenants, "placed", (json_int_t)placed, "best", (json_int_t)best,
                     "ms", ms);
}

int main(int argc, char **argv)
{
    guint cells = argc > 2 ? (guint)g_ascii_strtoull(argv[1], NULL, 10) : 300;
    guint tenants = argc > 2 ? (guint)g_ascii_strtoull(argv[2], NULL, 10) : 100000;
    OWN_JSON all =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "small", bench_small(20000), "at_ease",
                  bench_fleet(cells, tenants, 4000), "crowded", bench_fleet(cells, tenants, 8990),
                  "full", bench_fleet(cells, tenants, 9100), "tight_30", bench_tight(30, 50),
                  "tight_400", bench_tight(400, 50));
    json_dumpf(all, stdout, JSON_INDENT(1));
    putchar('\n');
    return 0;
}
