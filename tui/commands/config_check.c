/* `celldeck config check`. */
#include "data/base/error.h"
#include "tui/commands/commands.h"
#include "tui/commands/subcommand.h"

static int check(struct context *context, GError **error)
{
    if (!context_open_config(context, error))
        return CD_ERROR_USAGE;
    const struct config *config = context->config;
    if (context->json)
        out_json("config.check",
                 json_pack("{s:s, s:s, s:i, s:i}", "file", config->path, "name", config->name,
                           "cells", (int)config->cells->len, "waves", (int)config->waves->len));
    else
        out_line(context->style, OUT_GOOD, "%s is good: %s, %u cells in %u waves", config->path,
                 config->name, config->cells->len, config->waves->len);
    return 0;
}

static const struct subcommand subcommands[] = {
    {.name = "check",
     .usage = "[--json]",
     .about = "reads celldeck.yaml and says what is wrong with it, line by line",
     .forms = FORM_JSON,
     .run = check},
    {0}};

static int run(int argc, char **argv, GError **error)
{
    return subcommand_run(subcommands, argc, argv, error);
}

const struct command command_config = {
    .name = "config",
    .usage = "check",
    .summary = "reads celldeck.yaml and says what is wrong with it, line by line",
    .run = run,
};
