/* Something said over the screen, and what must be typed before it is done: first, where they are
 * asked for, texts of people's own (a reason), then a given word. Esc leaves it. Where no word
 * would do it, it only tells, and Enter leaves it too.
 *
 * One that opens by itself, or changes while it is open, may meet keys that were meant for what
 * stood there before: while `waits` is set it takes none but Esc, and says so. */
#pragma once

#include "tui/console/prompt.h"

/* A text that is asked for. */
struct dialog_ask {
    const char *name; /* "Reason"; NULL: the end of the list */
    const char *note; /* what becomes of it, in a few words */
    bool optional;
    char *(*wrong)(const char *text); /* why it won't do, or NULL; caller frees. May be NULL: any */
};
#define DIALOG_ASKS 2 /* at most */

struct dialog {
    char *title;
    GPtrArray *lines;              /* char *: what will happen; the first is the most important */
    const struct dialog_ask *asks; /* borrowed; NULL: no text is asked for */
    char *texts[DIALOG_ASKS];      /* as they were typed; those from `at` on do not count (yet) */
    size_t at;                     /* which of them is asked for now; after the last: the word */
    char *expected;                /* the word, or NULL: nothing can be done */
    char *wrong;                   /* said over what is asked next, or NULL */
    bool waits;                    /* for who types to notice it */
    bool busy;                     /* something is under way: Enter does not leave it */
    enum role role;                /* of the frame: ROLE_WARN, until somebody sets another */
    int top, height; /* of the lines: the first in view, and how many there is room for */
    struct prompt prompt;
};

enum dialog_result { DIALOG_OPEN, DIALOG_CONFIRMED, DIALOG_CANCELLED };

/* Takes `lines`. */
struct dialog *dialog_new(const char *title, GPtrArray *lines, const struct dialog_ask *asks,
                          const char *expected);
void dialog_free(struct dialog *dialog);
/* Arrows and page keys move through lines that the screen has no room for. */
enum dialog_result dialog_key(struct dialog *dialog, guint32 key);
/* Another first line. */
void dialog_say(struct dialog *dialog, const char *line);
/* What will happen is something else now (takes `lines`): the word is taken back, and the texts
 * stand to be confirmed anew. */
void dialog_change(struct dialog *dialog, GPtrArray *lines);
/* What was typed for asks[i]; NULL: nothing. */
const char *dialog_text(const struct dialog *dialog, size_t i);

/* In the middle of the canvas. Long lines are broken; where it is too small, the lines give way,
 * never the question. Returns where the cursor belongs; row -1: nowhere. */
struct area dialog_draw(struct dialog *dialog, struct canvas *canvas);
