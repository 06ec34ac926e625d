#include "tui/commands/subcommand.h"

#include "data/base/error.h"
#include "data/base/text.h"

#include <stdio.h>
#include <string.h>

static void print_usage(const struct subcommand *table, const char *command)
{
    puts("Usage:");
    for (; table->name; table++)
        printf("  celldeck %s %s %s\n      %s\n", command, table->name, table->usage, table->about);
    printf("\ncelldeck %s SUBCOMMAND --help says more.\n", command);
}

static const struct subcommand *find(const struct subcommand *table, const char *command,
                                     const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const struct subcommand *at = table; at->name; at++) {
        if (g_strcmp0(at->name, name) == 0)
            return at;
        g_ptr_array_add(names, (gpointer)at->name);
    }
    g_ptr_array_add(names, NULL);
    g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
    const char *near = name ? text_nearest(name, (const char *const *)names->pdata) : NULL;
    if (!name)
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s: a subcommand is missing, one of: %s",
                    command, all);
    else if (near)
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "%s has no subcommand %s; did you mean %s? There are: %s", command, name, near,
                    all);
    else
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s has no subcommand %s; there are: %s",
                    command, name, all);
    return NULL;
}

static bool prepare(const struct subcommand *sub, struct context *context, GError **error)
{
    if (sub->acts && !context_may_act(context, error))
        return false;
    return !sub->needs_journal || context_open_journal(context, error);
}

/* The entries with their places inside `values`. */
static GOptionEntry *place_options(const struct subcommand *sub, gpointer values)
{
    gsize n = 0;
    while (sub->options && sub->options[n].long_name)
        n++;
    GOptionEntry *placed = g_new0(GOptionEntry, n + 1);
    for (gsize i = 0; i < n; i++) {
        placed[i] = sub->options[i];
        placed[i].arg_data = (char *)values + GPOINTER_TO_SIZE(placed[i].arg_data);
    }
    return placed;
}

static void free_options(GOptionEntry *placed, gpointer values)
{
    for (GOptionEntry *entry = placed; entry->long_name; entry++) {
        if (entry->arg == G_OPTION_ARG_STRING || entry->arg == G_OPTION_ARG_FILENAME)
            g_free(*(char **)entry->arg_data);
        else if (entry->arg == G_OPTION_ARG_STRING_ARRAY)
            g_strfreev(*(char ***)entry->arg_data);
    }
    g_free(placed);
    g_free(values);
}

int subcommand_run(const struct subcommand *table, int argc, char **argv, GError **error)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    if (name && (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)) {
        print_usage(table, argv[0]);
        return 0;
    }
    const struct subcommand *sub = find(table, argv[0], name, error);
    if (!sub)
        return CD_ERROR_USAGE;

    g_autofree char *whole = g_strconcat(argv[0], " ", name, NULL);
    g_autofree char **rest = g_memdup2(argv + 1, sizeof(char *) * (size_t)argc);
    rest[0] = whole;
    gpointer values = g_malloc0(sub->options_size);
    GOptionEntry *options = place_options(sub, values);
    struct context context = {.about = sub->about, .forms = sub->forms, .options = values};
    int code = CD_ERROR_FAILED;
    if (context_parse(&context, argc - 1, rest, options, sub->usage, MAX(sub->args, 0),
                      ABS(sub->args), error) &&
        prepare(sub, &context, error))
        code = sub->run(&context, error);
    context_clear(&context);
    free_options(options, values);
    return code;
}
