/* `celldeck rollout`: the table of its subcommands. */
#include "tui/commands/rollout.h"

#include "data/base/error.h"
#include "tui/commands/commands.h"

struct rollout *rollout_require(struct context *context, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    struct rollout *rollout = rollout_load(context->journal, context->args[0], &wrong);
    if (!rollout && wrong)
        g_propagate_error(error, g_steal_pointer(&wrong));
    else if (!rollout)
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "the journal has no rollout %s; see celldeck rollout list", context->args[0]);
    return rollout;
}

static const struct subcommand subcommands[] = {
    {"plan", "VERSION [--fixes CELL] [--retry-failed] [--json]", 1, true, false,
     rollout_plan_options, rollout_plan_run},
    {"start", "VERSION --reason TEXT [--ticket ID] [--plan HASH] [--yes] [--wait]", 1, true, true,
     rollout_start_options, rollout_start_run},
    {"list", "[--json|--csv]", 0, true, false, NULL, rollout_list_run},
    {"status", "ID [--json]", 1, true, false, NULL, rollout_status_run},
    {"watch", "ID [--json]", 1, true, false, NULL, rollout_watch_run},
    {"approve", "ID [--wave W]", 1, true, true, rollout_ask_options, rollout_approve_run},
    {"pause", "ID [--reason TEXT]", 1, true, true, rollout_ask_options, rollout_pause_run},
    {"resume", "ID", 1, true, true, rollout_ask_options, rollout_resume_run},
    {"abort", "ID [--reason TEXT] [--yes]", 1, true, true, rollout_ask_options, rollout_abort_run},
    {"rollback", "ID --cell C | --wave W | --all [--reason TEXT] [--yes]", 1, true, true,
     rollout_ask_options, rollout_rollback_run},
    {"accept", "ID --cell C --reason TEXT", 1, true, true, rollout_ask_options, rollout_accept_run},
    {"retry", "ID --cell C --reason TEXT", 1, true, true, rollout_ask_options, rollout_retry_run},
    {"skip", "ID --cell C --reason TEXT", 1, true, true, rollout_ask_options, rollout_skip_run},
    {0}};

static int run(int argc, char **argv, GError **error)
{
    return subcommand_run(subcommands, argc, argv, error);
}

const struct command command_rollout = {
    .name = "rollout",
    .usage = "plan|start|list|status|watch|...",
    .summary = "rolls a version out, cell by cell, behind health gates",
    .run = run,
};
