/* Keys of a role for a workload that holds an OpenID Connect token in a file (EKS service accounts,
 * CI jobs): STS's AssumeRoleWithWebIdentity, which is not signed. The token is changed as time goes
 * by, so its file is read anew for each request. */
#include "data/aws/provider.h"
#include "data/aws/service.h"
#include "data/aws/sts.h"
#include "data/base/when.h"

#include <string.h>

/* All of it within a call's 20 s. */
enum { TRIES = 3 };
static const gint64 timeout_ms = 5 * WHEN_SECOND;

struct web_identity {
    struct search *search;
    struct fetch *fetch;
    char *arn;
    char *token;
};

static void web_identity_free(struct web_identity *identity)
{
    g_free(identity->arn);
    keys_wipe(identity->token);
    g_free(identity);
}

static void web_identity_stop(gpointer data)
{
    struct web_identity *identity = data;
    fetch_cancel(identity->fetch);
    web_identity_free(identity);
}

static void sts_answered(const struct http_answer *answer, const GError *error, gpointer data)
{
    struct web_identity *identity = data;
    struct search *search = identity->search;
    g_autofree char *what =
        g_strdup_printf("role %s can't be assumed by web identity", identity->arn);
    g_autofree char *origin = g_strdup_printf("role %s, by web identity", identity->arn);
    const char *const secrets[] = {identity->token, NULL};
    OWN(keys) keys = answer && answer->status == 200 ? sts_keys(answer, origin) : NULL;
    if (keys)
        search_found(search, keys_ref(keys));
    else if (error)
        search_failed(search, "%s: %s", what, error->message);
    else
        search_refused(search, what, answer, secrets, "");
    web_identity_free(identity);
}

/* The token, of which nothing is ever shown; NULL after search_failed. */
static char *read_token(struct search *search, const char *path)
{
    g_autoptr(GError) error = NULL;
    char *token = NULL;
    if (!g_file_get_contents(path, &token, NULL, &error)) {
        search_failed(search, "the web identity token can't be read: %s", error->message);
        return NULL;
    }
    g_strstrip(token);
    if (*token)
        return token;
    g_free(token);
    search_failed(search, "the web identity token's file, %s, is empty", path);
    return NULL;
}

/* `token` is stolen. */
static void ask(struct search *search, const char *arn, const char *session, char *token)
{
    OWN(endpoint) endpoint = search_endpoint(search, AWS_STS, NULL);
    if (!endpoint) {
        keys_wipe(token);
        return;
    }
    g_autofree char *arn_text = g_uri_escape_string(arn, NULL, FALSE);
    g_autofree char *session_text = g_uri_escape_string(session, NULL, FALSE);
    char *token_text = g_uri_escape_string(token, NULL, FALSE);
    char *body = g_strdup_printf("Action=AssumeRoleWithWebIdentity&Version=%s&RoleArn=%s"
                                 "&RoleSessionName=%s&WebIdentityToken=%s",
                                 aws_facts(AWS_STS)->version, arn_text, session_text, token_text);
    g_autofree char *url = g_strconcat(endpoint->url, "/", NULL);
    const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded; charset=utf-8",
                                   NULL};
    struct fetch_request request = {.method = "POST",
                                    .url = url,
                                    .headers = headers,
                                    .body = body,
                                    .timeout_ms = timeout_ms,
                                    .tries = TRIES};
    struct web_identity *identity = g_new0(struct web_identity, 1);
    *identity = (struct web_identity){.search = search, .arn = g_strdup(arn), .token = token};
    search->step = identity;
    search->step_cancel = web_identity_stop;
    identity->fetch = search_fetch(search, &request, sts_answered, identity);
    keys_wipe(token_text);
    keys_wipe(body);
}

/* Each setting for itself from the environment or the profile, as botocore has it. */
static const char *setting(const struct search *search, const char *variable, const char *key)
{
    const char *value = variable ? env_setting(search->env, variable) : NULL;
    return value ? value : profiles_get(search->profiles, search->profile, key);
}

static void start(struct search *search, bool env)
{
    const char *path =
        setting(search, env ? "AWS_WEB_IDENTITY_TOKEN_FILE" : NULL, "web_identity_token_file");
    const char *arn = setting(search, env ? "AWS_ROLE_ARN" : NULL, "role_arn");
    const char *named = setting(search, env ? "AWS_ROLE_SESSION_NAME" : NULL, "role_session_name");
    if (!search_readable(search))
        return;
    if (!path) {
        search_absent(search, "web identity");
        return;
    }
    if (!arn) {
        search_failed(search,
                      "there is a web identity token (%s), but no role to assume with it: set "
                      "AWS_ROLE_ARN, or role_arn of profile \"%s\"",
                      path, search->profile);
        return;
    }
    g_autofree char *session = named ? g_strdup(named) : search_session_name(search);
    char *token = read_token(search, path);
    if (token)
        ask(search, arn, session, token);
}

static void start_web_identity(struct search *search)
{
    start(search, true);
}

static void start_profile_web_identity(struct search *search)
{
    start(search, false);
}

const struct provider provider_web_identity = {start_web_identity};
const struct provider provider_profile_web_identity = {start_profile_web_identity};
