#include "tui/commands/fleet_json.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/failover_plan.h"
#include "rollout/placement_json.h"

static json_t *moment_json(gint64 at_ms)
{
    if (at_ms <= 0)
        return json_null();
    g_autofree char *text = when_rfc3339(at_ms);
    return json_string(text);
}

static json_t *seconds_json(gint64 ms)
{
    return ms < 0 ? json_null() : json_real((double)ms / 1000);
}

static json_t *strings_json(char *const *strings)
{
    json_t *array = json_array();
    for (; strings && *strings; strings++)
        json_array_append_new(array, text_json(*strings));
    return array;
}

static json_t *source_json(const struct source *source, gint64 now_ms)
{
    static const char *const names[] = {[SOURCE_OK] = "ok",
                                        [SOURCE_STALE] = "stale",
                                        [SOURCE_ERROR] = "error",
                                        [SOURCE_WAITING] = "error"};
    return json_pack("{s:o, s:s, s:o, s:o}", "name", text_json(source->name), "state",
                     names[source->state], "age_s",
                     seconds_json(source->read_ms ? now_ms - source->read_ms : -1), "error",
                     text_json(source->state == SOURCE_WAITING ? "not asked yet" : source->error));
}

static json_t *metrics_json(const struct snapshot *snapshot, const struct cell *cell)
{
    gint64 period_ms = snapshot->config->metrics.period_ms;
    json_t *all = json_object();
    for (enum metric m = 0; m < metric_count(snapshot->config); m++) {
        const struct datapoint *last = series_last(cell->reading.series[m]);
        if (!last)
            continue;
        gint64 age_ms = cell_metric_age_ms(cell, m, period_ms, snapshot->at_ms);
        bool stale = cell_metric_stale(cell, m, period_ms, snapshot->at_ms);
        json_object_set_new(all, metric_name_in(snapshot->config, m),
                            json_pack("{s:f, s:s, s:o, s:o, s:b}", "value", last->value, "unit",
                                      metric_unit_in(snapshot->config, m), "at",
                                      moment_json(last->at_ms), "age_s", seconds_json(age_ms),
                                      "stale", stale));
    }
    return all;
}

static json_t *alarms_json(const GPtrArray *alarms)
{
    static const char *const states[] = {[ALARM_OK] = "OK",
                                         [ALARM_ALARM] = "ALARM",
                                         [ALARM_INSUFFICIENT_DATA] = "INSUFFICIENT_DATA"};
    json_t *array = json_array();
    for (guint i = 0; alarms && i < alarms->len; i++) {
        const struct alarm *alarm = alarms->pdata[i];
        if (alarm->state == ALARM_OK)
            continue;
        json_array_append_new(
            array, json_pack("{s:o, s:s, s:o, s:o}", "name", text_json(alarm->name), "state",
                             states[alarm->state], "since", moment_json(alarm->since_ms), "reason",
                             text_json(alarm->reason)));
    }
    return array;
}

static json_t *capacity_json(const struct snapshot *snapshot, const struct cell *cell)
{
    const struct datapoint *active = series_last(cell->reading.series[METRIC_ACTIVE_USERS]);
    bool counted = snapshot->registry != NULL;
    return json_pack("{s:I, s:o, s:o, s:o, s:o}", "max_users", (json_int_t)cell->config->max_users,
                     "active_users", active ? json_integer((json_int_t)active->value) : json_null(),
                     "registered_users",
                     counted ? json_integer(cell->registered_users) : json_null(), "quota_users",
                     counted ? json_integer(cell->quota_users) : json_null(), "used_pct",
                     cell->used_pct < 0 ? json_null() : json_real(cell->used_pct));
}

static json_t *cell_json(const struct snapshot *snapshot, const struct cell *cell,
                         const struct evacuation *drain)
{
    const struct cell_config *config = cell->config;
    const struct registry *registry = snapshot->registry;
    return json_pack("{s:o, s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "id",
                     text_json(config->id), "region", text_json(config->region), "class",
                     cell_class_name(config->class), "residency", text_json(config->residency),
                     "version", text_json(cell->version), "health", health_name(cell->health),
                     "since", moment_json(cell->since_ms), "reasons", strings_json(cell->reasons),
                     "metrics", metrics_json(snapshot, cell), "capacity",
                     capacity_json(snapshot, cell), "tenants",
                     registry ? json_integer(cell->tenants) : json_null(), "tenants_complete",
                     registry && registry->complete, "alarms", alarms_json(cell->reading.alarms),
                     "drain", drain_json(drain));
}

