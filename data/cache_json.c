#include "data/cache_json.h"

#include "data/base/text.h"
#include "data/probe.h"

#define POINTS_KEPT 180 /* 3 h of minutes: what the feed keeps */

static json_t *series_json(const struct series *series)
{
    json_t *list = json_array();
    size_t n = series ? series->n : 0;
    for (size_t i = n > POINTS_KEPT ? n - POINTS_KEPT : 0; i < n; i++)
        json_array_append_new(
            list, json_pack("[I,f]", (json_int_t)series->points[i].at_ms, series->points[i].value));
    return list;
}

static struct series *series_of(const json_t *list)
{
    if (!json_array_size(list))
        return NULL;
    g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
    size_t i;
    json_t *pair;
    json_array_foreach (list, i, pair) {
        const json_t *at = json_array_get(pair, 0), *value = json_array_get(pair, 1);
        struct datapoint point = {json_integer_value(at), json_number_value(value)};
        if (json_is_integer(at) && json_is_number(value))
            g_array_append_val(points, point);
    }
    /* Merged into nothing, they are in order and one a period whatever the file says. */
    return series_merge(NULL, (const struct datapoint *)(void *)points->data, points->len,
                        G_MININT64);
}

static char *text_of(const json_t *json, const char *key)
{
    return g_strdup(json_string_value(json_object_get(json, key)));
}

