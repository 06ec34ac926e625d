/* How the cells of a canvas look on this terminal: a theme as ncurses' colour pairs and attributes.
 * Part of screen.c. */
#pragma once

#include "tui/console/screen.h"
#include "tui/console/theme.h"

struct look {
    struct theme *theme;
    struct theme_choice choice; /* without the name */
};

/* Once ncurses has the terminal: without colours where that has none, or people want none. False
 * with an error, and *wrong, as look_set_theme() has them. */
bool look_begin(struct look *look, const struct screen_options *options, char **wrong,
                GError **error);
void look_release(struct look *look);

/* As theme_load() does it; where it fails, all looks as before. */
bool look_set_theme(struct look *look, const char *name, char **wrong, GError **error);

/* What is written next looks as this cell should. */
void look_set(const struct look *look, const struct canvas_cell *cell);
