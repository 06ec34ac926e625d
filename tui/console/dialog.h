/* A question over the screen that is answered by typing a given word, or left with Esc. */
#pragma once

#include "tui/console/prompt.h"

struct dialog {
    char *title;
    GPtrArray *lines; /* char *: what will happen; the first is the most important */
    char *expected;   /* what must be typed */
    char *wrong;      /* said after something else was typed, or NULL */
    struct prompt prompt;
};

enum dialog_result { DIALOG_OPEN, DIALOG_CONFIRMED, DIALOG_CANCELLED };

/* Takes `lines`. */
struct dialog *dialog_new(const char *title, GPtrArray *lines, const char *expected);
void dialog_free(struct dialog *dialog);
enum dialog_result dialog_key(struct dialog *dialog, guint32 key);

/* In the middle of the canvas; where it is too small, the last lines give way, never the
 * question. Returns where the cursor belongs. */
struct area dialog_draw(const struct dialog *dialog, struct canvas *canvas);
