/* How a failover as a whole stands: when it may begin, when it is held and for what, and its end.
 */
#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "rollout/failover_steps.h"

#include <string.h>

/* What stands still, and why. */
struct awaited {
    enum failover_code code;
    char *why;
};

static struct failover_decision state_is(enum failover_state state, enum failover_code code,
                                         const char *reason)
{
    const char *said = FAULT_SWITCH(EVIDENCE_DROPPED) ? NULL : reason;
    json_t *data =
        json_pack("{s:s, s:o}", "state", failover_state_name(state), "reason", text_json(said));
    if (code)
        json_object_set_new(data, "code", json_string(failover_code_name(code)));
    if (failover_state_final(state))
        json_object_set_new(data, "final", json_true());
    return (struct failover_decision){.type = "state", .data = data};
}

static guint n_moved(const struct failover *failover)
{
    guint moved = 0;
    for (guint i = 0; i < failover->tenants->len; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, i);
        bool there = failover_is_drill(failover) ? tenant->step == TENANT_CHECKED
                                                 : tenant->item == ITEM_PLACED;
        moved += there && !tenant_is_left(tenant);
    }
    return moved;
}

/* "; 1 left alone: t-5 (...)": the first of them by name. */
static char *alone_words(const struct failover *failover)
{
    guint alone = failover_progress(failover).alone;
    for (guint i = 0; i < failover->tenants->len; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, i);
        if (tenant_is_left(tenant))
            return g_strdup_printf("; %u left alone: %s (%s)%s", alone, tenant->plan->id,
                                   tenant->why, alone > 1 ? " and others" : "");
    }
    return g_strdup("");
}

static struct failover_decision ended(const struct failover *failover,
                                      const struct failover_observation *seen,
                                      enum failover_state state, const char *reason)
{
    struct failover_decision decision = state_is(state, FAILOVER_NO_CODE, reason);
    guint moved = n_moved(failover);
    gint64 until_ms = moved && failover->verified_ms ? failover->verified_ms : seen->now_ms;
    json_object_set_new(decision.data, "took_ms",
                        json_integer(MAX(0, until_ms - failover->opened_ms)));
    json_object_set_new(decision.data, "rto_ms",
                        failover->plan->rto_ms ? json_integer(failover->plan->rto_ms)
                                               : json_null());
    json_object_set_new(decision.data, "moved", json_integer(moved));
    json_object_set_new(decision.data, "alone", json_integer(failover_progress(failover).alone));
    return decision;
}

/* The same, with who is behind. Clears that. */
static struct failover_decision ended_with(const struct failover *failover,
                                           const struct failover_observation *seen,
                                           enum failover_state state, const char *reason,
                                           struct failover_behind *behind)
{
    struct failover_decision decision = ended(failover, seen, state, reason);
    failover_behind_add(decision.data, behind);
    failover_behind_clear(behind);
    return decision;
}

/* "; 2 tenants still live in cell-1: a, b; fail it over again" */
static char *behind_part(const struct failover *failover, const struct failover_behind *behind)
{
    g_autofree char *words = failover_behind_text(failover, behind);
    bool again = behind->n > 0 && !failover_is_drill(failover);
    return words ? g_strdup_printf("; %s%s", words, again ? "; fail it over again" : "")
                 : g_strdup("");
}

/* Who lives in the source by then is read first, for as long as a step may take. */
static struct failover_decision completed(const struct failover *failover,
                                          const struct failover_observation *seen)
{
    bool counts = failover_counts(failover) == COUNT_AFTER;
    if (counts && !seen->residents && !failover_is_late(failover, seen))
        return NO_EVENT;
    struct failover_behind behind = failover_behind_of(failover, seen);
    g_autofree char *all = text_counted(failover->tenants->len, "tenant");
    g_autofree char *alone = alone_words(failover), *still = behind_part(failover, &behind);
    g_autofree char *reason =
        g_strdup_printf("%u of %s %s%s%s", n_moved(failover), all,
                        failover_is_drill(failover) ? "would move" : "moved", alone, still);
    return ended_with(failover, seen, FAILOVER_COMPLETED, reason, &behind);
}

/* A plan for some of the tenants is none, and this one can't take in others: it is frozen, and was
 * confirmed as it is. Nothing was done yet, so nothing has to be undone, and no lock stays. */
