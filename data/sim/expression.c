#include "data/sim/expression.h"

#include "data/sim/dynamodb.h"
#include "data/sim/value.h"

#include <string.h>

/* One comparison of a filter. */
struct condition {
    char **path;
    char *sign;          /* "=", "<", ..., "attribute_exists", "attribute_not_exists" */
    const json_t *value; /* the call's; NULL for the last two */
};

struct sim_expressions {
    GPtrArray *paths;      /* char **, each a path of names; NULL: the whole item */
    GPtrArray *conditions; /* struct condition * */
    GPtrArray *keys;       /* the same, of the KeyConditionExpression */
};

/* While the expressions are read: whose names and values, and which of the names were used. */
struct reading {
    struct sim_call *call;
    const char *expression; /* "ProjectionExpression" */
    const json_t *names;
    json_t *used;
};

static void condition_free(gpointer data)
{
    struct condition *condition = data;
    g_strfreev(condition->path);
    g_free(condition->sign);
    g_free(condition);
}

void sim_expressions_free(struct sim_expressions *expressions)
{
    if (expressions->paths)
        g_ptr_array_unref(expressions->paths);
    g_ptr_array_unref(expressions->conditions);
    g_ptr_array_unref(expressions->keys);
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
static const char *resolve(struct reading *reading, const char *name)
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
static char **read_path(struct reading *reading, const char *text)
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

static void read_projection(struct reading *reading, struct sim_expressions *expressions)
{
    reading->expression = "ProjectionExpression";
    const char *text = sim_text(reading->call->in, reading->expression, NULL);
    if (!text)
        return;
    expressions->paths = g_ptr_array_new_with_free_func(path_free);
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    for (size_t i = 0; parts[i] && !reading->call->error.status; i++) {
        char **path = read_path(reading, parts[i]);
        if (path)
            g_ptr_array_add(expressions->paths, path);
    }
}

static void add_condition(GPtrArray *conditions, char **path, const char *sign, const json_t *value)
{
    struct condition *condition = g_new0(struct condition, 1);
    *condition = (struct condition){path, g_strdup(sign), value};
    g_ptr_array_add(conditions, condition);
}

/* "function(path)". False: it is none that is known here. */
static bool read_function(struct reading *reading, const char *text, GPtrArray *conditions)
{
    static const char *const functions[] = {"attribute_exists", "attribute_not_exists"};
    const char *open = strchr(text, '(');
    for (size_t i = 0; open && g_str_has_suffix(text, ")") && i < G_N_ELEMENTS(functions); i++) {
        g_autofree char *name = g_strndup(text, (gsize)(open - text));
        if (!g_str_equal(g_strstrip(name), functions[i]))
            continue;
        g_autofree char *inner = g_strndup(open + 1, strlen(open + 1) - 1);
        char **path = read_path(reading, inner);
        if (path)
            add_condition(conditions, path, functions[i], NULL);
        return true;
    }
    return false;
}

/* "path op :value" */
static void read_condition(struct reading *reading, const char *text, GPtrArray *conditions)
{
    static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">=", NULL};
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    const json_t *values = json_object_get(reading->call->in, "ExpressionAttributeValues");
    if (g_strv_length(words) != 3 || !g_strv_contains((const char *const *)signs, words[1]) ||
        *words[2] != ':') {
        sim_refuse(reading->call, 400, "ValidationException",
                   "Invalid %s: the simulator knows `path operator :value` joined by AND, not: %s",
                   reading->expression, text);
        return;
    }
    const json_t *value = json_object_get(values, words[2]);
    if (!value) {
        sim_refuse(reading->call, 400, "ValidationException",
                   "Invalid %s: An expression attribute value used in expression is not defined; "
                   "attribute value: %s",
                   reading->expression, words[2]);
        return;
    }
    char **path = read_path(reading, words[0]);
    if (!path)
        return;
    add_condition(conditions, path, words[1], value);
}

static void read_conditions(struct reading *reading, const char *expression, GPtrArray *conditions)
{
    reading->expression = expression;
    const char *text = sim_text(reading->call->in, reading->expression, NULL);
    g_auto(GStrv) parts = text ? g_strsplit(text, " AND ", -1) : NULL;
    for (size_t i = 0; parts && parts[i] && !reading->call->error.status; i++)
        if (!read_function(reading, g_strstrip(parts[i]), conditions))
            read_condition(reading, parts[i], conditions);
}

static void refuse_unused(struct reading *reading)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)reading->names, name, value)
        if (!json_object_get(reading->used, name) && !reading->call->error.status)
            sim_refuse(reading->call, 400, "ValidationException",
                       "Value provided in ExpressionAttributeNames unused in expressions: keys: "
                       "{%s}",
                       name);
}

