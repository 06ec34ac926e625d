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

struct keys *keys_ref(struct keys *keys)
{
    keys->refs++;
    return keys;
}

static void forget(char *secret)
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
    forget(keys->secret);
    forget(keys->token);
    g_free(keys->origin);
    g_free(keys);
}

char *keys_redact(const struct keys *keys, const char *text)
{
    GString *out = g_string_new(text);
    const char *const secrets[] = {keys->secret, keys->token, keys->id};
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++)
        if (secrets[i] && *secrets[i])
            g_string_replace(out, secrets[i], "[redacted]", 0);
    return g_string_free(out, FALSE);
}
