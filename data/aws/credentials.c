#include "data/aws/credentials.h"

#include "data/aws/client.h"
#include "data/aws/provider.h"
#include "data/base/when.h"

/* A search asks one thing after the other, and there are a few searches at a time. */
enum { PROVIDERS_CONNECTIONS = 16 };

struct credentials {
    GMainContext *context;
    struct transport *transport; /* for providers; made when the first one wants it */
    char *profile;               /* the one in use */
    bool named;                  /* by the caller: the environment's keys are not for it */
    char **env;
    struct assumer assumer;
    GHashTable *identities; /* name -> struct identity */
};

struct identity {
    int refs; /* one is the table's; others keep it alive while callbacks run */
    char *name;
    struct credentials *credentials; /* NULL once freed */
    const struct provider *const *chain;
    char *profile;  /* or NULL */
    char *role_arn; /* or NULL; then `source` assumes it */
    struct identity *source;
    struct keys *keys;
    GQueue waits;
    struct work *work; /* the search under way */
};

/* A search with what has to be kept for it. */
struct work {
    struct search search;
    struct profiles *profiles;
    const struct provider *const *next;
    GSource *start; /* the step to the next provider, always from the main loop */
};

struct keys_wait {
    GList link;
    struct identity *identity;
    keys_fn fn;
    gpointer data;
};

/* AWS's order. A source_profile is looked for as botocore does it: no machine speaks for it. */
static const struct provider *const own_chain[] = {
    &provider_environment, &provider_profile_role, &provider_credentials_file, &provider_process,
    &provider_config_file, &provider_container,    &provider_metadata,         NULL};
static const struct provider *const *const profile_chain = own_chain + 1;
static const struct provider *const source_chain[] = {&provider_profile_role,
                                                      &provider_credentials_file, &provider_process,
                                                      &provider_config_file, NULL};
static const struct provider *const *const keys_chain = source_chain + 1;
static const struct provider *const role_chain[] = {&provider_role, NULL};

/* What credential_source may say. */
static const struct {
    const char *name;
    const struct provider *chain[2];
} places[] = {
    {"Environment", {&provider_environment}},
    {"EcsContainer", {&provider_container}},
    {"Ec2InstanceMetadata", {&provider_metadata}},
};

static void work_end(struct identity *identity)
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

static void identity_unref(struct identity *identity)
{
    if (--identity->refs > 0)
        return;
    g_free(identity->name);
    g_free(identity->profile);
    g_free(identity->role_arn);
    keys_unref(identity->keys);
    g_free(identity);
}

static void identity_drop(gpointer data)
{
    struct identity *identity = data;
    work_end(identity);
    while (identity->waits.head)
        keys_wait_cancel(identity->waits.head->data);
    identity->credentials = NULL;
    identity_unref(identity);
}

struct credentials *credentials_new(GMainContext *context, const char *profile, char **env,
                                    const struct assumer *assumer)
{
    struct credentials *credentials = g_new0(struct credentials, 1);
    credentials->context = g_main_context_ref(context);
    credentials->profile = g_strdup(profile_name(profile, env));
    credentials->named = profile && *profile;
    credentials->env = g_strdupv(env);
    credentials->assumer = *assumer;
    credentials->identities = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, identity_drop);
    return credentials;
}

void credentials_stop(struct credentials *credentials)
{
    GHashTableIter iter;
    gpointer identity;
    g_hash_table_iter_init(&iter, credentials->identities);
    while (g_hash_table_iter_next(&iter, NULL, &identity))
        work_end(identity);
}

void credentials_free(struct credentials *credentials)
{
    if (!credentials)
        return;
    credentials_stop(credentials); /* identities wait for each other */
    g_hash_table_unref(credentials->identities);
    transport_free(credentials->transport);
    g_main_context_unref(credentials->context);
    g_free(credentials->profile);
    g_strfreev(credentials->env);
    g_free(credentials);
}

/* The identity of that name, made the first time it is asked for. */
static struct identity *identity_named(struct credentials *credentials, const char *kind,
                                       const char *what, const struct provider *const *chain)
{
    g_autofree char *name = g_strconcat(kind, " ", what, NULL);
    struct identity *identity = g_hash_table_lookup(credentials->identities, name);
    if (identity)
        return identity;
    identity = g_new0(struct identity, 1);
    identity->refs = 1;
    identity->name = g_steal_pointer(&name);
    identity->credentials = credentials;
    identity->chain = chain;
    g_hash_table_insert(credentials->identities, identity->name, identity);
    return identity;
}

static struct identity *profile_identity(struct credentials *credentials, const char *kind,
                                         const char *profile, const struct provider *const *chain)
{
    struct identity *identity = identity_named(credentials, kind, profile, chain);
    if (!identity->profile)
        identity->profile = g_strdup(profile);
    return identity;
}

struct identity *credentials_identity(struct credentials *credentials, const char *role_arn)
{
    struct identity *own = profile_identity(credentials, "own", credentials->profile,
                                            credentials->named ? profile_chain : own_chain);
    if (!role_arn || !*role_arn)
        return own;
    struct identity *role = identity_named(credentials, "role", role_arn, role_chain);
    if (!role->role_arn) {
        role->role_arn = g_strdup(role_arn);
        role->source = own;
    }
    return role;
}

