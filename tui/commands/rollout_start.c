/* `celldeck rollout start`. */
#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/request.h"
#include "tui/commands/follow.h"
#include "tui/commands/rollout.h"

#include <stdio.h>

const GOptionEntry rollout_start_options[] = {
    {"reason", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(reason), "Why; kept in the history",
     "TEXT"},
    {"ticket", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(ticket), "The change's ticket", "ID"},
    {"plan", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(plan_hash),
     "Only if the plan still has this hash (rollout plan prints it)", "HASH"},
    {"fixes", 0, 0, G_OPTION_ARG_STRING_ARRAY, ROLLOUT_OPTION(fixes),
     "This release is the fix of that unhealthy cell; on record", "CELL"},
    {"retry-failed", 0, 0, G_OPTION_ARG_NONE, ROLLOUT_OPTION(retry_failed),
     "Although this version has failed before; on record", NULL},
    {"attended", 0, 0, G_OPTION_ARG_NONE, ROLLOUT_OPTION(attended),
     "Somebody stays to renew credentials that can't be renewed alone", NULL},
    {"override", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(override),
     "Break-glass: windows and freezes do not hold it; a debt to review", "REASON"},
    {"bake", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(bake),
     "With --override: no wave bakes longer than that", "DURATION"},
    {"yes", 0, 0, G_OPTION_ARG_NONE, ROLLOUT_OPTION(yes), "Do not ask for a confirmation", NULL},
    {"wait", 0, 0, G_OPTION_ARG_NONE, ROLLOUT_OPTION(wait), "Until it has ended, or is held", NULL},
    {0}};

/* Opens the rollout in the journal. NULL where it was not confirmed or is refused. */
static char *open_rollout(struct context *context, const struct rollout_planned *planned,
                          const struct override_request *override, GError **error)
{
    const struct rollout_options *asked = rollout_options(context);
    const struct start_request start = {
        .plan = planned->plan,
        .reason = asked->reason,
        .ticket = asked->ticket,
        .expected_hash = asked->plan_hash,
        .attended = asked->attended,
        .credentials = asked->attended && planned->short_keys ? planned->keys : NULL,
        .retry_failed = asked->retry_failed,
        .fixes = (const char *const *)asked->fixes,
        .override = *override,
    };
    if (!request_may_start(context->journal, &start, error))
        return NULL;
    if (override->reason)
        out_message("break-glass (%s): %s; it stands in the history as a debt to review",
                    override->reason,
                    override->bake_ms ? "bakes are shortened" : "windows and freezes are lifted");
    if (!context_confirm(asked->yes, "start this rollout", planned->plan->version, error))
        return NULL;
    const struct person requester = context_person(context);
    return request_start(context->journal, &start, &requester, when_now_ms(), error);
}

static bool look_after(const struct rollout *rollout, gpointer data)
{
    static struct follow_watchdog watchdog;
    follow_check_conductor(&watchdog, data, rollout->id, rollout->opened_ms);
    return true;
}

static int carry_on(struct context *context, const char *id, GError **error)
{
    puts(id);
    fflush(stdout);
    if (!conductor_spawn(context->config, context->state_dir, error)) {
        g_prefix_error(error,
                       "%s is opened but nobody conducts it yet (start one with celldeck "
                       "conductor): ",
                       id);
        return CD_ERROR_FAILED;
    }
    if (!rollout_options(context)->wait)
        return 0;
    const struct follow follow = {.until_held = true,
                                  .go_on = look_after,
                                  .data = context->journal,
                                  .follower = context->follower};
    OWN(rollout) rollout = follow_rollout(context->journal, id, &follow, error);
    if (!rollout)
        return CD_ERROR_FAILED;
    out_message("%s %s: %s%s%s", id, rollout->plan->version, rollout_state_name(rollout->state),
                rollout->state_reason ? ": " : "",
                rollout->state_reason ? rollout->state_reason : "");
    return follow_exit_code(rollout);
}

int rollout_start_run(struct context *context, GError **error)
{
    const struct rollout_options *asked = rollout_options(context);
    if (!asked->reason || !*asked->reason) {
        g_set_error_literal(error, CD_ERROR, CD_ERROR_USAGE,
                            "rollout start: --reason TEXT is missing; it stands in the history");
        return CD_ERROR_USAGE;
    }
    struct override_request override;
    if (!rollout_override_read(context, &override, error))
        return CD_ERROR_USAGE;
    const struct plan_options options = {.fixes = (const char *const *)asked->fixes,
                                         .retry_failed = asked->retry_failed,
                                         .unattended = !asked->attended};
    struct rollout_planned planned = {
        .terms = {.lifted = override.reason && !override.bake_ms, .bake_ms = override.bake_ms}};
    int code = CD_ERROR_FAILED;
    if (rollout_plan_read(context, context->args[0], &options, &planned, error)) {
        /* stdout carries the id alone: scripts read it. */
        rollout_plan_print(&planned, out_style_detect(stderr, context->no_color, context->ascii));
        GError *refusal = rollout_plan_refusal(&planned);
        g_autofree char *id = refusal ? NULL : open_rollout(context, &planned, &override, error);
        if (refusal)
            g_propagate_error(error, refusal);
        if (id)
            code = carry_on(context, id, error);
    }
    rollout_planned_clear(&planned);
    return code;
}
