/* `celldeck conductor`: carries operations on, in the foreground. */
#include "rollout/conductor.h"

#include "data/base/error.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"

static int run(int argc, char **argv, GError **error)
{
    gboolean until_idle = FALSE;
    const GOptionEntry options[] = {
        {"until-idle", 0, 0, G_OPTION_ARG_NONE, &until_idle, "End when no operation is live", NULL},
        {0}};
    struct context context = {.about = command_conductor.summary};
    int code = CD_ERROR_FAILED;
    if (context_parse(&context, argc, argv, options, "", 0, 0, error) &&
        context_may_act(&context, error) && context_open_journal(&context, error)) {
        const struct conductor_options how = {.until_idle = until_idle,
                                              .state_dir = context.state_dir};
        if (conductor_run(context.config, &how, error))
            code = 0;
    }
    context_clear(&context);
    return code;
}

const struct command command_conductor = {
    .name = "conductor",
    .usage = "[--until-idle]",
    .summary = "carries operations on (what starts one begins a conductor by itself)",
    .run = run,
};
