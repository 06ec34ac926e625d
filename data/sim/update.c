/* DynamoDB's UpdateExpression: SET of values, and REMOVE. */
#include "data/sim/dynamodb.h"
#include "data/sim/expression_parts.h"
#include "data/sim/value.h"

#include <string.h>

struct update {
    char **path;
    const json_t *value; /* NULL: it is removed */
};

static void update_free(gpointer data)
{
    struct update *update = data;
    g_strfreev(update->path);
    g_free(update);
}

GPtrArray *sim_updates_new(void)
{
    return g_ptr_array_new_with_free_func(update_free);
}

/* Whether one of the paths is the other, or lies on the way to it. */
static bool overlap(char *const *a, char *const *b)
{
    while (*a && *b && g_str_equal(*a, *b))
        a++, b++;
    return !*a || !*b;
}

/* Takes `path`. */
static void add(struct sim_reading *reading, GPtrArray *updates, char **path, const json_t *value)
{
    for (guint i = 0; i < updates->len; i++) {
        const struct update *update = updates->pdata[i];
        if (!overlap(update->path, path) || reading->call->error.status)
            continue;
        g_autofree char *one = g_strjoinv(", ", update->path), *two = g_strjoinv(", ", path);
        sim_refuse(reading->call, 400, "ValidationException",
                   "Invalid UpdateExpression: Two document paths overlap with each other; must "
                   "remove or rewrite one of these paths; path one: [%s], path two: [%s]",
                   one, two);
    }
    struct update *update = g_new0(struct update, 1);
    update->path = path;
    update->value = value;
    g_ptr_array_add(updates, update);
}

static void refuse_part(struct sim_reading *reading, const char *part)
{
    sim_refuse(reading->call, 400, "ValidationException",
               "Invalid UpdateExpression: the simulator knows SET path = :value and REMOVE path, "
               "not: %s",
               part);
}

/* "path = :value" */
static void read_set(struct sim_reading *reading, GPtrArray *updates, const char *part)
{
    g_auto(GStrv) sides = g_strsplit(part, "=", -1);
    if (g_strv_length(sides) != 2 || *g_strstrip(sides[1]) != ':') {
        refuse_part(reading, part);
        return;
    }
    const json_t *value = sim_read_value(reading, sides[1]);
    char **path = value ? sim_read_path(reading, g_strstrip(sides[0])) : NULL;
    if (path)
        add(reading, updates, path, value);
}

static void read_remove(struct sim_reading *reading, GPtrArray *updates, const char *part)
{
    char **path = sim_read_path(reading, part);
    if (path)
        add(reading, updates, path, NULL);
}

static const struct {
    const char *word;
    void (*read)(struct sim_reading *reading, GPtrArray *updates, const char *part);
} clauses[] = {{"SET", read_set}, {"REMOVE", read_remove}};

static void read_clause(struct sim_reading *reading, GPtrArray *updates, size_t which,
                        const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    for (size_t i = 0; parts[i] && !reading->call->error.status; i++)
        clauses[which].read(reading, updates, g_strstrip(parts[i]));
}

/* Where the clause of that word begins, as a word of its own; NULL: there is none. */
static char *clause_at(char *text, const char *word)
{
    size_t length = strlen(word);
    for (char *at = text; (at = strstr(at, word)); at += length)
        if ((at == text || g_ascii_isspace(at[-1])) && g_ascii_isspace(at[length]))
            return at;
    return NULL;
}

void sim_updates_read(struct sim_reading *reading, GPtrArray *updates)
{
    reading->expression = "UpdateExpression";
    g_autofree char *text = g_strdup(sim_text(reading->call->in, reading->expression, ""));
    char *begins[G_N_ELEMENTS(clauses)];
    if (!*g_strstrip(text))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(clauses); i++)
        begins[i] = clause_at(text, clauses[i].word);
    if (begins[0] != text && begins[1] != text)
        refuse_part(reading, text);
    for (size_t i = 0; i < G_N_ELEMENTS(clauses); i++)
        if (begins[i] && begins[i] > text)
            begins[i][-1] = '\0';
    for (size_t i = 0; i < G_N_ELEMENTS(clauses) && !reading->call->error.status; i++)
        if (begins[i])
            read_clause(reading, updates, i, begins[i] + strlen(clauses[i].word));
}

static bool is_key(const json_t *table, const char *name)
{
    return sim_list_has(json_object_get(table, "key"), name);
}

/* False after a refusal. */
static bool apply(const struct update *update, struct sim_call *call, const json_t *table,
                  json_t *item)
{
    if (is_key(table, update->path[0])) {
        sim_refuse(call, 400, "ValidationException",
                   "One or more parameter values were invalid: Cannot update attribute %s. This "
                   "attribute is part of the key",
                   update->path[0]);
        return false;
    }
    json_t *parent = item;
    for (char *const *step = update->path; step[1] && parent; step++)
        parent = json_object_get(json_object_get(parent, *step), "M");
    if (!parent) {
        sim_refuse(call, 400, "ValidationException",
                   "The document path provided in the update expression is invalid for update");
        return false;
    }
    const char *name = update->path[g_strv_length(update->path) - 1];
    if (update->value)
        json_object_set(parent, name, (json_t *)update->value);
    else
        json_object_del(parent, name);
    return true;
}

json_t *sim_updates_apply(const GPtrArray *updates, struct sim_call *call, const json_t *table,
                          const json_t *item)
{
    OWN_JSON next = json_copy((json_t *)item);
    for (guint i = 0; i < updates->len; i++) {
        const struct update *update = updates->pdata[i];
        json_t *apart = sim_item_apart(next, update->path);
        json_decref(next);
        next = apart;
        if (!apply(update, call, table, next))
            return NULL;
    }
    return json_incref(next);
}
