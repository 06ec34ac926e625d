#include "tests/unit/config_stage.h"

#include "data/base/error.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <unistd.h>

char *folder, *file;

void make_folder(void)
{
    folder = g_dir_make_tmp("celldeck-config-XXXXXX", NULL);
    file = g_build_filename(folder, "celldeck.yaml", NULL);
}

void remove_folder(void)
{
    g_unlink(file);
    cr_expect_eq(g_rmdir(folder), 0);
    g_free(file);
    g_free(folder);
}

struct config *load_bytes(const char *text, gssize length, GError **error)
{
    g_unlink(file);
    cr_assert(g_file_set_contents(file, text, length, NULL));
    return config_load(file, error);
}

struct config *load_good(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct config *config = load_bytes(text, -1, &error);
    cr_assert(config, "%s", error ? error->message : "");
    return config;
}

char *refusal(const char *text, gssize length)
{
    g_autoptr(GError) error = NULL;
    OWN(config) config = load_bytes(text, length, &error);
    cr_assert(!config, "loaded: %s", text);
    cr_assert(g_error_matches(error, CD_ERROR, CD_ERROR_USAGE));
    GString *message = g_string_new(error->message);
    g_autofree char *with_slash = g_strconcat(folder, "/", NULL);
    g_string_replace(message, with_slash, "", 0);
    return g_string_free(message, FALSE);
}
