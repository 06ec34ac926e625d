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
