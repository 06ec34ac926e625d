#include "rollout/job.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { NOTE_MAX = 8 * 1024 };

struct job_desk {
    char *dir;
};

struct job_desk *job_desk_new(const char *state_dir, GError **error)
{
    g_autofree char *dir = g_build_filename(state_dir, "exec", NULL);
    if (g_mkdir_with_parents(dir, 0700) != 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "can't make %s, where commands keep their locks: %s", dir, g_strerror(errno));
        return NULL;
    }
    struct job_desk *desk = g_new0(struct job_desk, 1);
    desk->dir = g_steal_pointer(&dir);
    return desk;
}

void job_desk_free(struct job_desk *desk)
{
    if (desk)
        g_free(desk->dir);
    g_free(desk);
}

/* A name from outside can't leave the folder: everything but letters, digits and -._~ is %XX. */
static char *path_of(const struct job_desk *desk, const char *name, const char *kind)
{
    g_autofree char *escaped = g_uri_escape_string(name, NULL, false);
    g_autofree char *file = g_strconcat(escaped, ".", kind, NULL);
    return g_build_filename(desk->dir, file, NULL);
}

/* The lock of `token`, taken, or -1: without an error where its command was begun before (it runs,
 * it has ended, or it died): whatever became of it, it is never run twice. */
static int take_token(const struct job_desk *desk, const char *token, GError **error)
{
    g_autofree char *path = path_of(desk, token, "lock");
    g_autofree char *status = path_of(desk, token, "status");
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

/* The token that last worked in the queue, or NULL. */
static char *last_token(const struct job_desk *desk, const char *queue)
{
    g_autofree char *path = path_of(desk, queue, "last");
    char *token = NULL;
    g_file_get_contents(path, &token, NULL, NULL);
    return token;
}

static bool remember_token(const struct job_desk *desk, const struct job *job, GError **error)
{
    g_autofree char *path = path_of(desk, job->queue, "last");
    return g_file_set_contents_full(path, job->token, -1,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    0600, error);
}

static void stop_token(const struct job_desk *desk, const char *token)
{
    g_autofree char *path = path_of(desk, token, "stop");
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

static int open_read_only(const char *path)
{
    return path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* Starts it under `lock`, behind the command of the token `earlier` (NULL: of none). */
static bool start(const struct job_desk *desk, const struct job *asked, const char *program,
                  const char *earlier, int lock, GError **error)
{
    g_autofree char *status = path_of(desk, asked->token, "status");
    g_autofree char *temporary = path_of(desk, asked->token, "status.new");
    g_autofree char *stop = path_of(desk, asked->token, "stop");
    g_autofree char *output = path_of(desk, asked->token, "output");
    g_autofree char *earlier_lock = earlier ? path_of(desk, earlier, "lock") : NULL;
    g_autofree char *earlier_status = earlier ? path_of(desk, earlier, "status") : NULL;
    struct supervised job = {
        .program = program,
        .argv = asked->argv,
        .environment = asked->environment,
        .timeout_ms = asked->timeout_ms,
        .lock_fd = lock,
        .begun = asked->begun,
        .output_fd = open(output, O_WRONLY | O_CREAT | O_CLOEXEC, 0600),
        .status_path = status,
        .status_temporary = temporary,
        .stop_path = stop,
        .earlier_lock_fd = open_read_only(earlier_lock),
        .earlier_status_path = earlier_status,
    };
    bool started = supervisor_start(&job, error);
    close_if_open(job.output_fd);
    close_if_open(job.earlier_lock_fd);
    return started;
}

static bool begin(const struct job_desk *desk, const struct job *job, int lock, GError **error)
{
    g_autofree char *program = job->argv[0] ? g_find_program_in_path(job->argv[0]) : NULL;
    if (!program) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "%s: there is no program %s that may be run; nothing was run", job->setting,
                    job->argv[0] ? job->argv[0] : "named");
        return false;
    }
    g_autofree char *absolute = g_canonicalize_filename(program, NULL);
    g_autofree char *earlier = job->queue ? last_token(desk, job->queue) : NULL;
    if (job->queue && !remember_token(desk, job, error))
        return false;
    if (earlier && strcmp(earlier, job->token) == 0)
        g_clear_pointer(&earlier, g_free);
    if (earlier && job->stops_earlier)
        stop_token(desk, earlier);
    return start(desk, job, absolute, earlier, lock, error);
}

char **job_environment(const struct job_variable *variables, size_t n)
{
    char **environment = g_get_environ();
    for (size_t i = 0; i < n; i++)
        environment = variables[i].value ? g_environ_setenv(environment, variables[i].name,
                                                            variables[i].value, TRUE)
                                         : g_environ_unsetenv(environment, variables[i].name);
    return environment;
}

bool job_begin(const struct job_desk *desk, const struct job *job, GError **error)
{
    g_autoptr(GError) failure = NULL;
    int lock = take_token(desk, job->token, &failure);
    bool begun = lock < 0 ? !failure : begin(desk, job, lock, &failure);
    close_if_open(lock);
    if (failure)
        g_propagate_error(error, g_steal_pointer(&failure));
    return begun;
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
static char *output_tail(const struct job_desk *desk, const char *token)
{
    g_autofree char *path = path_of(desk, token, "output");
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

void job_look(const struct job_desk *desk, const char *token, struct job_look *look)
{
    g_autofree char *lock = path_of(desk, token, "lock");
    g_autofree char *path = path_of(desk, token, "status");
    g_autofree char *status = NULL;
    *look = (struct job_look){.output = output_tail(desk, token)};

    /* The status comes before the lock goes: whoever finds the lock free has to look again. */
    bool ended = g_file_get_contents(path, &status, NULL, NULL);
    bool locked = !ended && is_locked(lock);
    ended = ended || (!locked && g_file_get_contents(path, &status, NULL, NULL));
    g_file_get_contents(lock, &look->begun, NULL, NULL);
    bool begun = look->begun && *look->begun;

    if (locked)
        look->state = begun ? JOB_RUNS : JOB_WAITS;
    else if (ended && supervisor_status_parse(status, &look->ending, &look->value))
        look->state = JOB_ENDED;
    else
        look->state = begun ? JOB_LOST : JOB_UNBEGUN;
}

void job_look_clear(struct job_look *look)
{
    g_free(look->begun);
    g_free(look->output);
    *look = (struct job_look){0};
}

char *job_ending_text(const struct job_look *look, gint64 timeout_ms, const char *limit_setting)
{
    g_autofree char *limit = duration_config_text(timeout_ms);
    switch (look->ending) {
    case ENDING_EXIT:
        return g_strdup_printf("the command ended with exit status %d", look->value);
    case ENDING_SIGNAL:
        return g_strdup_printf("the command was killed by signal %d (%s)", look->value,
                               g_strsignal(look->value));
    case ENDING_DEADLINE:
        return g_strdup_printf("the command did not end within %s (%s) and was killed with its "
                               "children",
                               limit, limit_setting);
    case ENDING_STOPPED:
        return g_strdup("the command was stopped for a rollback of the cell");
    case ENDING_WAITED:
        return g_strdup_printf("an earlier command of this cell did not end within %s; this one "
                               "was not run",
                               limit);
    case ENDING_UNSTARTED:
        return g_strdup_printf("the command could not be started: %s", g_strerror(look->value));
    }
    g_assert_not_reached();
}
