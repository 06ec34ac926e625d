#include "data/aws/keys.h"

#include "data/base/when.h"

#include <string.h>

struct keys *keys_new(const char *id, const char *secret, const char *token, gint64 expires_ms,
                      const char *origin)
{
    struct keys *keys = g_new0(struct keys, 1);
    keys->refs = 1;
    keys->id = g_strdup(id);
    keys->secret = g_strdup(secret);
    keys->token = token && *token ? g_strdup(token) : NULL;
    keys->given_ms = when_now_ms();
    keys->expires_ms = expires_ms;
    keys->origin = g_strdup(origin);
    return keys;
}

bool keys_time_parse(const char *text, gint64 *at_ms)
{
    if (!g_str_has_suffix(text, "UTC"))
        return when_parse(text, at_ms);
    g_autofree char *moment = g_strndup(text, strlen(text) - strlen("UTC"));
    g_autofree char *zoned = g_strconcat(moment, "Z", NULL);
    return when_parse(zoned, at_ms);
}

struct keys *keys_of_json(const json_t *json, const char *token_key, const char *origin,
                          const char **what)
{
    const char *id = json_string_value(json_object_get(json, "AccessKeyId"));
    const char *secret = json_string_value(json_object_get(json, "SecretAccessKey"));
    const char *token = json_string_value(json_object_get(json, token_key));
    const char *expires = json_string_value(json_object_get(json, "Expiration"));
    gint64 expires_ms = 0;
    *what = !json                                               ? "what it gave is no JSON"
            : !id || !*id                                       ? "AccessKeyId is missing"
            : !secret || !*secret                               ? "SecretAccessKey is missing"
            : expires && !keys_time_parse(expires, &expires_ms) ? "Expiration is no ISO 8601 time"
                                                                : NULL;
    return *what ? NULL : keys_new(id, secret, token, expires_ms, origin);
}

struct keys *keys_of_machine(const json_t *json, const char *origin, const char **what)
{
    OWN(keys) keys = keys_of_json(json, "Token", origin, what);
    if (keys && keys->token && keys->expires_ms)
        return g_steal_pointer(&keys);
    if (keys)
        *what = keys->token ? "Expiration is missing" : "Token is missing";
    return NULL;
}

struct keys *keys_ref(struct keys *keys)
{
    keys->refs++;
    return keys;
}

gint64 keys_earlier_end(gint64 one, gint64 other)
{
    if (!one || !other)
        return one ? one : other;
    return MIN(one, other); /* of which G_MININT64, unknown, is the least */
}

void keys_wipe(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

void keys_unref(struct keys *keys)
{
    if (!keys || --keys->refs > 0)
        return;
    g_free(keys->id);
    keys_wipe(keys->secret);
    keys_wipe(keys->token);
    g_free(keys->origin);
    g_free(keys);
}

void keys_secrets(const struct keys *keys, const char *secrets[KEYS_SECRETS])
{
    const char *const all[KEYS_SECRETS] = {keys ? keys->secret : NULL, keys ? keys->id : NULL,
                                           keys ? keys->token : NULL};
    memcpy(secrets, all, sizeof all);
}

char *keys_hide(const char *text, const char *const *secrets)
{
    GString *out = g_string_new(text);
    for (; *secrets; secrets++)
        if (**secrets)
            g_string_replace(out, *secrets, "[redacted]", 0);
    return g_string_free(out, FALSE);
}
