#include "tests/unit/aws_place.h"

#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <glib.h>

void aws_place_init(struct aws_place *place, const char *config, const char *credentials)
{
    place->dir = scratch_new();
    place->assumed = g_strdup("");
    g_autofree char *config_path = g_build_filename(place->dir, "config", NULL);
    g_autofree char *credentials_path = g_build_filename(place->dir, "credentials", NULL);
    if (config)
        cr_assert(g_file_set_contents(config_path, config, -1, NULL));
    if (credentials)
        cr_assert(g_file_set_contents(credentials_path, credentials, -1, NULL));
    place->env = g_environ_setenv(NULL, "AWS_CONFIG_FILE", config_path, TRUE);
    place->env =
        g_environ_setenv(place->env, "AWS_SHARED_CREDENTIALS_FILE", credentials_path, TRUE);
    place->env = g_environ_setenv(place->env, "AWS_EC2_METADATA_DISABLED", "true", TRUE);
    place->env = g_environ_setenv(place->env, "HOME", place->dir, TRUE);
}

void aws_place_set(struct aws_place *place, const char *name, const char *value)
{
    place->env = g_environ_setenv(place->env, name, value, TRUE);
}

void aws_place_clear(struct aws_place *place)
{
    scratch_remove(place->dir);
    g_free(place->assumed);
    g_strfreev(place->env);
}
