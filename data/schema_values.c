#include "data/base/text.h"
#include "data/schema_parts.h"

#include <string.h>

struct schema_reader *schema_reader_new(struct faults *faults)
{
    struct schema_reader *reader = g_new0(struct schema_reader, 1);
    reader->faults = faults;
    reader->places = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return reader;
}

void schema_reader_free(struct schema_reader *reader)
{
    g_hash_table_unref(reader->places);
    g_free(reader);
}

bool schema_given(const struct schema_reader *reader, gconstpointer member)
{
    return g_hash_table_contains(reader->places, member);
}

size_t schema_place(const struct schema_reader *reader, gconstpointer member)
{
    const size_t *place = g_hash_table_lookup(reader->places, member);
    return place ? *place : 0;
}

void schema_remember(struct schema_reader *reader, gpointer member, size_t at)
{
    g_hash_table_insert(reader->places, member, g_memdup2(&at, sizeof at));
}

/* Only scalars have a mark in libfyaml, so a mapping or list begins where its first scalar does;
 * `otherwise` (its key's place) serves where it is empty. */
size_t schema_node_place(struct fy_node *node, size_t otherwise)
{
    void *at = NULL;
    if (!node)
        return otherwise;
    if (fy_node_is_mapping(node)) {
        struct fy_node_pair *pair = fy_node_mapping_iterate(node, &at);
        return pair ? schema_node_place(fy_node_pair_key(pair), otherwise) : otherwise;
    }
    if (fy_node_is_sequence(node))
        return schema_node_place(fy_node_sequence_iterate(node, &at), otherwise);
    struct fy_token *token = fy_node_get_scalar_token(node);
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (!mark)
        return otherwise;
    enum fy_node_style style = fy_node_get_style(node);
    bool after_its_sign = /* a quote or an alias' star, which libfyaml's mark leaves out */
        style == FYNS_SINGLE_QUOTED || style == FYNS_DOUBLE_QUOTED || style == FYNS_ALIAS;
    return mark->input_pos - (after_its_sign && mark->input_pos > 0);
}

static const char *describe(struct fy_node *node)
{
    if (!node || fy_node_is_null(node))
        return "nothing";
    if (fy_node_is_alias(node))
        return "an alias";
    if (fy_node_is_mapping(node))
        return "a mapping";
    return fy_node_is_sequence(node) ? "a list" : "a text";
}

/* The text of a scalar; NULL, having said so, where there is none. Aliases are not followed: a file
 * of a few lines could unfold to gigabytes, and a reviewer should see what a cell gets. */
static char *scalar_text(struct schema_reader *reader, const char *name, const char *expected,
                         struct fy_node *node, size_t at)
{
    if (!node || !fy_node_is_scalar(node) || fy_node_is_null(node) || fy_node_is_alias(node)) {
        faults_add(reader->faults, at, "%s: %s, expected %s%s", name, describe(node), expected,
                   node && fy_node_is_alias(node) ? " written out (aliases are not followed)" : "");
        return NULL;
    }
    size_t length = 0;
    const char *text = fy_node_get_scalar(node, &length);
    if (memchr(text, '\0', length)) {
        faults_add(reader->faults, at, "%s: a NUL character, expected %s", name, expected);
        return NULL;
    }
    return g_strndup(text, length);
}

static char *expectation(const struct schema_key *key)
{
    const struct schema_scalar *scalar = schema_scalar(key->kind);
    g_autofree char *choices = key->choices ? g_strjoinv(", ", (char **)key->choices) : NULL;
    return g_strconcat(scalar->expected, choices ? " " : "", choices ? choices : "",
                       key->positive ? ", more than 0" : "", NULL);
}

