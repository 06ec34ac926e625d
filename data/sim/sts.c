/* STS: who am I, and the keys of a role, which end. */
#include "data/base/when.h"
#include "data/sim/call.h"
#include "data/sim/value.h"

enum { SHORTEST_S = 900, LONGEST_S = 43200, CHAINED_S = 3600, USUAL_S = 3600 };

static json_t *caller_identity(struct sim_call *call)
{
    g_autofree char *arn = sim_caller_arn(call->session);
    return json_pack("{s:s, s:s, s:s}", "Arn", arn, "UserId", call->access_key, "Account",
                     sim_caller_account(call->session));
}

/* How long the session is to last, in ms; 0 where that is refused. The scenario's `session` may cut
 * it short, which no AWS does. */
static gint64 lasts_ms(struct sim_call *call)
{
    gint64 wanted_s = (gint64)sim_number(call->in, "DurationSeconds", USUAL_S);
    gint64 longest_ms =
        sim_duration(call->cloud->world->scenario, "session", LONGEST_S * WHEN_SECOND);
    if (wanted_s < SHORTEST_S || wanted_s > LONGEST_S) {
        sim_refuse(call, 400, "ValidationError",
                   "1 validation error detected: Value '%" G_GINT64_FORMAT
                   "' at 'durationSeconds' failed to satisfy constraint: Member must have value "
                   "%s than or equal to %d",
                   wanted_s, wanted_s < SHORTEST_S ? "greater" : "less",
                   wanted_s < SHORTEST_S ? SHORTEST_S : LONGEST_S);
        return 0;
    }
    if (call->session && wanted_s > CHAINED_S) {
        sim_refuse(call, 400, "ValidationError",
                   "The requested DurationSeconds exceeds the 1 hour session limit for roles "
                   "assumed by role chaining");
        return 0;
    }
    return MIN(wanted_s * WHEN_SECOND, longest_ms);
}

static json_t *lend(struct sim_call *call)
{
    const char *role = sim_need(call, "RoleArn", "ValidationError");
    const char *name = role ? sim_need(call, "RoleSessionName", "ValidationError") : NULL;
    gint64 duration_ms = name ? lasts_ms(call) : 0;
    if (duration_ms == 0)
        return NULL;
    gint64 expires_ms = (call->now_ms + duration_ms) / WHEN_SECOND * WHEN_SECOND;
    const struct sim_session *session =
        sim_sessions_lend(call->cloud->sessions, role, name, call->now_ms, expires_ms);
    if (!session)
        return sim_refuse(call, 400, "ValidationError", "%s is invalid", role);
    g_autofree char *expires = when_rfc3339(expires_ms);
    g_autofree char *id = g_strdup_printf("AROA%s:%s", session->access_key + 4, name);
    g_autofree char *arn = sim_caller_arn(session);
    return json_pack("{s:{s:s, s:s}, s:{s:s, s:s, s:s, s:s}}", "AssumedRoleUser", "AssumedRoleId",
                     id, "Arn", arn, "Credentials", "AccessKeyId", session->access_key,
                     "SecretAccessKey", session->token, "SessionToken", session->token,
                     "Expiration", expires);
}

static json_t *lend_to_web_identity(struct sim_call *call)
{
    if (!sim_need(call, "WebIdentityToken", "ValidationError"))
        return NULL;
    return lend(call);
}

const struct sim_action sim_sts_actions[] = {
    {"GetCallerIdentity", caller_identity, SIM_READ},
    {"AssumeRole", lend, SIM_READ},
    {"AssumeRoleWithWebIdentity", lend_to_web_identity, SIM_OPEN},
    {0}};