struct sim_expressions *sim_expressions_read(struct sim_call *call)
{
    OWN(sim_expressions) expressions = g_new0(struct sim_expressions, 1);
    OWN_JSON used = json_object();
    struct reading reading = {
        .call = call, .names = json_object_get(call->in, "ExpressionAttributeNames"), .used = used};
    expressions->conditions = g_ptr_array_new_with_free_func(condition_free);
    expressions->keys = g_ptr_array_new_with_free_func(condition_free);
    read_projection(&reading, expressions);
    read_conditions(&reading, "FilterExpression", expressions->conditions);
    read_conditions(&reading, "ConditionExpression", expressions->conditions);
    read_conditions(&reading, "KeyConditionExpression", expressions->keys);
    refuse_unused(&reading);
    return call->error.status ? NULL : g_steal_pointer(&expressions);
}

/* {"S": ...} at the path's end, or NULL. */
static json_t *find(json_t *item, char *const *path)
{
    json_t *value = json_object_get(item, *path);
    while (value && *++path)
        value = json_object_get(json_object_get(value, "M"), *path);
    return value;
}

/* Values of different types are not comparable, and then no condition holds but `<>`. */
static bool holds(const struct condition *condition, const json_t *value)
{
    if (!condition->value)
        return g_str_equal(condition->sign, "attribute_exists") == (value != NULL);
    const char *text = sim_text(value, "S", NULL), *than = sim_text(condition->value, "S", NULL);
    bool numbers = sim_text(value, "N", NULL) && sim_text(condition->value, "N", NULL);
    if (!numbers && !(text && than))
        return value && g_str_equal(condition->sign, "<>");
    double by = numbers ? sim_number(value, "N", 0) - sim_number(condition->value, "N", 0)
                        : (double)strcmp(text, than);
    const char *sign = condition->sign;
    if (g_str_equal(sign, "<>"))
        return by < 0 || by > 0;
    return (by < 0 && *sign == '<') || (by > 0 && *sign == '>') ||
           (!(by < 0) && !(by > 0) && strchr(sign, '='));
}

static bool all_hold(const GPtrArray *conditions, const json_t *item)
{
    for (guint i = 0; i < conditions->len; i++) {
        const struct condition *condition = conditions->pdata[i];
        if (!holds(condition, find((json_t *)item, condition->path)))
            return false;
    }
    return true;
}

bool sim_expressions_keep(const struct sim_expressions *expressions, const json_t *item)
{
    return all_hold(expressions->conditions, item);
}

bool sim_expressions_key_holds(const struct sim_expressions *expressions, const json_t *item)
{
    return all_hold(expressions->keys, item);
}

/* How often the key's attribute is compared; -1, refused, where it can't be in that way. */
static int times_compared(const struct sim_expressions *expressions, struct sim_call *call,
                          const json_t *table, const char *name, bool hash)
{
    int times = 0;
    for (guint i = 0; i < expressions->keys->len; i++) {
        const struct condition *condition = expressions->keys->pdata[i];
        if (!g_str_equal(condition->path[0], name))
            continue;
        const char *wrong = NULL;
        if (condition->path[1] || !condition->value || g_str_equal(condition->sign, "<>") ||
            (hash && !g_str_equal(condition->sign, "=")))
            wrong = "Query key condition not supported";
        else if (!json_object_get(condition->value, sim_dynamodb_key_type(table, name)))
            wrong = "One or more parameter values were invalid: Condition parameter type does not "
                    "match schema type";
        if (wrong) {
            sim_refuse(call, 400, "ValidationException", "%s", wrong);
            return -1;
        }
        times++;
    }
    return times;
}

bool sim_expressions_key_fits(const struct sim_expressions *expressions, struct sim_call *call,
                              const json_t *table)
{
    int compared = 0;
    size_t i;
    const json_t *name;
    json_array_foreach (json_object_get(table, "key"), i, name) {
        int times = times_compared(expressions, call, table, json_string_value(name), i == 0);
        if (times < 0)
            return false;
        if (times > 1 || (times == 0 && i == 0)) {
            sim_refuse(call, 400, "ValidationException",
                       times ? "KeyConditionExpressions must only contain one condition per key"
                             : "Query condition missed key schema element: %s",
                       json_string_value(name));
            return false;
        }
        compared += times;
    }
    if ((guint)compared == expressions->keys->len)
        return true;
    sim_refuse(call, 400, "ValidationException", "Query key condition not supported");
    return false;
}

/* Puts the value where it was, below the maps that lead there. */
static void put(json_t *object, char *const *path, json_t *value)
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
    put(json_object_get(map, "M"), path + 1, value);
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
        json_t *value = find(item, path);
        if (value)
            put(part, path, value);
    }
    return part;
}