static void say_bad_value(struct schema_reader *reader, const struct schema_key *key,
                          const char *text, const char *expected, size_t at)
{
    const char *near = key->choices ? text_nearest(text, key->choices) : NULL;
    faults_add(reader->faults, at, "%s: '%s', expected %s%s%s%s", key->name, text, expected,
               near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static bool is_quoted(struct fy_node *node)
{
    return fy_node_get_style(node) != FYNS_PLAIN;
}

static void read_scalar(struct schema_reader *reader, const struct schema_key *key,
                        struct fy_node *node, size_t at, gpointer member)
{
    const struct schema_scalar *scalar = schema_scalar(key->kind);
    g_autofree char *expected = expectation(key);
    g_autofree char *text = scalar_text(reader, key->name, expected, node, at);
    if (!text)
        return;
    const char *wrong = key->check ? key->check(text) : NULL;
    if (wrong)
        say_bad_value(reader, key, text, wrong, at);
    else if ((scalar->plain && is_quoted(node)) || !scalar->parse(key, text, member))
        say_bad_value(reader, key, text, expected, at);
}

static void read_texts(struct schema_reader *reader, const struct schema_key *key,
                       struct fy_node *node, size_t at, gpointer member)
{
    if (!schema_is_list(reader, key->name, node, at))
        return;
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    void *iterator = NULL;
    for (struct fy_node *item; (item = fy_node_sequence_iterate(node, &iterator));) {
        size_t place = schema_node_place(item, at);
        char *text = scalar_text(reader, key->name, "a text", item, place);
        if (!text)
            continue;
        const char *wrong = key->check ? key->check(text) : NULL;
        if (wrong)
            say_bad_value(reader, key, text, wrong, place);
        schema_remember(reader, text, place);
        g_ptr_array_add(texts, text);
    }
    g_ptr_array_add(texts, NULL);
    g_strfreev(*(char ***)member);
    *(char ***)member = (char **)g_ptr_array_steal(texts, NULL);
}

static void read_text_map(struct schema_reader *reader, const struct schema_key *key,
                          struct fy_node *node, size_t at, gpointer member)
{
    if (!schema_is_mapping(reader, key->name, node, at))
        return;
    struct schema_walk walk;
    schema_walk_start(&walk, reader, node, at);
    while (schema_walk_next(&walk)) {
        size_t place = schema_node_place(walk.value, walk.at);
        char *text = scalar_text(reader, walk.name, "a text", walk.value, place);
        if (text)
            g_hash_table_insert(*(GHashTable **)member, g_strdup(walk.name), text);
    }
    schema_walk_end(&walk);
}

void schema_read_value(struct schema_reader *reader, const struct schema_key *key,
                       struct fy_node *node, size_t at, gpointer member)
{
    schema_remember(reader, member, at);
    if (key->kind == SCHEMA_TEXTS)
        read_texts(reader, key, node, at, member);
    else if (key->kind == SCHEMA_TEXT_MAP)
        read_text_map(reader, key, node, at, member);
    else
        read_scalar(reader, key, node, at, member);
}

bool schema_is_list(struct schema_reader *reader, const char *name, struct fy_node *node, size_t at)
{
    if (node && fy_node_is_sequence(node))
        return true;
    faults_add(reader->faults, at, "%s: %s, expected a list such as [a, b]", name, describe(node));
    return false;
}

bool schema_is_mapping(struct schema_reader *reader, const char *name, struct fy_node *node,
                       size_t at)
{
    if (node && fy_node_is_mapping(node))
        return true;
    faults_add(reader->faults, at, "%s: %s, expected a mapping such as {key: value}", name,
               describe(node));
    return false;
}

void schema_walk_start(struct schema_walk *walk, struct schema_reader *reader,
                       struct fy_node *mapping, size_t outer)
{
    *walk = (struct schema_walk){.reader = reader, .mapping = mapping, .outer = outer};
    walk->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void schema_walk_end(struct schema_walk *walk)
{
    g_hash_table_unref(walk->seen);
}

/* Takes the key at walk->at into `seen`; false, having said so, if it was there already. */
static bool is_new_key(struct schema_walk *walk, char *name)
{
    const size_t *first = g_hash_table_lookup(walk->seen, name);
    if (!first) {
        g_hash_table_insert(walk->seen, name, g_memdup2(&walk->at, sizeof walk->at));
        return true;
    }
    int line, column;
    faults_position(walk->reader->faults, *first, &line, &column);
    faults_add(walk->reader->faults, walk->at,
               "'%s' is given twice, first in line %d, expected it once", name, line);
    g_free(name);
    return false;
}

bool schema_walk_next(struct schema_walk *walk)
{
    for (struct fy_node_pair *pair;
         (pair = fy_node_mapping_iterate(walk->mapping, &walk->iterator));) {
        struct fy_node *key = fy_node_pair_key(pair);
        walk->at = schema_node_place(key, walk->outer);
        walk->name = scalar_text(walk->reader, "key", "a text", key, walk->at);
        if (!walk->name || !is_new_key(walk, walk->name))
            continue;
        walk->value = fy_node_pair_value(pair);
        return true;
    }
    return false;
}
