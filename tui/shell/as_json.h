/* The command that gives as JSON what a screen shows: for a script, or another pair of eyes. */
#pragma once

#include "tui/views/view.h"

/* How celldeck was begun, as far as its answers depend on that. */
struct as_json_from {
    const char *program; /* "celldeck", or its path where that would not be this one */
    const char *config;  /* celldeck.yaml */
    const char *state;   /* $CELLDECK_STATE, or NULL */
};

struct as_json {
    char *command; /* ready for a shell, in printable ASCII or clean UTF-8; NULL: there is none */
    char *note;    /* why there is none, or what is otherwise in it; NULL: nothing */
};

struct as_json_of {
    enum view_id view;
    const char *subject;  /* an id that it is open on, or NULL */
    const char *selected; /* the row, or NULL */
    const char *filter;   /* "" or NULL: none */
    const struct config *config;
};
struct as_json as_json(const struct as_json_of *of, const struct as_json_from *from);
void as_json_clear(struct as_json *answer);

/* What `celldeck` has to be called in a shell for it to be this very program. Caller frees. */
char *as_json_program(void);
