#include "rollout/command.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct command {
    char *what;
    GPid pid;
    int out, err;
    guint watch, timer;
    gint64 deadline_ms;
    bool timed_out;
    command_fn fn;
    gpointer data;
};

/* Memory that a child writes to or reads from like a file: nothing has to be pumped, and what is
 * sealed can't grow beyond `size`, whatever the command prints. */
static int sealed_memory(gsize size)
{
    int fd = memfd_create("celldeck-command", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && ftruncate(fd, (off_t)size) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static int input_memory(const char *input)
{
    gsize length = strlen(input);
    int fd = sealed_memory(length);
    if (fd >= 0 && pwrite(fd, input, length, 0) != (gssize)length) {
        close(fd);
        return -1;
    }
    return fd;
}

/* What was written: both processes share the file's position. */
static char *written_text(int fd)
{
    off_t length = CLAMP(lseek(fd, 0, SEEK_CUR), 0, COMMAND_OUTPUT_MAX);
    g_autofree char *bytes = g_malloc((gsize)length + 1);
    gssize got = pread(fd, bytes, (gsize)length, 0);
    return text_utf8(bytes, MAX(got, 0));
}

static void command_free(struct command *command)
{
    g_clear_handle_id(&command->watch, g_source_remove);
    g_clear_handle_id(&command->timer, g_source_remove);
    close(command->out);
    close(command->err);
    g_free(command->what);
    g_free(command);
}

static char *last_line(char *text)
{
    g_strchomp(text);
    char *newline = strrchr(text, '\n');
    return newline ? newline + 1 : text;
}

static GError *command_error(const struct command *command, int wait_status)
{
    if (command->timed_out) {
        g_autofree char *limit = duration_short(command->deadline_ms);
        return g_error_new(CD_ERROR, CD_ERROR_FAILED,
                           "%s did not end within %s and was killed with its children",
                           command->what, limit);
    }
    g_autoptr(GError) status = NULL;
    if (g_spawn_check_wait_status(wait_status, &status))
        return NULL;
    g_autofree char *err = written_text(command->err);
    const char *line = last_line(err);
    return g_error_new(CD_ERROR, CD_ERROR_FAILED, "%s: %s%s%s", command->what, status->message,
                       *line ? ": " : "", line);
}

static void command_ended(GPid pid, gint wait_status, gpointer data)
{
    struct command *command = data;
    g_spawn_close_pid(pid);
    command->watch = 0;
    g_autoptr(GError) error = command_error(command, wait_status);
    g_autofree char *output = error ? NULL : written_text(command->out);
    command_fn fn = command->fn;
    gpointer fn_data = command->data;
    command_free(command);
    fn(output, error, fn_data);
}

static gboolean command_late(gpointer data)
{
    struct command *command = data;
    command->timer = 0;
    command->timed_out = true;
    kill(-command->pid, SIGKILL);
    return G_SOURCE_REMOVE;
}

static void own_session(gpointer data)
{
    (void)data;
    setsid();
}

static bool command_spawn(struct command *command, char **argv, char **environment, int in,
                          GError **error)
{
    if (command->out < 0 || command->err < 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "%s could not be started: %s", command->what,
                    g_strerror(errno));
        return false;
    }
    g_autoptr(GError) spawn = NULL;
    if (g_spawn_async_with_pipes_and_fds(
            NULL, (const char *const *)argv, (const char *const *)environment,
            G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, own_session, NULL, in, command->out,
            command->err, NULL, NULL, 0, &command->pid, NULL, NULL, NULL, &spawn))
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "%s could not be started: %s", command->what,
                spawn->message);
    return false;
}

struct command *command_run(const char *what, char **argv, char **environment, const char *input,
                            gint64 deadline_ms, command_fn fn, gpointer data, GError **error)
{
    struct command *command = g_new0(struct command, 1);
    *command = (struct command){.what = g_strdup(what),
                                .out = sealed_memory(COMMAND_OUTPUT_MAX),
                                .err = sealed_memory(COMMAND_OUTPUT_MAX),
                                .deadline_ms = deadline_ms,
                                .fn = fn,
                                .data = data};
    int in = input_memory(input ? input : "");
    bool started = command_spawn(command, argv, environment, in, error);
    if (in >= 0)
        close(in);
    if (!started) {
        command_free(command);
        return NULL;
    }
    command->watch = g_child_watch_add(command->pid, command_ended, command);
    command->timer = g_timeout_add((guint)deadline_ms, command_late, command);
    return command;
}

void command_cancel(struct command *command)
{
    kill(-command->pid, SIGKILL);
    waitpid(command->pid, NULL, 0);
    command_free(command);
}
