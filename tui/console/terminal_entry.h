/* terminfo's entry of this terminal: ncurses begins with it, and it tells what can be asked for
 * beside that. Part of screen.c. */
#pragma once

#include "tui/console/clipboard.h"
#include "tui/console/terminal_modes.h"

#include <stdio.h>

struct terminal_entry {
    void *curses;  /* ncurses' SCREEN; NULL: not begun */
    char *unknown; /* terminfo has no TERM of this name: said so, with what it is taken for */
    struct terminal_modes modes;
    enum clipboard_way clipboard;
};

/* Begins ncurses, which writes to `frames` and reads from `input`, and tells terminal.h what to
 * write on the way out. CD_ERROR_USAGE where TERM can't place its cursor. Of one that terminfo does
 * not know, no more is asked than there must be. */
bool terminal_entry_begin(struct terminal_entry *entry, FILE *frames, FILE *input, GError **error);
void terminal_entry_end(struct terminal_entry *entry);
