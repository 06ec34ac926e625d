/* celldeck's own errors. The code of an error is the exit code that a command
 * which ends with it has to return (product.md, "Exit codes"), so that no layer
 * above has to guess what kind of failure it was told of. */
#pragma once

#include <glib.h>

enum cd_error {
    CD_ERROR_FAILED = 1,  /* anything else that went wrong */
    CD_ERROR_USAGE = 2,   /* the command line or celldeck.yaml */
    CD_ERROR_GATE = 3,    /* a gate failed and the cell was rolled back */
    CD_ERROR_HELD = 4,    /* held for a human */
    CD_ERROR_REFUSED = 5, /* a preflight check said no; nothing was done */
    CD_ERROR_BUSY = 6,    /* another operation (named) holds it */
    CD_ERROR_SOURCE = 7,  /* a source could not be read */
    CD_ERROR_CONFLICT = 8 /* journal_append: that number is taken; never an exit code */
};

#define CD_ERROR (cd_error_quark())
GQuark cd_error_quark(void);

/* The exit code for `error`: its own code if it is ours, else 1. NULL is 0. */
int cd_error_exit_code(const GError *error);
