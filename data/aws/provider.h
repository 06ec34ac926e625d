/* A provider looks for keys in one place. It is given a search, and ends it, at once or later, with
 * exactly one of search_found, search_absent (ask the next one) and search_failed (there is
 * something here and it is broken: nobody else is asked). chain.c says their order. */
#pragma once

#include "data/aws/credentials.h"
#include "data/aws/endpoints.h"
#include "data/aws/fetch.h"
#include "data/aws/profiles.h"

#include <gio/gio.h>

struct search {
    struct identity *identity;
    const char *profile;             /* whose keys; NULL: a role's of no profile */
    const struct profiles *profiles; /* read afresh for this search */
    char **env;
    GMainContext *context;
    GString *looked_at;                 /* what the providers so far did not find, for the error */
    gpointer step;                      /* the provider's own, while it is at work ... */
    void (*step_cancel)(gpointer step); /* ... and how it is stopped; both reset on its end */
};

struct provider {
    void (*start)(struct search *search);
};

void search_found(struct search *search, struct keys *keys); /* steals `keys` */
void search_absent(struct search *search, const char *format, ...) G_GNUC_PRINTF(2, 3);
void search_failed(struct search *search, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* For providers that ask over HTTP: fetch_start with the profile's CA file where the request names
 * none. A search that is cancelled cancels it through step_cancel. */
struct fetch *search_fetch(struct search *search, const struct fetch_request *request, fetch_fn fn,
                           gpointer data);

/* Where a service is asked, as environment and profile have it; `region` NULL: the one they name
 * (for STS, which answers everywhere, there is always one). NULL after search_failed. Caller frees.
 */
struct endpoint *search_endpoint(struct search *search, enum aws_service service,
                                 const char *region);

/* search_failed with what AWS answered instead of 200: "WHAT: Code: message (request ID)ADVICE",
 * without those of `secrets` (NULL-terminated) that it may have quoted. */
void search_refused(struct search *search, const char *what, const struct http_answer *answer,
                    const char *const *secrets, const char *advice);

/* False after search_failed: AWS's files can't be read, and no later place may speak for them. */
bool search_readable(struct search *search);

/* The name of a role's session where nobody gave one. It ends up in CloudTrail, where the person
 * behind it should be told from it. Caller frees. */
char *search_session_name(const struct search *search);

/* The keys that this search is to renew, or NULL. Borrowed. */
const struct keys *search_renews(const struct search *search);

/* For providers whose keys come from another identity (roles). */
const struct assumer *search_assumer(const struct search *search);
/* `credential_source` of a profile: the identity whose keys are in that place; NULL: no such place.
 */
struct identity *search_place(struct search *search, const char *credential_source);
struct identity *search_profile(struct search *search, const char *profile, bool with_roles);
struct identity *search_source(struct search *search); /* whose keys assume the identity's role */
const char *search_role_arn(const struct search *search);

/* Whether a container's token may be sent to this URL: https, or http to this machine or one of the
 * agents' own addresses (botocore's list). */
bool container_may_ask(const char *url);

extern const struct provider provider_environment;  /* AWS_ACCESS_KEY_ID ... */
extern const struct provider provider_profile_role; /* role_arn with a source */
extern const struct provider provider_web_identity; /* AWS_WEB_IDENTITY_TOKEN_FILE, profile */
extern const struct provider provider_profile_web_identity; /* the profile's settings alone */
extern const struct provider provider_sso; /* sso_account_id, sso_role_name of a profile */
extern const struct provider provider_credentials_file;
extern const struct provider provider_process; /* credential_process */
extern const struct provider provider_config_file;
extern const struct provider provider_container; /* AWS_CONTAINER_CREDENTIALS_... */
extern const struct provider provider_metadata;  /* of the EC2 instance: IMDS */
extern const struct provider provider_role;      /* a role by ARN, assumed by the source identity */
