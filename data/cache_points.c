/* Datapoints in cache.db: (axad), the runs (each four numbers: slot, first, step, how many), and
 * all their values one after the other. Nearly all points lie one period apart; a gap begins
 * another run. Two flat lists for the whole row, as a thousand cells' rows are read before the
 * first screen.
 */
#include "data/cache_db.h"

#define ROW G_VARIANT_TYPE("(axad)")
/* What no clock shows: a sum of two such still fits a gint64. */
#define FAR_MS (G_GINT64_CONSTANT(1) << 52)

/* As it is written: a metric's place in enum metric, METRIC_COUNT for the replica lag. When these
 * change, what was kept has to go (cache.c, migrations); other metrics.own are another fleet's
 * (cache_fleet). */
struct run {
    gint64 slot, first_ms, step_ms, n;
};
G_STATIC_ASSERT(sizeof(struct run) == 4 * sizeof(gint64));
G_STATIC_ASSERT(METRIC_COUNT == 15);

static struct series **slot_of(struct cell_reading *reading, int slot)
{
    return slot < METRIC_COUNT ? &reading->series[slot] : &reading->replica_lag;
}

static const struct series *series_at(const struct cell_reading *reading, int slot)
{
    return slot < METRIC_COUNT ? reading->series[slot] : reading->replica_lag;
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

static void add_runs(GArray *runs, GArray *values, int slot, const struct series *series,
                     gint64 from_ms, gint64 to_ms)
{
    size_t at = 0, n;
    while (at < series->n && series->points[at].at_ms < from_ms)
        at++;
    for (; at < series->n && series->points[at].at_ms < to_ms; at += n) {
        n = run_length(series, at, to_ms);
        gint64 first_ms = series->points[at].at_ms;
        gint64 step_ms = n > 1 ? series->points[at + 1].at_ms - first_ms : 1;
        struct run run = {slot, first_ms, step_ms, (gint64)n};
        g_array_append_val(runs, run);
        for (size_t i = 0; i < n; i++)
            g_array_append_val(values, series->points[at + i].value);
    }
}

GVariant *cache_points(const struct cell_reading *reading, gint64 from_ms, gint64 to_ms)
{
    g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(struct run));
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    for (int slot = 0; slot <= METRIC_COUNT; slot++)
        if (series_at(reading, slot))
            add_runs(runs, values, slot, series_at(reading, slot), from_ms, to_ms);
    GVariant *row[] = {g_variant_new_fixed_array(G_VARIANT_TYPE_INT64, runs->data,
                                                 runs->len * sizeof(struct run) / sizeof(gint64),
                                                 sizeof(gint64)),
                       g_variant_new_fixed_array(G_VARIANT_TYPE_DOUBLE, values->data, values->len,
                                                 sizeof(double))};
    return g_variant_ref_sink(g_variant_new_tuple(row, G_N_ELEMENTS(row)));
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
static void add_run(GArray *points, const struct run *run, const double *values)
{
    gint64 last_ms =
        points->len ? g_array_index(points, struct datapoint, points->len - 1).at_ms : -FAR_MS;
    if (run->first_ms <= last_ms || run->first_ms > FAR_MS || run->step_ms <= 0 ||
        run->step_ms > FAR_MS / (run->n + 1))
        return;
    guint at = points->len;
    g_array_set_size(points, at + (guint)run->n);
    for (guint i = 0; i < (guint)run->n; i++)
        g_array_index(points, struct datapoint, at + i) =
            (struct datapoint){run->first_ms + i * run->step_ms, values[i]};
}

void cache_gather(struct cache_gathered *gathered, const void *row, size_t size)
{
    g_autoptr(GVariant) both =
        g_variant_ref_sink(g_variant_new_from_data(ROW, row, size, FALSE, NULL, NULL));
    g_autoptr(GVariant) numbers = g_variant_get_child_value(both, 0);
    g_autoptr(GVariant) list = g_variant_get_child_value(both, 1);
    gsize n_numbers, left;
    const struct run *run = g_variant_get_fixed_array(numbers, &n_numbers, sizeof(gint64));
    const double *values = g_variant_get_fixed_array(list, &left, sizeof *values);
    const struct run *behind = run + n_numbers * sizeof(gint64) / sizeof *run;
    for (; run < behind && run->n > 0 && (guint64)run->n <= left; run++) {
        if (run->slot >= 0 && run->slot <= METRIC_COUNT)
            add_run(gathered->points[run->slot], run, values);
        values += run->n;
        left -= (gsize)run->n;
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
