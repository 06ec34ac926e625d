#include "data/config.h"

#include "data/base/error.h"
#include "data/config_schema.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

/* A fleet of 1,000 cells takes some 200 kB; what is larger is no celldeck.yaml. */
#define FILE_MAX ((gsize)1024 * 1024)

static const char *const class_names[] = {"dev", "shared", "dedicated", "dr"};

const char *cell_class_name(enum cell_class class)
{
    return class_names[class];
}

/* Never more than FILE_MAX + 1 bytes, so that a device or a pipe can't fill the memory. */
static char *read_file(const char *path, gsize *length, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GFileInputStream) stream = g_file_read(file, NULL, &cause);
    g_autofree char *text = g_malloc(FILE_MAX + 1);
    if (!stream || !g_input_stream_read_all(G_INPUT_STREAM(stream), text, FILE_MAX + 1, length,
                                            NULL, &cause)) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "cannot read the configuration %s: %s; name another with -c FILE", path,
                    cause->message);
        return NULL;
    }
    if (*length > FILE_MAX) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "the configuration %s is larger than 1 MiB; is it a celldeck.yaml?", path);
        return NULL;
    }
    return g_steal_pointer(&text);
}

void config_index_cells(struct config *config)
{
    config->places = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < config->cells->len; i++) {
        char *id = ((struct cell_config *)config->cells->pdata[i])->id;
        g_hash_table_insert(config->places, id, GUINT_TO_POINTER(i + 1));
    }
}

static struct config *read_config(const char *path, const char *text, size_t length,
                                  struct faults *faults)
{
    const char *end = text;
    if (!g_utf8_validate_len(text, length, &end)) {
        faults_add(faults, (size_t)(end - text), "byte 0x%02x is not UTF-8 text, expected UTF-8",
                   (guchar)*end);
        return NULL;
    }
    OWN(schema_reader) reader = schema_reader_new(faults);
    struct config *config = schema_read(reader, &config_schema, text, length);
    if (!config)
        return NULL;
    g_atomic_ref_count_init(&config->refs);
    config->path = g_strdup(path);
    config_index_cells(config);
    config_check(config, reader, faults);
    config_note_lines(config, reader, faults);
    return config;
}

struct config *config_load(const char *path, GError **error)
{
    gsize length = 0;
    g_autofree char *text = read_file(path, &length, error);
    if (!text)
        return NULL;
    OWN(faults) faults = faults_new(path, text, length);
    OWN(config) config = read_config(path, text, length, faults);
    if (!faults_any(faults))
        return g_steal_pointer(&config);
    faults_tell(faults, error);
    return NULL;
}

struct config *config_ref(struct config *config)
{
    g_atomic_ref_count_inc(&config->refs);
    return config;
}

void config_unref(struct config *config)
{
    if (!g_atomic_ref_count_dec(&config->refs))
        return;
    g_free(config->path);
    g_hash_table_unref(config->places);
    g_clear_pointer(&config->lines, g_hash_table_unref);
    for (guint i = 0; i < config->cells->len; i++)
        g_free(((struct cell_config *)config->cells->pdata[i])->source);
    schema_release(&config_schema, config);
}

char *config_find(const char *given, GError **error)
{
    const char *named = given ? given : g_getenv("CELLDECK_CONFIG");
    if (named && *named)
        return g_strdup(named);
    g_autofree char *personal =
        g_build_filename(g_get_user_config_dir(), "celldeck", "celldeck.yaml", NULL);
    const char *const places[] = {"./celldeck.yaml", personal, "/etc/celldeck/celldeck.yaml", NULL};
    for (const char *const *place = places; *place; place++)
        if (g_file_test(*place, G_FILE_TEST_EXISTS))
            return g_strdup(*place);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                "there is no configuration: looked at -c FILE, $CELLDECK_CONFIG, %s, %s and %s; "
                "write one or name it with -c",
                places[0], places[1], places[2]);
    return NULL;
}

gssize config_place(const struct config *config, const char *id)
{
    return (gssize)GPOINTER_TO_UINT(g_hash_table_lookup(config->places, id)) - 1;
}

const struct cell_config *config_cell(const struct config *config, const char *id)
{
    gssize place = config_place(config, id);
    return place < 0 ? NULL : config->cells->pdata[place];
}

char *config_ecs_cluster(const struct config *config, const char *cell)
{
    GString *cluster = g_string_new(config->deploy.ecs_cluster);
    g_string_replace(cluster, "{cell}", cell, 0);
    return g_string_free(cluster, FALSE);
}

static bool names(char *const *list, const char *name)
{
    return list && g_strv_contains((const char *const *)list, name);
}

