/* One set of AWS keys, immutable and reference-counted. Secrets leave it only through signing: no
 * error, log line or command line ever has them. */
#pragma once

#include "data/base/own.h"

#include <glib.h>

struct keys {
    int refs;
    char *id; /* access key id */
    char *secret;
    char *token;       /* session token, or NULL */
    gint64 given_ms;   /* when we got them */
    gint64 expires_ms; /* 0: never */
    char *origin;      /* "environment", "profile ops (credentials file)", "role arn:..." */
};

/* `token` and `origin` may be NULL; an empty token counts as none. */
struct keys *keys_new(const char *id, const char *secret, const char *token, gint64 expires_ms,
                      const char *origin);
struct keys *keys_ref(struct keys *keys);
void keys_unref(struct keys *keys); /* the last one overwrites the secrets */
OWNABLE(keys, keys_unref);

/* `text` with every occurrence of the secret, the token and the key id taken out: AWS's answer to
 * a bad signature quotes the signed headers, the token among them. Caller frees. */
char *keys_redact(const struct keys *keys, const char *text);
