/* Themes: how each role looks. Read from themes/NAME.yaml, which the Makefile puts inside the
 * program. A role names a colour of the 256 and, for terminals with fewer, one of the 16 by name,
 * and attributes; without colours the attributes alone must tell. */
#pragma once

#include "tui/console/canvas.h"

struct style {
    int fg, bg; /* a colour's number, -1: the terminal's own */
    bool bold, dim, reverse, underline;
};

struct theme {
    struct style roles[ROLE_COUNT];
    struct style selected; /* its bg and attributes lie under the role's own colour */
};

/* `colours`: how many the terminal has; below 8 (or with NO_COLOR): none. NULL name: the default.
 * CD_ERROR_USAGE for an unknown name, listing those there are. Freed with g_free(). */
struct theme *theme_load(const char *name, int colours, GError **error);

/* NULL-terminated, the default first. */
const char *const *theme_names(void);
