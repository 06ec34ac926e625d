/* `celldeck rollout`: the table of its subcommands. */
#include "tui/commands/rollout.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "tui/commands/commands.h"

struct rollout *rollout_require(struct context *context, GError **error)
{
    return rollout_load(context->journal, context->args[0], error);
}

bool rollout_override_read(const struct context *context, struct override_request *request,
                           GError **error)
{
    const struct rollout_options *asked = rollout_options(context);
    *request = (struct override_request){.reason = asked->override};
    if (asked->override && !*asked->override) {
        g_set_error_literal(error, CD_ERROR, CD_ERROR_USAGE,
                            "--override needs a reason, which stays in the history as a debt");
        return false;
    }
    if (asked->bake && !asked->override) {
        g_set_error_literal(error, CD_ERROR, CD_ERROR_USAGE,
                            "--bake shortens a bake, which is break-glass: say why, --override "
                            "REASON");
        return false;
    }
    if (asked->bake && (!duration_parse(asked->bake, &request->bake_ms) || !request->bake_ms)) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "--bake: '%s' is no duration, expected one such as 90s, 15m or 24h",
                    asked->bake);
        return false;
    }
    return true;
}

#define ROOM sizeof(struct rollout_options)

static const struct subcommand subcommands[] = {
    {"plan", "VERSION [--fixes CELL] [--retry-failed] [--json]",
     "what would happen: waves, cells, and what stands against it", FORM_JSON, 1, true, false,
     rollout_plan_options, ROOM, rollout_plan_run},
    {"start",
     "VERSION --reason TEXT [--ticket ID] [--plan HASH] [--override REASON] [--yes] [--wait]",
     "begins it and prints its id; it goes on in the background", FORM_TEXT, 1, true, true,
     rollout_start_options, ROOM, rollout_start_run},
    {"list", "[--json|--csv]", "every rollout, newest first", FORM_JSON | FORM_CSV, 0, true, false,
     NULL, 0, rollout_list_run},
    {"status", "ID [--json]", "how each cell stands, and what comes next", FORM_JSON, 1, true,
     false, NULL, 0, rollout_status_run},
    {"watch", "ID [--json]", "its events as they come, until it has ended", FORM_JSON, 1, true,
     false, NULL, 0, rollout_watch_run},
    {"approve", "ID [--wave W] [--yes]", "lets a wave begin that waits for an approval", FORM_TEXT,
     1, true, true, rollout_approve_options, ROOM, rollout_approve_run},
    {"pause", "ID [--reason TEXT]",
     "no step forward any more, at once and without a question; gates go on judging", FORM_TEXT, 1,
     true, true, rollout_stop_options, ROOM, rollout_pause_run},
    {"resume", "ID [--override REASON [--wave W] [--bake D]] [--yes]",
     "forward again after a pause; by break-glass, before a wave's window or with a shorter bake",
     FORM_TEXT, 1, true, true, rollout_resume_options, ROOM, rollout_resume_run},
    {"abort", "ID [--reason TEXT] [--yes]",
     "ends it for good: cells in flight go back, passed ones stay", FORM_TEXT, 1, true, true,
     rollout_stop_options, ROOM, rollout_abort_run},
    {"rollback", "ID --cell C | --wave W | --all [--reason TEXT] [--yes]",
     "brings cells back to the version recorded for them", FORM_TEXT, 1, true, true,
     rollout_rollback_options, ROOM, rollout_rollback_run},
    {"accept", "ID --cell C --reason TEXT [--yes]",
     "takes a held cell for good although it has not passed", FORM_TEXT, 1, true, true,
     rollout_cell_options, ROOM, rollout_accept_run},
    {"retry", "ID --cell C --reason TEXT [--yes]", "tries a cell again that was rolled back",
     FORM_TEXT, 1, true, true, rollout_cell_options, ROOM, rollout_retry_run},
    {"skip", "ID --cell C --reason TEXT [--yes]", "leaves a cell on the version that it runs",
     FORM_TEXT, 1, true, true, rollout_cell_options, ROOM, rollout_skip_run},
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
