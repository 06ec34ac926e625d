#include "rollout/supervisor.h"

#include "data/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Everything below supervisor_start runs in a fork of a process that may have threads, so it keeps
 * to system calls (and snprintf of integers, which allocates nothing in glibc). */

enum { TICK_MS = 100, GRACE_MS = 5000, REAP_TRIES = 50, REAP_PAUSE_MS = 20 };

static const char *const ending_words[] = {
    [ENDING_EXIT] = "exit",       [ENDING_SIGNAL] = "signal", [ENDING_DEADLINE] = "deadline",
    [ENDING_STOPPED] = "stopped", [ENDING_WAITED] = "waited", [ENDING_UNSTARTED] = "unstarted",
};

struct watch {
    const struct supervised *job;
    pid_t child;
    int out; /* our end of its stdout and stderr, or -1 */
    gint64 deadline_ms, kill_ms;
    bool ending;
    enum ending cause;
    size_t kept;
    char output[SUPERVISOR_OUTPUT_MAX];
};

static gint64 now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (gint64)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

/* Renamed into place, so that whoever sees it sees it whole. A status that can't be written stays
 * away, and the command then counts as lost: never as done. */
static void write_status(const struct supervised *job, enum ending ending, int value)
{
    char text[64];
    int n = snprintf(text, sizeof text, "%s %d\n", ending_words[ending], value);
    int fd = open(job->status_temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0 && write_all(fd, text, (size_t)n) && fsync(fd) == 0)
        rename(job->status_temporary, job->status_path);
    if (fd >= 0)
        close(fd);
}

/* The conductor's sockets, databases and locks are not ours to keep open. */
static void close_all_but(const int *keep, size_t n)
{
    for (unsigned from = 3;;) {
        unsigned next = ~0U;
        for (size_t i = 0; i < n; i++)
            if (keep[i] >= (int)from && (unsigned)keep[i] < next)
                next = (unsigned)keep[i];
        if (next > from)
            close_range(from, next - 1, 0);
        if (next == ~0U)
            return;
        from = next + 1;
    }
}

static bool stop_wanted(const struct supervised *job)
{
    return access(job->stop_path, F_OK) == 0;
}

/* Two commands never work on one cell at a time. True once the earlier one is over: it has a
 * status (what it left running may still hold its lock), or nobody holds its lock. */
static bool earlier_is_over(const struct supervised *job)
{
    return job->earlier_lock_fd < 0 || access(job->earlier_status_path, F_OK) == 0 ||
           flock(job->earlier_lock_fd, LOCK_SH | LOCK_NB) == 0;
}

static void wait_for_earlier(const struct supervised *job, gint64 deadline_ms)
{
    while (!earlier_is_over(job) || stop_wanted(job)) {
        if (stop_wanted(job) || now_ms() >= deadline_ms) {
            write_status(job, stop_wanted(job) ? ENDING_STOPPED : ENDING_WAITED, 0);
            _exit(0);
        }
        poll(NULL, 0, TICK_MS);
    }
    if (job->earlier_lock_fd >= 0)
        close(job->earlier_lock_fd);
}

static G_GNUC_NORETURN void become_command(const struct supervised *job, int out)
{
    setsid();
    struct sigaction plain = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &plain, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    fcntl(job->lock_fd, F_SETFD, 0);
    execve(job->program, job->argv, job->environment);
    const char *why = strerrorname_np(errno);
    write_all(STDERR_FILENO, job->program, strlen(job->program));
    write_all(STDERR_FILENO, ": ", 2);
    write_all(STDERR_FILENO, why, strlen(why));
    _exit(127);
}

/* Keeps the end of what was printed: where the file would grow beyond its limit, the older half
 * goes. */
static void keep_output(struct watch *watch)
{
    char fresh[4096];
    ssize_t n = read(watch->out, fresh, sizeof fresh);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        close(watch->out);
        watch->out = -1;
        return;
    }
    size_t before = watch->kept;
    if (before + (size_t)n > sizeof watch->output) {
        size_t keep = sizeof watch->output / 2;
        memmove(watch->output, watch->output + watch->kept - keep, keep);
        watch->kept = keep;
        before = 0;
        if (ftruncate(watch->job->output_fd, 0) != 0)
            return;
    }
    memcpy(watch->output + watch->kept, fresh, (size_t)n);
    watch->kept += (size_t)n;
    lseek(watch->job->output_fd, (off_t)before, SEEK_SET);
    write_all(watch->job->output_fd, watch->output + before, watch->kept - before);
}

/* SIGTERM when its time is up or somebody wants it stopped, SIGKILL when that did not help. */
static void end_in_time(struct watch *watch)
{
    gint64 now = now_ms();
    bool late = now >= watch->deadline_ms;
    if (!watch->ending && (late || stop_wanted(watch->job))) {
        watch->ending = true;
        watch->cause = late ? ENDING_DEADLINE : ENDING_STOPPED;
        watch->kill_ms = now + MIN(GRACE_MS, watch->job->timeout_ms);
        kill(-watch->child, SIGTERM);
    } else if (watch->ending && now >= watch->kill_ms) {
        kill(-watch->child, SIGKILL);
    }
}

