/* `celldeck gate`: the table of its subcommands. */
#include "tui/commands/gate.h"

#include "data/base/error.h"
#include "tui/commands/commands.h"

bool gate_wrong_option(GError **error, const char *option, const char *given, const char *expected)
{
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s %s%s%s: expected %s", option,
                given ? "'" : "is missing", given ? given : "", given ? "'" : "", expected);
    return false;
}

#define ROOM sizeof(struct gate_options)

static const struct subcommand subcommands[] = {
    {"list", "[WAVE] [--json]", "the gates in force, with their defaults filled in", FORM_JSON,
     ARGS_UP_TO(1), false, false, NULL, 0, gate_list_run},
    {"replay",
     "FILE.csv --cell CELL --deployed-at EPOCH --bake SECONDS | --rollout ID [--cell CELL]",
     "what the gates say of a recorded bake, as JSON lines; or today, of a rollout that is past",
     FORM_JSON, ARGS_UP_TO(1), false, false, gate_replay_options, ROOM, gate_replay_run},
    {"record", "CELL --hours N [--only] > FILE.csv",
     "what CloudWatch has of a cell and its controls, as `gate replay` reads it", FORM_TEXT, 1,
     false, false, gate_record_options, ROOM, gate_record_run},
    {0}};

static int run(int argc, char **argv, GError **error)
{
    return subcommand_run(subcommands, argc, argv, error);
}

const struct command command_gate = {
    .name = "gate",
    .usage = "list|replay|record ...",
    .summary = "the health gates: those in force, and over what was recorded",
    .run = run,
};
