/* What is told to a terminal beside what terminfo has for it, or empty strings where it would not
 * understand: xterm's private modes, which its descendants ignore where they lack them. */
#pragma once

#include <stdbool.h>

struct terminal_modes {
    const char *whole_region;            /* scroll the whole screen again */
    const char *last_line;               /* where a shell goes on that has no screen of its own */
    const char *paste_on, *paste_off;    /* pasted text comes between two marks */
    const char *frame_begin, *frame_end; /* show it at once (synchronized output) */
    const char *mouse_on, *mouse_off; /* report clicks and the wheel, never motion, in SGR form */
};

/* `csr`: terminfo's way to set a scroll region ("": none). `xterm_like`: terminfo says that it
 * knows xterm's ways (XT), pastes (BE) or synchronized output (Sync). `mouse`: it has one. */
struct terminal_modes terminal_modes(const char *csr, bool xterm_like, bool mouse);

/* A capability without the waits that terminfo writes into it ("$<2>", for terminals that were slow
 * once): what is sent by hand would show them. Caller frees. */
char *terminal_unpadded(const char *capability);
