#include "data/fleet.h"

#include "data/fleet_judge.h"

static const struct {
    const char *name, *unit, *word;
} metrics[METRIC_OWN] = {
    [METRIC_HEALTH] = {"cell_health_status", "boolean", NULL},
    [METRIC_REQUESTS] = {"cell_request_count", "count", NULL},
    [METRIC_ERROR_RATE] = {"cell_error_rate", "percent", "error_rate"},
    [METRIC_CPU] = {"cell_cpu_utilization", "percent", "cpu"},
    [METRIC_DB_CONNECTIONS] = {"cell_db_connections", "count", "connections"},
    [METRIC_ACTIVE_USERS] = {"cell_active_users", "count", NULL},
    [METRIC_LATENCY_P95] = {"cell_latency_p95", "ms", "latency"},
};

const char *metric_name(enum metric metric)
{
    return metrics[metric].name;
}

const char *metric_unit(enum metric metric)
{
    return metrics[metric].unit;
}

enum metric metric_count(const struct config *config)
{
    const GPtrArray *own = config ? config->metrics.own : NULL;
    return METRIC_OWN + (own ? own->len : 0);
}

const struct own_metric *metric_own(const struct config *config, enum metric metric)
{
    return metric >= METRIC_OWN && metric < metric_count(config)
               ? config->metrics.own->pdata[metric - METRIC_OWN]
               : NULL;
}

const char *metric_name_in(const struct config *config, enum metric metric)
{
    const struct own_metric *own = metric_own(config, metric);
    return own ? own->name : metric_name(metric);
}

const char *metric_word_in(const struct config *config, enum metric metric)
{
    const struct own_metric *own = metric_own(config, metric);
    return own ? own->name : metrics[metric].word;
}

const char *metric_unit_in(const struct config *config, enum metric metric)
{
    const struct own_metric *own = metric_own(config, metric);
    return own ? own->unit : metric_unit(metric);
}

const char *health_name(enum health health)
{
    static const char *const names[] = {"healthy", "standby", "degraded",
                                        "stale",   "unknown", "unhealthy"};
    return names[health];
}

void alarm_free(struct alarm *alarm)
{
    if (!alarm)
        return;
    g_free(alarm->name);
    g_free(alarm->cell);
    g_free(alarm->reason);
    g_free(alarm);
}

struct source *source_new(const char *name, enum source_state state, gint64 read_ms,
                          const char *error)
{
    struct source *source = g_new0(struct source, 1);
    source->name = g_strdup(name);
    source->state = state;
    source->read_ms = read_ms;
    source->error = g_strdup(error);
    return source;
}

void source_free(struct source *source)
{
    if (!source)
        return;
    g_free(source->name);
    g_free(source->error);
    g_free(source);
}

static enum source_state state_as_of(const struct source *source, gint64 period_ms, gint64 now_ms)
{
    if (source->error)
        return SOURCE_ERROR;
    if (!source->read_ms)
        return SOURCE_WAITING;
    return now_ms - source->read_ms > stale_after_ms(period_ms) ? SOURCE_STALE : SOURCE_OK;
}

GPtrArray *sources_as_of(const GPtrArray *sources, gint64 period_ms, gint64 now_ms)
{
    GPtrArray *same = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    for (guint i = 0; i < sources->len; i++) {
        const struct source *source = sources->pdata[i];
        g_ptr_array_add(same, source_new(source->name, state_as_of(source, period_ms, now_ms),
                                         source->read_ms, source->error));
    }
    return same;
}

struct cell_reading cell_reading_share(const struct cell_reading *reading)
{
    struct cell_reading shared = *reading;
    for (size_t i = 0; i < METRIC_COUNT; i++)
        if (shared.series[i])
            series_ref(shared.series[i]);
    if (shared.replica_lag)
        series_ref(shared.replica_lag);
    if (shared.alarms)
        g_ptr_array_ref(shared.alarms);
    if (shared.probes)
        g_ptr_array_ref(shared.probes);
    return shared;
}

void cell_reading_clear(struct cell_reading *reading)
{
    for (size_t i = 0; i < METRIC_COUNT; i++)
        g_clear_pointer(&reading->series[i], series_unref);
    g_clear_pointer(&reading->replica_lag, series_unref);
    g_clear_pointer(&reading->alarms, g_ptr_array_unref);
    g_clear_pointer(&reading->probes, g_ptr_array_unref);
}

static gint64 most_patients(const struct registry *registry, const struct cell_config *cell)
{
    struct tenant_tally tally = registry_tally(registry, cell->id);
    bool known = registry && registry->complete && tally.without_patients == 0;
    return known ? tally.quota_patients : MAX(tally.quota_patients, cell->max_patients);
}

static void cell_fill(struct cell *cell, const struct snapshot *before,
                      const struct fleet_input *input, size_t at, gint64 now_ms)
{
    cell->config = input->config->cells->pdata[at];
    cell->reading = cell_reading_share(&input->readings[at]);
    struct tenant_tally tally = registry_tally(input->registry, cell->config->id);
    cell->tenants = tally.tenants;
    cell->registered_users = tally.registered_users;
    cell->quota_users = tally.quota_users;
    cell->most_patients = most_patients(input->registry, cell->config);
    if (!before || before->config != input->config ||
        !cell_judged_before(cell, &before->cells[at], before->at_ms, now_ms))
        cell_judge(cell, input->config, now_ms);
}

