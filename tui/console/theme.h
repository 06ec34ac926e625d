/* Themes: how each role looks. A theme is a file, NAME.yaml: those of themes/ are inside the
 * program, and people put their own into a folder, where one of the same name stands before ours. A
 * role names a colour of the 256 (fg, bg) and, for terminals with fewer, one of the 16 by name
 * (fg16, bg16), and attributes; without colours the attributes alone must tell. */
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

struct theme_choice {
    const char *name;   /* NULL: the default */
    const char *folder; /* of people's own; NULL: none */
    const char *accent; /* of ROLE_FLEET: one of theme_accents(); NULL: the theme's own title */
    int colours;        /* how many the terminal has; below 8 (or with NO_COLOR): none */
};

/* CD_ERROR_USAGE for an unknown name, listing those there are. *wrong (caller frees; NULL: nothing)
 * is what is not right in its file, with the lines; those styles are the default theme's, as is all
 * of it where the file can't be read. Freed with g_free(). */
struct theme *theme_load(const struct theme_choice *choice, char **wrong, GError **error);

/* NULL-terminated, ours first, the default before all. Caller frees with g_strfreev(). */
char **theme_names(const char *folder);

/* The colours that a fleet can have for its name, NULL-terminated. */
const char *const *theme_accents(void);
/* One of the calm ones, always the same for the same name, for a fleet that has not chosen. */
const char *theme_accent_of(const char *name);
