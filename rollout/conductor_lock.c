#include "rollout/conductor_lock.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/conduct.h"

#include <fcntl.h>
#include <string.h>
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
    if (fd >= 0)
        conductor_lock_write(fd, ""); /* what stands there is of somebody who has gone */
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

char *conductor_lock_text(const struct aws_tenure *keys)
{
    OWN_JSON json = json_pack("{s:I, s:o, s:I, s:I}", "pid", (json_int_t)getpid(), "origin",
                              text_json(keys->origin), "expires_ms", (json_int_t)keys->expires_ms,
                              "lasts_until_ms", (json_int_t)keys->lasts_until_ms);
    return text_json_dump(json, false);
}

void conductor_lock_write(int fd, const char *text)
{
    /* Opened for appending: an empty file is written from its start. Whoever reads half of it takes
     * it for nothing. */
    if (ftruncate(fd, 0) != 0 || write(fd, text, strlen(text)) < 0) {
        /* Then nobody learns of it, and goes by his own credentials. */
    }
}

bool conductor_lock_read(const char *state_dir, struct aws_tenure *keys, char **origin)
{
    g_autofree char *path = g_build_filename(state_dir, "conductor.lock", NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return false;
    OWN_JSON json = json_loads(text, 0, NULL);
    const char *named = NULL;
    json_int_t pid = 0, expires_ms = 0, lasts_until_ms = 0;
    if (json_unpack(json, "{s:I, s:s, s:I, s:I}", "pid", &pid, "origin", &named, "expires_ms",
                    &expires_ms, "lasts_until_ms", &lasts_until_ms) != 0)
        return false;
    *origin = g_strdup_printf("%s of the conductor at work (process %" G_GINT64_FORMAT ")", named,
                              (gint64)pid);
    *keys = (struct aws_tenure){*origin, expires_ms, lasts_until_ms};
    return true;
}
