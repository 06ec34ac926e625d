/* What this terminal can do, without taking it: for `celldeck doctor`. */
#pragma once

#include <stdbool.h>

struct terminal_facts {
    bool terminal;      /* stdout is one */
    const char *name;   /* TERM; NULL where it is not set. Borrowed from the environment */
    bool known;         /* terminfo has it */
    bool places_cursor; /* without that there is no console */
    int colours;        /* 0: none */
    bool utf8;          /* the locale's */
    int rows, cols;     /* 0 where there is no terminal */
};
void terminal_facts(struct terminal_facts *facts);
