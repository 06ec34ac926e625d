/* The line that somebody types where there is no full screen. It is echoed letter by letter, as a
 * terminal does that edits lines itself, and nothing is ever drawn over: what is erased goes with
 * "\b \b", so a screen reader or a serial line follows it. (The terminal's own editing would hide
 * from us that somebody is in the middle of a line, and news would break into it.) */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define EAR_MOST 1000 /* letters of a line; more are not taken */

enum heard {
    HEARD_NOTHING, /* more of it is to come */
    HEARD_LINE,    /* Enter: ear->text is it, until ear_begin() */
    HEARD_CANCEL,  /* Ctrl-C */
    HEARD_LEAVE,   /* Ctrl-D on an empty line */
    HEARD_STOP,    /* Ctrl-Z */
    HEARD_AGAIN,   /* Ctrl-L or Ctrl-R: show the line once more */
    HEARD_TAB
};

struct ear {
    GString *text;
    bool ascii;     /* letters that are none are echoed as their nearest */
    int escape;     /* where in an escape sequence we are; such keys mean nothing here */
    bool returned;  /* the byte before was a CR: a LF belongs to it */
    char letter[8]; /* the bytes of one that is not whole yet */
    int letter_n;
};

void ear_init(struct ear *ear, bool ascii);
void ear_release(struct ear *ear);
/* An empty line, or one that is already there. */
void ear_begin(struct ear *ear, const char *text);
/* One byte from the terminal; what is to be written to it in answer is added to `echo`. */
enum heard ear_hear(struct ear *ear, guchar byte, GString *echo);
/* Types text on, as if it came from the keys. */
void ear_add(struct ear *ear, const char *text, GString *echo);
