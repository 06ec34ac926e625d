/* The cells as they are: what they run, what they measure, and what can be seen of that when. */
#include "tests/simulation/sim.h"

#include <string.h>

#define PAST_MS (50 * WHEN_MINUTE)

struct sim_cell *sim_cell(struct sim *sim, const char *id)
{
    for (int i = 0; id && i < sim->n_cells; i++)
        if (strcmp(sim->cells[i].id, id) == 0)
            return &sim->cells[i];
    return NULL;
}

bool cell_runs(const struct sim_cell *cell, const char *version)
{
    for (int i = 0; i < PARTS; i++)
        if (strcmp(cell->parts[i].version, version) != 0)
            return false;
    return true;
}

void cell_run(struct sim *sim, struct sim_cell *cell, const char *version)
{
    guint64 number = ++sim->next_reference;
    for (int i = 0; i < PARTS; i++) {
        g_strlcpy(cell->parts[i].version, version, sizeof cell->parts[i].version);
        g_snprintf(cell->parts[i].reference, sizeof cell->parts[i].reference, "%s:%d",
                   i ? "web" : "api", (int)number);
    }
    cell->changed_ms = sim->now_ms;
}

static bool is_ill(const struct sim *sim, const struct sim_cell *cell)
{
    if (cell->bad_old)
        return true;
    return cell->bad_release && strcmp(cell->parts[0].version, "5.0.2") != 0 &&
           sim->now_ms - cell->changed_ms >= cell->sick_from_ms;
}

static void measure(struct sim *sim, struct sim_cell *cell, gint64 at_ms)
{
    bool ill = is_ill(sim, cell);
    struct point point = {.at_ms = at_ms, .seen_ms = at_ms + PERIOD_MS + SETTLE_MS / 2};
    const double usual[METRIC_COUNT] = {1, 420, 0.3, 40, 100, 90, 80};
    memcpy(point.values, usual, sizeof usual);
    if (ill)
        point.values[METRIC_ERROR_RATE] = 30;
    if (ill && cell->users % 2)
        point.values[METRIC_HEALTH] = 0;
    if (at_ms < cell->silent_until_ms)
        point.seen_ms = G_MAXINT64;
    else if (trouble_comes(sim, ON_NO_METRICS, 60))
        point.seen_ms += sim_between(sim->run.dice[ON_NO_METRICS], 1, 5) * WHEN_MINUTE;
    g_array_append_val(cell->points, point);
    if (cell->points->len > 120)
        g_array_remove_range(cell->points, 0, 40);
    if (ill && !cell->in_alarm)
        cell->alarm_since_ms = sim->now_ms;
    cell->in_alarm = ill;
}

static void probe_cell(struct sim *sim, struct sim_cell *cell)
{
    struct probe *probe = probe_new(sim->now_ms);
    if (sim->now_ms >= cell->silent_until_ms) {
        probe->answered = true;
        probe->version = g_strdup(cell->parts[0].version);
        probe_add_dependency(probe, "postgres", true);
    } else {
        probe->error = g_strdup("no answer");
    }
    g_ptr_array_add(cell->probes, probe);
    if (cell->probes->len > 10)
        g_ptr_array_remove_index(cell->probes, 0);
}

static struct series *series_of(const struct sim *sim, const struct sim_cell *cell,
                                enum metric metric)
{
    struct datapoint points[120];
    size_t n = 0;
    for (guint i = 0; i < cell->points->len; i++) {
        const struct point *point = &g_array_index(cell->points, struct point, i);
        if (point->seen_ms <= sim->now_ms && point->at_ms >= sim->now_ms - PAST_MS)
            points[n++] = (struct datapoint){point->at_ms, point->values[metric]};
    }
    return series_new(points, n);
}

static void alarm_free_one(gpointer alarm)
{
    alarm_free(alarm);
}

static void probe_unref_one(gpointer probe)
{
    probe_unref(probe);
}

static struct cell_reading read_cell(const struct sim *sim, const struct sim_cell *cell)
{
    struct cell_reading reading = {.alarms = g_ptr_array_new_with_free_func(alarm_free_one),
                                   .alarms_at_ms = sim->now_ms,
                                   .probes = g_ptr_array_new_with_free_func(probe_unref_one)};
    for (size_t i = 0; i < METRIC_COUNT; i++)
        reading.series[i] = series_of(sim, cell, i);
    struct alarm *alarm = g_new0(struct alarm, 1);
    *alarm = (struct alarm){g_strconcat(cell->id, "-errors", NULL), g_strdup(cell->id),
                            cell->in_alarm ? ALARM_ALARM : ALARM_OK, cell->alarm_since_ms,
                            g_strdup("errors")};
    g_ptr_array_add(reading.alarms, alarm);
    for (guint i = 0; i < cell->probes->len; i++)
        g_ptr_array_add(reading.probes, probe_ref(g_ptr_array_index(cell->probes, i)));
    return reading;
}

