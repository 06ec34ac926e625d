#include "data/aws/xml.h"

static void take_text(GMarkupParseContext *context, const gchar *text, gsize length, gpointer data,
                      G_GNUC_UNUSED GError **error)
{
    GHashTable *texts = data;
    const char *name = g_markup_parse_context_get_element(context);
    g_autofree char *copy = g_strstrip(g_strndup(text, length));
    if (name && *copy && !g_hash_table_contains(texts, name))
        g_hash_table_insert(texts, g_strdup(name), g_steal_pointer(&copy));
}

GHashTable *xml_texts(const char *xml, gssize length, GError **error)
{
    static const GMarkupParser parser = {.text = take_text};
    g_autoptr(GHashTable) texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, G_MARKUP_DEFAULT_FLAGS, texts, NULL);
    if (!g_markup_parse_context_parse(context, xml, length, error) ||
        !g_markup_parse_context_end_parse(context, error))
        return NULL;
    return g_steal_pointer(&texts);
}

struct list {
    const char *name;
    GPtrArray *texts;
};

static void take_member(GMarkupParseContext *context, const gchar *text, gsize length,
                        gpointer data, G_GNUC_UNUSED GError **error)
{
    struct list *list = data;
    if (g_strcmp0(g_markup_parse_context_get_element(context), list->name) == 0)
        g_ptr_array_add(list->texts, g_strstrip(g_strndup(text, length)));
}

GPtrArray *xml_list(const char *xml, gssize length, const char *name)
{
    static const GMarkupParser parser = {.text = take_member};
    struct list list = {name, g_ptr_array_new_with_free_func(g_free)};
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, G_MARKUP_DEFAULT_FLAGS, &list, NULL);
    if (!g_markup_parse_context_parse(context, xml, length, NULL) ||
        !g_markup_parse_context_end_parse(context, NULL))
        g_ptr_array_set_size(list.texts, 0);
    return list.texts;
}

static void take_root(G_GNUC_UNUSED GMarkupParseContext *context, const gchar *element,
                      G_GNUC_UNUSED const gchar **names, G_GNUC_UNUSED const gchar **values,
                      gpointer data, G_GNUC_UNUSED GError **error)
{
    char **root = data;
    if (!*root)
        *root = g_strdup(element);
}

char *xml_root(const char *xml, gssize length)
{
    static const GMarkupParser parser = {.start_element = take_root};
    g_autofree char *root = NULL;
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, G_MARKUP_DEFAULT_FLAGS, &root, NULL);
    if (!g_markup_parse_context_parse(context, xml, length, NULL) ||
        !g_markup_parse_context_end_parse(context, NULL))
        return NULL;
    return g_steal_pointer(&root);
}
