#include "data/aws/sso_token.h"

#include "data/aws/keys.h"
#include "data/aws/tool_cache.h"
#include "data/base/when.h"

/* Of a token, so that no answer counts beyond what a moment holds. */
enum { LONGEST_S = 365 * 24 * 60 * 60 };

static const char *text_of(const struct sso_token *token, const char *key)
{
    const char *text = json_string_value(json_object_get(token->kept, key));
    return text && *text ? text : NULL;
}

/* Whether it can stand in a header: it is one line, of visible letters. */
static bool is_word(const char *text)
{
    while (g_ascii_isgraph(*text))
        text++;
    return !*text;
}

/* Takes what is in `kept`. */
static bool token_read(struct sso_token *token)
{
    const char *expires = text_of(token, "expiresAt");
    token->access = text_of(token, "accessToken");
    return token->access && is_word(token->access) && expires &&
           keys_time_parse(expires, &token->expires_ms);
}

struct sso_token *sso_token_load(char **env, const char *about)
{
    OWN(sso_token) token = g_new0(struct sso_token, 1);
    token->path = tool_cache_path(env, "sso/cache", about);
    token->kept = tool_cache_read(token->path);
    return token_read(token) ? g_steal_pointer(&token) : NULL;
}

void sso_token_free(struct sso_token *token)
{
    if (!token)
        return;
    g_free(token->path);
    json_decref(token->kept);
    g_free(token);
}

bool sso_token_is_renewable(const struct sso_token *token, gint64 now_ms)
{
    const char *registered = text_of(token, "registrationExpiresAt");
    gint64 registered_ms = 0;
    return text_of(token, "refreshToken") && text_of(token, "clientId") &&
           text_of(token, "clientSecret") && registered &&
           keys_time_parse(registered, &registered_ms) && registered_ms > now_ms &&
           tool_cache_is_writable(token->path);
}

char *sso_token_request(const struct sso_token *token)
{
    OWN_JSON request =
        json_pack("{s:s, s:s?, s:s?, s:s?}", "grantType", "refresh_token", "clientId",
                  text_of(token, "clientId"), "clientSecret", text_of(token, "clientSecret"),
                  "refreshToken", text_of(token, "refreshToken"));
    return json_dumps(request, JSON_COMPACT);
}

void sso_token_secrets(const struct sso_token *token, const char *secrets[SSO_TOKEN_SECRETS])
{
    static const char *const keys[] = {"accessToken", "refreshToken", "clientSecret"};
    size_t n = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (text_of(token, keys[i]))
            secrets[n++] = text_of(token, keys[i]);
    secrets[n] = NULL;
}

bool sso_token_renew(struct sso_token *token, const json_t *answer, gint64 now_ms)
{
    json_t *access = json_object_get(answer, "accessToken");
    json_t *refresh = json_object_get(answer, "refreshToken");
    json_int_t expires_s = json_integer_value(json_object_get(answer, "expiresIn"));
    if (!json_string_length(access) || expires_s <= 0)
        return false;
    expires_s = MIN(expires_s, LONGEST_S);
    g_autofree char *expires = when_rfc3339((now_ms / WHEN_SECOND + expires_s) * WHEN_SECOND);
    json_object_set(token->kept, "accessToken", access);
    json_object_set_new(token->kept, "expiresAt", json_string(expires));
    if (refresh)
        json_object_set(token->kept, "refreshToken", refresh);
    else
        json_object_del(token->kept, "refreshToken");
    tool_cache_write(token->path, token->kept, NULL);
    return token_read(token);
}
