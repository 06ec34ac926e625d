/* The language of `:` : a screen's name, then what it should show. */
#pragma once

#include "tui/console/prompt.h"
#include "tui/views/view.h"

struct command_line {
    bool quit;
    enum view_id view;
    char *subject; /* an id that exists, or NULL */
    char *filter;  /* of a list, or NULL */
};
void command_line_clear(struct command_line *command);

/* CD_ERROR_USAGE in words, with the nearest right one, for what can't be. */
bool command_line_parse(const struct deck *deck, const char *text, struct command_line *command,
                        GError **error);
/* Completes the word that is being typed, as far as it is certain. */
void command_line_complete(const struct deck *deck, struct prompt *prompt);
