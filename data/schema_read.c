#include "data/base/text.h"
#include "data/schema_parts.h"

#include <string.h>

static void fill(struct schema_reader *reader, const struct schema *schema, struct fy_node *mapping,
                 size_t at, gpointer thing);

void schema_set_defaults(const struct schema *schema, gpointer thing)
{
    for (const struct schema_key *key = schema->keys; key && key->name; key++) {
        gpointer member = (char *)thing + key->offset;
        if (key->kind == SCHEMA_SECTION)
            schema_set_defaults(key->of, member);
        else
            schema_default(key, member);
    }
    if (schema->value)
        schema_default(schema->value, (char *)thing + schema->value->offset);
}

static gpointer element_new(const struct schema *schema)
{
    gpointer thing = g_malloc0(schema->size);
    schema_set_defaults(schema, thing);
    return thing;
}

static void read_list(struct schema_reader *reader, const struct schema_key *key,
                      struct fy_node *node, size_t at, GPtrArray *elements)
{
    if (!schema_is_list(reader, key->name, node, at))
        return;
    void *iterator = NULL;
    for (struct fy_node *item; (item = fy_node_sequence_iterate(node, &iterator));) {
        size_t place = schema_node_place(item, at);
        if (!schema_is_mapping(reader, key->name, item, place))
            continue;
        gpointer element = element_new(key->of);
        g_ptr_array_add(elements, element);
        schema_remember(reader, element, place);
        fill(reader, key->of, item, place, element);
    }
}

/* One `name: {...}` or, where the schema has a value instead of keys, `name: value`. */
static void read_map_element(struct schema_reader *reader, const struct schema *of,
                             const struct schema_walk *walk, GPtrArray *elements)
{
    gpointer element = element_new(of);
    g_ptr_array_add(elements, element);
    *(char **)((char *)element + of->id->offset) = g_strdup(walk->name);
    schema_remember(reader, element, walk->at);
    const char *wrong = of->id->check ? of->id->check(walk->name) : NULL;
    if (wrong)
        faults_add(reader->faults, walk->at, "%s: '%s', expected %s", of->id->name, walk->name,
                   wrong);
    if (of->value)
        schema_read_value(reader, of->value, walk->value, schema_node_place(walk->value, walk->at),
                          (char *)element + of->value->offset);
    else if (schema_is_mapping(reader, walk->name, walk->value, walk->at))
        fill(reader, of, walk->value, walk->at, element);
}

static void read_map(struct schema_reader *reader, const struct schema_key *key,
                     struct fy_node *node, size_t at, GPtrArray *elements)
{
    if (!schema_is_mapping(reader, key->name, node, at))
        return;
    struct schema_walk walk;
    schema_walk_start(&walk, reader, node, at);
    while (schema_walk_next(&walk))
        read_map_element(reader, key->of, &walk, elements);
    schema_walk_end(&walk);
}

static void read_key(struct schema_reader *reader, const struct schema_key *key,
                     const struct schema_walk *walk, gpointer thing)
{
    size_t value_at = schema_node_place(walk->value, walk->at);
    gpointer member = (char *)thing + key->offset;
    if (key->kind == SCHEMA_SECTION) {
        if (schema_is_mapping(reader, key->name, walk->value, walk->at))
            fill(reader, key->of, walk->value, walk->at, member);
    } else if (key->kind == SCHEMA_LIST || key->kind == SCHEMA_MAP) {
        schema_remember(reader, member, walk->at);
        (key->kind == SCHEMA_LIST ? read_list : read_map)(reader, key, walk->value, walk->at,
                                                          *(GPtrArray **)member);
    } else {
        schema_read_value(reader, key, walk->value, value_at, member);
    }
}

static void say_unknown(struct schema_reader *reader, const struct schema *schema,
                        const struct schema_walk *walk)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const struct schema_key *key = schema->keys; key->name; key++)
        g_ptr_array_add(names, (gpointer)key->name);
    g_ptr_array_add(names, NULL);
    char **list = (char **)names->pdata;
    const char *near = text_nearest(walk->name, (const char *const *)list);
    if (near) {
        faults_add(reader->faults, walk->at, "unknown key '%s', did you mean '%s'?", walk->name,
                   near);
        return;
    }
    g_autofree char *all = g_strjoinv(", ", list);
    faults_add(reader->faults, walk->at, "unknown key '%s', expected one of: %s", walk->name, all);
}

static const struct schema_key *find_key(const struct schema *schema, const char *name)
{
    for (const struct schema_key *key = schema->keys; key->name; key++)
        if (strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

/* `thing` has its defaults. */
static void fill(struct schema_reader *reader, const struct schema *schema, struct fy_node *mapping,
                 size_t at, gpointer thing)
{
    struct schema_walk walk;
    schema_walk_start(&walk, reader, mapping, at);
    while (schema_walk_next(&walk)) {
        const struct schema_key *key = find_key(schema, walk.name);
        if (key)
            read_key(reader, key, &walk, thing);
        else
            say_unknown(reader, schema, &walk);
    }
    for (const struct schema_key *key = schema->keys; key->name; key++)
        if (key->required && !g_hash_table_contains(walk.seen, key->name))
            faults_add(reader->faults, at, "'%s' is missing: %s", key->name, key->doc);
    schema_walk_end(&walk);
}

static void print_nothing(struct fy_diag *diag, void *user, const char *text, size_t length)
{
    (void)diag, (void)user, (void)text, (void)length;
}

static void say_no_yaml(struct schema_reader *reader, struct fy_diag *diag)
{
    void *iterator = NULL;
    for (const struct fy_diag_error *error; (error = fy_diag_errors_iterate(diag, &iterator));) {
        size_t at = faults_offset(reader->faults, error->line, error->column);
        faults_add(reader->faults, at, "this is not YAML: %s", error->msg);
    }
}

static gpointer read_document(struct schema_reader *reader, const struct schema *schema,
                              struct fy_document *document)
{
    struct fy_node *root = document ? fy_document_root(document) : NULL;
    if (!schema_is_mapping(reader, "the file", root, schema_node_place(root, 0)))
        return NULL;
    gpointer thing = element_new(schema);
    fill(reader, schema, root, schema_node_place(root, 0), thing);
    return thing;
}

/* A second document would be configuration that nobody reads. */
static void refuse_more(struct schema_reader *reader, struct fy_parser *parser)
{
    struct fy_document *more = fy_parse_load_document(parser);
    if (!more)
        return;
    struct fy_node *root = fy_document_root(more);
    faults_add(reader->faults, schema_node_place(root, 0),
               "a second YAML document begins here, expected one");
    fy_parse_document_destroy(parser, more);
}

gpointer schema_read(struct schema_reader *reader, const struct schema *schema, const char *text,
                     size_t length)
{
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    quiet.output_fn = print_nothing;
    struct fy_diag *diag = fy_diag_create(&quiet);
    fy_diag_set_collect_errors(diag, true);
    const struct fy_parse_cfg cfg = {
        .flags = FYPCF_COLLECT_DIAG | FYPCF_ALLOW_DUPLICATE_KEYS | FYPCF_JSON_NONE, .diag = diag};
    struct fy_parser *parser = fy_parser_create(&cfg);
    fy_parser_set_string(parser, text, length);

    struct fy_document *document = fy_parse_load_document(parser);
    gpointer thing = NULL;
    if (!fy_parser_get_stream_error(parser)) {
        thing = read_document(reader, schema, document);
        if (document)
            refuse_more(reader, parser);
    }
    say_no_yaml(reader, diag);
    if (document)
        fy_parse_document_destroy(parser, document);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return thing;
}
