#include "data/sim/expression.h"

#include "data/sim/dynamodb.h"
#include "data/sim/expression_parts.h"
#include "data/sim/value.h"

#include <string.h>

struct sim_expressions {
    GPtrArray *paths; /* char **, each a path of names; NULL: the whole item */
    GPtrArray *conditions;
    GPtrArray *keys; /* the same, of the KeyConditionExpression */
    GPtrArray *updates;
};

void sim_expressions_free(struct sim_expressions *expressions)
{
    if (expressions->paths)
        g_ptr_array_unref(expressions->paths);
    g_ptr_array_unref(expressions->conditions);
    g_ptr_array_unref(expressions->keys);
    g_ptr_array_unref(expressions->updates);
    g_free(expressions);
}

/* Those of DynamoDB's 573 reserved words that are attributes of a registry. */
static bool is_reserved(const char *name)
{
    static const char *const words[] = {"CAPACITY", "DOMAIN", "NAME", "REGION", "STATUS", NULL};
    g_autofree char *upper = g_ascii_strup(name, -1);
    return g_strv_contains(words, upper);
}

/* A name of a path: itself, or what ExpressionAttributeNames has for #it. NULL after a refusal. */
static const char *resolve(struct sim_reading *reading, const char *name)
{
    const char *real = *name == '#' ? sim_text(reading->names, name, NULL) : name;
    json_object_set_new(reading->used, name, json_true());
    if (!real)
        sim_refuse(reading->call, 400, "ValidationException",
                   "Invalid %s: An expression attribute name used in the document path is not "
                   "defined; attribute name: %s",
                   reading->expression, name);
    else if (!*real || strpbrk(name, " ()[]<>=:"))
        sim_refuse(reading->call, 400, "ValidationException", "Invalid %s: Syntax error; token: %s",
                   reading->expression, name);
    else if (*name != '#' && is_reserved(name))
        sim_refuse(reading->call, 400, "ValidationException",
                   "Invalid %s: Attribute name is a reserved keyword; reserved keyword: %s",
                   reading->expression, name);
    return reading->call->error.status ? NULL : real;
}

/* "#c.maxUsers" as its names. NULL after a refusal. */
char **sim_read_path(struct sim_reading *reading, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", -1);
    g_autoptr(GStrvBuilder) path = g_strv_builder_new();
    for (size_t i = 0; parts[i]; i++) {
        const char *name = resolve(reading, g_strstrip(parts[i]));
        if (!name)
            return NULL;
        g_strv_builder_add(path, name);
    }
    return g_strv_builder_end(path);
}

static void path_free(gpointer path)
{
    g_strfreev(path);
}

static void read_projection(struct sim_reading *reading, struct sim_expressions *expressions)
{
    reading->expression = "ProjectionExpression";
    const char *text = sim_text(reading->call->in, reading->expression, NULL);
    if (!text)
        return;
    expressions->paths = g_ptr_array_new_with_free_func(path_free);
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    for (size_t i = 0; parts[i] && !reading->call->error.status; i++) {
        char **path = sim_read_path(reading, parts[i]);
        if (path)
            g_ptr_array_add(expressions->paths, path);
    }
}

const json_t *sim_read_value(struct sim_reading *reading, const char *word)
{
    const json_t *value = json_object_get(reading->values, word);
    json_object_set_new(reading->used, word, json_true());
    if (!value)
        sim_refuse(reading->call, 400, "ValidationException",
                   "Invalid %s: An expression attribute value used in expression is not defined; "
                   "attribute value: %s",
                   reading->expression, word);
    return value;
}

/* `what`: "ExpressionAttributeNames", or "...Values". */
static void refuse_unused(struct sim_reading *reading, const char *what, const json_t *given)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)given, name, value)
        if (!json_object_get(reading->used, name) && !reading->call->error.status)
            sim_refuse(reading->call, 400, "ValidationException",
                       "Value provided in %s unused in expressions: keys: {%s}", what, name);
}

struct sim_expressions *sim_expressions_read(struct sim_call *call)
{
    static const char *const names = "ExpressionAttributeNames";
    static const char *const values = "ExpressionAttributeValues";
    OWN(sim_expressions) expressions = g_new0(struct sim_expressions, 1);
    OWN_JSON used = json_object();
    struct sim_reading reading = {.call = call,
                                  .names = json_object_get(call->in, names),
                                  .values = json_object_get(call->in, values),
                                  .used = used};
    expressions->conditions = sim_conditions_new();
    expressions->keys = sim_conditions_new();
    expressions->updates = sim_updates_new();
    read_projection(&reading, expressions);
    sim_updates_read(&reading, expressions->updates);
    sim_conditions_read(&reading, "FilterExpression", expressions->conditions);
    sim_conditions_read(&reading, "ConditionExpression", expressions->conditions);
    sim_conditions_read(&reading, "KeyConditionExpression", expressions->keys);
    refuse_unused(&reading, names, reading.names);
    refuse_unused(&reading, values, reading.values);
    return call->error.status ? NULL : g_steal_pointer(&expressions);
}

json_t *sim_item_find(json_t *item, char *const *path)
{
    json_t *value = json_object_get(item, *path);
    while (value && *++path)
        value = json_object_get(json_object_get(value, "M"), *path);
    return value;
}

bool sim_expressions_keep(const struct sim_expressions *expressions, const json_t *item)
{
    return sim_conditions_hold(expressions->conditions, item);
}

bool sim_expressions_key_holds(const struct sim_expressions *expressions, const json_t *item)
{
    return sim_conditions_hold(expressions->keys, item);
}

bool sim_expressions_key_fits(const struct sim_expressions *expressions, struct sim_call *call,
                              const json_t *table)
{
    return sim_conditions_fit_key(expressions->keys, call, table);
}

json_t *sim_expressions_update(const struct sim_expressions *expressions, struct sim_call *call,
                               const json_t *table, const json_t *item)
{
    return sim_updates_apply(expressions->updates, call, table, item);
}

void sim_item_put(json_t *object, char *const *path, json_t *value)
{
    if (!path[1]) {
        json_object_set(object, *path, value);
        return;
    }
    json_t *map = json_object_get(object, *path);
    if (!map) {
        map = json_pack("{s:{}}", "M");
        json_object_set_new(object, *path, map);
    }
    sim_item_put(json_object_get(map, "M"), path + 1, value);
}

json_t *sim_item_apart(const json_t *item, char *const *path)
{
    json_t *copy = json_copy((json_t *)item);
    const json_t *map = json_object_get(json_object_get(copy, *path), "M");
    if (path[1] && map)
        json_object_set_new(copy, *path, json_pack("{s:o}", "M", sim_item_apart(map, path + 1)));
    return copy;
}

/* Most readers ask for every attribute there is by its name: then no copy is needed. */
static bool asks_for_all(const struct sim_expressions *expressions, const json_t *item)
{
    size_t asked = 0;
    for (guint i = 0; i < expressions->paths->len; i++) {
        char *const *path = expressions->paths->pdata[i];
        asked += !path[1] && json_object_get(item, *path);
    }
    return asked == json_object_size(item);
}

json_t *sim_expressions_project(const struct sim_expressions *expressions, json_t *item)
{
    if (!expressions->paths || asks_for_all(expressions, item))
        return json_incref(item);
    json_t *part = json_object();
    for (guint i = 0; i < expressions->paths->len; i++) {
        char *const *path = expressions->paths->pdata[i];
        json_t *value = sim_item_find(item, path);
        if (value)
            sim_item_put(part, path, value);
    }
    return part;
}
