/* The console without a terminal: screen.h on a canvas (glass.c stands in for screen.c), so that
 * the real shell draws into memory and keys go in by name. */
#pragma once

#include "tui/console/screen.h"

/* The size of the next screen_begin(), and whether it is drawn in ASCII. */
void glass_size(int rows, int cols, bool ascii);
/* What was shown last; NULL: nothing yet. */
const struct canvas *glass_shown(void);
/* As if it was typed: "j Enter /" are three keys, 'text' between quotes is one a letter. Sees what
 * the keys set off to its end. */
void glass_type(const char *keys);
/* Draws once more. */
void glass_draw(void);
