/* Between the files of `celldeck doctor`. */
#pragma once

#include "rollout/doctor.h"

/* Adds struct finding * of the terminal behind stdout. */
void doctor_check_terminal(GPtrArray *findings);
