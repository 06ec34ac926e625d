#include "data/sim/caller.h"

#include <string.h>

enum { ARN_PARTS = 6, ARN_ACCOUNT = 4, ARN_RESOURCE = 5 };

struct sim_sessions {
    GHashTable *by_key; /* access key -> struct sim_session * */
};

static void session_free(gpointer data)
{
    struct sim_session *session = data;
    g_free(session->access_key);
    g_free(session->token);
    g_free(session->account);
    g_free(session->role);
    g_free(session->name);
    g_free(session);
}

struct sim_sessions *sim_sessions_new(void)
{
    struct sim_sessions *sessions = g_new0(struct sim_sessions, 1);
    sessions->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, session_free);
    return sessions;
}

void sim_sessions_free(struct sim_sessions *sessions)
{
    g_hash_table_unref(sessions->by_key);
    g_free(sessions);
}

const struct sim_session *sim_sessions_lend(struct sim_sessions *sessions, const char *role_arn,
                                            const char *name, gint64 now_ms, gint64 expires_ms)
{
    g_auto(GStrv) parts = g_strsplit(role_arn, ":", ARN_PARTS);
    if (g_strv_length(parts) != ARN_PARTS || !g_str_has_prefix(parts[ARN_RESOURCE], "role/") ||
        !g_str_equal(parts[2], "iam"))
        return NULL;
    g_autofree char *seed =
        g_strdup_printf("%s/%s/%u", role_arn, name, g_hash_table_size(sessions->by_key));
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, seed, -1);
    g_autofree char *upper = g_ascii_strup(sum, 16);
    struct sim_session *session = g_new0(struct sim_session, 1);
    session->access_key = g_strconcat("ASIA", upper, NULL);
    session->token = g_strconcat("sim-token-", sum, NULL);
    session->account = g_strdup(parts[ARN_ACCOUNT]);
    session->role = g_strdup(strrchr(parts[ARN_RESOURCE], '/') + 1);
    session->name = g_strdup(name);
    session->issued_ms = now_ms;
    session->expires_ms = expires_ms;
    g_hash_table_insert(sessions->by_key, session->access_key, session);
    return session;
}

const struct sim_session *sim_sessions_find(const struct sim_sessions *sessions,
                                            const char *access_key)
{
    return access_key ? g_hash_table_lookup(sessions->by_key, access_key) : NULL;
}

char *sim_caller_arn(const struct sim_session *session)
{
    return session ? g_strdup_printf("arn:aws:sts::%s:assumed-role/%s/%s", session->account,
                                     session->role, session->name)
                   : g_strdup("arn:aws:iam::" SIM_ACCOUNT ":user/ops");
}

const char *sim_caller_account(const struct sim_session *session)
{
    return session ? session->account : SIM_ACCOUNT;
}
