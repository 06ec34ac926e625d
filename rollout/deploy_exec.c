#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/command.h"
#include "rollout/deploy_driver.h"
#include "rollout/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* deploy.exec.current asks a machine, often over ssh; it has to answer within a lease. */
enum { CURRENT_DEADLINE_MS = 20000, POLL_MS = 200, NOTE_MAX = 8 * 1024 };

struct exec {
    struct config *config;
    char *dir;           /* TOKEN.{lock,status,output,stop} and CELL.last: its last token */
    GPtrArray *currents; /* struct current *, under way */
    struct deploy_replies *replies;
};

struct current {
    struct exec *exec;
    struct command *command;
    deploy_fn fn;
    gpointer data;
};

static void current_free(gpointer data)
{
    struct current *current = data;
    if (current->command)
        command_cancel(current->command);
    g_free(current);
}

static gpointer exec_open(struct config *config, struct aws_client *client, const char *state_dir,
                          GError **error)
{
    (void)client;
    g_autofree char *dir = g_build_filename(state_dir, "exec", NULL);
    if (g_mkdir_with_parents(dir, 0700) != 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "can't make %s, where deploy.exec keeps its "
                    "locks: %s",
                    dir, g_strerror(errno));
        return NULL;
    }
    struct exec *exec = g_new0(struct exec, 1);
    exec->config = config_ref(config);
    exec->dir = g_steal_pointer(&dir);
    exec->currents = g_ptr_array_new_with_free_func(current_free);
    exec->replies = deploy_replies_new();
    return exec;
}

static void exec_close(gpointer self)
{
    struct exec *exec = self;
    g_ptr_array_unref(exec->currents);
    deploy_replies_free(exec->replies);
    config_unref(exec->config);
    g_free(exec->dir);
    g_free(exec);
}

static gint64 exec_poll_ms(gconstpointer self)
{
    (void)self;
    return POLL_MS;
}

/* A name from outside can't leave the folder: everything but letters, digits and -._~ is %XX. */
static char *exec_path(const struct exec *exec, const char *name, const char *kind)
{
    g_autofree char *escaped = g_uri_escape_string(name, NULL, false);
    g_autofree char *file = g_strconcat(escaped, ".", kind, NULL);
    return g_build_filename(exec->dir, file, NULL);
}

static char *first_line(const char *text)
{
    return g_strstrip(g_strndup(text, strcspn(text, "\n")));
}

static void current_ended(const char *output, const GError *error, gpointer data)
{
    struct current *current = data;
    current->command = NULL;
    guint at = 0;
    if (g_ptr_array_find(current->exec->currents, current, &at))
        g_ptr_array_steal_index(current->exec->currents, at);
    g_autofree char *version = output ? first_line(output) : NULL;
    g_autoptr(GError) silent = NULL;
    if (version && !*version)
        silent = g_error_new(CD_ERROR, CD_ERROR_FAILED,
                             "deploy.exec.current printed no version; its first line must be it");
    struct deploy_answer answer = {.version = version, .reference = version};
    error = error ? error : silent;
    current->fn(error ? NULL : &answer, error, current->data);
    g_free(current);
}

static void exec_current(gpointer self, const struct deploy_request *request, deploy_fn fn,
                         gpointer data)
{
    struct exec *exec = self;
    char **argv = exec->config->deploy.exec_current;
    if (!argv[0]) {
        struct deploy_answer unknown = {
            .note = "deploy.exec.current is not set: what runs can't be asked"};
        deploy_reply(exec->replies, &unknown, NULL, fn, data);
        return;
    }
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "CELL", request->cell->id, true);
    g_autofree char *what = g_strdup_printf("deploy.exec.current of %s", request->cell->id);
    struct current *current = g_new0(struct current, 1);
    *current = (struct current){.exec = exec, .fn = fn, .data = data};
    GError *error = NULL;
    current->command = command_run(what, argv, environment, NULL, CURRENT_DEADLINE_MS,
                                   current_ended, current, &error);
    if (current->command) {
        g_ptr_array_add(exec->currents, current);
        return;
    }
    g_free(current);
    deploy_reply(exec->replies, NULL, error, fn, data);
}

