/* One theme file. Part of theme.c. */
#pragma once

#include "tui/console/theme.h"

/* Reads `text` over what `theme` has: roles that the file names, and no others. What is wrong in
 * it, by line (caller frees), or NULL; such values are left out. */
char *theme_file_read(const char *file, const char *text, gsize length, int colours,
                      struct theme *theme);
