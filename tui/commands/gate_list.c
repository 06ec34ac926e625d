/* `celldeck gate list [WAVE]`: the gates in force, with what celldeck.yaml leaves to the defaults.
 */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/gate_terms.h"
#include "tui/commands/gate.h"

#include <string.h>

/* A setting of traffic's that is the wave's. */
static json_t *low_traffic_json(const struct config *config, const struct wave_config *wave)
{
    const char *word = wave->low_traffic_pass ? "pass" : "hold";
    int line = config_line(config, &wave->low_traffic_pass);
    return json_pack("{s:s, s:s, s:s, s:o}", "key", "low_traffic", "value", word, "text", word,
                     "line", line ? json_integer(line) : json_null());
}

/* Those that are this gate's alone; GATE_COUNT: those that all go by. */
static json_t *settings_of(enum gate gate, const json_t *settings)
{
    json_t *own = json_array(), *setting;
    size_t i;
    json_array_foreach (settings, i, setting)
        if (gate_of_setting(json_string_value(json_object_get(setting, "key"))) == gate)
            json_array_append(own, setting);
    return own;
}

static json_t *gate_json(const struct config *config, const struct wave_config *wave,
                         enum gate gate, const json_t *settings)
{
    const struct gate_terms *terms = gate_terms(gate);
    json_t *own = settings_of(gate, settings);
    if (gate == GATE_TRAFFIC)
        json_array_append_new(own, low_traffic_json(config, wave));
    return json_pack("{s:s, s:b, s:s, s:s, s:o}", "name", gate_name(gate), "off",
                     gates_config_off(&wave->gates, gate_name(gate)), "asks", terms->asks, "of_dr",
                     terms->of_dr, "settings", own);
}

static json_t *wave_json(const struct config *config, const struct wave_config *wave)
{
    OWN_JSON settings = config_gate_settings(config, wave);
    json_t *gates = json_array();
    for (int gate = 0; gate < GATE_COUNT; gate++)
        json_array_append_new(gates, gate_json(config, wave, (enum gate)gate, settings));
    return json_pack("{s:o, s:f, s:o, s:o}", "name", text_json(wave->name), "bake_s",
                     (double)wave->bake_ms / WHEN_SECOND, "settings",
                     settings_of(GATE_COUNT, settings), "gates", gates);
}

static void print_setting(const struct context *context, const json_t *setting)
{
    const char *key = json_string_value(json_object_get(setting, "key"));
    const char *text = json_string_value(json_object_get(setting, "text"));
    json_int_t line = json_integer_value(json_object_get(setting, "line"));
    g_autofree char *from = line ? g_strdup_printf("line %d", (int)line) : g_strdup("default");
    out_line(context->style, line ? OUT_PLAIN : OUT_DIM, "    %-22s %-38s %s", key,
             text && *text ? text : "none", from);
}

static void print_settings(const struct context *context, const json_t *of)
{
    size_t i;
    const json_t *setting;
    json_array_foreach (json_object_get(of, "settings"), i, setting)
        print_setting(context, setting);
}

static void print_gate(const struct context *context, const json_t *gate)
{
    const char *name = json_string_value(json_object_get(gate, "name"));
    const char *of_dr = json_string_value(json_object_get(gate, "of_dr"));
    if (json_is_true(json_object_get(gate, "off"))) {
        out_line(context->style, OUT_WARN, "  %-11s off: not asked", name);
        return;
    }
    out_line(context->style, OUT_PLAIN, "  %-11s %s", name,
             json_string_value(json_object_get(gate, "asks")));
    if (strcmp(of_dr, "asked") != 0)
        out_line(context->style, OUT_DIM, "    of a dr cell: %s", of_dr);
    print_settings(context, gate);
}

static void print_wave(const struct context *context, const json_t *wave)
{
    gint64 bake_ms = (gint64)(json_real_value(json_object_get(wave, "bake_s")) * WHEN_SECOND);
    g_autofree char *bake = duration_config_text(bake_ms);
    out_line(context->style, OUT_BOLD, "Wave %s, which bakes for %s",
             json_string_value(json_object_get(wave, "name")), bake);
    print_settings(context, wave);
    size_t i;
    const json_t *gate;
    json_array_foreach (json_object_get(wave, "gates"), i, gate)
        print_gate(context, gate);
}

/* Of the wave that was asked for, or of all. NULL, with an error, where there is none of its name.
 */
static json_t *waves_json(const struct config *config, const char *wanted, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    json_t *waves = json_array();
    for (guint i = 0; i < config->waves->len; i++) {
        const struct wave_config *wave = config->waves->pdata[i];
        g_ptr_array_add(names, wave->name);
        if (!wanted || strcmp(wave->name, wanted) == 0)
            json_array_append_new(waves, wave_json(config, wave));
    }
    g_ptr_array_add(names, NULL);
    if (json_array_size(waves) > 0)
        return waves;
    json_decref(waves);
    g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s has no wave%s%s; %s%s", config->path,
                wanted ? " " : "", wanted ? wanted : "s, and gates are asked for a wave",
                *all ? "it has: " : "write some: waves: [{name: dev, class: dev, bake: 24h}]", all);
    return NULL;
}

int gate_list_run(struct context *context, GError **error)
{
    json_t *waves = context_open_config(context, error)
                        ? waves_json(context->config, context->args[0], error)
                        : NULL;
    if (!waves)
        return CD_ERROR_USAGE;
    if (context->json) {
        out_json("gate.list",
                 json_pack("{s:o, s:o}", "file", text_json(context->config->path), "waves", waves));
        return 0;
    }
    out_line(context->style, OUT_PLAIN, "By %s:", context->config->path);
    size_t i;
    const json_t *wave;
    json_array_foreach (waves, i, wave)
        print_wave(context, wave);
    json_decref(waves);
    return 0;
}
