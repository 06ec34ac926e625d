#include "data/sim/xml.h"

#include "data/base/when.h"

#include <math.h>
#include <string.h>

#define DEPTH_MAX 32

struct reader {
    json_t *open[DEPTH_MAX]; /* the objects of the elements we are in */
    GString *text;
    int depth;
};

static void on_start(GMarkupParseContext *context, const char *name, const char **keys,
                     const char **values, gpointer data, GError **error)
{
    (void)context, (void)name, (void)keys, (void)values;
    struct reader *reader = data;
    if (reader->depth == DEPTH_MAX) {
        g_set_error(error, G_MARKUP_ERROR, G_MARKUP_ERROR_PARSE, "nested too deeply");
        return;
    }
    reader->open[reader->depth++] = json_object();
    g_string_truncate(reader->text, 0);
}

static void add_child(json_t *parent, const char *name, json_t *child)
{
    json_t *there = json_object_get(parent, name);
    if (json_is_array(there))
        json_array_append_new(there, child);
    else if (there)
        json_object_set_new(parent, name, json_pack("[O, o]", there, child));
    else
        json_object_set_new(parent, name, child);
}

static void on_end(GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
    (void)context, (void)error;
    struct reader *reader = data;
    if (reader->depth == 1)
        return;
    json_t *value = reader->open[--reader->depth];
    if (json_object_size(value) == 0) {
        json_decref(value);
        value = json_string(reader->text->str);
    }
    add_child(reader->open[reader->depth - 1], name, value);
    g_string_truncate(reader->text, 0);
}

static void on_text(GMarkupParseContext *context, const char *text, gsize length, gpointer data,
                    GError **error)
{
    (void)context, (void)error;
    g_string_append_len(((struct reader *)data)->text, text, (gssize)length);
}

json_t *sim_xml_read(const char *text, gsize length)
{
    static const GMarkupParser parser = {
        .start_element = on_start, .end_element = on_end, .text = on_text};
    struct reader reader = {.text = g_string_new(NULL)};
    GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, &reader, NULL);
    bool whole = g_markup_parse_context_parse(context, text, (gssize)length, NULL) &&
                 g_markup_parse_context_end_parse(context, NULL);
    g_markup_parse_context_free(context);
    g_string_free(reader.text, TRUE);
    json_t *root = whole && reader.depth == 1 ? json_incref(reader.open[0]) : NULL;
    while (reader.depth > 0)
        json_decref(reader.open[--reader.depth]);
    return root;
}

static void write_scalar(GString *out, const char *name, const json_t *value)
{
    g_autofree char *text = NULL;
    bool moment = strstr(name, "Timestamp") && json_is_number(value);
    if (moment)
        text = when_rfc3339(llround(json_number_value(value) * 1000));
    else if (json_is_string(value))
        text = g_markup_escape_text(json_string_value(value), -1);
    else {
        char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
        text = g_strdup(dump);
        free(dump);
    }
    g_string_append_printf(out, "<%s>%s</%s>", name, text, name);
}

static void write_list(GString *out, const char *name, const json_t *list, const char *member)
{
    size_t i;
    const json_t *item;
    if (member)
        g_string_append_printf(out, "<%s>", name);
    json_array_foreach (list, i, item) {
        /* The list's name tells what its members are: Timestamps. */
        if (member && json_is_number(item) && strstr(name, "Timestamp")) {
            g_autofree char *at = when_rfc3339(llround(json_number_value(item) * 1000));
            g_string_append_printf(out, "<%s>%s</%s>", member, at, member);
        } else {
            sim_xml_write(out, member ? member : name, item, member);
        }
    }
    if (member)
        g_string_append_printf(out, "</%s>", name);
}

void sim_xml_write(GString *out, const char *name, const json_t *value, const char *member)
{
    if (json_is_array(value)) {
        write_list(out, name, value, member);
    } else if (json_is_object(value)) {
        const char *key;
        json_t *child;
        g_string_append_printf(out, "<%s>", name);
        json_object_foreach ((json_t *)value, key, child)
            sim_xml_write(out, key, child, member);
        g_string_append_printf(out, "</%s>", name);
    } else {
        write_scalar(out, name, value);
    }
}

/* The place for the rest of a dotted name below `at`, made where missing. */
static json_t *step_into(json_t *at, const char *part, bool array)
{
    if (json_is_array(at)) {
        size_t index = (size_t)g_ascii_strtoull(part, NULL, 10);
        while (index > 0 && index <= 10000 && json_array_size(at) < index)
            json_array_append_new(at, json_object());
        return json_array_get(at, index - 1);
    }
    if (!json_object_get(at, part))
        json_object_set_new(at, part, array ? json_array() : json_object());
    return json_object_get(at, part);
}

static void put_field(json_t *root, const char *name, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(name, ".", -1);
    json_t *at = root;
    for (char **part = parts; *part && at; part++) {
        if (g_str_equal(*part, "member") && json_is_array(at))
            continue;
        bool list = part[1] && g_str_equal(part[1], "member");
        if (part[1])
            at = step_into(at, *part, list);
        else if (json_is_array(at))
            json_array_append_new(at, json_string(value));
        else
            json_object_set_new(at, *part, json_string(value));
    }
}

json_t *sim_form_read(const char *form)
{
    json_t *root = json_object();
    g_auto(GStrv) fields = g_strsplit(form, "&", -1);
    for (char **field = fields; *field; field++) {
        g_strdelimit(*field, "+", ' ');
        char *equals = strchr(*field, '=');
        if (equals)
            *equals++ = '\0';
        g_autofree char *name = g_uri_unescape_string(*field, NULL);
        g_autofree char *value = g_uri_unescape_string(equals ? equals : "", NULL);
        if (name && *name && value)
            put_field(root, name, value);
    }
    return root;
}
