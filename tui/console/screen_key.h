/* What ncurses read, in the words of keys.h. Part of screen.c. */
#pragma once

#include <glib.h>
#include <wchar.h>

/* Tells ncurses of keys that terminfo need not have. Once keypad() is on. */
void screen_key_define(void);
/* `kind` and `got` as wget_wch() gave them. KEY_CODE_NONE: no key at all. */
guint32 screen_key(int kind, wint_t got);
