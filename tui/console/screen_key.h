/* What ncurses read, in the words of keys.h. Part of screen.c. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <wchar.h>

/* Tells ncurses of keys that terminfo need not have, and that the mouse is not its own business.
 * `mouse`: the terminal may report one. Once keypad() is on. */
void screen_key_define(bool mouse);
/* `kind` and `got` as wget_wch() gave them. KEY_CODE_NONE: no key at all. */
guint32 screen_key(int kind, wint_t got);
