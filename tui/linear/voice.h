/* Where everything that is said without a full screen goes out: lines, one after the other, never
 * over what stands there already, in one colour. All text passes text_clean() here, and is ASCII
 * where the terminal has no other letters.
 *
 * To a terminal nothing ever waits: what it does not take at once is kept, and where it takes
 * nothing for long (Ctrl-S, a serial line that lags) no more than VOICE_KEPT is; what had no room
 * is counted, and told when there is some again. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <stdbool.h>

#define VOICE_KEPT 16384 /* bytes: 17 s of a serial line at 9600 baud */
#define VOICE_MOST 1200  /* letters of one line */

struct voice;

/* `fd`: of a terminal, which does not block; -1: stdout, which is none. `gone` (may be NULL) is
 * called when nobody takes what is said any more. */
struct voice *voice_new(int fd, bool ascii, void (*gone)(gpointer data), gpointer data);
void voice_free(struct voice *voice);
OWNABLE(voice, voice_free);

/* One line, broken at blanks where it is wider than the terminal. */
void voice_line(struct voice *voice, const char *text);
void voice_printf(struct voice *voice, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* How many rows of the terminal it takes. */
int voice_rows(const struct voice *voice, const char *text);
/* Bytes as they are: an echo, a line's end. */
void voice_raw(struct voice *voice, const char *bytes);
/* A question at the start of a line, on which the answer is typed. */
void voice_prompt(struct voice *voice, const char *text);
/* Whether all that was said has been taken. */
bool voice_idle(const struct voice *voice);
/* Of the terminal: its rows, or 0 where it is none or does not tell. */
int voice_screen_rows(const struct voice *voice);