json_t *fleet_cells_json(const struct snapshot *snapshot, const struct evacuations *drains)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < snapshot->n_cells; i++)
        json_array_append_new(cells,
                              cell_json(snapshot, &snapshot->cells[i], drains->cells->pdata[i]));
    return cells;
}

static json_t *live_operations_json(const GPtrArray *operations)
{
    if (!operations)
        return json_null();
    json_t *live = json_array();
    for (guint i = 0; i < operations->len; i++) {
        const struct operation *operation = operations->pdata[i];
        if (!operation->ended_ms)
            json_array_append_new(live, operation_json(operation));
    }
    return live;
}

/* As JSON has cells in celldeck.yaml's order, too. */
static void add_drills(json_t *cells, const struct snapshot *snapshot, const GPtrArray *operations)
{
    for (size_t i = 0; i < snapshot->n_cells; i++) {
        gint64 last_ms =
            operations ? history_last_drill_ms(operations, snapshot->cells[i].config->id) : 0;
        json_object_set_new(json_array_get(cells, i), "last_drill_at", moment_json(last_ms));
    }
}

/* The failover or move that is under way or held, and has this cell; NULL: none. */
static const char *live_in(const GPtrArray *operations, const char *cell)
{
    for (guint i = 0; operations && i < operations->len; i++) {
        const struct operation *operation = operations->pdata[i];
        enum failover_kind kind;
        if (!operation->ended_ms && failover_kind_parse(operation->kind, &kind) &&
            kind != FAILOVER_DRILL && g_strv_contains((const char *const *)operation->cells, cell))
            return operation->id;
    }
    return NULL;
}

/* Where everybody would go is of no use to whoever begins a failover while one has the cell. */
static void add_holders(json_t *cells, const struct snapshot *snapshot, const GPtrArray *operations)
{
    for (size_t i = 0; i < snapshot->n_cells; i++)
        json_object_set_new(json_object_get(json_array_get(cells, i), "drain"), "operation",
                            text_json(live_in(operations, snapshot->cells[i].config->id)));
}

json_t *fleet_status_json(const struct snapshot *snapshot, const struct evacuations *drains,
                          const GPtrArray *operations)
{
    json_t *sources = json_array();
    for (guint i = 0; i < snapshot->sources->len; i++)
        json_array_append_new(sources, source_json(snapshot->sources->pdata[i], snapshot->at_ms));
    const struct registry *registry = snapshot->registry;
    json_t *cells = fleet_cells_json(snapshot, drains);
    add_drills(cells, snapshot, operations);
    add_holders(cells, snapshot, operations);
    return json_pack("{s:o, s:o, s:o, s:{s:o, s:o, s:b}, s:o, s:o, s:f}", "at",
                     moment_json(snapshot->at_ms), "sources", sources, "cells", cells, "tenants",
                     "total", registry ? json_integer(registry->tenants->len) : json_null(),
                     "unplaced", registry ? json_integer(snapshot->unplaced) : json_null(),
                     "complete", registry && registry->complete, "spares", spares_json(drains),
                     "operations", live_operations_json(operations), "cost_usd_per_hour",
                     snapshot->cost_usd_per_hour);
}

static json_t *count_json(gint64 count)
{
    return count < 0 ? json_null() : json_integer(count);
}

json_t *fleet_tenant_json(const struct tenant *tenant)
{
    return json_pack(
        "{s:o, s:o, s:o, s:s, s:s, s:{s:o, s:o, s:o}, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "id", text_json(tenant->id), "cell", text_json(tenant->cell), "region",
        text_json(tenant->region), "tier", tenant_tier_name(tenant->tier), "status",
        tenant_status_name(tenant->status), "capacity", "max_users", count_json(tenant->max_users),
        "max_patients", count_json(tenant->max_patients), "current_users",
        count_json(tenant->current_users), "name", text_json(tenant->name), "subdomain",
        text_json(tenant->subdomain), "residency", text_json(tenant->residency), "failover_cell",
        text_json(tenant->failover_cell), "environment", text_json(tenant->environment),
        "created_at", moment_json(tenant->created_ms), "updated_at",
        moment_json(tenant->updated_ms), "fault", text_json(tenant->fault));
}
