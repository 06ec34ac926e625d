/* A search for an identity's keys: its chain's providers, one after the other, each from the main
 * loop, and what they may ask for. */
#include "data/aws/answer.h"
#include "data/aws/chain.h"
#include "data/aws/client.h"
#include "data/aws/identity.h"
#include "data/aws/service.h"

#include <string.h>

/* A search asks one thing after the other, and there are a few searches at a time. */
enum { PROVIDERS_CONNECTIONS = 16 };

/* A search with what has to be kept for it. */
struct work {
    struct search search;
    struct profiles *profiles;
    const struct provider *const *next;
    GSource *start; /* the step to the next provider */
};

void identity_search_end(struct identity *identity)
{
    struct work *work = g_steal_pointer(&identity->work);
    if (!work)
        return;
    if (work->search.step)
        work->search.step_cancel(work->search.step);
    if (work->start) {
        g_source_destroy(work->start);
        g_source_unref(work->start);
    }
    g_string_free(work->search.looked_at, TRUE);
    profiles_free(work->profiles);
    g_free(work);
}

static GError *none_found(const struct identity *identity)
{
    const char *profile = identity->profile ? identity->profile : "default";
    return g_error_new(AWS_ERROR, AWS_ERROR_CREDENTIALS,
                       "no AWS credentials (asked: %s); sign in, set AWS_ACCESS_KEY_ID and "
                       "AWS_SECRET_ACCESS_KEY, or configure profile \"%s\" (`aws configure "
                       "--profile %s`)",
                       identity->work->search.looked_at->str, profile, profile);
}

/* A profile that somebody has named, and nobody has written: AWS's tools take no other keys in its
 * place either, not even those of the environment. */
static bool profile_is_lost(const struct identity *identity)
{
    const struct profiles *profiles = identity->work->profiles;
    return identity->profile && strcmp(identity->profile, "default") != 0 && !profiles->fault &&
           !profiles_has(profiles, identity->profile);
}

static gboolean ask_next(gpointer data)
{
    struct identity *identity = data;
    struct work *work = identity->work;
    g_clear_pointer(&work->start, g_source_unref);
    const struct provider *provider = *work->next;
    if (profile_is_lost(identity)) {
        identity_lost(identity,
                      g_error_new(AWS_ERROR, AWS_ERROR_CREDENTIALS,
                                  "there is no AWS profile \"%s\" in %s; see aws.profile in "
                                  "celldeck.yaml and AWS_PROFILE, or `aws configure --profile %s`",
                                  identity->profile, work->profiles->config_path,
                                  identity->profile));
    } else if (provider) {
        work->next++;
        provider->start(&work->search);
    } else {
        identity_lost(identity, none_found(identity));
    }
    return G_SOURCE_REMOVE;
}

static void ask_next_soon(struct identity *identity)
{
    struct work *work = identity->work;
    work->start = g_idle_source_new();
    g_source_set_priority(work->start, G_PRIORITY_DEFAULT);
    g_source_set_callback(work->start, ask_next, identity, NULL);
    g_source_attach(work->start, identity->credentials->context);
}

void identity_search(struct identity *identity)
{
    if (identity->work)
        return;
    struct credentials *credentials = identity->credentials;
    struct work *work = identity->work = g_new0(struct work, 1);
    work->profiles = profiles_load(credentials->env);
    work->next = identity->chain;
    work->search = (struct search){.identity = identity,
                                   .profile = identity->profile,
                                   .profiles = work->profiles,
                                   .env = credentials->env,
                                   .context = credentials->context,
                                   .looked_at = g_string_new(NULL)};
    ask_next_soon(identity);
}

void search_found(struct search *search, struct keys *keys)
{
    search->step = NULL;
    identity_found(search->identity, keys);
}

