/* All that a terminal shows, looks included: a line a row, for comparing. */
#pragma once

#include "tests/screen/terminal.h"

/* Caller frees. */
char *picture_of(struct seat *seat);
/* Prints the rows that differ. */
void picture_differ(const char *before, const char *after);
