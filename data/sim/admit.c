#include "data/sim/admit.h"

#include "data/base/when.h"
#include "data/sim/value.h"
#include "data/sim/words.h"

#include <string.h>

/* "Signature expired", from five minutes on. */
static const gint64 tolerance_ms = 5 * WHEN_MINUTE;

/* "20261124T041500Z" */
static char *basic(gint64 at_ms)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_ms / WHEN_SECOND);
    return g_date_time_format(at, "%Y%m%dT%H%M%SZ");
}

static bool in_time(struct sim_call *call, const struct sim_wire *wire,
                    const struct sim_words *words)
{
    g_autoptr(GDateTime) date = wire->date ? g_date_time_new_from_iso8601(wire->date, NULL) : NULL;
    gint64 signed_ms = date ? g_date_time_to_unix(date) * WHEN_SECOND : call->clock_ms;
    if (ABS(signed_ms - call->clock_ms) <= tolerance_ms)
        return true;
    bool late = signed_ms < call->clock_ms;
    g_autofree char *edge = basic(call->clock_ms + (late ? -tolerance_ms : tolerance_ms));
    g_autofree char *now = basic(call->clock_ms);
    sim_refuse(call, words->denied_status, words->bad_time,
               "Signature %s: %s is %s than %s (%s %c 5 min.)",
               late ? "expired" : "not yet current", wire->date,
               late ? "now earlier" : "still later", edge, now, late ? '-' : '+');
    return false;
}

/* Whether the session token, if any, is still good: one that STS has lent by its own end, and by
 * the `expired` fault, which ends whatever was issued before it began. */
static bool token_holds(struct sim_call *call, const struct sim_wire *wire,
                        const struct sim_subject *subject, const struct sim_words *words)
{
    if (!wire->token)
        return true;
    const struct sim_session *session = call->session;
    const struct sim_fault *fault =
        sim_fault_on(call->cloud->faults, SIM_EXPIRED, subject, call->now_ms);
    bool ended = session && session->expires_ms <= call->now_ms;
    bool cancelled = fault && (!session || session->issued_ms < fault->from_ms);
    if (!ended && !cancelled)
        return true;
    call->fault = cancelled ? sim_fault_name(SIM_EXPIRED) : NULL;
    sim_refuse(call, words->denied_status, words->expired,
               "The security token included in the request is expired");
    return false;
}

/* " on resource: ARN", where the service names one. Caller frees. */
static char *on_resource(const struct sim_call *call, const struct sim_subject *subject)
{
    static const struct {
        const char *service, *key, *kind; /* `kind` NULL: the key holds an ARN */
    } named[] = {{"dynamodb", "TableName", "table"},
                 {"sts", "RoleArn", NULL},
                 {"sns", "TopicArn", NULL},
                 {"ecs", "cluster", "cluster"}};
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        const char *what = sim_text(call->in, named[i].key, NULL);
        if (!what || !g_str_equal(named[i].service, call->service))
            continue;
        return !named[i].kind || g_str_has_prefix(what, "arn:")
                   ? g_strdup_printf(" on resource: %s", what)
                   : g_strdup_printf(" on resource: arn:aws:%s:%s:%s:%s/%s", call->service,
                                     call->region, subject->account, named[i].kind, what);
    }
    return g_strdup("");
}

static bool may(struct sim_call *call, const struct sim_subject *subject,
                const struct sim_words *words)
{
    if (!sim_fault_strikes(call->cloud->faults, SIM_DENIED, subject, call->now_ms))
        return true;
    call->fault = sim_fault_name(SIM_DENIED);
    g_autofree char *arn = sim_caller_arn(call->session);
    g_autofree char *resource = on_resource(call, subject);
    sim_refuse(call, words->denied_status, words->denied,
               "User: %s is not authorized to perform: %s:%s%s because no identity-based policy "
               "allows the %s:%s action",
               arn, words->iam, call->action, resource, words->iam, call->action);
    return false;
}

static bool is_signed(struct sim_call *call, const struct sim_wire *wire)
{
    bool json = wire->protocol == SIM_JSON_10 || wire->protocol == SIM_JSON_11;
    if (!wire->is_signed)
        sim_refuse(call, json ? 400 : 403,
                   json ? "MissingAuthenticationTokenException" : "MissingAuthenticationToken",
                   json ? "Missing Authentication Token"
                        : "Request is missing Authentication Token");
    return wire->is_signed;
}

bool sim_admit(struct sim_call *call, const struct sim_wire *wire,
               const struct sim_subject *subject)
{
    const struct sim_words *words = sim_words(wire->service);
    const struct sim_action *action = sim_wire_action(wire);
    if (action && action->access == SIM_OPEN)
        return may(call, subject, words);
    return is_signed(call, wire) && in_time(call, wire, words) &&
           token_holds(call, wire, subject, words) && may(call, subject, words);
}
