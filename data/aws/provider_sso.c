/* Keys of a role that IAM Identity Center (SSO) lets a person have who has signed in with `aws sso
 * login`: SSO's GetRoleCredentials with the sign-in's token, which is renewed where it may be. */
#include "data/aws/answer.h"
#include "data/aws/provider.h"
#include "data/aws/service.h"
#include "data/aws/sso_token.h"
#include "data/base/when.h"

#include <string.h>

/* Two requests, both within a call's 20 s. */
enum { TRIES = 2 };
static const gint64 timeout_ms = 4 * WHEN_SECOND;
/* botocore's SSOTokenProvider: a token is renewed from 15 minutes before its end. */
static const gint64 renewal_ms = 15 * WHEN_MINUTE;

struct sso {
    struct search *search;
    struct fetch *fetch;
    char *session; /* name of the [sso-session]; NULL: the profile has all of it itself */
    char *about;   /* what the sign-in is kept under: the session's name, else the start URL */
    char *region, *account, *role;
    struct sso_token *token;
    gint64 lasts_until_ms; /* of what the token gives */
};

static void sso_free(struct sso *sso)
{
    g_free(sso->session);
    g_free(sso->about);
    g_free(sso->region);
    g_free(sso->account);
    g_free(sso->role);
    sso_token_free(sso->token);
    g_free(sso);
}
OWNABLE(sso, sso_free);

static void sso_stop(gpointer data)
{
    struct sso *sso = data;
    fetch_cancel(sso->fetch);
    sso_free(sso);
}

/* Starts a request; `sso` waits for its answer. */
static void ask(struct sso *sso, struct fetch_request *request, fetch_fn fn)
{
    request->timeout_ms = timeout_ms;
    request->tries = TRIES;
    sso->search->step = sso;
    sso->search->step_cancel = sso_stop;
    sso->fetch = search_fetch(sso->search, request, fn, sso);
}

/* Ends the search for want of a sign-in; `what` is of it, "has ended". */
static void not_signed_in(struct sso *sso, const char *what)
{
    search_failed(sso->search, "the sign-in to SSO %s%s %s: run `aws sso login --profile %s`",
                  sso->session ? "session " : "", sso->about, what, sso->search->profile);
}

/* GetRoleCredentials. */

static struct keys *read_keys(const struct http_answer *answer, const struct sso *sso)
{
    OWN_JSON json = json_loadb(answer->body->str, answer->body->len, 0, NULL);
    json_t *given = json_object_get(json, "roleCredentials");
    const char *id = json_string_value(json_object_get(given, "accessKeyId"));
    const char *secret = json_string_value(json_object_get(given, "secretAccessKey"));
    const char *token = json_string_value(json_object_get(given, "sessionToken"));
    gint64 expires_ms = json_integer_value(json_object_get(given, "expiration"));
    if (!id || !*id || !secret || !*secret || !token || expires_ms <= 0)
        return NULL;
    g_autofree char *origin = g_strdup_printf("profile %s (SSO %s%s)", sso->search->profile,
                                              sso->session ? "session " : "", sso->about);
    struct keys *keys = keys_new(id, secret, token, expires_ms, origin);
    /* The last ones that a sign-in gives outlive it. */
    keys->lasts_until_ms =
        sso->lasts_until_ms == G_MININT64 ? G_MININT64 : MAX(sso->lasts_until_ms, expires_ms);
    return keys;
}

static void keys_answered(const struct http_answer *answer, const GError *error, gpointer data)
{
    OWN(sso) sso = data;
    struct search *search = sso->search;
    g_autofree char *what =
        g_strdup_printf("SSO gives no keys for role %s in account %s", sso->role, sso->account);
    if (!answer) {
        search_failed(search, "%s: %s", what, error->message);
        return;
    }
    OWN(keys) keys = answer->status == 200 ? read_keys(answer, sso) : NULL;
    if (keys) {
        search_found(search, keys_ref(keys));
        return;
    }
    const char *secrets[SSO_TOKEN_SECRETS];
    sso_token_secrets(sso->token, secrets);
    g_autofree char *advice =
        answer->status == 401
            ? g_strdup_printf("; sign in again: `aws sso login --profile %s`", search->profile)
            : g_strdup("");
    search_refused(search, what, answer, secrets, advice);
}

static void ask_for_keys(struct sso *owned)
{
    OWN(sso) sso = owned;
    OWN(endpoint) endpoint = search_endpoint(sso->search, AWS_SSO, sso->region);
    if (!endpoint)
        return;
    g_autofree char *role = g_uri_escape_string(sso->role, NULL, FALSE);
    g_autofree char *account = g_uri_escape_string(sso->account, NULL, FALSE);
    g_autofree char *url = g_strdup_printf("%s/federation/credentials?role_name=%s&account_id=%s",
                                           endpoint->url, role, account);
    char *header = g_strconcat("x-amz-sso_bearer_token: ", sso->token->access, NULL);
    const char *const headers[] = {header, NULL};
    struct fetch_request request = {.method = "GET", .url = url, .headers = headers};
    ask(g_steal_pointer(&sso), &request, keys_answered);
    keys_wipe(header);
}

/* CreateToken, by the refresh token. */