static GPtrArray *sources(const struct sim *sim)
{
    static const char *const names[] = {"registry", "metrics us-east-1", "alarms us-east-1"};
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(all, source_new(names[i], SOURCE_OK, sim->now_ms, NULL));
    return all;
}

static void look(struct sim *sim)
{
    struct cell_reading readings[MOST_CELLS] = {0};
    guint n = sim->whole->cells->len;
    for (guint i = 0; i < n; i++) {
        const struct cell_config *config = g_ptr_array_index(sim->whole->cells, i);
        readings[i] = read_cell(sim, sim_cell(sim, config->id));
    }
    g_autoptr(GPtrArray) all = sources(sim);
    bool whole = sim->now_ms >= sim->half_read_until_ms;
    if (whole != sim->registry->complete) {
        struct registry *again = registry_again(sim->registry, sim->now_ms, whole);
        registry_unref(sim->registry);
        sim->registry = again;
    }
    const struct fleet_input input = {
        .config = sim->whole, .readings = readings, .registry = sim->registry, .sources = all};
    if (sim->snapshot)
        snapshot_unref(sim->snapshot);
    sim->snapshot = fleet_fold(&input, sim->now_ms);
    for (guint i = 0; i < n; i++)
        cell_reading_clear(&readings[i]);
}

void cells_tick(struct sim *sim)
{
    bool new = !sim->snapshot;
    for (; sim->now_ms >= sim->next_period_ms + PERIOD_MS; sim->next_period_ms += PERIOD_MS)
        for (int i = 0; i < sim->n_cells; i++)
            measure(sim, &sim->cells[i], sim->next_period_ms);
    if (sim->now_ms >= sim->next_probe_ms) {
        for (int i = 0; i < sim->n_cells; i++)
            probe_cell(sim, &sim->cells[i]);
        sim->next_probe_ms = sim->now_ms + PERIOD_MS;
        new = true;
    }
    if (!new && sim->now_ms - sim->snapshot_ms < 20 * WHEN_SECOND)
        return;
    sim->snapshot_ms = sim->now_ms;
    look(sim);
}

static void add_tenant(GPtrArray *tenants, const struct sim_cell *cell)
{
    g_autofree char *id = g_strconcat("t-", cell->id, NULL);
    const struct tenant draft = {.id = id,
                                 .cell = cell->id,
                                 .region = "us-east-1",
                                 .max_users = 100,
                                 .max_patients = 1,
                                 .current_users = cell->users,
                                 .created_ms = 1,
                                 .updated_ms = 1};
    g_ptr_array_add(tenants, tenant_new(&draft));
}

/* An hour of a quiet past, so that gates and people know the cells. */
void cells_begin(struct sim *sim)
{
    gint64 now_ms = sim->now_ms;
    bool any_bad = false; /* two at a time blame each other, as their timing has it */
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    for (int i = 0; i < sim->n_cells; i++) {
        struct sim_cell *cell = &sim->cells[i];
        g_snprintf(cell->id, sizeof cell->id, "c%d", i);
        cell->users = sim_between(sim->run.chance, 1, 50);
        cell->deployments = g_ptr_array_new_with_free_func(deployment_free);
        cell->points = g_array_new(FALSE, FALSE, sizeof(struct point));
        cell->probes = g_ptr_array_new_with_free_func(probe_unref_one);
        cell->in_config = true;
        cell_run(sim, cell, "5.0.2");
        cell->changed_ms = now_ms - WHEN_DAY;
        cell->sick_from_ms = sim_between(sim->run.chance, sim->run.options.kills ? 2 : 0,
                                         sim->run.options.kills ? 3 : 8) *
                             WHEN_MINUTE;
        cell->bad_release = i > 0 && sim->run.options.seed % 2 &&
                            sim_between(sim->run.chance, 0, 3) == 0 &&
                            !(sim->run.options.kills && any_bad);
        any_bad = any_bad || cell->bad_release;
        add_tenant(tenants, cell);
    }
    sim->registry = registry_new(tenants, now_ms, true);
    for (sim->now_ms -= PAST_MS; sim->now_ms < now_ms; sim->now_ms += PERIOD_MS)
        for (int i = 0; i < sim->n_cells; i++) {
            measure(sim, &sim->cells[i], sim->now_ms / PERIOD_MS * PERIOD_MS - PERIOD_MS);
            probe_cell(sim, &sim->cells[i]);
        }
    sim->now_ms = now_ms;
    sim->next_period_ms = now_ms / PERIOD_MS * PERIOD_MS - PERIOD_MS;
    sim->next_probe_ms = now_ms;
}

void cells_clear(struct sim *sim)
{
    for (int i = 0; i < sim->n_cells; i++) {
        g_ptr_array_unref(sim->cells[i].deployments);
        g_array_unref(sim->cells[i].points);
        g_ptr_array_unref(sim->cells[i].probes);
    }
    if (sim->snapshot)
        snapshot_unref(sim->snapshot);
    registry_unref(sim->registry);
}
