/* Keys that simply stand somewhere: in the environment, or in one of the two files. */
#include "data/aws/provider.h"

static void start_environment(struct search *search)
{
    const char *id = g_environ_getenv(search->env, "AWS_ACCESS_KEY_ID");
    const char *secret = g_environ_getenv(search->env, "AWS_SECRET_ACCESS_KEY");
    const char *token = g_environ_getenv(search->env, "AWS_SESSION_TOKEN");
    if (!token || !*token)
        token = g_environ_getenv(search->env, "AWS_SECURITY_TOKEN");
    if (!id || !*id)
        search_absent(search, "AWS_ACCESS_KEY_ID");
    else if (!secret || !*secret)
        search_failed(search, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
    else
        search_found(search, keys_new(id, secret, token, 0, "environment"));
}

const struct provider provider_environment = {start_environment};

/* A file that can't be read must not let a later place speak for it. */
static bool readable(struct search *search)
{
    const GError *fault = search->profiles->fault;
    if (fault)
        search_failed(search, "AWS's settings can't be read: %s", fault->message);
    return !fault;
}

static void start_file(struct search *search, GHashTable *table, const char *path)
{
    if (!readable(search))
        return;
    const char *profile = search->profile;
    const char *id = profiles_get_in(table, profile, "aws_access_key_id");
    const char *secret = profiles_get_in(table, profile, "aws_secret_access_key");
    const char *token = profiles_get_in(table, profile, "aws_session_token");
    if (!token)
        token = profiles_get_in(table, profile, "aws_security_token");
    if (!id) {
        search_absent(search, "keys of profile \"%s\" in %s", profile, path);
        return;
    }
    if (!secret) {
        search_failed(search,
                      "profile \"%s\" in %s has aws_access_key_id, but no "
                      "aws_secret_access_key",
                      profile, path);
        return;
    }
    g_autofree char *origin = g_strdup_printf("profile %s in %s", profile, path);
    search_found(search, keys_new(id, secret, token, 0, origin));
}

static void start_credentials_file(struct search *search)
{
    start_file(search, search->profiles->credentials, search->profiles->credentials_path);
}

static void start_config_file(struct search *search)
{
    start_file(search, search->profiles->config, search->profiles->config_path);
}

const struct provider provider_credentials_file = {start_credentials_file};
const struct provider provider_config_file = {start_config_file};