/* With the sign-in as it is, if it still is one; `why` it was not renewed. */
static void go_on_unrenewed(struct sso *owned, const char *why)
{
    OWN(sso) sso = owned;
    g_autofree char *held = g_strdup(sso->token->access);
    struct sso_token *now = sso_token_load(sso->search->env, sso->about);
    if (now) {
        sso_token_free(sso->token);
        sso->token = now;
    }
    /* Another process may have renewed it first; the refresh token that we had was then used up. */
    bool renewed = !g_str_equal(held, sso->token->access);
    keys_wipe(g_steal_pointer(&held));
    if (sso->token->expires_ms > when_now_ms()) {
        sso->lasts_until_ms = renewed ? G_MININT64 : sso->token->expires_ms;
        ask_for_keys(g_steal_pointer(&sso));
        return;
    }
    g_autofree char *what = g_strdup_printf("has ended and can't be renewed (%s)", why);
    not_signed_in(sso, what);
}

static void token_answered(const struct http_answer *answer, const GError *error, gpointer data)
{
    OWN(sso) sso = data;
    sso->fetch = NULL;
    sso->search->step = NULL;
    if (answer && answer->status == 200) {
        OWN_JSON json = json_loadb(answer->body->str, answer->body->len, 0, NULL);
        if (sso_token_renew(sso->token, json, when_now_ms()))
            ask_for_keys(g_steal_pointer(&sso));
        else
            go_on_unrenewed(g_steal_pointer(&sso), "the answer has no token");
        return;
    }
    const char *secrets[SSO_TOKEN_SECRETS];
    sso_token_secrets(sso->token, secrets);
    OWN(fault) fault = error ? NULL : fault_read(answer, secrets);
    g_autofree char *why =
        error ? g_strdup(error->message)
              : g_strconcat(fault->code, *fault->message ? ": " : "", fault->message, NULL);
    go_on_unrenewed(g_steal_pointer(&sso), why);
}

static void renew_token(struct sso *owned)
{
    OWN(sso) sso = owned;
    OWN(endpoint) endpoint = search_endpoint(sso->search, AWS_SSO_OIDC, sso->region);
    if (!endpoint)
        return;
    g_autofree char *url = g_strconcat(endpoint->url, "/token", NULL);
    char *body = sso_token_request(sso->token);
    const char *const headers[] = {"Content-Type: application/json", NULL};
    struct fetch_request request = {.method = "POST", .url = url, .headers = headers, .body = body};
    ask(g_steal_pointer(&sso), &request, token_answered);
    keys_wipe(body);
}

static void with_token(struct sso *owned)
{
    OWN(sso) sso = owned;
    gint64 now_ms = when_now_ms();
    sso->token = sso_token_load(sso->search->env, sso->about);
    if (!sso->token) {
        not_signed_in(sso, "is not there");
        return;
    }
    bool renewable = sso->session && sso_token_is_renewable(sso->token, now_ms);
    sso->lasts_until_ms = renewable ? G_MININT64 : sso->token->expires_ms;
    if (renewable && sso->token->expires_ms - now_ms < renewal_ms)
        renew_token(g_steal_pointer(&sso));
    else if (sso->token->expires_ms > now_ms)
        ask_for_keys(g_steal_pointer(&sso));
    else
        not_signed_in(sso, "has ended");
}

/* The settings, of a profile and of the [sso-session] it names. */

/* A setting that may stand in both, but not with two values. NULL after search_failed. */
static const char *setting(struct search *search, const char *session, const char *key)
{
    const char *own = profiles_get(search->profiles, search->profile, key);
    const char *shared =
        session ? profiles_get_in(search->profiles->sso_sessions, session, key) : NULL;
    if (own && shared && !g_str_equal(own, shared)) {
        search_failed(search, "profile \"%s\" and its sso-session \"%s\" differ in %s (%s and %s)",
                      search->profile, session, key, own, shared);
        return NULL;
    }
    if (!own && !shared)
        search_failed(search, "profile \"%s\" is for SSO, but has no %s: `aws configure sso`",
                      search->profile, key);
    return own ? own : shared;
}

/* NULL after search_failed. */
static struct sso *settings_of(struct search *search)
{
    static const char *const keys[] = {"sso_start_url", "sso_region", "sso_account_id",
                                       "sso_role_name"};
    enum { URL, REGION, ACCOUNT, ROLE };
    const char *session = profiles_get(search->profiles, search->profile, "sso_session");
    const char *values[G_N_ELEMENTS(keys)];
    if (session && !g_hash_table_contains(search->profiles->sso_sessions, session)) {
        search_failed(search, "profile \"%s\": there is no [sso-session %s]", search->profile,
                      session);
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        values[i] = setting(search, session, keys[i]);
        if (!values[i])
            return NULL;
    }
    struct sso *sso = g_new0(struct sso, 1);
    *sso = (struct sso){.search = search,
                        .session = g_strdup(session),
                        .about = g_strdup(session ? session : values[URL]),
                        .region = g_strdup(values[REGION]),
                        .account = g_strdup(values[ACCOUNT]),
                        .role = g_strdup(values[ROLE])};
    return sso;
}

static void start_sso(struct search *search)
{
    const struct profiles *profiles = search->profiles;
    if (!search_readable(search))
        return;
    if (!profiles_get(profiles, search->profile, "sso_account_id") &&
        !profiles_get(profiles, search->profile, "sso_role_name")) {
        search_absent(search, "SSO");
        return;
    }
    struct sso *sso = settings_of(search);
    if (sso)
        with_token(sso);
}

const struct provider provider_sso = {start_sso};