/* Any cell has all of no labels. */
static bool has_labels(const struct cell_config *cell, GHashTable *labels)
{
    GHashTableIter iter;
    gpointer label, value;
    bool has = true;
    if (!labels)
        return true;
    g_hash_table_iter_init(&iter, labels);
    while (has && g_hash_table_iter_next(&iter, &label, &value))
        has = cell->labels && g_strcmp0(g_hash_table_lookup(cell->labels, label), value) == 0;
    return has;
}

static bool any_labels(GHashTable *labels)
{
    return labels && g_hash_table_size(labels) > 0;
}

bool wave_takes(const struct wave_config *wave, const struct cell_config *cell)
{
    if (names(wave->exclude, cell->id))
        return false;
    if (wave->cells && *wave->cells)
        return names(wave->cells, cell->id);
    return (wave->has_class || any_labels(wave->labels)) && has_labels(cell, wave->labels) &&
           (!wave->has_class || wave->class == cell->class);
}

bool controls_config_given(const struct controls_config *controls)
{
    return (controls->classes && *controls->classes) || any_labels(controls->labels) ||
           (controls->cells && *controls->cells) || (controls->exclude && *controls->exclude);
}

bool controls_config_takes(const struct controls_config *controls, const struct cell_config *cell)
{
    bool any_class = !controls->classes || !*controls->classes;
    bool any_cell = !controls->cells || !*controls->cells;
    return !names(controls->exclude, cell->id) && has_labels(cell, controls->labels) &&
           (any_class || names(controls->classes, cell_class_name(cell->class))) &&
           (any_cell || names(controls->cells, cell->id));
}

int config_own_metric(const struct config *config, const char *name)
{
    const GPtrArray *own = config->metrics.own;
    for (guint i = 0; own && i < own->len; i++)
        if (g_strcmp0(((const struct own_metric *)own->pdata[i])->name, name) == 0)
            return (int)i;
    return -1;
}

void gates_config_default(struct gates_config *gates)
{
    *gates = (struct gates_config){0};
    schema_set_defaults(&config_gates_schema, gates);
}

void gates_config_clear(struct gates_config *gates)
{
    schema_clear(&config_gates_schema, gates);
}

void gates_config_copy(struct gates_config *to, const struct gates_config *from)
{
    *to = (struct gates_config){0};
    schema_inherit(&config_gates_schema, NULL, to, from);
}

bool gates_config_off(const struct gates_config *gates, const char *gate)
{
    return names(gates->off, gate);
}

double gates_config_own_limit(const struct gates_config *gates, const char *metric)
{
    for (guint i = 0; gates->own_limits && i < gates->own_limits->len; i++) {
        const struct own_limit *limit = gates->own_limits->pdata[i];
        if (strcmp(limit->metric, metric) == 0)
            return limit->limit;
    }
    return NAN;
}

enum no_data gates_config_no_data(const struct gates_config *gates, enum no_data of_gate)
{
    return of_gate == NO_DATA_DEFAULT ? gates->no_data : of_gate;
}

json_t *config_own_metrics_json(const struct config *config)
{
    if (!config->metrics.own || !config->metrics.own->len)
        return NULL;
    OWN_JSON metrics = schema_json(&config_metrics_schema, &config->metrics);
    json_t *own = json_incref(json_object_get(metrics, "own")), *one;
    const char *name;
    json_object_foreach (own, name, one)
        json_object_del(one, "unit");
    return own;
}

json_t *config_policy_json(const struct config *config)
{
    json_t *waves = json_array();
    for (guint i = 0; i < config->waves->len; i++) {
        const struct wave_config *wave = config->waves->pdata[i];
        json_t *json = schema_json(&config_wave_schema, wave);
        if (!wave->has_class)
            json_object_del(json, "class");
        json_array_append_new(waves, json);
    }
    json_t *freezes = json_array();
    for (guint i = 0; config->freezes && i < config->freezes->len; i++)
        json_array_append_new(freezes,
                              schema_json(&config_freeze_schema, config->freezes->pdata[i]));
    json_t *policy = json_object();
    json_object_set_new(policy, "waves", waves);
    json_object_set_new(policy, "freezes", freezes);
    json_object_set_new(policy, "gates", schema_json(&config_gates_schema, &config->gates));
    json_object_set_new(policy, "deploy", schema_json(&config_deploy_schema, &config->deploy));
    /* which way one is worse, and by how much, is as much of the policy as its limit */
    json_t *own = config_own_metrics_json(config);
    if (own)
        json_object_set_new(policy, "own", own);
    return policy;
}
