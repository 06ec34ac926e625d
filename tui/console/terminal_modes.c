#include "tui/console/terminal_modes.h"

#include <glib.h>
#include <string.h>

struct terminal_modes terminal_modes(const char *csr, bool xterm_like, bool mouse)
{
    static const struct terminal_modes none = {"", "", "", "", "", "", "", ""};
    struct terminal_modes modes = none;
    if (strcmp(csr, "\x1b[%i%p1%d;%p2%dr") == 0) { /* ECMA-48's family: DECSTBM, CUP */
        modes.whole_region = "\x1b[r";
        modes.last_line = "\x1b[999;1H\r\n";
    }
    if (xterm_like) {
        modes.paste_on = "\x1b[?2004h";
        modes.paste_off = "\x1b[?2004l";
        modes.frame_begin = "\x1b[?2026h";
        modes.frame_end = "\x1b[?2026l";
    }
    if (mouse) {
        modes.mouse_on = "\x1b[?1000h\x1b[?1006h";
        modes.mouse_off = "\x1b[?1006l\x1b[?1000l";
    }
    return modes;
}

char *terminal_unpadded(const char *capability)
{
    GString *text = g_string_new(NULL);
    for (const char *end; *capability; capability = end) {
        bool wait = g_str_has_prefix(capability, "$<") && strchr(capability, '>');
        end = wait ? strchr(capability, '>') + 1 : capability + 1;
        if (!wait)
            g_string_append_c(text, *capability);
    }
    return g_string_free(text, FALSE);
}
