/* Keys, found where AWS's tools look for them (aws.md, "Credentials"), cached and renewed.
 *
 * An identity is somebody keys can be had for: the client's own chain, a profile, or a role that
 * another identity assumes. Its chain is a table of providers asked in order (provider.h); each may
 * take its time. Everything happens in one GLib main context. */
#pragma once

#include "data/aws/keys.h"
#include "data/base/own.h"

#include <glib.h>
#include <stdbool.h>

/* Exactly one of `keys` and `error` (AWS_ERROR_CREDENTIALS) is set; both are borrowed. */
typedef void (*keys_fn)(struct keys *keys, const GError *error, gpointer data);

struct role {
    char *arn;
    char *session;     /* role session name: what CloudTrail shows */
    char *external_id; /* or NULL */
    gint64 duration_s; /* 0: STS's default */
};

/* How a role is assumed; the client does it by a call to STS, a test by itself. `assume` answers
 * later, once, unless `cancel` is called with what it returned. */
struct assumer {
    gpointer (*assume)(gpointer self, struct keys *source, const struct role *role, keys_fn fn,
                       gpointer data);
    void (*cancel)(gpointer call);
    gpointer self;
    const char *region; /* of STS, for who asks it otherwise; outlives the credentials. NULL: none
                           is set */
};

struct credentials;
struct identity;
struct keys_wait;

/* `profile` NULL: the one the environment names. `env` as of g_get_environ(), copied. */
struct credentials *credentials_new(GMainContext *context, const char *profile, char **env,
                                    const struct assumer *assumer);
/* Ends what is under way; its calls to the assumer are cancelled. Before credentials_free. */
void credentials_stop(struct credentials *credentials);
void credentials_free(struct credentials *credentials); /* drops all waiters */
OWNABLE(credentials, credentials_free);

/* See aws_client_tenure. */
struct aws_tenure;
void credentials_tenure(struct credentials *credentials, struct aws_tenure *tenure);

/* The client's own identity (`role_arn` NULL), or that of a role it assumes. Borrowed. */
struct identity *credentials_identity(struct credentials *credentials, const char *role_arn);

/* Keys that are good for now, or NULL: then wait. Starts renewing them 15 minutes before they
 * expire, and gives none from 10 minutes before (a third and a quarter of a short life). */
struct keys *identity_keys(struct identity *identity);

/* Calls `fn` with keys once they are there; never from within. Calls that wait share one search. */
struct keys_wait *identity_wait(struct identity *identity, keys_fn fn, gpointer data);
void keys_wait_cancel(struct keys_wait *wait);

/* AWS refused these keys: look again the next time. Not more than twice a minute: it may be one
 * region that refuses them. */
void identity_forget(struct identity *identity, const struct keys *keys);
