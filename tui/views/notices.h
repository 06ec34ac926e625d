/* What the console says to people: the newest at the bottom of the screen, all of it with its time
 * on the screen `messages`. Good news goes after a while; trouble stays until somebody presses a
 * key. */
#pragma once

#include "tui/console/canvas.h"

#define NOTICES_KEPT 300   /* messages */
#define NOTICE_MS    10000 /* how long good news stands */

struct message {
    guint number; /* of all that was ever said; 1 is the first */
    gint64 at_ms; /* wall clock */
    enum role role;
    char *text;
};

struct notices {
    GPtrArray *messages; /* struct message *, oldest first */
    guint last;          /* number of the newest */
    char *shown;         /* at the bottom of the screen, or NULL */
    enum role role;      /* of `shown` */
    gint64 until_ms;     /* monotonic: when it goes by itself; 0: with the next key */
};

void notices_init(struct notices *notices);
void notices_release(struct notices *notices);
/* `kept` false: no message, only an answer to the key that was pressed. */
void notices_say(struct notices *notices, enum role role, const char *text, bool kept);
/* Somebody pressed a key. */
void notices_dismiss(struct notices *notices);
/* Takes what has stood long enough away; true if it did. */
bool notices_fade(struct notices *notices, gint64 mono_ms);
/* At the bottom of the canvas, in up to three lines; nothing where nothing is said. False: nothing
 * was. */
bool notices_draw(const struct notices *notices, struct canvas *canvas);