static gint64 number_of(const json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

static json_t *alarm_json(const struct alarm *alarm)
{
    return json_pack("{s:o, s:o, s:i, s:I, s:o}", "name", text_json(alarm->name), "cell",
                     text_json(alarm->cell), "state", alarm->state, "since",
                     (json_int_t)alarm->since_ms, "reason", text_json(alarm->reason));
}

static struct alarm *alarm_of(const json_t *json)
{
    gint64 state = number_of(json, "state");
    struct alarm *alarm = g_new0(struct alarm, 1);
    alarm->name = text_of(json, "name");
    if (!alarm->name)
        alarm->name = g_strdup("");
    alarm->cell = text_of(json, "cell");
    alarm->state = state == ALARM_OK || state == ALARM_ALARM ? (enum alarm_state)state
                                                             : ALARM_INSUFFICIENT_DATA;
    alarm->since_ms = number_of(json, "since");
    alarm->reason = text_of(json, "reason");
    return alarm;
}

static json_t *probe_json(const struct probe *probe)
{
    json_t *dependencies = json_array();
    for (guint i = 0; i < probe->dependencies->len; i++) {
        const struct dependency *dependency = probe->dependencies->pdata[i];
        json_array_append_new(dependencies,
                              json_pack("[o,b]", text_json(dependency->name), dependency->up));
    }
    return json_pack("{s:I, s:b, s:o, s:o, s:o, s:I}", "at", (json_int_t)probe->at_ms, "answered",
                     probe->answered, "error", text_json(probe->error), "version",
                     text_json(probe->version), "dependencies", dependencies, "took",
                     (json_int_t)probe->took_ms);
}

static struct probe *probe_of(const json_t *json)
{
    struct probe *probe = probe_new(number_of(json, "at"));
    probe->answered = json_is_true(json_object_get(json, "answered"));
    probe->error = text_of(json, "error");
    probe->version = text_of(json, "version");
    probe->took_ms = number_of(json, "took");
    size_t i;
    json_t *pair;
    json_array_foreach (json_object_get(json, "dependencies"), i, pair) {
        const char *name = json_string_value(json_array_get(pair, 0));
        probe_add_dependency(probe, name ? name : "", json_is_true(json_array_get(pair, 1)));
    }
    return probe;
}

json_t *cache_reading_json(const struct cell_reading *reading)
{
    json_t *json = json_object();
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
        json_object_set_new(json, metric_name(metric), series_json(reading->series[metric]));
    json_object_set_new(json, "replica_lag", series_json(reading->replica_lag));
    if (reading->alarms) {
        json_t *alarms = json_array();
        for (guint i = 0; i < reading->alarms->len; i++)
            json_array_append_new(alarms, alarm_json(reading->alarms->pdata[i]));
        json_object_set_new(json, "alarms", alarms);
        json_object_set_new(json, "alarms_at", json_integer(reading->alarms_at_ms));
    }
    json_t *probes = json_array();
    for (guint i = 0; reading->probes && i < reading->probes->len; i++)
        json_array_append_new(probes, probe_json(reading->probes->pdata[i]));
    json_object_set_new(json, "probes", probes);
    return json;
}

struct cell_reading cache_reading(const json_t *json)
{
    struct cell_reading reading = {0};
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
        reading.series[metric] = series_of(json_object_get(json, metric_name(metric)));
    reading.replica_lag = series_of(json_object_get(json, "replica_lag"));
    const json_t *alarms = json_object_get(json, "alarms");
    size_t i;
    json_t *item;
    if (json_is_array(alarms)) {
        reading.alarms = g_ptr_array_new_with_free_func((GDestroyNotify)alarm_free);
        reading.alarms_at_ms = number_of(json, "alarms_at");
    }
    json_array_foreach (alarms, i, item) {
        g_ptr_array_add(reading.alarms, alarm_of(item));
    }
    json_array_foreach (json_object_get(json, "probes"), i, item) {
        GPtrArray *probes = probes_append(reading.probes, probe_of(item));
        g_clear_pointer(&reading.probes, g_ptr_array_unref);
        reading.probes = probes;
    }
    return reading;
}

json_t *cache_tenant_json(const struct tenant *tenant)
{
    const char *const texts[] = {
        tenant->id,        tenant->cell, tenant->region,        tenant->subdomain,
        tenant->residency, tenant->name, tenant->failover_cell, tenant->environment,
        tenant->fault};
    json_t *json =
        json_pack("[i,i,I,I,I,I,I]", tenant->tier, tenant->status, (json_int_t)tenant->max_users,
                  (json_int_t)tenant->max_patients, (json_int_t)tenant->current_users,
                  (json_int_t)tenant->created_ms, (json_int_t)tenant->updated_ms);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        json_array_append_new(json, text_json(texts[i]));
    return json;
}

struct tenant *cache_tenant(const json_t *json)
{
    gint64 numbers[7];
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        numbers[i] = json_integer_value(json_array_get(json, i));
    if (!json_is_string(json_array_get(json, G_N_ELEMENTS(numbers))) || numbers[0] < 0 ||
        numbers[0] > TIER_ENTERPRISE || numbers[1] < 0 || numbers[1] > TENANT_DOWN)
        return NULL;
    struct tenant draft = {.tier = (enum tenant_tier)numbers[0],
                           .status = (enum tenant_status)numbers[1],
                           .max_users = numbers[2],
                           .max_patients = numbers[3],
                           .current_users = numbers[4],
                           .created_ms = numbers[5],
                           .updated_ms = numbers[6]};
    const char **const texts[] = {
        &draft.id,   &draft.cell,          &draft.region,      &draft.subdomain, &draft.residency,
        &draft.name, &draft.failover_cell, &draft.environment, &draft.fault};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = json_string_value(json_array_get(json, G_N_ELEMENTS(numbers) + i));
    return tenant_new(&draft);
}

json_t *cache_sources_json(const GPtrArray *sources)
{
    json_t *list = json_array();
    for (guint i = 0; i < sources->len; i++) {
        const struct source *source = sources->pdata[i];
        json_array_append_new(
            list, json_pack("[o,I]", text_json(source->name), (json_int_t)source->read_ms));
    }
    return list;
}

GPtrArray *cache_sources(const json_t *json)
{
    GPtrArray *sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    size_t i;
    json_t *pair;
    json_array_foreach (json, i, pair) {
        const char *name = json_string_value(json_array_get(pair, 0));
        if (name)
            g_ptr_array_add(sources, source_new(name, SOURCE_WAITING,
                                                json_integer_value(json_array_get(pair, 1)), NULL));
    }
    return sources;
}