static char **exec_environment(const struct deploy_request *request)
{
    const struct {
        const char *name, *value;
    } given[] = {
        {"CELL", request->cell->id},
        {"VERSION", request->version},
        {"PREVIOUS", request->previous},
        {"TOKEN", request->token},
        {"REFERENCE",
         request->reference ? request->reference : (request->rollback ? request->version : NULL)},
        {"CELLDECK_ROLLBACK", request->rollback ? "1" : NULL},
    };
    char **environment = g_get_environ();
    for (size_t i = 0; i < G_N_ELEMENTS(given); i++)
        environment = given[i].value
                          ? g_environ_setenv(environment, given[i].name, given[i].value, true)
                          : g_environ_unsetenv(environment, given[i].name);
    return environment;
}

/* The lock of `token`, taken, or -1: without an error where its command was begun before (it runs,
 * it has ended, or it died): whatever became of it, it is never run twice. */
static int take_token(const struct exec *exec, const char *token, GError **error)
{
    g_autofree char *path = exec_path(exec, token, "lock");
    g_autofree char *status = exec_path(exec, token, "status");
    struct stat held = {.st_size = 0};
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    bool taken = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (taken && fstat(fd, &held) == 0 && held.st_size == 0 && access(status, F_OK) != 0)
        return fd;
    if (!taken && errno != EWOULDBLOCK)
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "can't lock %s: %s; nothing was run", path,
                    g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* The token that last worked on the cell, or NULL. */
static char *last_token(const struct exec *exec, const char *cell)
{
    g_autofree char *path = exec_path(exec, cell, "last");
    char *token = NULL;
    g_file_get_contents(path, &token, NULL, NULL);
    return token;
}

static bool remember_token(const struct exec *exec, const struct deploy_request *request,
                           GError **error)
{
    g_autofree char *path = exec_path(exec, request->cell->id, "last");
    return g_file_set_contents_full(path, request->token, -1,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    0600, error);
}

/* A rollback does not wait for the command that it takes back: that one is told to stop. */
static void stop_token(const struct exec *exec, const char *token)
{
    g_autofree char *path = exec_path(exec, token, "stop");
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

static bool begin(const struct exec *exec, const struct deploy_request *request, int lock,
                  GError **error)
{
    char **argv = exec->config->deploy.exec_command;
    g_autofree char *program = argv[0] ? g_find_program_in_path(argv[0]) : NULL;
    if (!program) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "deploy.exec.command: there is no program %s that may be run; nothing was run",
                    argv[0] ? argv[0] : "named");
        return false;
    }
    g_autofree char *absolute = g_canonicalize_filename(program, NULL);
    g_autofree char *status = exec_path(exec, request->token, "status");
    g_autofree char *temporary = exec_path(exec, request->token, "status.new");
    g_autofree char *stop = exec_path(exec, request->token, "stop");
    g_autofree char *output = exec_path(exec, request->token, "output");
    g_auto(GStrv) environment = exec_environment(request);
    g_autofree char *earlier = last_token(exec, request->cell->id);
    bool another = earlier && !g_str_equal(earlier, request->token);
    g_autofree char *earlier_lock = another ? exec_path(exec, earlier, "lock") : NULL;
    g_autofree char *earlier_status = another ? exec_path(exec, earlier, "status") : NULL;
    if (!remember_token(exec, request, error))
        return false;
    struct supervised job = {
        .program = absolute,
        .argv = argv,
        .environment = environment,
        .timeout_ms = exec->config->deploy.exec_timeout_ms,
        .lock_fd = lock,
        .begun = request->version,
        .output_fd = open(output, O_WRONLY | O_CREAT | O_CLOEXEC, 0600),
        .status_path = status,
        .status_temporary = temporary,
        .stop_path = stop,
        .earlier_lock_fd = another ? open(earlier_lock, O_RDONLY | O_CLOEXEC) : -1,
        .earlier_status_path = earlier_status,
    };
    if (request->rollback && another)
        stop_token(exec, earlier);
    bool started = supervisor_start(&job, error);
    if (job.output_fd >= 0)
        close(job.output_fd);
    if (job.earlier_lock_fd >= 0)
        close(job.earlier_lock_fd);
    return started;
}

