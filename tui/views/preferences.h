/* console.yaml, which is a person's own: how the console looks to them. $XDG_CONFIG_HOME/celldeck,
 * or
 * ~/.config/celldeck. */
#pragma once

#include "data/base/own.h"
#include "tui/views/keymap.h"
#include "tui/views/presets.h"

struct preferences {
    char *path;  /* where the file is, or would be */
    char *wrong; /* what is not right in it, by line; NULL: nothing. Such a line has no effect */
    char *theme; /* NULL: not chosen */
    gint64 refresh_ms; /* how often clocks and ages on the screen go on */
    bool linear;       /* line by line, without a full screen */
    char *theme_folder;
    bool no_mouse;                           /* it stays the terminal's own */
    struct arrangement arranged[VIEW_COUNT]; /* columns of each screen's table */
    GPtrArray *presets;                      /* struct preset *, as they stand in the file */
};

/* A file that is not there says nothing. Its `keys` go to `keymap`. */
struct preferences *preferences_load(struct keymap *keymap);
/* The same, of another folder than $XDG_CONFIG_HOME or ~/.config. */
struct preferences *preferences_load_from(const char *config_home, struct keymap *keymap);
void preferences_free(struct preferences *preferences);
/* What is wrong in it and `also` (may be NULL), a line each without the file's own, in the order in
 * which they are told: the first one last, for that is seen, with how many more there are. char *,
 * freed with the array. */
GPtrArray *preferences_faults(const struct preferences *preferences, const char *also);
OWNABLE(preferences, preferences_free);
