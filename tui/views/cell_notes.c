#include "tui/views/cell_notes.h"

#include "data/base/when.h"

#include <string.h>

static void take(GArray *notes, const json_t *datum)
{
    const char *name = json_string_value(json_object_get(datum, "metric"));
    const char *at = json_string_value(json_object_get(datum, "at"));
    const json_t *value = json_object_get(datum, "value");
    const enum metric told[] = {METRIC_HEALTH, METRIC_ERROR_RATE};
    struct slo_note note = {0};
    if (!at || !json_is_number(value) || !when_parse(at, &note.at_ms))
        return;
    note.value = json_number_value(value);
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++)
        if (g_strcmp0(name, metric_name(told[i])) == 0) {
            note.metric = told[i];
            g_array_append_val(notes, note);
        }
}

/* Whether its evidence has datapoints as they were read: what other gates keep is worked out from
 * many. */
static bool has_datapoints(const struct event *event)
{
    const char *gate = json_string_value(json_object_get(event->data, "gate"));
    return strcmp(event->type, "gate") == 0 &&
           (g_strcmp0(gate, "limits") == 0 || g_strcmp0(gate, "data") == 0);
}

GArray *cell_notes_of(const GPtrArray *events)
{
    GArray *notes = g_array_new(FALSE, FALSE, sizeof(struct slo_note));
    for (guint i = 0; i < events->len; i++) {
        const struct event *event = events->pdata[i];
        size_t n;
        const json_t *datum;
        if (!has_datapoints(event))
            continue;
        json_array_foreach (json_object_get(event->data, "evidence"), n, datum)
            take(notes, datum);
    }
    return notes;
}
