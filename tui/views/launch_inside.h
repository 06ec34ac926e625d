/* What the files of a launch share; nobody else includes it. */
#pragma once

#include "tui/views/launch.h"

/* The dialog's own keys, up to a 0. */
extern const guint32 launch_keys[];

void launch_set_stage(struct launch *launch, enum launch_stage stage);
/* READY or REFUSED, by the plan and what is chosen. */
void launch_judge(struct launch *launch);
void launch_plan_anew(struct launch *launch);
/* Why somebody has to stay, or NULL. */
const char *launch_attendance(const struct launch *launch);
