#include "data/aws/chain.h"
#include "data/aws/client.h"
#include "data/aws/identity.h"
#include "data/base/when.h"

struct keys_wait {
    GList link;
    struct identity *identity;
    keys_fn fn;
    gpointer data;
};

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
    identity_search_end(identity);
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
        identity_search_end(identity);
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

struct identity *identity_named(struct credentials *credentials, const char *kind, const char *what,
                                const char *profile, const struct provider *const *chain)
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
    identity->profile = g_strdup(profile);
    g_hash_table_insert(credentials->identities, identity->name, identity);
    return identity;
}

struct identity *credentials_identity(struct credentials *credentials, const char *role_arn)
{
    const char *profile = credentials->profile;
    struct identity *own = identity_named(credentials, "own", profile, profile,
                                          credentials->named ? chain_named : chain_own);
    if (!role_arn || !*role_arn)
        return own;
    struct identity *role = identity_named(credentials, "role", role_arn, NULL, chain_role);
    if (!role->role_arn) {
        role->role_arn = g_strdup(role_arn);
        role->source = own;
    }
    return role;
}

void credentials_tenure(struct credentials *credentials, struct aws_tenure *tenure)
{
    const struct keys *keys = credentials_identity(credentials, NULL)->keys;
    *tenure = (struct aws_tenure){0};
    if (!keys)
        return;
    tenure->origin = keys->origin ? keys->origin : "keys of unknown origin";
    tenure->expires_ms = keys->expires_ms;
    tenure->lasts_until_ms = keys->lasts_until_ms;
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

void identity_found(struct identity *identity, struct keys *keys)
{
    identity_search_end(identity);
    keys_unref(identity->keys);
    identity->keys = keys;
    OWN(keys) held = keys_ref(keys);
    end_waits(identity, held, NULL);
}

void identity_lost(struct identity *identity, GError *error)
{
    identity_search_end(identity);
    /* A renewal that failed matters only once the keys at hand are no good any more. */
    OWN(keys)
    rest = identity->keys && identity->keys->expires_ms > when_now_ms() ? keys_ref(identity->keys)
                                                                        : NULL;
    end_waits(identity, rest, rest ? NULL : error);
    g_error_free(error);
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
        identity_search(identity);
    return left_ms < MIN(10 * WHEN_MINUTE, life_ms / 4) ? NULL : keys;
}

struct keys_wait *identity_wait(struct identity *identity, keys_fn fn, gpointer data)
{
    struct keys_wait *wait = g_new0(struct keys_wait, 1);
    *wait = (struct keys_wait){.identity = identity, .fn = fn, .data = data};
    wait->link.data = wait;
    g_queue_push_tail_link(&identity->waits, &wait->link);
    identity_search(identity);
    return wait;
}

void keys_wait_cancel(struct keys_wait *wait)
{
    g_queue_unlink(&wait->identity->waits, &wait->link);
    g_free(wait);
}

/* A region that is not enabled refuses keys that are good everywhere else: its calls must not make
 * every poll run a credential_process, or assume a role, again. */
#define FORGET_PACE_MS (30 * WHEN_SECOND)

void identity_forget(struct identity *identity, const struct keys *keys)
{
    gint64 mono_ms = when_mono_ms();
    bool lately = identity->forgot_mono_ms && mono_ms - identity->forgot_mono_ms < FORGET_PACE_MS;
    if (identity->keys != keys || lately)
        return;
    identity->forgot_mono_ms = mono_ms;
    g_clear_pointer(&identity->keys, keys_unref);
}
