#include "data/schema.h"

#include "data/base/text.h"
#include "data/schema_parts.h"

#include <string.h>

static gpointer member_of(gconstpointer thing, const struct schema_key *key)
{
    return (char *)thing + key->offset;
}

static void clear_elements(const struct schema *schema, GPtrArray *elements)
{
    for (guint i = 0; elements && i < elements->len; i++)
        schema_release(schema, elements->pdata[i]);
    g_clear_pointer(&elements, g_ptr_array_unref);
}

static void clear_member(const struct schema_key *key, gpointer thing)
{
    gpointer member = member_of(thing, key);
    if (key->kind == SCHEMA_TEXT)
        g_clear_pointer((char **)member, g_free);
    else if (key->kind == SCHEMA_TEXTS)
        g_clear_pointer((char ***)member, g_strfreev);
    else if (key->kind == SCHEMA_TEXT_MAP)
        g_clear_pointer((GHashTable **)member, g_hash_table_unref);
    else if (key->kind == SCHEMA_SECTION)
        schema_clear(key->of, member);
    else if (key->kind == SCHEMA_LIST || key->kind == SCHEMA_MAP)
        clear_elements(key->of, g_steal_pointer((GPtrArray **)member));
}

void schema_clear(const struct schema *schema, gpointer thing)
{
    if (schema->id)
        clear_member(schema->id, thing);
    if (schema->value)
        clear_member(schema->value, thing);
    for (const struct schema_key *key = schema->keys; key && key->name; key++)
        clear_member(key, thing);
}

void schema_release(const struct schema *schema, gpointer thing)
{
    schema_clear(schema, thing);
    g_free(thing);
}

static const size_t scalar_sizes[] = {
    [SCHEMA_BOOL] = sizeof(bool),      [SCHEMA_EITHER] = sizeof(bool),
    [SCHEMA_INT] = sizeof(int),        [SCHEMA_CHOICE] = sizeof(int),
    [SCHEMA_COUNT] = sizeof(gint64),   [SCHEMA_DURATION] = sizeof(gint64),
    [SCHEMA_SECONDS] = sizeof(gint64), [SCHEMA_PERCENT] = sizeof(double),
    [SCHEMA_NUMBER] = sizeof(double),
};

static void inherit_member(const struct schema_key *key, gpointer thing, gconstpointer from);

static GHashTable *copy_text_map(GHashTable *from)
{
    GHashTable *copy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter iter;
    gpointer key, value;
    if (!from)
        return copy;
    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_insert(copy, g_strdup(key), g_strdup(value));
    return copy;
}

/* A map of one value: each element is that and the key that it stands at. */
static GPtrArray *copy_map(const struct schema *of, const GPtrArray *from)
{
    GPtrArray *copy = g_ptr_array_new();
    for (guint i = 0; from && i < from->len; i++) {
        gpointer element = g_malloc0(of->size);
        inherit_member(of->id, element, from->pdata[i]);
        inherit_member(of->value, element, from->pdata[i]);
        g_ptr_array_add(copy, element);
    }
    return copy;
}

static void inherit_member(const struct schema_key *key, gpointer thing, gconstpointer from)
{
    gpointer to = member_of(thing, key), other = member_of(from, key);
    if (key->kind == SCHEMA_TEXT || key->kind == SCHEMA_TEXTS || key->kind == SCHEMA_TEXT_MAP ||
        key->kind == SCHEMA_MAP)
        clear_member(key, thing);
    if (key->kind == SCHEMA_TEXT)
        *(char **)to = g_strdup(*(char **)other);
    else if (key->kind == SCHEMA_TEXTS)
        *(char ***)to = g_strdupv(*(char ***)other);
    else if (key->kind == SCHEMA_TEXT_MAP)
        *(GHashTable **)to = copy_text_map(*(GHashTable **)other);
    else if (key->kind == SCHEMA_MAP)
        *(GPtrArray **)to = copy_map(key->of, *(GPtrArray **)other);
    else
        memcpy(to, other, scalar_sizes[key->kind]);
}

void schema_inherit(const struct schema *schema, const struct schema_reader *reader, gpointer thing,
                    gconstpointer from)
{
    for (const struct schema_key *key = schema->keys; key && key->name; key++) {
        if (key->kind == SCHEMA_SECTION)
            schema_inherit(key->of, reader, member_of(thing, key), member_of(from, key));
        else if (!reader || !schema_given(reader, member_of(thing, key)))
            inherit_member(key, thing, from);
    }
}

static json_t *json_texts(char *const *texts)
{
    json_t *array = json_array();
    for (; *texts; texts++)
        json_array_append_new(array, text_json(*texts));
    return array;
}

static json_t *json_text_map(GHashTable *map)
{
    json_t *object = json_object();
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(map), (GCompareFunc)g_strcmp0);
    for (GList *at = keys; at; at = at->next) {
        g_autofree char *name = text_utf8(at->data, -1);
        json_object_set_new(object, name, text_json(g_hash_table_lookup(map, at->data)));
    }
    return object;
}

static json_t *json_member(const struct schema_key *key, gconstpointer thing);

static json_t *json_elements(const struct schema_key *key, const GPtrArray *elements)
{
    const struct schema *of = key->of;
    json_t *json = key->kind == SCHEMA_MAP ? json_object() : json_array();
    for (guint i = 0; i < elements->len; i++) {
        gconstpointer element = elements->pdata[i];
        json_t *one = of->value ? json_member(of->value, element) : schema_json(of, element);
        if (key->kind == SCHEMA_MAP)
            json_object_set_new(json, *(char *const *)member_of(element, of->id), one);
        else
            json_array_append_new(json, one);
    }
    return json;
}

static json_t *json_member(const struct schema_key *key, gconstpointer thing)
{
    gpointer member = member_of(thing, key);
    switch (key->kind) {
    case SCHEMA_TEXTS:
        return json_texts(*(char ***)member);
    case SCHEMA_TEXT_MAP:
        return json_text_map(*(GHashTable **)member);
    case SCHEMA_SECTION:
        return schema_json(key->of, member);
    case SCHEMA_LIST:
    case SCHEMA_MAP:
        return json_elements(key, *(GPtrArray **)member);
    default:
        return schema_scalar(key->kind)->json(key, member);
    }
}

json_t *schema_json(const struct schema *schema, gconstpointer thing)
{
    json_t *json = json_object();
    for (const struct schema_key *key = schema->keys; key && key->name; key++)
        json_object_set_new(json, key->name, json_member(key, thing));
    return json;
}
