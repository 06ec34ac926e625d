/* DynamoDB's conditions: read, and asked of an item. */
#include "data/sim/dynamodb.h"
#include "data/sim/expression_parts.h"
#include "data/sim/value.h"

#include <string.h>

/* One comparison; several that are joined by OR follow each other by `other`. */
struct condition {
    char **path;
    char *sign;          /* "=", "<", ..., "attribute_exists", "attribute_not_exists" */
    const json_t *value; /* the call's; NULL for the last two */
    struct condition *other;
};

static void condition_free(gpointer data)
{
    struct condition *condition = data;
    if (!condition)
        return;
    condition_free(condition->other);
    g_strfreev(condition->path);
    g_free(condition->sign);
    g_free(condition);
}

GPtrArray *sim_conditions_new(void)
{
    return g_ptr_array_new_with_free_func(condition_free);
}

/* Takes `path`. */
static struct condition *condition_new(char **path, const char *sign, const json_t *value)
{
    struct condition *condition = g_new0(struct condition, 1);
    condition->path = path;
    condition->sign = g_strdup(sign);
    condition->value = value;
    return condition;
}

/* "function(path)"; NULL: it is none that is known here, or refused. */
static struct condition *read_function(struct sim_reading *reading, const char *text)
{
    static const char *const functions[] = {"attribute_exists", "attribute_not_exists"};
    const char *open = strchr(text, '(');
    for (size_t i = 0; open && g_str_has_suffix(text, ")") && i < G_N_ELEMENTS(functions); i++) {
        g_autofree char *name = g_strndup(text, (gsize)(open - text));
        if (!g_str_equal(g_strstrip(name), functions[i]))
            continue;
        g_autofree char *inner = g_strndup(open + 1, strlen(open + 1) - 1);
        char **path = sim_read_path(reading, inner);
        return path ? condition_new(path, functions[i], NULL) : NULL;
    }
    return NULL;
}

/* "path op :value"; NULL after a refusal. */
static struct condition *read_comparison(struct sim_reading *reading, const char *text)
{
    static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">=", NULL};
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    if (g_strv_length(words) != 3 || !g_strv_contains((const char *const *)signs, words[1]) ||
        *words[2] != ':') {
        sim_refuse(reading->call, 400, "ValidationException",
                   "Invalid %s: the simulator knows `path operator :value`, joined by AND, or in "
                   "brackets by OR, not: %s",
                   reading->expression, text);
        return NULL;
    }
    const json_t *value = sim_read_value(reading, words[2]);
    char **path = value ? sim_read_path(reading, words[0]) : NULL;
    return path ? condition_new(path, words[1], value) : NULL;
}

static struct condition *read_one(struct sim_reading *reading, const char *text)
{
    struct condition *function = read_function(reading, text);
    return function || reading->call->error.status ? function : read_comparison(reading, text);
}

/* "a = :a", or "(a = :a OR b = :b)". NULL after a refusal. */
static struct condition *read_any(struct sim_reading *reading, const char *text)
{
    bool bracketed = *text == '(' && g_str_has_suffix(text, ")");
    g_autofree char *inner = bracketed ? g_strndup(text + 1, strlen(text) - 2) : g_strdup(text);
    g_auto(GStrv) parts = g_strsplit(inner, " OR ", bracketed ? -1 : 1);
    struct condition *first = NULL, **last = &first;
    for (size_t i = 0; parts[i]; i++, last = &(*last)->other) {
        *last = read_one(reading, g_strstrip(parts[i]));
        if (!*last) {
            condition_free(first);
            return NULL;
        }
    }
    return first;
}

void sim_conditions_read(struct sim_reading *reading, const char *expression, GPtrArray *conditions)
{
    reading->expression = expression;
    const char *text = sim_text(reading->call->in, reading->expression, NULL);
    g_auto(GStrv) parts = text ? g_strsplit(text, " AND ", -1) : NULL;
    for (size_t i = 0; parts && parts[i] && !reading->call->error.status; i++) {
        struct condition *condition = read_any(reading, g_strstrip(parts[i]));
        if (condition)
            g_ptr_array_add(conditions, condition);
    }
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

bool sim_conditions_hold(const GPtrArray *conditions, const json_t *item)
{
    for (guint i = 0; i < conditions->len; i++) {
        const struct condition *condition = conditions->pdata[i];
        while (condition && !holds(condition, sim_item_find((json_t *)item, condition->path)))
            condition = condition->other;
        if (!condition)
            return false;
    }
    return true;
}

/* How often the key's attribute is compared; -1, refused, where it can't be in that way. */
static int times_compared(const GPtrArray *conditions, struct sim_call *call, const json_t *table,
                          const char *name, bool hash)
{
    int times = 0;
    for (guint i = 0; i < conditions->len; i++) {
        const struct condition *condition = conditions->pdata[i];
        if (!g_str_equal(condition->path[0], name))
            continue;
        const char *wrong = NULL;
        if (condition->path[1] || condition->other || !condition->value ||
            g_str_equal(condition->sign, "<>") || (hash && !g_str_equal(condition->sign, "=")))
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

bool sim_conditions_fit_key(const GPtrArray *conditions, struct sim_call *call, const json_t *table)
{
    int compared = 0;
    size_t i;
    const json_t *name;
    json_array_foreach (json_object_get(table, "key"), i, name) {
        int times = times_compared(conditions, call, table, json_string_value(name), i == 0);
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
    if ((guint)compared == conditions->len)
        return true;
    sim_refuse(call, 400, "ValidationException", "Query key condition not supported");
    return false;
}
