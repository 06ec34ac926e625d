/* A canvas as text: which role stands where, and how each role looks. */
#pragma once

#include "tui/console/canvas.h"

/* A letter a character: the role's (picture_styles() names them), as a capital where the row is
 * selected; '.' for blanks of no role. Caller frees. */
char *picture_roles(const struct canvas *canvas);

/* How the default theme shows each role with so many colours (0: none). Caller frees. */
char *picture_styles(int colours);
