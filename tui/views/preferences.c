#include "tui/views/preferences.h"

#include "data/base/when.h"
#include "data/schema.h"

#include <string.h>

struct file {
    char *theme;
    bool no_mouse;
    bool linear;
    gint64 refresh_ms;
    GHashTable *keys; /* request -> keys */
    GPtrArray *columns, *presets;
};

static const char *const switched[] = {"on", "off", NULL};

static const char *const off_or_on[] = {"off", "on", NULL};
static const struct schema_key file_keys[] = {
    {.name = "theme",
     .kind = SCHEMA_TEXT,
     .offset = offsetof(struct file, theme),
     .doc = "how it looks: a name that `celldeck console --theme` takes"},
    {.name = "refresh",
     .kind = SCHEMA_DURATION,
     .offset = offsetof(struct file, refresh_ms),
     .fallback = "1s",
     .doc = "how often clocks and ages on the screen go on; what is news is shown at once"},
    {.name = "mouse",
     .kind = SCHEMA_EITHER,
     .offset = offsetof(struct file, no_mouse),
     .doc = "whether clicks and the wheel are the console's",
     .fallback = "on",
     .choices = switched},
    {.name = "linear",
     .kind = SCHEMA_EITHER,
     .choices = off_or_on,
     .offset = offsetof(struct file, linear),
     .doc = "on: line by line, for screen readers, as with `celldeck console --linear`"},
    {.name = "keys",
     .kind = SCHEMA_TEXT_MAP,
     .offset = offsetof(struct file, keys),
     .doc = "what stands for what: {page-down: \"Ctrl-D PgDn\"}"},
    {.name = "columns",
     .kind = SCHEMA_MAP,
     .offset = offsetof(struct file, columns),
     .doc = "of each screen's table",
     .of = &presets_columns_schema},
    {.name = "presets",
     .kind = SCHEMA_MAP,
     .offset = offsetof(struct file, presets),
     .doc = "a screen's filter, order and columns by a name",
     .of = &presets_schema},
    {0}};
static const struct schema file_schema = {.keys = file_keys, .size = sizeof(struct file)};

/* In the order of their names, so that who takes a key from whom is no chance. */
static void bind_keys(struct keymap *keymap, GHashTable *keys, struct faults *faults, size_t at)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(keys), (GCompareFunc)strcmp);
    for (GList *name = names; name; name = name->next) {
        g_autofree char *wrong =
            keymap_bind(keymap, name->data, g_hash_table_lookup(keys, name->data));
        if (wrong)
            faults_add(faults, at, "keys: %s: %s", (const char *)name->data, wrong);
    }
}

/* Half a second is how often the journal is looked at (shell.c); a clock that stands for longer
 * than a minute is none. */
static void take_refresh(struct preferences *preferences, gint64 wanted_ms, struct faults *faults,
                         size_t at)
{
    if (wanted_ms < WHEN_SECOND / 2 || wanted_ms > WHEN_MINUTE)
        faults_add(faults, at, "refresh: expected 500ms to 1m");
    else
        preferences->refresh_ms = wanted_ms;
}

static void read_file(struct preferences *preferences, struct keymap *keymap, const char *text,
                      gsize length)
{
    OWN(faults) faults = faults_new(preferences->path, text, length);
    OWN(schema_reader) reader = schema_reader_new(faults);
    struct file *file = schema_read(reader, &file_schema, text, length);
    if (file) {
        presets_take(file->columns, file->presets, reader, faults, preferences->arranged,
                     preferences->presets);
        preferences->theme = g_steal_pointer(&file->theme);
        preferences->no_mouse = file->no_mouse;
        preferences->linear = file->linear;
        take_refresh(preferences, file->refresh_ms, faults,
                     schema_place(reader, &file->refresh_ms));
        bind_keys(keymap, file->keys, faults, schema_place(reader, &file->keys));
        schema_release(&file_schema, file);
    }
    g_autoptr(GError) error = NULL;
    if (faults_any(faults)) {
        faults_tell(faults, &error);
        preferences->wrong = g_strdup(error->message);
    }
}

struct preferences *preferences_load_from(const char *config_home, struct keymap *keymap)
{
    struct preferences *preferences = g_new0(struct preferences, 1);
    preferences->refresh_ms = WHEN_SECOND;
    preferences->presets = g_ptr_array_new_with_free_func((GDestroyNotify)preset_free);
    g_autofree char *folder = g_build_filename(config_home, "celldeck", NULL);
    preferences->path = g_build_filename(folder, "console.yaml", NULL);
    preferences->theme_folder = g_build_filename(folder, "themes", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize length;
    if (g_file_get_contents(preferences->path, &text, &length, &error))
        read_file(preferences, keymap, text, length);
    else if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT) &&
             !g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR))
        preferences->wrong = g_strdup(error->message);
    return preferences;
}

GPtrArray *preferences_faults(const struct preferences *preferences, const char *also)
{
    g_auto(GStrv) lines = g_strsplit(preferences->wrong ? preferences->wrong : "", "\n", -1);
    GPtrArray *faults = g_ptr_array_new_with_free_func(g_free);
    for (char **line = lines; *line; line++)
        if (strstr(*line, preferences->path))
            g_ptr_array_insert(faults, 0, g_strdup(*line));
    if (also)
        g_ptr_array_insert(faults, 0, g_strdup(also));
    if (faults->len < 2)
        return faults;
    char **first = (char **)&faults->pdata[faults->len - 1];
    g_autofree char *bare = *first;
    *first = g_strdup_printf("%s (and %u more: `:messages`)", bare, faults->len - 1);
    return faults;
}

struct preferences *preferences_load(struct keymap *keymap)
{
    return preferences_load_from(g_get_user_config_dir(), keymap);
}

void preferences_free(struct preferences *preferences)
{
    if (!preferences)
        return;
    g_free(preferences->path);
    g_free(preferences->wrong);
    g_free(preferences->theme);
    g_free(preferences->theme_folder);
    g_ptr_array_unref(preferences->presets);
    g_free(preferences);
}
