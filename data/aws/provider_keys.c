/* Keys that simply stand somewhere: in the environment, or in one of the two files. */
#include "data/aws/provider.h"
#include "data/base/when.h"

/* Keys with a token are somebody's session, copied here: it ends, and only a person gets another.
 */
static struct keys *keys_of_session(const char *id, const char *secret, const char *token,
                                    gint64 expires_ms, const char *origin)
{
    struct keys *keys = keys_new(id, secret, token, expires_ms, origin);
    keys->lasts_until_ms = expires_ms ? expires_ms : keys->token ? G_MININT64 : 0;
    return keys;
}

static void start_environment(struct search *search)
{
    const char *id = g_environ_getenv(search->env, "AWS_ACCESS_KEY_ID");
    const char *secret = g_environ_getenv(search->env, "AWS_SECRET_ACCESS_KEY");
    const char *token = g_environ_getenv(search->env, "AWS_SESSION_TOKEN");
    const char *expires = g_environ_getenv(search->env, "AWS_CREDENTIAL_EXPIRATION");
    gint64 expires_ms = 0;
    if (!token || !*token)
        token = g_environ_getenv(search->env, "AWS_SECURITY_TOKEN");
    if (!id || !*id)
        search_absent(search, "environment");
    else if (!secret || !*secret)
        search_failed(search, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
    else if (expires && *expires && !when_parse(expires, &expires_ms))
        search_failed(search, "AWS_CREDENTIAL_EXPIRATION is no ISO 8601 time");
    else if (expires_ms && expires_ms <= when_now_ms())
        search_failed(search,
                      "the keys in the environment ended at %s "
                      "(AWS_CREDENTIAL_EXPIRATION): set fresh ones",
                      expires);
    else
        search_found(search, keys_of_session(id, secret, token, expires_ms, "environment"));
}

const struct provider provider_environment = {start_environment};

static void start_file(struct search *search, GHashTable *table, const char *path)
{
    if (!search_readable(search))
        return;
    const char *profile = search->profile;
    const char *id = profiles_get_in(table, profile, "aws_access_key_id");
    const char *secret = profiles_get_in(table, profile, "aws_secret_access_key");
    const char *token = profiles_get_in(table, profile, "aws_session_token");
    if (!token)
        token = profiles_get_in(table, profile, "aws_security_token");
    if (!id) {
        search_absent(search, "%s", path);
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
    search_found(search, keys_of_session(id, secret, token, 0, origin));
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