static struct failover_decision turned_down(const struct failover *failover,
                                            const struct failover_observation *seen)
{
    struct failover_behind behind = failover_behind_of(failover, seen);
    g_autofree char *words = failover_strangers_words(failover, &behind);
    if (failover_is_drill(failover)) {
        g_autofree char *reason = g_strdup_printf("nobody would move: %s", words);
        return ended_with(failover, seen, FAILOVER_REFUSED, reason, &behind);
    }
    g_autofree char *reason =
        g_strdup_printf("%s; nothing was done: plan again, with all who live there (celldeck "
                        "failover plan %s)",
                        words, failover->plan->source);
    struct failover_decision decision =
        ended_with(failover, seen, FAILOVER_REFUSED, reason, &behind);
    json_object_set_new(decision.data, "code", json_string(failover_code_name(FAILOVER_STRANGERS)));
    return decision;
}

static bool any_is_promoted(const struct failover *failover)
{
    for (guint i = 0; i < failover->promotes->len; i++)
        if (g_array_index(failover->promotes, struct failover_command, i).done)
            return true;
    return false;
}

/* What a command of the user's did, nothing here undoes: "; what the fence command did stands as
 * it is", or "" */
static const char *commands_stand(const struct failover *failover)
{
    for (guint i = 0; i < failover->tenants->len; i++)
        if (failover_tenant_at(failover, i)->copied)
            return "; where the move command put its data, it is: nothing here moves it back";
    g_autoptr(GPtrArray) without = failover_done_without(failover);
    if (without->len > 0) /* nobody here knows what was done by hand instead */
        return "; what was done by hand to fence or to promote stands as it is";
    bool fenced = failover->fence.done, promoted = any_is_promoted(failover);
    return fenced && promoted ? "; what the fence and promote commands did stands as it is"
           : fenced           ? "; what the fence command did stands as it is"
           : promoted         ? "; what the promote command did stands as it is"
                              : "";
}

static struct failover_decision reverted(const struct failover *failover,
                                         const struct failover_observation *seen)
{
    struct failover_progress progress = failover_progress(failover);
    g_autofree char *all = text_counted(progress.total, "tenant");
    g_autofree char *alone = alone_words(failover);
    const char *commands = commands_stand(failover);
    if (failover_is_drill(failover))
        return ended(failover, seen, FAILOVER_REVERTED, "the drill was broken off");
    g_autofree char *reason = progress.total == 0
                                  ? g_strdup_printf("no tenant had been touched%s", commands)
                                  : g_strdup_printf("%u of %s back in %s%s%s", progress.done, all,
                                                    failover->plan->source, alone, commands);
    return ended(failover, seen, FAILOVER_REVERTED, reason);
}

static struct failover_decision held(const struct failover *failover, enum failover_code code,
                                     const char *why)
{
    const char *cause = why ? why : failover_code_name(code);
    g_autofree char *progress = failover_done_words(failover);
    bool without = code == FAILOVER_DNS_AWAY && !failover->reverting;
    bool fence = code == FAILOVER_FENCE_FAILED, promote = code == FAILOVER_PROMOTE_FAILED;
    g_autofree char *reason = g_strdup_printf(
        "%s; %s%s%s%s", cause, progress,
        failover->reverting ? ": resume it to take back what is left"
                            : ": resume it to do what is left, or revert it to take back what was "
                              "done",
        without ? "; where the zone stays away, one that is begun after that can leave it alone, "
                  "and change the registry only"
                : "",
        fence     ? "; what can't be fenced is acknowledged (--ack fence)"
        : promote ? "; what is promoted by hand is acknowledged (--ack promote)"
                  : "");
    struct failover_decision decision = state_is(FAILOVER_HELD, code, reason);
    json_object_set_new(decision.data, "cause", text_json(cause));
    return decision;
}

static struct awaited awaited_of_call(const struct failover *failover,
                                      const struct failover_observation *seen)
{
    if (failover->intent.act == ACT_REGISTRY)
        return (struct awaited){FAILOVER_REGISTRY_AWAY,
                                g_strdup_printf("the registry does not tell what became of a "
                                                "write%s%s",
                                                seen->call_error ? ": " : "",
                                                seen->call_error ? seen->call_error : "")};
    bool throttled = g_strcmp0(seen->call_code, "throttled") == 0;
    return (struct awaited){throttled ? FAILOVER_DNS_THROTTLED : FAILOVER_DNS_AWAY,
                            g_strdup_printf("Route 53 %s%s%s",
                                            throttled ? "takes no change for now"
                                                      : "does not tell what became of a change",
                                            seen->call_error ? ": " : "",
                                            seen->call_error ? seen->call_error : "")};
}

