/* A console in a world that stands (tests/golden/world.h), its registry a hostile one: the real
 * shell on the real terminal, so that whoever looks at the screen twice must see the same. */
#pragma once

#include "tests/golden/world.h"

#define PEN_MOMENT MOMENT_BAKING

/* Runs it in the folder `scratch`, which gets the world's files, until people leave; the journal is
 * then in world_state_dir(PEN_MOMENT) below it. Returns the exit code. */
int pen_run(const char *scratch, const char *golden, int write);
