#include "data/sim/incident.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/sim/value.h"
#include "data/sim/world.h"

#include <math.h>
#include <string.h>

enum { NARROWINGS = 4 };
#define LONGEST_MS (3650 * WHEN_DAY) /* a time that no moment overflows with */

struct incident {
    json_t *about[NARROWINGS]; /* a text or an array of them; NULL: any */
    gint64 from_ms, until_ms, ramp_ms;
    double times[SIM_FACTORS];
};

struct sim_incidents {
    const GPtrArray *cells;
    GPtrArray *all; /* struct incident * */
};

static const char *region_of(const struct sim_cell *cell, gint64 at_ms)
{
    (void)at_ms;
    return cell->region;
}

static const char *class_of(const struct sim_cell *cell, gint64 at_ms)
{
    (void)at_ms;
    return cell->class;
}

static const char *id_of(const struct sim_cell *cell, gint64 at_ms)
{
    (void)at_ms;
    return cell->id;
}

static const char *version_of(const struct sim_cell *cell, gint64 at_ms)
{
    return sim_cell_run(cell, at_ms)->version;
}

static const struct {
    const char *key;
    const char *(*of)(const struct sim_cell *cell, gint64 at_ms);
    bool lasting; /* what a cell has for good, so that a word that none has is misspelt */
} narrowings[NARROWINGS] = {{"region", region_of, true},
                            {"class", class_of, true},
                            {"cells", id_of, true},
                            {"version", version_of, false}};

static const char *const factors[SIM_FACTORS] = {
    [SIM_TIMES_ERRORS] = "error_rate", [SIM_TIMES_LATENCY] = "latency",
    [SIM_TIMES_CPU] = "cpu",           [SIM_TIMES_CONNECTIONS] = "connections",
    [SIM_TIMES_TRAFFIC] = "traffic",   [SIM_TIMES_WORK] = "work",
    [SIM_TIMES_LAG] = "replica_lag",   [SIM_TIMES_HEALTH] = "health",
};
static const char *const times[] = {"at", "for", "ramp"};

static void incident_free(struct incident *incident)
{
    for (size_t i = 0; i < NARROWINGS; i++)
        json_decref(incident->about[i]);
    g_free(incident);
}
OWNABLE(incident, incident_free);

struct sim_incidents *sim_incidents_new(const GPtrArray *cells)
{
    struct sim_incidents *incidents = g_new0(struct sim_incidents, 1);
    incidents->cells = cells;
    incidents->all = g_ptr_array_new_with_free_func((GDestroyNotify)incident_free);
    return incidents;
}

void sim_incidents_free(struct sim_incidents *incidents)
{
    g_ptr_array_unref(incidents->all);
    g_free(incidents);
}

static bool refuse(GError **error, const char *key, const json_t *value, const char *expected)
{
    char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(10));
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s: %s: expected %s", key, dump, expected);
    free(dump);
    return false;
}

/* A misspelt key would make an incident of everybody's. */
static bool keys_known(const json_t *incident, GError **error)
{
    const char *known[NARROWINGS + SIM_FACTORS + G_N_ELEMENTS(times) + 1] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < NARROWINGS; i++)
        known[n++] = narrowings[i].key;
    for (size_t i = 0; i < SIM_FACTORS; i++)
        known[n++] = factors[i];
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        known[n++] = times[i];
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)incident, key, value) {
        if (g_strv_contains(known, key))
            continue;
        const char *meant = text_nearest(key, known);
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "unknown key %s%s%s", key,
                    meant ? ", did you mean " : "", meant ? meant : "");
        return false;
    }
    return true;
}

static bool duration_read(const json_t *incident, const char *key, gint64 otherwise_ms, gint64 *ms,
                          GError **error)
{
    const json_t *value = json_object_get(incident, key);
    *ms = value ? sim_duration(incident, key, -1) : otherwise_ms;
    return (*ms >= 0 && *ms <= LONGEST_MS) ||
           refuse(error, key, value, "a duration (250ms, 90s, 15m)");
}

static bool is_somebodys(const struct sim_incidents *incidents, size_t narrowing, const char *word)
{
    bool found = !narrowings[narrowing].lasting;
    for (guint i = 0; word && i < incidents->cells->len && !found; i++)
        found = g_strcmp0(narrowings[narrowing].of(incidents->cells->pdata[i], 0), word) == 0;
    return word && found;
}

static bool narrowing_read(const struct sim_incidents *incidents, const json_t *from, size_t i,
                           struct incident *incident, GError **error)
{
    const char *key = narrowings[i].key;
    json_t *value = json_object_get(from, key);
    if (!value)
        return true;
    size_t n = json_is_array(value) ? json_array_size(value) : 1;
    bool good = n > 0;
    for (size_t j = 0; j < n && good; j++) {
        const json_t *word = json_is_array(value) ? json_array_get(value, j) : value;
        good = is_somebodys(incidents, i, json_string_value(word));
    }
    if (!good)
        return refuse(error, key, value, "what a cell of the scenario has, or a list of such");
    incident->about[i] = json_incref(value);
    return true;
}