/* The first tenant of the batch that does not verify. */
static char *unverified_words(const struct failover *failover,
                              const struct failover_observation *seen, guint place)
{
    const struct failover_batch *batch = failover_batch_at(failover, place);
    for (guint i = 0; i < batch->n; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, batch->first + i);
        const struct observed_tenant *there = failover_observed(seen, tenant);
        if (tenant_wants(failover, tenant, PHASE_VERIFY) && there->verified != OUTCOME_DONE)
            return g_strdup_printf("%s is not verified: %s", tenant->plan->id,
                                   there->verified_why ? there->verified_why : "no answer yet");
    }
    return g_strdup("not verified");
}

static struct awaited awaited_of_batch(const struct failover *failover,
                                       const struct failover_observation *seen, guint place)
{
    const char *why = seen->insync_why ? seen->insync_why : "no answer";
    switch (batch_phase(failover, place)) {
    case PHASE_READ:
        return (struct awaited){FAILOVER_DNS_AWAY,
                                g_strdup_printf("Route 53's records can't be read: %s", why)};
    case PHASE_INSYNC:
        return (struct awaited){
            FAILOVER_DNS_PENDING,
            g_strdup_printf("Route 53 took batch %u, and has not brought it everywhere%s%s",
                            place + 1, seen->insync_why ? ": " : "",
                            seen->insync_why ? seen->insync_why : "")};
    case PHASE_VERIFY:
        return (struct awaited){FAILOVER_VERIFY, unverified_words(failover, seen, place)};
    default:
        return (struct awaited){FAILOVER_NO_CODE, NULL};
    }
}

static struct awaited awaited_of_preflight(const struct failover *failover,
                                           const struct failover_observation *seen)
{
    if (!seen->preflight_why && seen->preflight_read && !failover_has_everybody(failover, seen))
        return (struct awaited){FAILOVER_PREFLIGHT, failover_unread_words(failover, seen)};
    return (struct awaited){
        FAILOVER_PREFLIGHT,
        g_strdup(seen->preflight_why ? seen->preflight_why : "what it needs has not been read")};
}

static struct awaited what_is_awaited(const struct failover *failover,
                                      const struct failover_observation *seen)
{
    struct awaited awaited = {FAILOVER_NO_CODE, NULL};
    if (!failover_may_write(failover, seen))
        return (struct awaited){
            FAILOVER_LOCKED,
            g_strdup(seen->lock_why ? seen->lock_why : "the cells can't be locked")};
    if (failover->intent.act != ACT_NONE)
        return awaited_of_call(failover, seen);
    for (guint i = 0; i < failover->batches->len && batch_may_begin(failover, i); i++) {
        awaited = awaited_of_batch(failover, seen, batch_in_turn(failover, i));
        if (awaited.code)
            return awaited;
    }
    return awaited_of_preflight(failover, seen);
}

/* What was checked when it was asked for is checked once more before anything is touched. */
static struct failover_decision may_begin(const struct failover *failover,
                                          const struct failover_observation *seen)
{
    bool refused = seen->preflight_read && seen->preflight_why;
    if (failover_is_fit(failover, seen) && failover_may_write(failover, seen))
        return state_is(FAILOVER_RUNNING, FAILOVER_NO_CODE, NULL);
    if (!refused && !failover_is_late(failover, seen))
        return NO_EVENT;
    struct awaited awaited =
        refused ? awaited_of_preflight(failover, seen) : what_is_awaited(failover, seen);
    g_autofree char *why = awaited.why;
    if (!failover_is_drill(failover))
        return held(failover, awaited.code, why);
    g_autofree char *reason = g_strdup_printf("nobody would move: %s", why);
    return ended(failover, seen, FAILOVER_REFUSED, reason);
}

struct failover_decision failover_state_news(const struct failover *failover,
                                             const struct failover_observation *seen)
{
    bool idle = failover->intent.act == ACT_NONE;
    if (idle && failover_is_done(failover))
        return failover->reverting ? reverted(failover, seen) : completed(failover, seen);
    if (failover->state == FAILOVER_HELD)
        return NO_EVENT;
    if (failover_strangers(failover, seen) > 0)
        return turned_down(failover, seen);
    if (failover->failed)
        return held(failover, failover->failed, failover->failed_why);
    if (failover->state == FAILOVER_PLANNED)
        return may_begin(failover, seen);
    if (!failover_is_late(failover, seen))
        return NO_EVENT;
    struct awaited awaited = what_is_awaited(failover, seen);
    g_autofree char *why = awaited.why;
    if (!failover_is_drill(failover))
        return held(failover, awaited.code, why);
    g_autofree char *reason = g_strdup_printf("it could not be seen to the end: %s", why);
    return ended(failover, seen, FAILOVER_REFUSED, reason);
}
