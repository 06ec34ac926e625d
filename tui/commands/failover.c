/* `celldeck failover`: the table of its subcommands. */
#include "tui/commands/failover.h"

#include "tui/commands/commands.h"

#define ROOM sizeof(struct failover_options)

static const struct subcommand subcommands[] = {
    {"plan", "CELL [--to CELL] [--json]",
     "where everybody goes if the cell dies now, and what stands against it", FORM_JSON, 1, false,
     false, failover_plan_options, ROOM, failover_plan_run},
    {"start", "CELL [--to CELL] [--ack NAME...] [--drill] [--reason TEXT] [--yes] [--wait]",
     "begins it and prints its id; it goes on in the background", FORM_TEXT, 1, true, true,
     failover_start_options, ROOM, failover_start_run},
    {"status", "ID [--wait] [--json]", "how each tenant stands, and what comes next", FORM_JSON, 1,
     true, false, failover_status_options, ROOM, failover_status_run},
    {"resume", "ID [--ack NAME...] [--yes] [--wait] [--json]",
     "goes on after it was held: does what is left, repeats nothing that is done", FORM_JSON, 1,
     true, true, failover_resume_options, ROOM, failover_resume_run},
    {"revert", "ID [--reason TEXT] [--yes] [--wait] [--json]",
     "restores exactly what was done, in reverse order", FORM_JSON, 1, true, true,
     failover_revert_options, ROOM, failover_revert_run},
    {0}};

static int run(int argc, char **argv, GError **error)
{
    return subcommand_run(subcommands, argc, argv, error);
}

const struct command command_failover = {
    .name = "failover",
    .usage = "plan|start|status|resume|revert",
    .summary = "moves everybody out of a cell, or shows where they would go",
    .run = run,
};
