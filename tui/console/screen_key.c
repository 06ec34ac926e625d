#include "tui/console/screen_key.h"

#include "tui/console/keys.h"

#include <curses.h>

/* Numbers for sequences that terminfo need not have: beyond those that ncurses gives by itself. */
enum {
    KEY_POINTER = KEY_MAX - 4,
    KEY_POINTER_FIRST = KEY_MAX - 3,
    KEY_PASTE_BEGIN = KEY_MAX - 2,
    KEY_PASTE_END = KEY_MAX - 1
};

static const struct {
    int curses;
    guint32 code;
} key_codes[] = {
    {KEY_POINTER, KEY_CODE_POINTER},
    {KEY_POINTER_FIRST, KEY_CODE_POINTER_FIRST},
    {KEY_PASTE_BEGIN, KEY_CODE_PASTE_BEGIN},
    {KEY_PASTE_END, KEY_CODE_PASTE_END},
    {KEY_UP, KEY_CODE_UP},
    {KEY_DOWN, KEY_CODE_DOWN},
    {KEY_LEFT, KEY_CODE_LEFT},
    {KEY_RIGHT, KEY_CODE_RIGHT},
    {KEY_PPAGE, KEY_CODE_PAGE_UP},
    {KEY_NPAGE, KEY_CODE_PAGE_DOWN},
    {KEY_HOME, KEY_CODE_HOME},
    {KEY_END, KEY_CODE_END},
    {KEY_ENTER, KEY_CODE_ENTER},
    {KEY_BTAB, KEY_CODE_BACKTAB},
    {KEY_BACKSPACE, KEY_CODE_BACKSPACE},
    {KEY_DC, KEY_CODE_DELETE},
};

static const struct {
    wint_t character;
    guint32 code;
} key_characters[] = {
    {'\r', KEY_CODE_ENTER},  {'\n', KEY_CODE_ENTER},     {'\t', KEY_CODE_TAB},
    {0x1b, KEY_CODE_ESCAPE}, {'\b', KEY_CODE_BACKSPACE}, {0x7f, KEY_CODE_BACKSPACE},
};

/* ncurses waits for the rest of a report, and knows only the form that terminfo tells. */
static void define_pointer(bool mouse)
{
    define_key(NULL, KEY_MOUSE);
    define_key("\x1b[<", 0);
    define_key("\x1b[<", KEY_POINTER);
    if (!mouse)
        return; /* "ESC [ M" is a function key elsewhere */
    define_key("\x1b[M", 0);
    define_key("\x1b[M", KEY_POINTER_FIRST);
}

void screen_key_define(bool mouse)
{
    define_pointer(mouse);
    define_key("\x1b[200~", KEY_PASTE_BEGIN);
    define_key("\x1b[201~", KEY_PASTE_END);
}

guint32 screen_key(int kind, wint_t got)
{
    if (kind == KEY_CODE_YES) {
        for (size_t i = 0; i < G_N_ELEMENTS(key_codes); i++)
            if (key_codes[i].curses == (int)got)
                return key_codes[i].code;
        return got == KEY_RESIZE ? KEY_CODE_NONE : KEY_CODE_OTHER;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(key_characters); i++)
        if (key_characters[i].character == got)
            return key_characters[i].code;
    return (guint32)got;
}