struct snapshot *fleet_fold(const struct fleet_input *input, gint64 now_ms)
{
    return fleet_fold_after(NULL, input, now_ms);
}

struct snapshot *fleet_fold_after(const struct snapshot *before, const struct fleet_input *input,
                                  gint64 now_ms)
{
    struct snapshot *snapshot = g_new0(struct snapshot, 1);
    g_atomic_ref_count_init(&snapshot->refs);
    snapshot->at_ms = now_ms;
    snapshot->config = config_ref(input->config);
    snapshot->registry = input->registry ? registry_ref(input->registry) : NULL;
    snapshot->sources = input->sources ? g_ptr_array_ref(input->sources) : g_ptr_array_new();
    snapshot->cost_usd_per_hour = input->cost_usd_per_hour;
    snapshot->slowed = g_strdup(input->slowed);
    snapshot->n_cells = input->config->cells->len;
    snapshot->cells = g_new0(struct cell, snapshot->n_cells);
    gint64 placed = 0;
    for (size_t i = 0; i < snapshot->n_cells; i++) {
        cell_fill(&snapshot->cells[i], before, input, i, now_ms);
        placed += snapshot->cells[i].tenants;
    }
    if (snapshot->registry)
        snapshot->unplaced = (gint64)snapshot->registry->tenants->len - placed;
    return snapshot;
}

struct snapshot *snapshot_again(const struct snapshot *snapshot, gint64 now_ms)
{
    struct config *config = snapshot->config;
    g_autofree struct cell_reading *readings = g_new(struct cell_reading, snapshot->n_cells);
    for (size_t i = 0; i < snapshot->n_cells; i++)
        readings[i] = snapshot->cells[i].reading;
    g_autoptr(GPtrArray) sources =
        sources_as_of(snapshot->sources, config->metrics.period_ms, now_ms);
    struct fleet_input input = {
        config,          readings, snapshot->registry, sources, snapshot->cost_usd_per_hour,
        snapshot->slowed};
    return fleet_fold_after(snapshot, &input, now_ms);
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
    g_atomic_ref_count_inc(&snapshot->refs);
    return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
    if (!snapshot || !g_atomic_ref_count_dec(&snapshot->refs))
        return;
    for (size_t i = 0; i < snapshot->n_cells; i++) {
        cell_reading_clear(&snapshot->cells[i].reading);
        g_strfreev(snapshot->cells[i].reasons);
    }
    g_free(snapshot->cells);
    g_free(snapshot->slowed);
    registry_unref(snapshot->registry);
    g_ptr_array_unref(snapshot->sources);
    config_unref(snapshot->config);
    g_free(snapshot);
}

const struct source *snapshot_source(const struct snapshot *snapshot, const char *name)
{
    for (guint i = 0; i < snapshot->sources->len; i++) {
        const struct source *source = g_ptr_array_index(snapshot->sources, i);
        if (strcmp(source->name, name) == 0)
            return source;
    }
    return NULL;
}

static int badness(const struct cell *cell)
{
    return cell->health == HEALTH_STANDBY ? (int)HEALTH_HEALTHY : (int)cell->health;
}

int cell_by_worst(const struct cell *a, const struct cell *b)
{
    bool a_last = a->config->class == CLASS_DEV, b_last = b->config->class == CLASS_DEV;
    if (badness(a) != badness(b))
        return badness(b) - badness(a);
    if (badness(a) != HEALTH_HEALTHY && a_last != b_last)
        return a_last - b_last;
    return (a > b) - (a < b); /* they lie in one array */
}

const struct cell *snapshot_cell(const struct snapshot *snapshot, const char *id)
{
    gssize place = config_place(snapshot->config, id);
    return place < 0 ? NULL : &snapshot->cells[place];
}

gint64 stale_after_ms(gint64 period_ms)
{
    return 3 * period_ms;
}

gint64 cell_metric_age_ms(const struct cell *cell, enum metric metric, gint64 period_ms,
                          gint64 now_ms)
{
    const struct series *series = cell->reading.series[metric];
    gssize newest = series_newest_usable(series, metric, now_ms);
    return newest < 0 ? -1 : MAX(0, now_ms - series->points[newest].at_ms - period_ms);
}

bool cell_metric_stale(const struct cell *cell, enum metric metric, gint64 period_ms, gint64 now_ms)
{
    gint64 age_ms = cell_metric_age_ms(cell, metric, period_ms, now_ms);
    return age_ms < 0 || age_ms > stale_after_ms(period_ms);
}

bool cell_since_or_before(const struct cell *cell)
{
    const GPtrArray *probes = cell->reading.probes;
    const struct probe *first = probes && probes->len ? probes->pdata[0] : NULL;
    bool earlier = first && first->at_ms == cell->since_ms;
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
        const struct series *series = cell->reading.series[metric];
        earlier = earlier || (series && series->n && series->points[0].at_ms == cell->since_ms);
    }
    return earlier && cell->since_ms > 0;
}
