/* STS: who am I, and AssumeRole with keys that say which role they stand for. */
#include "data/base/when.h"
#include "data/sim/call.h"
#include "data/sim/value.h"

#include <string.h>

static json_t *caller_identity(struct sim_call *call)
{
    bool assumed = g_str_has_prefix(call->access_key, "ASIA");
    g_autofree char *arn =
        assumed ? g_strdup_printf("arn:aws:sts::" SIM_ACCOUNT ":assumed-role/%s/celldeck",
                                  call->access_key + 4)
                : g_strdup("arn:aws:iam::" SIM_ACCOUNT ":user/ops");
    return json_pack("{s:s, s:s, s:s}", "Arn", arn, "UserId", call->access_key, "Account",
                     SIM_ACCOUNT);
}

static json_t *assume_role(struct sim_call *call)
{
    const char *role = sim_need(call, "RoleArn", "ValidationError");
    const char *session = role ? sim_need(call, "RoleSessionName", "ValidationError") : NULL;
    if (!session)
        return NULL;
    const char *name = strrchr(role, '/');
    if (!g_str_has_prefix(role, "arn:aws:iam::") || !name)
        return sim_refuse(call, 400, "ValidationError", "%s is invalid", role);
    gint64 lasts_ms = (gint64)sim_number(call->in, "DurationSeconds", 3600) * WHEN_SECOND;
    if (lasts_ms < 900 * WHEN_SECOND || lasts_ms > 43200 * WHEN_SECOND)
        return sim_refuse(call, 400, "ValidationError",
                          "The requested DurationSeconds is outside of 900 to 43200.");
    g_autofree char *expires = when_rfc3339((call->now_ms + lasts_ms) / 1000 * 1000);
    g_autofree char *key = g_strconcat("ASIA", name + 1, NULL);
    g_autofree char *id = g_strdup_printf("AROASIM%s:%s", name + 1, session);
    g_autofree char *arn =
        g_strdup_printf("arn:aws:sts::" SIM_ACCOUNT ":assumed-role%s/%s", name, session);
    g_autofree char *secret = g_compute_checksum_for_string(G_CHECKSUM_SHA1, arn, -1);
    return json_pack("{s:{s:s, s:s}, s:{s:s, s:s, s:s, s:s}}", "AssumedRoleUser", "AssumedRoleId",
                     id, "Arn", arn, "Credentials", "AccessKeyId", key, "SecretAccessKey", secret,
                     "SessionToken", secret, "Expiration", expires);
}

const struct sim_action sim_sts_actions[] = {
    {"GetCallerIdentity", caller_identity, false}, {"AssumeRole", assume_role, false}, {0}};
