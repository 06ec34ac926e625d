#include "data/aws/ini.h"

#include <stdbool.h>
#include <string.h>

struct reader {
    GHashTable *sections;
    GHashTable *section; /* the current one; NULL before the first header */
    char *key;           /* the last key; NULL right after a header */
    size_t indent;       /* of the line with the last header or key */
};

static bool fail(const char *path, size_t line, const char *what, GError **error)
{
    g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE, "%s:%zu: %s", path, line, what);
    return false;
}

static void open_section(struct reader *reader, const char *name, size_t length)
{
    g_autofree char *section = g_strndup(name, length);
    reader->section = g_hash_table_lookup(reader->sections, section);
    if (!reader->section) {
        reader->section = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_hash_table_insert(reader->sections, g_steal_pointer(&section), reader->section);
    }
    g_clear_pointer(&reader->key, g_free);
}

static bool split(const char *line, char **key, char **value)
{
    size_t end = strcspn(line, "=:");
    if (!line[end] || end == 0)
        return false;
    g_autofree char *name = g_strndup(line, end);
    *key = g_ascii_strdown(g_strstrip(name), -1);
    *value = g_strstrip(g_strdup(line + end + 1));
    return **key != '\0';
}

static void continue_value(struct reader *reader, const char *line)
{
    const char *so_far = g_hash_table_lookup(reader->section, reader->key);
    g_autofree char *key = NULL, *value = NULL;
    if (!*so_far && split(line, &key, &value)) {
        g_hash_table_insert(reader->section, g_strconcat(reader->key, ".", key, NULL),
                            g_steal_pointer(&value));
        return;
    }
    g_hash_table_insert(reader->section, g_strdup(reader->key),
                        g_strconcat(so_far, *so_far ? "\n" : "", line, NULL));
}

static bool take_line(struct reader *reader, const char *raw, const char *path, size_t number,
                      GError **error)
{
    g_autofree char *line = g_strstrip(g_strdup(raw));
    size_t indent = strspn(raw, " \t");
    if (!*line || *line == '#' || *line == ';')
        return true;
    if (reader->key && indent > reader->indent) {
        continue_value(reader, line);
        return true;
    }
    reader->indent = indent;
    const char *end = strrchr(line, ']');
    if (*line == '[' && end) {
        open_section(reader, line + 1, (size_t)(end - line - 1));
        return true;
    }
    if (!reader->section)
        return fail(path, number, "a [section] has to come before the first key", error);
    g_autofree char *key = NULL, *value = NULL;
    if (!split(line, &key, &value))
        return fail(path, number, "neither [section], key = value, nor a comment", error);
    g_hash_table_insert(reader->section, g_strdup(key), g_steal_pointer(&value));
    g_free(reader->key);
    reader->key = g_steal_pointer(&key);
    return true;
}

GHashTable *ini_parse(const char *text, const char *path, GError **error)
{
    g_autoptr(GHashTable) sections =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
    struct reader reader = {.sections = sections};
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool good = true;
    for (size_t i = 0; good && lines[i]; i++)
        good = take_line(&reader, lines[i], path, i + 1, error);
    g_free(reader.key);
    return good ? g_steal_pointer(&sections) : NULL;
}
