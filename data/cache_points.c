/* Datapoints in cache.db: a(sxxad), runs of (series, first, step, values), since nearly all points
 * lie one period apart. A gap begins another run. */
#include "data/cache_db.h"

#include <string.h>

#define RUNS G_VARIANT_TYPE("a(sxxad)")
/* What no clock shows: a sum of two such still fits a gint64. */
#define FAR_MS (G_GINT64_CONSTANT(1) << 52)

static const char *slot_name(int slot)
{
    return slot < METRIC_COUNT ? metric_name((enum metric)slot) : "replica_lag";
}

static struct series **slot_of(struct cell_reading *reading, int slot)
{
    return slot < METRIC_COUNT ? &reading->series[slot] : &reading->replica_lag;
}

static const struct series *series_at(const struct cell_reading *reading, int slot)
{
    return slot < METRIC_COUNT ? reading->series[slot] : reading->replica_lag;
}

static int slot_named(const char *name)
{
    for (int slot = 0; slot <= METRIC_COUNT; slot++)
        if (strcmp(slot_name(slot), name) == 0)
            return slot;
    return -1;
}

/* How many points from `at` on lie one step apart and before `to_ms`. */
static size_t run_length(const struct series *series, size_t at, gint64 to_ms)
{
    const struct datapoint *points = series->points;
    size_t n = 1;
    while (at + n < series->n && points[at + n].at_ms < to_ms &&
           points[at + n].at_ms - points[at + n - 1].at_ms ==
               points[at + 1].at_ms - points[at].at_ms)
        n++;
    return n;
}

static void add_runs(GVariantBuilder *builder, const char *name, const struct series *series,
                     gint64 from_ms, gint64 to_ms)
{
    size_t at = 0, n;
    while (at < series->n && series->points[at].at_ms < from_ms)
        at++;
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    for (; at < series->n && series->points[at].at_ms < to_ms; at += n) {
        n = run_length(series, at, to_ms);
        gint64 first_ms = series->points[at].at_ms;
        gint64 step_ms = n > 1 ? series->points[at + 1].at_ms - first_ms : 1;
        g_array_set_size(values, 0);
        for (size_t i = 0; i < n; i++)
            g_array_append_val(values, series->points[at + i].value);
        g_variant_builder_add(
            builder, "(sxx@ad)", name, first_ms, step_ms,
            g_variant_new_fixed_array(G_VARIANT_TYPE_DOUBLE, values->data, n, sizeof(double)));
    }
}

GVariant *cache_points(const struct cell_reading *reading, gint64 from_ms, gint64 to_ms)
{
    GVariantBuilder builder;
    g_variant_builder_init(&builder, RUNS);
    for (int slot = 0; slot <= METRIC_COUNT; slot++)
        if (series_at(reading, slot))
            add_runs(&builder, slot_name(slot), series_at(reading, slot), from_ms, to_ms);
    return g_variant_ref_sink(g_variant_builder_end(&builder));
}

static gint64 series_differ_ms(const struct series *kept, const struct series *fresh)
{
    size_t k = 0, n = kept && kept != fresh ? kept->n : 0;
    for (size_t i = 0; fresh && kept != fresh && i < fresh->n; i++, k++) {
        const struct datapoint *point = &fresh->points[i];
        while (k < n && kept->points[k].at_ms < point->at_ms)
            k++;
        if (k == n || kept->points[k].at_ms != point->at_ms ||
            kept->points[k].value != point->value)
            return point->at_ms;
    }
    return G_MAXINT64;
}

gint64 cache_points_differ_ms(const struct cell_reading *kept, const struct cell_reading *fresh)
{
    gint64 differ_ms = G_MAXINT64;
    for (int slot = 0; slot <= METRIC_COUNT; slot++)
        differ_ms = MIN(differ_ms, series_differ_ms(series_at(kept, slot), series_at(fresh, slot)));
    return differ_ms;
}

bool cache_points_span(const struct cell_reading *reading, gint64 *first_ms, gint64 *last_ms)
{
    *first_ms = G_MAXINT64;
    *last_ms = G_MININT64;
    for (int slot = 0; slot <= METRIC_COUNT; slot++) {
        const struct series *series = series_at(reading, slot);
        if (!series || !series->n)
            continue;
        *first_ms = MIN(*first_ms, series->points[0].at_ms);
        *last_ms = MAX(*last_ms, series->points[series->n - 1].at_ms);
    }
    return *first_ms <= *last_ms;
}

void cache_gather_init(struct cache_gathered *gathered)
{
    for (int slot = 0; slot <= METRIC_COUNT; slot++)
        gathered->points[slot] = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
}

void cache_gather_clear(struct cache_gathered *gathered)
{
    for (int slot = 0; slot <= METRIC_COUNT; slot++)
        g_array_unref(gathered->points[slot]);
}

/* Rows and runs come in order; what does not is damaged. */
static void add_run(GArray *points, gint64 first_ms, gint64 step_ms, const double *values, gsize n)
{
    gint64 last_ms =
        points->len ? g_array_index(points, struct datapoint, points->len - 1).at_ms : -FAR_MS;
    if (first_ms <= last_ms || first_ms > FAR_MS || step_ms <= 0 ||
        step_ms > FAR_MS / (gint64)(n + 1))
        return;
    for (gsize i = 0; i < n; i++) {
        struct datapoint point = {first_ms + (gint64)i * step_ms, values[i]};
        g_array_append_val(points, point);
    }
}

void cache_gather(struct cache_gathered *gathered, const void *row, size_t size)
{
    g_autoptr(GVariant) runs =
        g_variant_ref_sink(g_variant_new_from_data(RUNS, row, size, FALSE, NULL, NULL));
    GVariantIter iter;
    const char *name;
    gint64 first_ms, step_ms;
    GVariant *list;
    g_variant_iter_init(&iter, runs);
    while (g_variant_iter_next(&iter, "(&sxx@ad)", &name, &first_ms, &step_ms, &list)) {
        gsize n;
        const double *values = g_variant_get_fixed_array(list, &n, sizeof *values);
        int slot = slot_named(name);
        if (slot >= 0 && n)
            add_run(gathered->points[slot], first_ms, step_ms, values, n);
        g_variant_unref(list);
    }
}

void cache_gather_into(struct cache_gathered *gathered, struct cell_reading *reading,
                       gint64 keep_from_ms)
{
    for (int slot = 0; slot <= METRIC_COUNT; slot++) {
        GArray *points = gathered->points[slot];
        const struct datapoint *fresh = (const struct datapoint *)(void *)points->data;
        struct series **series = slot_of(reading, slot), *before = *series;
        if (!points->len)
            continue;
        *series = before ? series_merge(before, fresh, points->len, keep_from_ms)
                         : series_new(fresh, points->len);
        series_unref(before);
        g_array_set_size(points, 0);
    }
}
