/* ~/.aws/config and ~/.aws/credentials (or where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE
 * point), read once into a table of profiles. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <stdbool.h>

struct profiles {
    char *config_path, *credentials_path;
    GHashTable *config;       /* profile -> (key -> value), of the config file */
    GHashTable *credentials;  /* the same, of the credentials file */
    GHashTable *services;     /* [services NAME] sections of the config file ... */
    GHashTable *sso_sessions; /* ... and its [sso-session NAME] ones */
    GError *fault;            /* a file that is there but can't be read or parsed; or NULL */
};

/* Never fails; a missing file is an empty one, any other trouble is left in `fault`.
 * `env` is an environment as of g_get_environ(). */
struct profiles *profiles_load(char **env);
void profiles_free(struct profiles *profiles);
OWNABLE(profiles, profiles_free);

/* The profile to use: `given`, else AWS_PROFILE, else AWS_DEFAULT_PROFILE, else "default". */
const char *profile_name(const char *given, char **env);

bool profiles_has(const struct profiles *profiles, const char *profile);

/* A setting of a profile, the credentials file's before the config file's; NULL where neither has
 * it, or it is empty. */
const char *profiles_get(const struct profiles *profiles, const char *profile, const char *key);

/* The same out of one of the tables above. */
const char *profiles_get_in(GHashTable *table, const char *profile, const char *key);

/* The variable's value where it is set and not empty; else NULL. */
const char *env_setting(char **env, const char *name);

/* The variable, else the profile's (`profile` may be NULL) `key`; NULL where neither is set. */
const char *profiles_setting(const struct profiles *profiles, const char *profile, char **env,
                             const char *name, const char *key);
bool setting_is_true(const char *value); /* "true" in any case, as AWS's tools have it */

/* AWS_CA_BUNDLE, else the profile's ca_bundle (`profile` may be NULL); NULL: the system's. */
const char *profiles_ca_file(const struct profiles *profiles, const char *profile, char **env);
