/* Keys by name, and what they ask for. A program has one X-macro table of requests (see
 * tui/views/requests.h); from it come the enum, the binding's name, the default keys and the help
 * text, so that help can't go stale. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* One key: a character, or one of these beyond Unicode. */
enum key_code {
    KEY_CODE_NONE = 0x110000,
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_ENTER,
    KEY_CODE_ESCAPE,
    KEY_CODE_TAB,
    KEY_CODE_BACKTAB,
    KEY_CODE_BACKSPACE,
    KEY_CODE_DELETE,
    KEY_CODE_PASTE_BEGIN, /* the marks around pasted text: screen.c's own */
    KEY_CODE_PASTE_END,
    KEY_CODE_POINTER,       /* what a report of the mouse begins with (pointer.h), in SGR form */
    KEY_CODE_POINTER_FIRST, /* and in the first */
    KEY_CODE_OTHER          /* a function key without a use */
};

/* "q", "Enter", "Ctrl-L" -> its code; KEY_CODE_NONE for an unknown name. */
guint32 key_parse(const char *name);
/* The way back, for people to read. Caller frees. */
char *key_text(guint32 key);

struct binding {
    int request;
    const char *name;    /* "page-down": what console.yaml calls it */
    const char *keys;    /* default keys by name, separated by spaces; the first is shown */
    unsigned places;     /* screens it is for, a mask */
    const char *summary; /* help text */
};

/* The request that `key` stands for at `place` (a one-bit mask): a binding of that place beats one
 * that holds in more places. -1: none. */
int keys_find(const struct binding *bindings, size_t n, unsigned place, guint32 key);
