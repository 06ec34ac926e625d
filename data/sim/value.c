#include "data/sim/value.h"

#include "data/base/error.h"
#include "data/base/when.h"

#include <libfyaml.h>
#include <math.h>
#include <string.h>

const char *sim_text(const json_t *object, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : otherwise;
}

static bool to_number(const json_t *value, double *number)
{
    if (json_is_number(value)) {
        *number = json_number_value(value);
        return true;
    }
    const char *text = json_string_value(value);
    if (!text || !*text)
        return false;
    char *end = NULL;
    *number = g_ascii_strtod(text, &end);
    return !*end && isfinite(*number);
}

double sim_number(const json_t *object, const char *key, double otherwise)
{
    double number;
    return to_number(json_object_get(object, key), &number) ? number : otherwise;
}

bool sim_flag(const json_t *object, const char *key, bool otherwise)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_boolean(value))
        return json_is_true(value);
    const char *text = json_string_value(value);
    return text ? g_ascii_strcasecmp(text, "true") == 0 : otherwise;
}

gint64 sim_duration(const json_t *object, const char *key, gint64 otherwise_ms)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    gint64 ms;
    if (text && duration_parse(text, &ms))
        return ms;
    char *end = NULL;
    ms = text ? g_ascii_strtoll(text, &end, 10) : 0;
    if (text && end > text && g_str_equal(end, "ms"))
        return ms;
    double seconds;
    return to_number(value, &seconds) ? llround(seconds * 1000) : otherwise_ms;
}

gint64 sim_moment(const json_t *object, const char *key, gint64 otherwise_ms)
{
    const json_t *value = json_object_get(object, key);
    double seconds;
    if (to_number(value, &seconds))
        return llround(seconds * 1000);
    const char *text = json_string_value(value);
    gint64 at_ms;
    return text && when_parse(text, &at_ms) ? at_ms : otherwise_ms;
}

bool sim_list_has(const json_t *list, const char *word)
{
    if (json_is_string(list))
        return g_str_equal(json_string_value(list), word);
    size_t i;
    const json_t *item;
    json_array_foreach (list, i, item)
        if (g_strcmp0(json_string_value(item), word) == 0)
            return true;
    return false;
}

static json_t *plain_scalar(const char *text)
{
    static const struct {
        const char *word;
        json_t *(*make)(void);
    } words[] = {{"true", json_true}, {"false", json_false}, {"null", json_null}, {"~", json_null}};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(text, words[i].word))
            return words[i].make();
    if (!*text)
        return json_null();
    char *end = NULL;
    gint64 whole = g_ascii_strtoll(text, &end, 10);
    if (!*end)
        return json_integer(whole);
    double number = g_ascii_strtod(text, &end);
    bool numeric = !*end && (g_ascii_isdigit(*text) || strchr("+-.", *text));
    return numeric ? json_real(number) : json_string(text);
}

static json_t *from_node(struct fy_node *node)
{
    void *iter = NULL;
    if (fy_node_is_mapping(node)) {
        json_t *object = json_object();
        struct fy_node_pair *pair;
        while ((pair = fy_node_mapping_iterate(node, &iter))) {
            const char *key = fy_node_get_scalar0(fy_node_pair_key(pair));
            json_object_set_new(object, key ? key : "", from_node(fy_node_pair_value(pair)));
        }
        return object;
    }
    if (fy_node_is_sequence(node)) {
        json_t *array = json_array();
        struct fy_node *item;
        while ((item = fy_node_sequence_iterate(node, &iter)))
            json_array_append_new(array, from_node(item));
        return array;
    }
    const char *text = node ? fy_node_get_scalar0(node) : NULL;
    if (!text)
        return json_null();
    return fy_node_get_style(node) == FYNS_PLAIN ? plain_scalar(text) : json_string(text);
}

static void say_nothing(struct fy_diag *diag, void *user, const char *text, size_t length)
{
    (void)diag, (void)user, (void)text, (void)length;
}

json_t *sim_yaml(const char *text, size_t length, const char *name, GError **error)
{
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    quiet.output_fn = say_nothing;
    struct fy_diag *diag = fy_diag_create(&quiet);
    struct fy_parse_cfg cfg = {.flags = FYPCF_RESOLVE_DOCUMENT, .diag = diag};
    struct fy_document *doc = fy_document_build_from_string(&cfg, text, length);
    fy_diag_destroy(diag);
    if (!doc) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s is not readable as YAML", name);
        return NULL;
    }
    json_t *json = from_node(fy_document_root(doc));
    fy_document_destroy(doc);
    return json;
}

static bool is_block(const json_t *value, int depth)
{
    return depth > 0 && (json_is_object(value) || json_is_array(value)) &&
           (json_object_size(value) || json_array_size(value));
}

static void write_block(GString *out, const json_t *value, int depth, int indent);

static void write_item(GString *out, const char *lead, const json_t *value, int depth, int indent)
{
    g_string_append_printf(out, "%*s%s", indent, "", lead);
    if (is_block(value, depth)) {
        g_string_append_c(out, '\n');
        write_block(out, value, depth, indent + 2);
        return;
    }
    char *flow = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(10));
    g_string_append_printf(out, " %s\n", flow);
    free(flow);
}

static void write_block(GString *out, const json_t *value, int depth, int indent)
{
    const char *key;
    json_t *member;
    json_object_foreach ((json_t *)value, key, member) {
        g_autofree char *lead = g_strconcat(key, ":", NULL);
        write_item(out, lead, member, depth - 1, indent);
    }
    size_t i;
    json_array_foreach (value, i, member)
        write_item(out, "-", member, 0, indent);
}

char *sim_yaml_text(const json_t *object, int depth)
{
    GString *out = g_string_new(NULL);
    write_block(out, object, depth, 0);
    return g_string_free(out, FALSE);
}
