/* Between the files of `celldeck doctor`. */
#pragma once

#include "rollout/doctor.h"
#include "tui/commands/context.h"

/* Adds struct finding * of the terminal behind stdout. */
void doctor_check_terminal(GPtrArray *findings);
/* `doctor --drift`: reads, prints, and returns the exit code. */
int doctor_drift(struct context *context, bool everybody, GError **error);
