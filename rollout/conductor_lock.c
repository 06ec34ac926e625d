#include "rollout/conductor_lock.h"

#include "data/base/when.h"
#include "rollout/conduct.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_lock(const char *state_dir)
{
    g_autofree char *path = g_build_filename(state_dir, "conductor.lock", NULL);
    return conductor_log_open(path);
}

int conductor_lock_take(const char *state_dir)
{
    int fd = open_lock(state_dir);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        fd = -1;
    }
    conductor_lock_touch(fd);
    return fd;
}

void conductor_lock_touch(int fd)
{
    if (fd >= 0)
        futimens(fd, NULL);
}

void conductor_lock_release(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

bool conductor_lock_is_alive(const char *state_dir, gint64 fresh_ms)
{
    int fd = open_lock(state_dir);
    struct stat st;
    if (fd < 0)
        return false;
    bool taken = flock(fd, LOCK_EX | LOCK_NB) != 0;
    bool fresh = fstat(fd, &st) == 0 && when_now_ms() - (gint64)st.st_mtime * 1000 <= fresh_ms;
    close(fd);
    return taken && fresh;
}
