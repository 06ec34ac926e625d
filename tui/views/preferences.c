#include "tui/views/preferences.h"

#include "data/schema.h"

struct file {
    char *theme;
};

static const struct schema_key file_keys[] = {
    {.name = "theme",
     .kind = SCHEMA_TEXT,
     .offset = offsetof(struct file, theme),
     .doc = "how it looks: a name that `celldeck console --theme` takes"},
    {0}};
static const struct schema file_schema = {.keys = file_keys, .size = sizeof(struct file)};

static void read_file(struct preferences *preferences, const char *text, gsize length)
{
    OWN(faults) faults = faults_new(preferences->path, text, length);
    OWN(schema_reader) reader = schema_reader_new(faults);
    struct file *file = schema_read(reader, &file_schema, text, length);
    if (file) {
        preferences->theme = g_steal_pointer(&file->theme);
        schema_release(&file_schema, file);
    }
    g_autoptr(GError) error = NULL;
    if (faults_any(faults)) {
        faults_tell(faults, &error);
        preferences->wrong = g_strdup(error->message);
    }
}

struct preferences *preferences_load(void)
{
    struct preferences *preferences = g_new0(struct preferences, 1);
    g_autofree char *folder = g_build_filename(g_get_user_config_dir(), "celldeck", NULL);
    preferences->path = g_build_filename(folder, "console.yaml", NULL);
    preferences->theme_folder = g_build_filename(folder, "themes", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize length;
    if (g_file_get_contents(preferences->path, &text, &length, &error))
        read_file(preferences, text, length);
    else if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT) &&
             !g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR))
        preferences->wrong = g_strdup(error->message);
    return preferences;
}

void preferences_free(struct preferences *preferences)
{
    if (!preferences)
        return;
    g_free(preferences->path);
    g_free(preferences->wrong);
    g_free(preferences->theme);
    g_free(preferences->theme_folder);
    g_free(preferences);
}
