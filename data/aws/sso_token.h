/* A sign-in to IAM Identity Center (SSO), as `aws sso login` left it in ~/.aws/sso/cache. One of an
 * [sso-session] may be renewed without a person, for as long as its administrator lets it; how long
 * that is, nothing here knows. Whoever renews it writes it back: its refresh token may be good for
 * one time only. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct sso_token {
    char *path;
    json_t *kept;       /* the file's document */
    const char *access; /* in `kept` */
    gint64 expires_ms;
};

/* The sign-in for `about`, an sso-session's name or else the start URL. NULL: there is none that
 * can be read. */
struct sso_token *sso_token_load(char **env, const char *about);
void sso_token_free(struct sso_token *token);
OWNABLE(sso_token, sso_token_free);

/* Whether it has what renewing it takes, and can be written back. */
bool sso_token_is_renewable(const struct sso_token *token, gint64 now_ms);

/* The body of SSO OIDC's CreateToken that renews it. Caller wipes (keys_wipe). */
char *sso_token_request(const struct sso_token *token);

/* What of it no error may have: NULL-terminated, borrowed. */
enum { SSO_TOKEN_SECRETS = 4 };
void sso_token_secrets(const struct sso_token *token, const char *secrets[SSO_TOKEN_SECRETS]);

/* Takes CreateToken's answer, and writes it back. False where it is no answer to that; a file that
 * can't be written is left alone, and what was answered holds for now. */
bool sso_token_renew(struct sso_token *token, const json_t *answer, gint64 now_ms);