static void exec_begin(gpointer self, const struct deploy_request *request, deploy_fn fn,
                       gpointer data)
{
    struct exec *exec = self;
    GError *error = NULL;
    int lock = take_token(exec, request->token, &error);
    if (lock >= 0) {
        begin(exec, request, lock, &error);
        close(lock);
    }
    struct deploy_answer answer = {.reference = request->token};
    deploy_reply(exec->replies, &answer, error, fn, data);
}

static bool is_locked(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool locked = flock(fd, LOCK_SH | LOCK_NB) != 0;
    close(fd);
    return locked;
}

/* The end of what the command printed, from a line's beginning where it had to be cut. */
static char *output_tail(const struct exec *exec, const char *token)
{
    g_autofree char *path = exec_path(exec, token, "output");
    g_autofree char *bytes = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &bytes, &length, NULL))
        return g_strdup("");
    const char *from = bytes;
    if (length > NOTE_MAX) {
        from = bytes + length - NOTE_MAX;
        const char *newline = memchr(from, '\n', NOTE_MAX);
        from = newline ? newline + 1 : from;
    }
    return g_strchomp(text_utf8(from, (gssize)(bytes + length - from)));
}

static char *ending_text(const struct exec *exec, enum ending ending, int value)
{
    g_autofree char *limit = duration_config_text(exec->config->deploy.exec_timeout_ms);
    switch (ending) {
    case ENDING_EXIT:
        return g_strdup_printf("the command ended with exit status %d", value);
    case ENDING_SIGNAL:
        return g_strdup_printf("the command was killed by signal %d (%s)", value,
                               g_strsignal(value));
    case ENDING_DEADLINE:
        return g_strdup_printf("the command did not end within %s (deploy.exec.timeout) and was "
                               "killed with its children",
                               limit);
    case ENDING_STOPPED:
        return g_strdup("the command was stopped for a rollback of the cell");
    case ENDING_WAITED:
        return g_strdup_printf("an earlier command of this cell did not end within %s; this one "
                               "was not run",
                               limit);
    case ENDING_UNSTARTED:
        return g_strdup_printf("the command could not be started: %s", g_strerror(value));
    }
    g_assert_not_reached();
}

static char *lost_text(const char *begun)
{
    if (!begun || !*begun)
        return g_strdup("no command was begun under this token");
    return g_strdup_printf("the command for version %s was begun and is gone without having said "
                           "how it ended (was the machine restarted?); how far it came is not "
                           "known, and it is not run again",
                           begun);
}

static void exec_progress(gpointer self, const struct deploy_request *request, deploy_fn fn,
                          gpointer data)
{
    struct exec *exec = self;
    const char *token = request->reference;
    g_autofree char *lock = exec_path(exec, token, "lock");
    g_autofree char *path = exec_path(exec, token, "status");
    g_autofree char *status = NULL, *begun = NULL, *summary = NULL;
    g_autofree char *output = output_tail(exec, token);
    struct deploy_answer answer = {.progress = DEPLOY_FAILED};
    enum ending ending = ENDING_EXIT;
    int value = -1;

    /* The status comes before the lock goes: whoever finds the lock free has to look again. */
    bool ended = g_file_get_contents(path, &status, NULL, NULL);
    bool locked = !ended && is_locked(lock);
    ended = ended || (!locked && g_file_get_contents(path, &status, NULL, NULL));
    g_file_get_contents(lock, &begun, NULL, NULL);

    if (locked) {
        answer.progress = DEPLOY_GOING;
        summary = g_strdup(begun && *begun ? "the command runs"
                                           : "waits for the cell's earlier command to end");
    } else if (ended && supervisor_status_parse(status, &ending, &value)) {
        summary = ending_text(exec, ending, value);
        if (ending == ENDING_EXIT && value == 0) {
            answer.progress = DEPLOY_DONE;
            answer.version = begun;
        }
    } else {
        summary = lost_text(begun);
    }
    g_autofree char *note = g_strconcat(summary, *output ? "\n" : "", output, NULL);
    answer.note = note;
    deploy_reply(exec->replies, &answer, NULL, fn, data);
}

const struct deployer_driver deploy_exec = {
    .name = "exec",
    .open = exec_open,
    .close = exec_close,
    .current = exec_current,
    .deploy = exec_begin,
    .progress = exec_progress,
    .rollback = exec_begin,
    .poll_ms = exec_poll_ms,
    .deadline_ms = CURRENT_DEADLINE_MS,
};