static bool factor_read(const json_t *from, enum sim_factor factor, struct incident *incident,
                        GError **error)
{
    const json_t *value = json_object_get(from, factors[factor]);
    const char *text = json_string_value(value);
    incident->times[factor] = 1;
    if (!value)
        return true;
    char *end = NULL;
    if (text && *text == 'x' && g_ascii_isdigit(text[1]))
        incident->times[factor] = g_ascii_strtod(text + 1, &end);
    return (end && !*end && isfinite(incident->times[factor])) ||
           refuse(error, factors[factor], value, "so many times the usual (x3, x0.5, x0)");
}

static bool factors_read(const json_t *from, struct incident *incident, GError **error)
{
    bool any = false;
    for (enum sim_factor factor = 0; factor < SIM_FACTORS; factor++) {
        if (!factor_read(from, factor, incident, error))
            return false;
        any |= json_object_get(from, factors[factor]) != NULL;
    }
    if (!any)
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "it changes nothing: expected one of error_rate, latency, cpu, "
                    "connections, traffic, work, replica_lag, health");
    return any;
}

static bool times_read(const json_t *from, gint64 base_ms, struct incident *incident,
                       GError **error)
{
    gint64 at_ms, for_ms;
    if (!duration_read(from, "at", 0, &at_ms, error) ||
        !duration_read(from, "for", LONGEST_MS, &for_ms, error) ||
        !duration_read(from, "ramp", 0, &incident->ramp_ms, error))
        return false;
    incident->from_ms = base_ms + at_ms;
    incident->until_ms = incident->from_ms + for_ms;
    return true;
}

static struct incident *incident_read(const struct sim_incidents *incidents, const json_t *from,
                                      gint64 base_ms, GError **error)
{
    OWN(incident) incident = g_new0(struct incident, 1);
    if (!json_is_object(from)) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "expected a map of keys");
        return NULL;
    }
    bool good = keys_known(from, error) && times_read(from, base_ms, incident, error) &&
                factors_read(from, incident, error);
    for (size_t i = 0; i < NARROWINGS && good; i++)
        good = narrowing_read(incidents, from, i, incident, error);
    return good ? g_steal_pointer(&incident) : NULL;
}

bool sim_incidents_add(struct sim_incidents *incidents, const json_t *incident, gint64 base_ms,
                       GError **error)
{
    g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func((GDestroyNotify)incident_free);
    size_t n = json_is_array(incident) ? json_array_size(incident) : 1;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_is_array(incident) ? json_array_get(incident, i) : incident;
        struct incident *made = incident_read(incidents, one, base_ms, error);
        if (!made) {
            g_prefix_error(error, "incident %zu: ", i + 1);
            return false;
        }
        g_ptr_array_add(read, made);
    }
    g_ptr_array_extend_and_steal(incidents->all, g_steal_pointer(&read));
    return true;
}

void sim_incidents_end(struct sim_incidents *incidents, gint64 now_ms)
{
    for (guint i = incidents->all->len; i-- > 0;) {
        struct incident *incident = incidents->all->pdata[i];
        if (incident->from_ms >= now_ms)
            g_ptr_array_remove_index(incidents->all, i);
        else
            incident->until_ms = MIN(incident->until_ms, now_ms);
    }
}

static bool concerns(const struct incident *incident, const struct sim_cell *cell, gint64 at_ms)
{
    bool so = incident->from_ms <= at_ms && at_ms < incident->until_ms;
    for (size_t i = 0; i < NARROWINGS && so; i++)
        so = !incident->about[i] || sim_list_has(incident->about[i], narrowings[i].of(cell, at_ms));
    return so;
}

double sim_incidents_times(const struct sim_incidents *incidents, const struct sim_cell *cell,
                           enum sim_factor factor, gint64 at_ms)
{
    double product = 1;
    for (guint i = 0; i < incidents->all->len; i++) {
        const struct incident *incident = incidents->all->pdata[i];
        if (!concerns(incident, cell, at_ms))
            continue;
        gint64 into_ms = at_ms - incident->from_ms;
        double share =
            into_ms >= incident->ramp_ms ? 1 : (double)into_ms / (double)incident->ramp_ms;
        product *= 1 + (incident->times[factor] - 1) * share;
    }
    return product;
}

gint64 sim_incidents_down_since(const struct sim_incidents *incidents, const struct sim_cell *cell,
                                gint64 at_ms)
{
    gint64 since_ms = G_MAXINT64;
    for (guint i = 0; i < incidents->all->len; i++) {
        const struct incident *incident = incidents->all->pdata[i];
        if (concerns(incident, cell, at_ms) && !(incident->times[SIM_TIMES_HEALTH] > 0))
            since_ms = MIN(since_ms, incident->from_ms);
    }
    return since_ms;
}
