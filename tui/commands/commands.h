/* Every command there is; main.c's table lists them in the order of the help. */
#pragma once

#include "tui/commands/command.h"

extern const struct command command_console;
extern const struct command command_demo;
extern const struct command command_status;
extern const struct command command_cells;
extern const struct command command_tenants;
extern const struct command command_tenant;
extern const struct command command_releases;
extern const struct command command_rollout;
extern const struct command command_gate;
extern const struct command command_history;
extern const struct command command_handover;
extern const struct command command_conductor;
extern const struct command command_config;
extern const struct command command_doctor;
extern const struct command command_iam_policy;
extern const struct command command_journal;
extern const struct command command_place;
extern const struct command command_failover;
