/* console.yaml, which is a person's own: how the console looks to them. $XDG_CONFIG_HOME/celldeck,
 * or
 * ~/.config/celldeck. */
#pragma once

#include "tui/views/keymap.h"

struct preferences {
    char *path;  /* where the file is, or would be */
    char *wrong; /* what is not right in it, by line; NULL: nothing. Such a line has no effect */
    char *theme; /* NULL: not chosen */
    char *theme_folder;
};

/* A file that is not there says nothing. Its `keys` go to `keymap`. */
struct preferences *preferences_load(struct keymap *keymap);
void preferences_free(struct preferences *preferences);
OWNABLE(preferences, preferences_free);
