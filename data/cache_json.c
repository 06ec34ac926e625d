#include "data/cache_json.h"

#include "data/base/text.h"
#include "data/probe.h"

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

json_t *cache_probe_json(const struct probe *probe)
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

struct probe *cache_probe(const json_t *json)
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

json_t *cache_alarms_json(const struct cell_reading *reading)
{
    json_t *alarms = reading->alarms ? json_array() : json_null();
    for (guint i = 0; reading->alarms && i < reading->alarms->len; i++)
        json_array_append_new(alarms, alarm_json(reading->alarms->pdata[i]));
    return json_pack("{s:o, s:I}", "alarms", alarms, "at", (json_int_t)reading->alarms_at_ms);
}

void cache_alarms(struct cell_reading *reading, const json_t *json)
{
    const json_t *alarms = json_object_get(json, "alarms");
    size_t i;
    json_t *item;
    g_clear_pointer(&reading->alarms, g_ptr_array_unref);
    reading->alarms_at_ms = number_of(json, "at");
    if (json_is_array(alarms))
        reading->alarms = g_ptr_array_new_with_free_func((GDestroyNotify)alarm_free);
    json_array_foreach (alarms, i, item) {
        g_ptr_array_add(reading->alarms, alarm_of(item));
    }
}

json_t *cache_sources_json(const GPtrArray *sources)
{
    json_t *list = json_array();
    for (guint i = 0; i < sources->len; i++) {
        const struct source *source = sources->pdata[i];
        json_array_append_new(list,
                              json_pack("[o,I,o]", text_json(source->name),
                                        (json_int_t)source->read_ms, text_json(source->error)));
    }
    return list;
}

GPtrArray *cache_sources(const json_t *json)
{
    GPtrArray *sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    size_t i;
    json_t *item;
    json_array_foreach (json, i, item) {
        const char *name = json_string_value(json_array_get(item, 0));
        if (name)
            g_ptr_array_add(sources, source_new(name, SOURCE_WAITING,
                                                json_integer_value(json_array_get(item, 1)),
                                                json_string_value(json_array_get(item, 2))));
    }
    return sources;
}
