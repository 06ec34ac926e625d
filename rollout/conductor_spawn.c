/* Beginning a conductor that outlives this terminal, and finding the one that works. */
#include "rollout/conductor.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/conduct.h"
#include "rollout/conductor_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FRESH_MS = 15000 };

/* Everything the new process needs, made before the fork: after it only system calls are safe. */
struct birth {
    const char *const *argv;
    char **envp;
    int null_fd, log_fd, failed_fd;
};

static void become_conductor(const struct birth *birth)
{
    umask(027);
    dup2(birth->null_fd, STDIN_FILENO);
    dup2(birth->log_fd, STDOUT_FILENO);
    dup2(birth->log_fd, STDERR_FILENO);
    int failed_fd = fcntl(birth->failed_fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (failed_fd > STDERR_FILENO + 1)
        close_range(STDERR_FILENO + 1, (unsigned)failed_fd - 1, 0);
    close_range((unsigned)failed_fd + 1, ~0U, 0);
    execve("/proc/self/exe", (char *const *)birth->argv, birth->envp);
    int failure = errno;
    if (write(failed_fd, &failure, sizeof failure) < 0)
        _exit(126);
    _exit(127);
}

/* Twice, so that it has no session of ours, no terminal to gain, and no parent to wait for it. */
static bool fork_twice(const struct birth *birth)
{
    pid_t child = fork();
    if (child == 0) {
        setsid();
        pid_t grandchild = fork();
        if (grandchild == 0)
            become_conductor(birth);
        _exit(grandchild < 0 ? 1 : 0);
    }
    int status = -1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && status == 0;
}

/* The pipe closes by itself when the conductor's program has begun. */
static int wait_for_exec(int fd)
{
    int failure = 0;
    ssize_t got;
    while ((got = read(fd, &failure, sizeof failure)) < 0 && errno == EINTR) {
    }
    return got == sizeof failure ? failure : 0;
}

static bool fail(GError **error, int cause)
{
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "can't start a conductor: %s; start one by hand: celldeck conductor --until-idle",
                g_strerror(cause));
    return false;
}

static bool spawn(struct birth *birth, GError **error)
{
    int pipe_fds[2];
    if (pipe2(pipe_fds, O_CLOEXEC) != 0)
        return fail(error, errno);
    birth->failed_fd = pipe_fds[1];
    errno = 0;
    bool forked = fork_twice(birth);
    int cause = forked ? 0 : (errno ? errno : ECHILD);
    close(pipe_fds[1]);
    if (forked)
        cause = wait_for_exec(pipe_fds[0]);
    close(pipe_fds[0]);
    return cause == 0 || fail(error, cause);
}

bool conductor_spawn(const struct config *config, const char *state_dir, GError **error)
{
    if (conductor_lock_is_alive(state_dir, FRESH_MS))
        return true;
    g_autofree char *path = g_canonicalize_filename(config->path, NULL);
    g_autofree char *state = g_canonicalize_filename(state_dir, NULL);
    g_autofree char *log = g_build_filename(state, "conductor.log", NULL);
    const char *const argv[] = {"celldeck", "conductor", "--until-idle", "-c", path, NULL};
    g_auto(GStrv) envp = g_environ_setenv(g_get_environ(), "CELLDECK_STATE", state, TRUE);
    struct birth birth = {.argv = argv,
                          .envp = envp,
                          .null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC),
                          .log_fd = conductor_log_open(log)};
    bool begun =
        birth.null_fd >= 0 && birth.log_fd >= 0 ? spawn(&birth, error) : fail(error, errno);
    if (birth.null_fd >= 0)
        close(birth.null_fd);
    if (birth.log_fd >= 0)
        close(birth.log_fd);
    return begun;
}

bool conductor_keys(const char *state_dir, struct aws_tenure *keys, char **origin)
{
    return conductor_lock_is_alive(state_dir, FRESH_MS) &&
           conductor_lock_read(state_dir, keys, origin);
}

/* Of one on another host all that is known is when it was last heard of, by that host's clock: good
 * enough to tell people, never to take over by (lease.h). */
static bool is_gone(const struct lease_record *record, const struct holder *self)
{
    bool elsewhere = strcmp(record->holder->host, self->host) != 0;
    return elsewhere && when_now_ms() - record->at_ms > 2 * record->lease_ms;
}

bool conductor_find(struct journal *journal, const char *operation, struct conductor_info *info)
{
    struct lease_record record;
    *info = (struct conductor_info){0};
    if (!lease_read(journal, operation, &record, NULL) || record.seq == 0)
        return false;
    OWN(holder) self = holder_self();
    info->host = g_strdup(record.holder->host);
    info->pid = record.holder->pid;
    info->heartbeat_ms = record.at_ms;
    info->lease_ms = record.lease_ms;
    info->alive = record.held && holder_may_live(record.holder, self) && !is_gone(&record, self);
    info->silent = info->alive && when_now_ms() - record.at_ms > record.lease_ms;
    lease_record_clear(&record);
    return true;
}

void conductor_info_clear(struct conductor_info *info)
{
    g_free(info->host);
    *info = (struct conductor_info){0};
}
