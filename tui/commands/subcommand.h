/* Commands with subcommands ("history show ID"): a table of them, and one way to run it. */
#pragma once

#include "tui/commands/context.h"

struct subcommand {
    const char *name;
    const char *usage;           /* what follows its name */
    const char *about;           /* what it does, in a line */
    enum context_forms forms;    /* of its answer */
    int args;                    /* how many arguments it takes, exactly; or ARGS_UP_TO(n) */
    bool needs_journal;          /* open celldeck.yaml and the journal first */
    bool acts;                   /* refused on hosts that may only look (journal.host) */
    const GOptionEntry *options; /* its own, or NULL; see OPTION_AT */
    size_t options_size;         /* of the struct that they fill: context->options */
    int (*run)(struct context *context, GError **error); /* context->args: its arguments */
};

#define ARGS_UP_TO(n) (-(n))

/* An option's place: a member of the struct that context->options points to. Strings and lists in
 * it are freed with it, everything is zero where the option was not given. */
#define OPTION_AT(type, member) ((gpointer)offsetof(type, member))

/* Finds argv[1] in `table` (ends with a NULL name), parses, opens what it needs, runs it. */
int subcommand_run(const struct subcommand *table, int argc, char **argv, GError **error);
