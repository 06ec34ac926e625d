/* The language of `:` : a screen's name, then what it should show; or `start VERSION`, with
 * what is chosen beyond the ordinary after it (launch_choice_take); `sort` and `columns` with the
 * names of columns of the screen's table; `preset` with the name of one; `mouse` with on or off;
 * `as-json`; `dump`, maybe with a file's name; `export` with the id of an operation, or alone; or
 * `quit`. */
#pragma once

#include "tui/console/prompt.h"
#include "tui/views/launch_lines.h"
#include "tui/views/view.h"

enum command_kind {
    COMMAND_OPEN,
    COMMAND_START,
    COMMAND_SORT,    /* by the column `filter` */
    COMMAND_COLUMNS, /* those that `filter` names */
    COMMAND_PRESET,  /* `subject` */
    COMMAND_AS_JSON, /* shows the command for the screen */
    COMMAND_DUMP,    /* into the file `filter`; "": one of our own naming */
    COMMAND_MOUSE,   /* `subject`: on, off, or NULL */
    COMMAND_EXPORT,  /* the record of `subject`, or of all */
    COMMAND_QUIT
};

/* What `:` takes beside the screens (views.h). */
struct command_verb {
    const char *name;
    enum command_kind kind;
    enum takes takes;
    const char *form;    /* what follows its name, for people to read */
    const char *summary; /* NULL: another name of one that has it */
};
const struct command_verb *command_verbs(size_t *n);

struct command_line {
    enum command_kind kind;
    enum view_id view; /* of COMMAND_OPEN */
    char *subject; /* an id that exists, or NULL; a version, without its v, is for others to find */
    struct launch_choice choice; /* of COMMAND_START */
    char *filter;                /* of a list, or NULL */
};
void command_line_clear(struct command_line *command);

/* CD_ERROR_USAGE in words, with the nearest right one, for what can't be. */
bool command_line_parse(const struct deck *deck, const char *text, struct command_line *command,
                        GError **error);
/* Completes the word that is being typed, as far as it is certain. */
void command_line_complete(const struct deck *deck, struct prompt *prompt);
/* The words that could stand where it is being typed, with blanks between; "" where that is any
 * text. Caller frees. */
char *command_line_offers(const struct deck *deck, const struct prompt *prompt);
