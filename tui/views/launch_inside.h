/* What the files of a launch share; nobody else includes it. */
#pragma once

#include "tui/views/launch.h"

void launch_set_stage(struct launch *launch, enum launch_stage stage);
/* READY or REFUSED, by the plan and what is chosen. */
void launch_judge(struct launch *launch);
void launch_plan_anew(struct launch *launch);
/* Why somebody has to stay, or NULL. */
const char *launch_attendance(const struct launch *launch);
