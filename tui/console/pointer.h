/* The mouse, as a terminal reports it among the keys: in xterm's SGR form (mode 1006, "ESC [ < 0 ;
 * 12 ; 5 M"), which is what is asked for, and in the first form ("ESC [ M" and three characters) of
 * terminals that know no other. See invisible-island.net/xterm/ctlseqs, "Mouse Tracking".
 *
 * A report may come in pieces, or broken, and its characters are letters and digits that stand for
 * something as keys. So whatever begins like one never is a key, and neither is what follows an
 * "ESC [" that nobody knows. Of one cut right after its ESC, that is Esc: it can't wait. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct pointer {
    enum pointer_what { POINTER_CLICK, POINTER_WHEEL_UP, POINTER_WHEEL_DOWN } what;
    int row, col; /* from 0 */
};

/* What has come of a report so far. All zero: nothing. */
struct pointer_reader {
    enum pointer_state {
        POINTER_NOTHING,
        POINTER_ESCAPE, /* an Esc went before, which was one */
        POINTER_CSI,    /* "ESC [" */
        POINTER_SGR,
        POINTER_FIRST
    } state;
    char text[24]; /* after what it begins with */
    guint n;
    gint64 since_ms;
};

enum pointer_result {
    POINTER_IS_KEY,  /* the key is one */
    POINTER_TAKEN,   /* it is part of a report */
    POINTER_UNKNOWN, /* the last of a function key that nobody knows */
    POINTER_COMPLETE /* it ends a report, of what people may do here */
};

/* `key` came at `mono_ms` and right behind it, in one piece, `next` (KEY_CODE_NONE: nothing yet).
 */
enum pointer_result pointer_take(struct pointer_reader *reader, guint32 key, guint32 next,
                                 gint64 mono_ms, struct pointer *pointer);
