/* A line that is being typed: filters, commands, confirmations. */
#pragma once

#include "tui/console/canvas.h"

struct prompt {
    GString *text;
    int cursor; /* in characters */
};

enum prompt_result { PROMPT_IGNORED, PROMPT_CHANGED, PROMPT_DONE, PROMPT_CANCELLED };

void prompt_init(struct prompt *prompt);
void prompt_release(struct prompt *prompt);
void prompt_set(struct prompt *prompt, const char *text);

/* Enter is DONE, Esc and Ctrl-C CANCELLED; so is Backspace on an empty line, as in vi. */
enum prompt_result prompt_key(struct prompt *prompt, guint32 key);

/* Text that was pasted, where the cursor is, as one line; without what can't be seen, and blanks
 * around it. False: the end of it found no room. */
bool prompt_paste(struct prompt *prompt, const char *text);

/* Completes the word at the end of the line from `words` (NULL-terminated, starting at
 * `word_start` bytes) as far as they agree. Returns whether anything was added. */
bool prompt_complete(struct prompt *prompt, gsize word_start, const char *const *words);

/* Draws `label` and the line, scrolled so that the cursor is seen. Returns the cursor's column. */
int prompt_draw(const struct prompt *prompt, struct canvas *canvas, int row, int col, int cols,
                const char *label);
