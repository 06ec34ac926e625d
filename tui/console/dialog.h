/* Something said over the screen, and what must be typed before it is done: first, where it is
 * asked for, a text of people's own (a reason), then a given word. Esc leaves it. Where no word
 * would do it, it only tells, and Enter leaves it too. */
#pragma once

#include "tui/console/prompt.h"

struct dialog {
    char *title;
    GPtrArray *lines; /* char *: what will happen; the first is the most important */
    char *ask;        /* what the text is called ("Reason"), or NULL: none is asked for */
    char *text;       /* as it was typed; NULL before that */
    char *expected;   /* the word, or NULL: nothing can be done */
    char *wrong;      /* said after something else was typed, or NULL */
    enum role role;   /* of the frame: ROLE_WARN, until somebody sets another */
    int top, height;  /* of the lines: the first in view, and how many there is room for */
    struct prompt prompt;
};

enum dialog_result { DIALOG_OPEN, DIALOG_CONFIRMED, DIALOG_CANCELLED };

/* Takes `lines`. */
struct dialog *dialog_new(const char *title, GPtrArray *lines, const char *ask,
                          const char *expected);
void dialog_free(struct dialog *dialog);
/* Arrows and page keys move through lines that the screen has no room for. */
enum dialog_result dialog_key(struct dialog *dialog, guint32 key);
/* Another first line. */
void dialog_say(struct dialog *dialog, const char *line);

/* In the middle of the canvas. Long lines are broken; where it is too small, the lines give way,
 * never the question. Returns where the cursor belongs; row -1: nowhere. */
struct area dialog_draw(struct dialog *dialog, struct canvas *canvas);
