/* One set of AWS keys, immutable and reference-counted. Secrets leave it only through signing: no
 * error, log line or command line ever has them. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <stdbool.h>

struct keys {
    int refs;
    char *id; /* access key id */
    char *secret;
    char *token;           /* session token, or NULL */
    gint64 given_ms;       /* when we got them */
    gint64 expires_ms;     /* 0: never */
    gint64 lasts_until_ms; /* see struct aws_tenure */
    char *origin;          /* "environment", "profile ops (credentials file)", "role arn:..." */
    bool extendable;       /* used past their end while who gives them is out (instance metadata) */
};

/* `token` and `origin` may be NULL; an empty token counts as none. */
struct keys *keys_new(const char *id, const char *secret, const char *token, gint64 expires_ms,
                      const char *origin);
/* Of a JSON object with AccessKeyId, SecretAccessKey, `token_key` (its token's name) and, perhaps,
 * Expiration. NULL where one of them is missing or unreadable, and `what` says which. */
struct keys *keys_of_json(const json_t *json, const char *token_key, const char *origin,
                          const char **what);
/* The same as a container's agent and instance metadata give them: Token and Expiration have to be
 * there, being a role's. */
struct keys *keys_of_machine(const json_t *json, const char *origin, const char **what);
struct keys *keys_ref(struct keys *keys);
void keys_unref(struct keys *keys); /* the last one overwrites the secrets */
OWNABLE(keys, keys_unref);

/* A moment as AWS's tools keep it beside keys: ISO 8601, with "UTC" for its zone in older files.
 * False if it is none. */
bool keys_time_parse(const char *text, gint64 *at_ms);

/* The earlier one of two lasts_until_ms: keys last no longer than those they are had with. */
gint64 keys_earlier_end(gint64 one, gint64 other);

/* Frees a string of ours after overwriting it; NULL is none. */
void keys_wipe(char *secret);

/* What of `keys` (NULL: none) no error may have: NULL-terminated, borrowed. */
enum { KEYS_SECRETS = 4 };
void keys_secrets(const struct keys *keys, const char *secrets[KEYS_SECRETS]);

/* `text` with every occurrence of any of `secrets` (NULL-terminated) taken out. Caller frees. */
char *keys_hide(const char *text, const char *const *secrets);