void search_absent(struct search *search, const char *format, ...)
{
    search->step = NULL;
    va_list args;
    va_start(args, format);
    if (search->looked_at->len)
        g_string_append(search->looked_at, ", ");
    g_string_append_vprintf(search->looked_at, format, args);
    va_end(args);
    ask_next_soon(search->identity);
}

void search_failed(struct search *search, const char *format, ...)
{
    search->step = NULL;
    va_list args;
    va_start(args, format);
    GError *error = g_error_new_valist(AWS_ERROR, AWS_ERROR_CREDENTIALS, format, args);
    va_end(args);
    identity_lost(search->identity, error);
}

const struct assumer *search_assumer(const struct search *search)
{
    return &search->identity->credentials->assumer;
}

struct fetch *search_fetch(struct search *search, const struct fetch_request *request, fetch_fn fn,
                           gpointer data)
{
    struct credentials *credentials = search->identity->credentials;
    if (!credentials->transport)
        credentials->transport = transport_new(credentials->context, PROVIDERS_CONNECTIONS);
    struct fetch_request with_ca = *request;
    if (!with_ca.ca_file)
        with_ca.ca_file = profiles_ca_file(search->profiles, search->profile, search->env);
    return fetch_start(credentials->transport, &with_ca, fn, data);
}

struct identity *search_place(struct search *search, const char *credential_source)
{
    struct credentials *credentials = search->identity->credentials;
    const struct provider *const *chain = chain_of_place(credential_source);
    /* With a profile, for its ec2_metadata_* settings. */
    return chain ? identity_named(credentials, "place", credential_source, credentials->profile,
                                  chain)
                 : NULL;
}

struct endpoint *search_endpoint(struct search *search, enum aws_service service,
                                 const char *region)
{
    const char *profile = search->profile;
    const char *own_region = search_assumer(search)->region;
    OWN(endpoints)
    endpoints = endpoints_new(search->env, search->profiles, profile ? profile : "default",
                              service == AWS_STS ? own_region : NULL);
    if (service == AWS_STS && !region && !endpoints_region(endpoints))
        region = STS_REGION;
    g_autoptr(GError) error = NULL;
    struct endpoint *endpoint = endpoints_find(endpoints, service, region, &error);
    if (!endpoint)
        search_failed(search, "%s can't be asked for keys: %s", aws_facts(service)->name,
                      error->message);
    return endpoint;
}

void search_refused(struct search *search, const char *what, const struct http_answer *answer,
                    const char *const *secrets, const char *advice)
{
    OWN(fault) fault = fault_read(answer, secrets);
    if (!fault) {
        search_failed(search, "%s: the answer has no complete credentials%s", what, advice);
        return;
    }
    search_failed(search, "%s: %s%s%s%s%s%s%s", what, fault->code, *fault->message ? ": " : "",
                  fault->message, fault->request_id ? " (request " : "",
                  fault->request_id ? fault->request_id : "", fault->request_id ? ")" : "", advice);
}

bool search_readable(struct search *search)
{
    const GError *fault = search->profiles->fault;
    if (fault)
        search_failed(search, "AWS's settings can't be read: %s", fault->message);
    return !fault;
}

char *search_session_name(const struct search *search)
{
    const char *named = g_environ_getenv(search->env, "AWS_ROLE_SESSION_NAME");
    char *name =
        named && *named ? g_strdup(named) : g_strconcat("celldeck-", g_get_user_name(), NULL);
    g_strcanon(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_+=,.@-", '-');
    if (strlen(name) > 64)
        name[64] = '\0';
    return name;
}

const struct keys *search_renews(const struct search *search)
{
    return search->identity->keys;
}

struct identity *search_profile(struct search *search, const char *profile, bool with_roles)
{
    return identity_named(search->identity->credentials, with_roles ? "profile" : "keys of",
                          profile, profile, with_roles ? chain_source : chain_source_keys);
}

struct identity *search_source(struct search *search)
{
    return search->identity->source;
}

const char *search_role_arn(const struct search *search)
{
    return search->identity->role_arn;
}
