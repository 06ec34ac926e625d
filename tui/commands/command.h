/* A command of the command line: one file a command, ending in its `const struct command`. It
 * parses its own arguments (GOptionContext), asks, and prints through out.h. main.c only finds it.
 */
#pragma once

#include <glib.h>

struct command {
    const char *name;    /* "rollout" */
    const char *usage;   /* arguments, for help: "plan|start|list|status ..." */
    const char *summary; /* one line */
    /* argv[0] is the command's name. Returns the exit code (product.md); a GError set instead is
     * printed by main, and its code is the exit code. */
    int (*run)(int argc, char **argv, GError **error);
};
