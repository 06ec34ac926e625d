#include "rollout/command.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

struct outcome {
    GMainLoop *loop;
    char *output;
    GError *error;
};

static void keep_outcome(const char *output, const GError *error, gpointer data)
{
    struct outcome *outcome = data;
    outcome->output = g_strdup(output);
    outcome->error = error ? g_error_copy(error) : NULL;
    g_main_loop_quit(outcome->loop);
}

static struct outcome run(const char *script, const char *input, gint64 deadline_ms)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "CELL", "cell-2", TRUE);
    struct outcome outcome = {.loop = g_main_loop_new(NULL, FALSE)};
    g_autoptr(GError) error = NULL;
    struct command *command = command_run("it", (char **)argv, environment, input, deadline_ms,
                                          keep_outcome, &outcome, &error);
    cr_assert(command != NULL);
    g_main_loop_run(outcome.loop);
    g_clear_pointer(&outcome.loop, g_main_loop_unref);
    return outcome;
}

static void outcome_clear(struct outcome *outcome)
{
    g_free(outcome->output);
    g_clear_error(&outcome->error);
}

Test(command, gets_its_input_and_environment_and_gives_its_output)
{
    struct outcome outcome = run("echo $CELL; cat; echo noise >&2", "in", 20000);
    cr_expect_str_eq(outcome.output, "cell-2\nin");
    outcome_clear(&outcome);
}

Test(command, an_exit_status_is_an_error_with_the_last_line_of_its_stderr)
{
    struct outcome outcome = run("echo first >&2; echo 'no such host' >&2; exit 3", NULL, 20000);
    cr_assert(outcome.error != NULL);
    cr_expect(strstr(outcome.error->message, "3: no such host"), "%s", outcome.error->message);
    cr_expect(!strstr(outcome.error->message, "first"));
    outcome_clear(&outcome);
}

Test(command, output_is_valid_utf8_and_bounded)
{
    struct outcome outcome =
        run("printf '\\377'; head -c 1000000 /dev/zero | tr '\\0' x; true", NULL, 20000);
    /* The writer of what is too much sees an error, the pipeline does not have to. */
    const char *output = outcome.output;
    cr_assert(output != NULL, "%s", outcome.error ? outcome.error->message : "");
    cr_expect(g_utf8_validate(output, -1, NULL));
    cr_expect_leq(strlen(output), COMMAND_OUTPUT_MAX + 2);
    outcome_clear(&outcome);
}

Test(command, one_that_does_not_end_is_killed_with_its_children)
{
    char *dir = scratch_new();
    g_autofree char *script = g_strdup_printf("sleep 600 & echo $! >%s/pid; sleep 600", dir);
    g_autofree char *file = g_build_filename(dir, "pid", NULL);
    struct outcome outcome = run(script, NULL, 1000);
    cr_assert(outcome.error != NULL);
    cr_expect(strstr(outcome.error->message, "did not end"), "%s", outcome.error->message);
    g_autofree char *pid = NULL;
    cr_assert(g_file_get_contents(file, &pid, NULL, NULL));
    while (kill((pid_t)atoi(pid), 0) == 0)
        g_usleep(10000);
    cr_expect_eq(errno, ESRCH);
    outcome_clear(&outcome);
    scratch_remove(dir);
}

Test(command, a_program_that_is_not_there_is_an_error_at_once)
{
    const char *argv[] = {"/no/such/program", NULL};
    g_auto(GStrv) environment = g_get_environ();
    g_autoptr(GError) error = NULL;
    cr_expect(command_run("notify.command", (char **)argv, environment, NULL, 1000, keep_outcome,
                          NULL, &error) == NULL);
    cr_assert(error != NULL);
    cr_expect(strstr(error->message, "notify.command could not be started"), "%s", error->message);
}
