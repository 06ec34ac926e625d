/* Finds the command and runs it; nothing else. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "tui/commands/commands.h"
#include "tui/commands/out.h"

#include <curl/curl.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

static const struct command *const commands[] = {
    &command_console,
    &command_demo,
    &command_status,
    &command_cells,
    &command_tenants,
    &command_tenant,
    &command_releases,
    &command_rollout,
    &command_gate,
    &command_failover,
    &command_place,
    &command_history,
    &command_handover,
    &command_conductor,
    &command_config,
    &command_doctor,
    &command_iam_policy,
    &command_journal,
    NULL,
};

static void print_help(void)
{
    int widest = 0;
    for (const struct command *const *c = commands; *c; c++)
        widest = MAX(widest, (int)strlen((*c)->usage));
    puts(
        "celldeck: watch a fleet of cells, roll versions out cell by cell, and move everybody out of\n"
        "a cell that dies.\n\n"
        "Without a command: the console (read-only; --write to act).\n");
    for (const struct command *const *c = commands; *c; c++)
        printf("  %-10s %-*s  %s\n", (*c)->name, widest, (*c)->usage, (*c)->summary);
    puts(
        "\ncelldeck COMMAND --help says more. -c FILE, --no-color and --ascii go with every command;\n"
        "without -c: $CELLDECK_CONFIG, ./celldeck.yaml, ~/.config/celldeck/celldeck.yaml,\n"
        "/etc/celldeck/celldeck.yaml.\n\n"
        "Exit codes: 0 done, 1 failure, 2 usage or configuration, 3 gate failed and rolled back,\n"
        "4 held for a human, 5 refused by a preflight check, 6 held by another operation,\n"
        "7 a source could not be read.");
}

static const struct command *find_command(const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const struct command *const *c = commands; *c; c++) {
        if (strcmp((*c)->name, name) == 0)
            return *c;
        g_ptr_array_add(names, (gpointer)(*c)->name);
    }
    g_ptr_array_add(names, NULL);
    const char *near = text_nearest(name, (const char *const *)names->pdata);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "there is no command %s; %s%s%s celldeck --help",
                name, near ? "did you mean " : "", near ? near : "", near ? "? See" : "see");
    return NULL;
}

/* `celldeck -c FILE status` is `celldeck status -c FILE`: how many leading words belong to -c. */
static int leading_options(int argc, char **argv)
{
    int at = 1;
    while (at < argc) {
        if (strcmp(argv[at], "-c") == 0 || strcmp(argv[at], "--config") == 0)
            at += 2;
        else if (g_str_has_prefix(argv[at], "--config="))
            at += 1;
        else
            break;
    }
    return MIN(at, argc) - 1;
}

/* The command's own argv: its name first, then its words, then the options that stood before it. */
static char **command_argv(int argc, char **argv, int leading, bool named)
{
    GPtrArray *words = g_ptr_array_new();
    int first = 1 + leading + (named ? 1 : 0);
    g_ptr_array_add(words, (gpointer)(named ? argv[1 + leading] : "console"));
    g_ptr_array_extend(
        words, &(GPtrArray){.pdata = (gpointer *)(argv + first), .len = (guint)(argc - first)},
        NULL, NULL);
    g_ptr_array_extend(words, &(GPtrArray){.pdata = (gpointer *)(argv + 1), .len = (guint)leading},
                       NULL, NULL);
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* `celldeck help failover start` is `celldeck failover start --help`; `words` is what follows
 * `help`.
 */
static int help(char **words, GError **error)
{
    if (!*words) {
        print_help();
        return 0;
    }
    const struct command *command = find_command(*words, error);
    if (!command)
        return CD_ERROR_USAGE;
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    for (; *words; words++)
        g_ptr_array_add(argv, *words);
    g_ptr_array_add(argv, (gpointer) "--help");
    g_ptr_array_add(argv, NULL);
    return command->run((int)argv->len - 1, (char **)argv->pdata, error);
}

static int run(int argc, char **argv, GError **error)
{
    static const char *const asks_help[] = {"help", "--help", "-h", NULL};
    int leading = leading_options(argc, argv);
    const char *word = argc > 1 + leading ? argv[1 + leading] : NULL;
    if (word && g_strv_contains(asks_help, word))
        return help(argv + 2 + leading, error);
    if (word && strcmp(word, "--version") == 0) {
        puts("celldeck " CELLDECK_VERSION);
        return 0;
    }
    bool named = word && *word != '-';
    const struct command *command = named ? find_command(word, error) : &command_console;
    if (!command)
        return CD_ERROR_USAGE;
    g_autofree char **words = command_argv(argc, argv, leading, named);
    return command->run((int)g_strv_length(words), words, error);
}

/* No core dump, ever: it would have AWS's keys in it, which are in many places of a process that
 * uses them (the environment, requests under way, TLS's buffers), so that to leave single pages out
 * (MADV_DONTDUMP) would leave some in; and a limit of 0 on its size holds for files, but not for a
 * core_pattern that is a program. Nor can others of the same user trace it or read its environment.
 * A build for tests can be: its leak checker traces it. */
static void keep_memory_private(void)
{
#ifndef __SANITIZE_ADDRESS__
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

int main(int argc, char **argv)
{
    keep_memory_private();
    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* then a file size limit is an error, like a full disk */
    /* JSON trees come and go in a million small pieces: gathering the free ones in fast bins first
     * takes a fifth of the time, and every arena keeps its own. */
    mallopt(M_MXFAST, 0);
    mallopt(M_ARENA_MAX, 2);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    g_autoptr(GError) error = NULL;
    int code = run(argc, argv, &error);
    if (error) {
        out_message("%s", error->message);
        code = cd_error_exit_code(error);
    }
    if (!out_finish() && code == 0)
        code = CD_ERROR_FAILED;
    curl_global_cleanup();
    return code;
}
