/* The settings of the gates, of the file and of each wave: what holds, and where that was said. */
#include "data/config_schema.h"

#include <string.h>

/* What is asked of each setting; `at`: its offset in struct gates_config. */
typedef void (*setting_fn)(const struct schema_key *key, const char *path, size_t at,
                           gpointer data);

static void each_setting(const struct schema *schema, const char *prefix, size_t base,
                         setting_fn fn, gpointer data)
{
    for (const struct schema_key *key = schema->keys; key->name; key++) {
        g_autofree char *path = g_strconcat(prefix, *prefix ? "." : "", key->name, NULL);
        if (key->kind == SCHEMA_SECTION)
            each_setting(key->of, path, base + key->offset, fn, data);
        else
            fn(key, path, base + key->offset, data);
    }
}

struct noting {
    struct config *config;
    const struct gates_config *gates;
    const struct schema_reader *reader;
    const struct faults *faults;
};

static void note_line(const struct noting *noting, gconstpointer member)
{
    int line, column;
    if (!schema_given(noting->reader, member))
        return;
    faults_position(noting->faults, schema_place(noting->reader, member), &line, &column);
    g_hash_table_insert(noting->config->lines, (gpointer)member, GINT_TO_POINTER(line));
}

static void note_setting(const struct schema_key *key, const char *path, size_t at, gpointer data)
{
    const struct noting *noting = data;
    (void)key, (void)path;
    note_line(noting, (const char *)noting->gates + at);
}

void config_note_lines(struct config *config, const struct schema_reader *reader,
                       const struct faults *faults)
{
    struct noting noting = {config, &config->gates, reader, faults};
    config->lines = g_hash_table_new(NULL, NULL);
    each_setting(&config_gates_schema, "", 0, note_setting, &noting);
    for (guint i = 0; i < config->waves->len; i++) {
        const struct wave_config *wave = config->waves->pdata[i];
        noting.gates = &wave->gates;
        each_setting(&config_gates_schema, "", 0, note_setting, &noting);
        note_line(&noting, &wave->low_traffic_pass);
    }
}

int config_line(const struct config *config, gconstpointer member)
{
    return config->lines ? GPOINTER_TO_INT(g_hash_table_lookup(config->lines, member)) : 0;
}

const struct gates_config *config_own_gates(const struct config *config,
                                            const struct wave_config *wave)
{
    OWN_JSON own = schema_json(&config_gates_schema, &wave->gates);
    OWN_JSON common = schema_json(&config_gates_schema, &config->gates);
    return json_equal(own, common) ? NULL : &wave->gates;
}

static const struct wave_config *taken_by(const struct config *config,
                                          const struct cell_config *cell)
{
    for (guint i = 0; i < config->waves->len; i++)
        if (wave_takes(config->waves->pdata[i], cell))
            return config->waves->pdata[i];
    return NULL;
}

const struct wave_config *config_wave_of(const struct config *config,
                                         const struct cell_config *cell)
{
    const struct cell_config *primary =
        cell->stands_by_for ? config_cell(config, cell->stands_by_for) : NULL;
    const struct wave_config *wave = taken_by(config, cell);
    return wave || !primary ? wave : taken_by(config, primary);
}

const struct gates_config *config_gates_of(const struct config *config,
                                           const struct cell_config *cell)
{
    const struct wave_config *wave = config_wave_of(config, cell);
    return wave ? &wave->gates : &config->gates;
}

struct listing {
    const struct config *config;
    const struct wave_config *wave;
    json_t *values; /* schema_json() of the gates */
    json_t *settings;
};

static const json_t *value_at(const json_t *values, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, ".", -1);
    for (char **name = names; *name; name++)
        values = json_object_get(values, *name);
    return values;
}

static char *map_text(const json_t *map)
{
    GString *text = g_string_new(NULL);
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)map, name, value) {
        g_string_append_printf(text, "%s%s: ", text->len ? ", " : "", name);
        if (json_is_number(value))
            g_string_append_printf(text, "%.10g", json_number_value(value));
        else
            g_string_append(text, json_string_value(value));
    }
    return g_string_free(text, FALSE);
}

/* As the file would have it. */
static char *value_text(const struct schema_key *key, const json_t *value)
{
    if (json_is_array(value)) {
        GString *text = g_string_new(NULL);
        size_t i;
        const json_t *item;
        json_array_foreach (value, i, item)
            g_string_append_printf(text, "%s%s", i ? ", " : "", json_string_value(item));
        return g_string_free(text, FALSE);
    }
    if (json_is_object(value))
        return map_text(value);
    if (json_is_number(value))
        return g_strdup_printf("%.10g%s", json_number_value(value),
                               key->kind == SCHEMA_PERCENT ? "%" : "");
    return g_strdup(json_string_value(value));
}

/* What a gate leaves to no_data is told as that; what a cell passes on is never ignored
 * (config_check.c). */
static char *listed_text(const struct listing *listing, const struct schema_key *key,
                         const char *path, const json_t *value)
{
    const char *common = json_string_value(value_at(listing->values, "no_data"));
    bool must = g_str_has_prefix(path, "probe.") || g_str_has_prefix(path, "data.");
    if (g_strcmp0(json_string_value(value), "default") != 0)
        return value_text(key, value);
    if (must && g_strcmp0(common, "ignore") == 0)
        return g_strdup("hold");
    return g_strdup_printf("%s, as no_data", common);
}

static void list_setting(const struct schema_key *key, const char *path, size_t at, gpointer data)
{
    const struct listing *listing = data;
    const json_t *value = value_at(listing->values, path);
    int line = config_line(listing->config, (const char *)&listing->wave->gates + at);
    if (!line)
        line = config_line(listing->config, (const char *)&listing->config->gates + at);
    g_autofree char *text = listed_text(listing, key, path, value);
    json_array_append_new(listing->settings,
                          json_pack("{s:s, s:O, s:s, s:o}", "key", path, "value", value, "text",
                                    text, "line", line ? json_integer(line) : json_null()));
}

json_t *config_gate_settings(const struct config *config, const struct wave_config *wave)
{
    struct listing listing = {config, wave, schema_json(&config_gates_schema, &wave->gates),
                              json_array()};
    each_setting(&config_gates_schema, "", 0, list_setting, &listing);
    json_decref(listing.values);
    return listing.settings;
}
