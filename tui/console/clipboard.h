/* Copying into the clipboard of the terminal that people sit at, over however many hops: OSC 52 of
 * xterm (invisible-island.net/xterm/ctlseqs, "Operating System Commands"). A terminal never answers
 * it, so that it may have been sent in vain. */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum clipboard_way {
    CLIPBOARD_NONE,   /* the terminal is known to have none, or not known */
    CLIPBOARD_PLAIN,  /* as it is */
    CLIPBOARD_TMUX,   /* as it is: tmux passes it on, where its set-clipboard is `on` */
    CLIPBOARD_SCREEN, /* in pieces, each a string (DCS) that GNU screen passes on unread */
};

/* Some terminals cut at 74,994 bytes of base64: what is longer is not copied at all. */
#define CLIPBOARD_LONGEST (74994 / 4 * 3)

/* What to write. The text goes through text_clean(): what is pasted into a shell must not steer it.
 * NULL where it is longer than CLIPBOARD_LONGEST then, or there is no way. Caller frees. */
char *clipboard_sequence(enum clipboard_way way, const char *text);
