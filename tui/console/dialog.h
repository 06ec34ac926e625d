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
    /* Why it won't do, or NULL; caller frees. `about` is the dialog's. May be NULL: any will do. */
    char *(*wrong)(const char *text, gconstpointer about);
};
#define DIALOG_ASKS 8 /* at most, the end of the list included */

struct dialog {
    char *title;
    GPtrArray *lines;              /* char *: what will happen; the first is the most important */
    const struct dialog_ask *asks; /* borrowed; NULL: no text is asked for */
    gconstpointer about;           /* what it is about: for `wrong` alone */
    char *texts[DIALOG_ASKS];      /* as they were typed; those from `at` on do not count (yet) */
    size_t at;                     /* which of them is asked for now; after the last: the word */
    char *expected;                /* the word, or NULL: nothing can be done */
    char *wrong;                   /* said over what is asked next, or NULL */
    const guint32 *keys;           /* borrowed, up to a 0: they are its owner's; NULL: none */
    guint32 pressed;               /* the one of them that was */
    bool waits;                    /* for who types to notice it */
    bool busy;                     /* something is under way: Enter does not leave it */
    bool cramped; /* as it was drawn last, nothing of `lines` had room: nobody can have read them */
    enum role role;  /* of the frame: ROLE_WARN, until somebody sets another */
    int top, height; /* of the lines: the first in view, and how many there is room for */
    struct prompt prompt;
};

enum dialog_result { DIALOG_OPEN, DIALOG_CONFIRMED, DIALOG_CANCELLED, DIALOG_PRESSED };

/* Takes `lines`. */
struct dialog *dialog_new(const char *title, GPtrArray *lines, const struct dialog_ask *asks,
                          const char *expected);
void dialog_free(struct dialog *dialog);
/* Arrows and page keys move through lines that the screen has no room for. */
enum dialog_result dialog_key(struct dialog *dialog, guint32 key);
/* Says why something will not do, over what is asked next. */
void dialog_refuse(struct dialog *dialog, const char *why);
/* Another first line. */
void dialog_say(struct dialog *dialog, const char *line);
/* The same in other words (takes `lines`): what was typed stands. */
void dialog_reword(struct dialog *dialog, GPtrArray *lines);
/* What will happen is something else now (takes `lines`): the word is taken back, and the texts
 * stand to be confirmed anew. */
void dialog_change(struct dialog *dialog, GPtrArray *lines);
/* The text that is asked for now; NULL: the word is. */
const struct dialog_ask *dialog_asked(const struct dialog *dialog);
/* What was typed for asks[i]; NULL: nothing. */
const char *dialog_text(const struct dialog *dialog, size_t i);
/* What stands there for the ask of that name, confirmed or not; NULL: nothing. And puts it there,
 * to be confirmed. */
const char *dialog_typed(const struct dialog *dialog, const char *name);
void dialog_prefill(struct dialog *dialog, const char *name, const char *text);

/* In the middle of the canvas. Long lines are broken; where it is too small, the lines give way,
 * never the question; where none of them is left, that is said, and no word counts. Returns where
 * the cursor belongs; row -1: nowhere. */
struct area dialog_draw(struct dialog *dialog, struct canvas *canvas);