const char *credentials_unrenewable(const struct credentials *credentials)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, credentials->identities);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct keys *keys = ((const struct identity *)value)->keys;
        if (keys && keys->token && !keys->expires_ms)
            return keys->origin ? keys->origin : "a session";
    }
    return NULL;
}

void credentials_tenure(struct credentials *credentials, struct aws_tenure *tenure)
{
    const struct keys *keys = credentials_identity(credentials, NULL)->keys;
    const char *session = credentials_unrenewable(credentials);
    *tenure = (struct aws_tenure){.lasts_until_ms = session ? G_MININT64 : 0};
    if (!keys)
        return;
    tenure->origin = session ? session : keys->origin ? keys->origin : "keys of unknown origin";
    tenure->expires_ms = keys->expires_ms;
}

static void end_waits(struct identity *identity, struct keys *keys, const GError *error)
{
    identity->refs++;
    while (identity->waits.head) {
        struct keys_wait *wait = identity->waits.head->data;
        keys_fn fn = wait->fn;
        gpointer data = wait->data;
        keys_wait_cancel(wait);
        fn(keys, error, data);
    }
    identity_unref(identity);
}

static void give_up(struct identity *identity, GError *error)
{
    work_end(identity);
    /* A renewal that failed matters only once the keys at hand are no good any more. */
    OWN(keys)
    rest = identity->keys && identity->keys->expires_ms > when_now_ms() ? keys_ref(identity->keys)
                                                                        : NULL;
    end_waits(identity, rest, rest ? NULL : error);
    g_error_free(error);
}

static GError *none_found(const struct identity *identity)
{
    const struct search *search = &identity->work->search;
    const char *profile = identity->profile ? identity->profile : "default";
    bool unknown = identity->profile && !profiles_has(search->profiles, profile);
    return g_error_new(AWS_ERROR, AWS_ERROR_CREDENTIALS,
                       "no AWS credentials (looked at: %s%s). Set AWS_ACCESS_KEY_ID and "
                       "AWS_SECRET_ACCESS_KEY, or give profile \"%s\" keys, credential_process or "
                       "role_arn (`aws configure --profile %s`)",
                       search->looked_at->str, unknown ? "; there is no such profile" : "", profile,
                       profile);
}

static gboolean ask_next(gpointer data)
{
    struct identity *identity = data;
    struct work *work = identity->work;
    g_clear_pointer(&work->start, g_source_unref);
    const struct provider *provider = *work->next;
    if (provider) {
        work->next++;
        provider->start(&work->search);
    } else {
        give_up(identity, none_found(identity));
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

static void work_start(struct identity *identity)
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
    struct identity *identity = search->identity;
    search->step = NULL;
    work_end(identity);
    keys_unref(identity->keys);
    identity->keys = keys;
    OWN(keys) held = keys_ref(keys);
    end_waits(identity, held, NULL);
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
    give_up(search->identity, error);
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
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        if (g_str_equal(places[i].name, credential_source)) {
            struct identity *place =
                identity_named(credentials, "place", credential_source, places[i].chain);
            if (!place->profile) /* its ec2_metadata_* settings count */
                place->profile = g_strdup(credentials->profile);
            return place;
        }
    return NULL;
}

const struct keys *search_renews(const struct search *search)
{
    return search->identity->keys;
}

struct identity *search_profile(struct search *search, const char *profile, bool with_roles)
{
    return profile_identity(search->identity->credentials, with_roles ? "profile" : "keys of",
                            profile, with_roles ? source_chain : keys_chain);
}

struct identity *search_source(struct search *search)
{
    return search->identity->source;
}

const char *search_role_arn(const struct search *search)
{
    return search->identity->role_arn;
}

struct keys *identity_keys(struct identity *identity)
{
    struct keys *keys = identity->keys;
    if (!keys)
        return NULL;
    if (!keys->expires_ms)
        return keys;
    gint64 life_ms = MAX(keys->expires_ms - keys->given_ms, 0);
    gint64 left_ms = keys->expires_ms - when_now_ms();
    if (left_ms < MIN(15 * WHEN_MINUTE, life_ms / 3))
        work_start(identity);
    return left_ms < MIN(10 * WHEN_MINUTE, life_ms / 4) ? NULL : keys;
}

struct keys_wait *identity_wait(struct identity *identity, keys_fn fn, gpointer data)
{
    struct keys_wait *wait = g_new0(struct keys_wait, 1);
    *wait = (struct keys_wait){.identity = identity, .fn = fn, .data = data};
    wait->link.data = wait;
    g_queue_push_tail_link(&identity->waits, &wait->link);
    work_start(identity);
    return wait;
}

void keys_wait_cancel(struct keys_wait *wait)
{
    g_queue_unlink(&wait->identity->waits, &wait->link);
    g_free(wait);
}

void identity_forget(struct identity *identity, const struct keys *keys)
{
    if (identity->keys == keys)
        g_clear_pointer(&identity->keys, keys_unref);
}
