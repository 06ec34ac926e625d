/* The simulator's cells at one moment, read as celldeck reads them: its own parsers over the
 * simulator's own answers. */
#include "tests/golden/world_parts.h"

#include "data/alarms.h"
#include "data/probe.h"
#include "data/registry.h"
#include "data/sim/alarm.h"
#include "data/sim/metrics.h"

#define PAST_PERIODS  10800 /* three hours, as the feed keeps */
#define UNREAD_MS     60000
#define UNREAD_REGION "eu-west-1"
#define PROBE_TOOK_MS 12
#define USD_PER_HOUR  1.49

/* In celldeck's order of metrics. */
static const enum sim_metric sim_metrics[METRIC_OWN] = {
    [METRIC_HEALTH] = SIM_HEALTH,
    [METRIC_REQUESTS] = SIM_REQUESTS,
    [METRIC_ERROR_RATE] = SIM_ERROR_RATE,
    [METRIC_CPU] = SIM_CPU,
    [METRIC_DB_CONNECTIONS] = SIM_DB_CONNECTIONS,
    [METRIC_ACTIVE_USERS] = SIM_ACTIVE_USERS,
    [METRIC_LATENCY_P95] = SIM_LATENCY,
};

/* The last period that had settled by `until_ms` is its last point. */
static struct series *series_of(const struct world *world, const struct sim_cell *cell,
                                enum sim_metric metric, gint64 until_ms)
{
    if (!sim_cell_publishes(cell, metric))
        return NULL;
    gint64 period_ms = world->sim->period_ms;
    gint64 end_ms = (until_ms - world->config->metrics.settle_ms) / period_ms * period_ms;
    g_autofree struct datapoint *points = g_new(struct datapoint, PAST_PERIODS);
    for (int i = 0; i < PAST_PERIODS; i++) {
        gint64 at_ms = end_ms - (PAST_PERIODS - i) * period_ms;
        points[i] = (struct datapoint){at_ms, sim_metric_value(world->sim, cell, metric, at_ms)};
    }
    return series_new(points, PAST_PERIODS);
}

static bool take_alarms(const struct world *world, const struct sim_cell *cell, gint64 now_ms,
                        struct cell_reading *reading)
{
    const struct sim_call call = {.cloud = world->cloud, .region = cell->region, .now_ms = now_ms};
    OWN_JSON reply = json_pack("{s:o}", "MetricAlarms", sim_alarms(&call));
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_autofree char *token = NULL;
    bool taken = alarms_take(world->config, reply, all, &token, NULL);
    reading->alarms = g_ptr_array_new_with_free_func((GDestroyNotify)alarm_free);
    reading->alarms_at_ms = now_ms;
    for (guint i = 0; i < all->len; i++) {
        struct alarm *alarm = all->pdata[i];
        if (g_strcmp0(alarm->cell, cell->id) == 0)
            g_ptr_array_add(reading->alarms, alarm);
        else
            alarm_free(alarm);
    }
    return taken;
}

static void take_probe(const struct world *world, const struct sim_cell *cell, gint64 now_ms,
                       struct cell_reading *reading)
{
    OWN_JSON body = sim_world_healthcheck(world->sim, cell, now_ms);
    char *text = json_dumps(body, JSON_COMPACT);
    reading->probes = probes_append(NULL, probe_parse(200, text, NULL, now_ms, PROBE_TOOK_MS));
    free(text);
}

static struct cell_reading reading_of(const struct world *world, const struct sim_cell *cell,
                                      gint64 read_ms, gint64 now_ms)
{
    struct cell_reading reading = {0};
    for (enum metric metric = 0; metric < METRIC_OWN; metric++)
        reading.series[metric] = series_of(world, cell, sim_metrics[metric], read_ms);
    reading.replica_lag = series_of(world, cell, SIM_REPLICA_LAG, read_ms);
    if (!take_alarms(world, cell, read_ms, &reading))
        g_error("the simulator's alarms can't be read");
    take_probe(world, cell, now_ms, &reading);
    return reading;
}

static struct registry *registry_of(const struct world *world, gint64 now_ms)
{
    const json_t *region = json_object_get(world->cloud->tables, world->sim->region);
    const json_t *items = json_object_get(json_object_get(region, world->sim->table), "items");
    OWN_JSON page = json_pack("{s:[]}", "Items");
    const char *id;
    json_t *item;
    json_object_foreach ((json_t *)items, id, item)
        json_array_append(json_object_get(page, "Items"), item);
    char *text = json_dumps(page, JSON_COMPACT);
    struct registry_with *with = registry_with_new(world->config, NULL);
    g_autoptr(GError) error = NULL;
    struct registry_page *read = registry_read(text, strlen(text), with, &error);
    if (!read)
        g_error("the simulator's registry can't be read: %s", error->message);
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    for (guint i = 0; i < read->items->len; i++)
        g_ptr_array_add(tenants,
                        tenant_ref(g_array_index(read->items, struct registry_item, i).tenant));
    registry_page_free(read);
    registry_with_free(with);
    free(text);
    return registry_new(tenants, now_ms, true);
}

static void add_source(GPtrArray *sources, char *name, gint64 read_ms, const char *error)
{
    g_autofree char *own = name;
    g_ptr_array_add(sources, source_new(name, error ? SOURCE_ERROR : SOURCE_OK, read_ms, error));
}

static GPtrArray *sources_of(const struct world *world, gint64 now_ms, bool trouble)
{
    static const char *const regions[] = {"us-east-1", "us-west-2", UNREAD_REGION};
    static const char why[] =
        "CloudWatch DescribeAlarms in " UNREAD_REGION ": no answer within 20 s; check the network";
    GPtrArray *sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    add_source(sources, g_strdup("registry"), now_ms, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(regions); i++) {
        bool unread = trouble && g_str_equal(regions[i], UNREAD_REGION);
        gint64 read_ms = unread ? now_ms - UNREAD_MS : now_ms;
        add_source(sources, g_strconcat("metrics ", regions[i], NULL), read_ms, NULL);
        add_source(sources, g_strconcat("alarms ", regions[i], NULL), read_ms, unread ? why : NULL);
    }
    for (guint i = 0; i < world->config->cells->len; i++) {
        const struct cell_config *cell = world->config->cells->pdata[i];
        add_source(sources, g_strconcat("probe ", cell->id, NULL), now_ms, NULL);
    }
    return sources;
}

struct snapshot *world_snapshot(const struct world *world, struct config *config, gint64 now_ms,
                                bool trouble)
{
    guint n = config->cells->len;
    g_autofree struct cell_reading *readings = g_new0(struct cell_reading, n);
    for (guint i = 0; i < n; i++) {
        const char *id = ((const struct cell_config *)config->cells->pdata[i])->id;
        const struct sim_cell *cell = sim_world_cell(world->sim, id);
        bool unread = trouble && g_str_equal(cell->region, UNREAD_REGION);
        readings[i] = reading_of(world, cell, unread ? now_ms - UNREAD_MS : now_ms, now_ms);
    }
    struct registry *registry = registry_of(world, now_ms);
    g_autoptr(GPtrArray) sources = sources_of(world, now_ms, trouble);
    const struct fleet_input input = {config, readings, registry, sources, USD_PER_HOUR, NULL};
    struct snapshot *snapshot = fleet_fold(&input, now_ms);
    for (guint i = 0; i < n; i++)
        cell_reading_clear(&readings[i]);
    registry_unref(registry);
    return snapshot;
}
