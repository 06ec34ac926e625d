#include "data/aws/profiles.h"

#include "data/aws/ini.h"

#include <gio/gio.h>
#include <string.h>

/* `name` of `[kind name]` or `[kind "name"]`; NULL if the section is something else. */
static char *name_of(const char *section, const char *kind)
{
    g_auto(GStrv) words = NULL;
    int count = 0;
    if (!g_shell_parse_argv(section, &count, &words, NULL) || count != 2 ||
        !g_str_equal(words[0], kind))
        return NULL;
    return g_strdup(words[1]);
}

static GHashTable *table_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                 (GDestroyNotify)g_hash_table_unref);
}

static char *file_path(char **env, const char *variable, const char *name)
{
    const char *set = g_environ_getenv(env, variable);
    const char *home = g_environ_getenv(env, "HOME");
    if (!home || !*home)
        home = g_get_home_dir();
    if (set && g_str_has_prefix(set, "~/"))
        return g_build_filename(home, set + 2, NULL);
    return set && *set ? g_strdup(set) : g_build_filename(home, ".aws", name, NULL);
}

/* The file's sections; an empty table, and perhaps `fault`, where there are none. */
static GHashTable *read_file(const char *path, GError **fault)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    GHashTable *sections = NULL;
    if (g_file_get_contents(path, &text, NULL, &error))
        sections = ini_parse(text, path, &error);
    bool missing = g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
                   g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
    if (error && !missing && !*fault)
        *fault = g_steal_pointer(&error);
    return sections ? sections : table_new();
}

/* Files `values` under the NAME of `[kind NAME]`; false if the section is something else. */
static bool sort_named(GHashTable *table, const char *section, const char *kind, GHashTable *values)
{
    char *name = name_of(section, kind);
    if (name)
        g_hash_table_replace(table, name, g_hash_table_ref(values));
    return name != NULL;
}

static void sort_config(struct profiles *profiles, GHashTable *sections)
{
    GHashTableIter iter;
    gpointer section, values;
    g_hash_table_iter_init(&iter, sections);
    while (g_hash_table_iter_next(&iter, &section, &values)) {
        if (g_str_equal(section, "default"))
            g_hash_table_replace(profiles->config, g_strdup(section), g_hash_table_ref(values));
        else if (!sort_named(profiles->config, section, "profile", values) &&
                 !sort_named(profiles->services, section, "services", values))
            sort_named(profiles->sso_sessions, section, "sso-session", values);
    }
}

struct profiles *profiles_load(char **env)
{
    struct profiles *profiles = g_new0(struct profiles, 1);
    profiles->config_path = file_path(env, "AWS_CONFIG_FILE", "config");
    profiles->credentials_path = file_path(env, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
    profiles->config = table_new();
    profiles->services = table_new();
    profiles->sso_sessions = table_new();
    g_autoptr(GHashTable) sections = read_file(profiles->config_path, &profiles->fault);
    sort_config(profiles, sections);
    profiles->credentials = read_file(profiles->credentials_path, &profiles->fault);
    return profiles;
}

void profiles_free(struct profiles *profiles)
{
    if (!profiles)
        return;
    g_free(profiles->config_path);
    g_free(profiles->credentials_path);
    g_hash_table_unref(profiles->config);
    g_hash_table_unref(profiles->credentials);
    g_hash_table_unref(profiles->services);
    g_hash_table_unref(profiles->sso_sessions);
    g_clear_error(&profiles->fault);
    g_free(profiles);
}

const char *profile_name(const char *given, char **env)
{
    const char *const names[] = {given, g_environ_getenv(env, "AWS_PROFILE"),
                                 g_environ_getenv(env, "AWS_DEFAULT_PROFILE")};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i] && *names[i])
            return names[i];
    return "default";
}

bool profiles_has(const struct profiles *profiles, const char *profile)
{
    return g_hash_table_contains(profiles->config, profile) ||
           g_hash_table_contains(profiles->credentials, profile);
}

const char *profiles_get_in(GHashTable *table, const char *profile, const char *key)
{
    GHashTable *values = g_hash_table_lookup(table, profile);
    const char *value = values ? g_hash_table_lookup(values, key) : NULL;
    return value && *value ? value : NULL;
}

const char *profiles_get(const struct profiles *profiles, const char *profile, const char *key)
{
    const char *value = profiles_get_in(profiles->credentials, profile, key);
    return value ? value : profiles_get_in(profiles->config, profile, key);
}

const char *env_setting(char **env, const char *name)
{
    const char *value = g_environ_getenv(env, name);
    return value && *value ? value : NULL;
}

const char *profiles_setting(const struct profiles *profiles, const char *profile, char **env,
                             const char *name, const char *key)
{
    const char *value = env_setting(env, name);
    return value || !profile ? value : profiles_get(profiles, profile, key);
}

bool setting_is_true(const char *value)
{
    return value && g_ascii_strcasecmp(value, "true") == 0;
}

const char *profiles_ca_file(const struct profiles *profiles, const char *profile, char **env)
{
    return profiles_setting(profiles, profile, env, "AWS_CA_BUNDLE", "ca_bundle");
}