static void watch_until_exit(struct watch *watch)
{
    int ended = pidfd_open(watch->child, 0);
    struct pollfd fds[2] = {{.fd = ended, .events = POLLIN}, {.events = POLLIN}};
    for (;;) {
        fds[1].fd = watch->out;
        int ready = poll(fds, 2, TICK_MS);
        if (ready > 0 && watch->out >= 0 && fds[1].revents)
            keep_output(watch);
        siginfo_t info = {.si_pid = 0};
        waitid(P_PID, (id_t)watch->child, &info, WEXITED | WNOHANG | WNOWAIT);
        if (info.si_pid == watch->child)
            break;
        end_in_time(watch);
    }
    close(ended);
    /* What it had printed is in the pipe; what it left running may hold that open for ever. */
    struct pollfd rest = {.fd = watch->out, .events = POLLIN};
    for (int chunks = 0; watch->out >= 0 && chunks < 64 && poll(&rest, 1, 0) > 0; chunks++)
        keep_output(watch);
}

/* A child that left the command's session came to us when its parent died (subreaper). */
static void kill_orphans(void)
{
    char path[64], pids[4096];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    for (int tries = 0; tries < REAP_TRIES; tries++) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? 0 : read(fd, pids, sizeof pids - 1);
        if (fd >= 0)
            close(fd);
        pids[MAX(n, 0)] = '\0';
        for (char *at = pids, *end; *at; at = end) {
            long pid = strtol(at, &end, 10);
            if (end == at)
                break;
            kill((pid_t)pid, SIGKILL);
        }
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (waitpid(-1, NULL, WNOHANG) < 0)
            return;
        poll(NULL, 0, REAP_PAUSE_MS);
    }
}

static void watch_command(struct watch *watch)
{
    watch_until_exit(watch);
    if (watch->ending)
        kill(-watch->child, SIGKILL); /* before it is reaped: until then the number is its own */
    int status = 0;
    waitpid(watch->child, &status, 0);
    if (watch->ending)
        kill_orphans();
    if (watch->ending)
        write_status(watch->job, watch->cause, 0);
    else if (WIFEXITED(status))
        write_status(watch->job, ENDING_EXIT, WEXITSTATUS(status));
    else
        write_status(watch->job, ENDING_SIGNAL, WTERMSIG(status));
}

static G_GNUC_NORETURN void supervise(const struct supervised *job)
{
    const int keep[] = {job->lock_fd, job->output_fd, job->earlier_lock_fd};
    close_all_but(keep, G_N_ELEMENTS(keep));
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL); /* whoever stops everything stops the command; we tell */
    prctl(PR_SET_CHILD_SUBREAPER, 1);

    gint64 deadline_ms = now_ms() + job->timeout_ms;
    wait_for_earlier(job, deadline_ms);
    int out[2];
    struct watch watch = {.job = job, .deadline_ms = deadline_ms};
    if (!write_all(job->lock_fd, job->begun, strlen(job->begun)) || fsync(job->lock_fd) != 0 ||
        pipe2(out, O_CLOEXEC) != 0 || (watch.child = fork()) < 0) {
        write_status(job, ENDING_UNSTARTED, errno);
        _exit(0);
    }
    if (watch.child == 0)
        become_command(job, out[1]);
    close(out[1]);
    watch.out = out[0];
    fcntl(watch.out, F_SETFL, O_NONBLOCK);
    watch_command(&watch);
    _exit(0);
}

bool supervisor_start(const struct supervised *job, GError **error)
{
    pid_t between = fork();
    if (between == 0) {
        setsid();
        /* Forked twice: the supervisor is nobody's child, and nobody has to reap it. */
        pid_t supervisor = fork();
        if (supervisor == 0)
            supervise(job);
        _exit(supervisor < 0 ? errno : 0);
    }
    int status = 0;
    while (between > 0 && waitpid(between, &status, 0) < 0 && errno == EINTR)
        ;
    if (between > 0 && status == 0)
        return true;
    int why = between < 0 ? errno : WEXITSTATUS(status);
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "can't start a process for %s: %s", job->program,
                g_strerror(why));
    return false;
}

bool supervisor_status_parse(const char *text, enum ending *ending, int *value)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \n", 3);
    gint64 number = 0;
    if (g_strv_length(words) < 2 ||
        !g_ascii_string_to_signed(words[1], 10, G_MININT, G_MAXINT, &number, NULL))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(ending_words); i++)
        if (g_str_equal(words[0], ending_words[i])) {
            *ending = (enum ending)i;
            *value = (int)number;
            return true;
        }
    return false;
}
