#include "tui/shell/dump.h"

#include "data/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MOST_NAMES 1000 /* in one second, of one screen */

char *dump_default_path(const char *screen, gint64 now_ms)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_ms / 1000);
    g_autofree char *time = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
    g_autofree char *name = g_strdup_printf("%s-%s.txt", time, screen);
    return g_build_filename(g_get_user_state_dir(), "celldeck", "screens", name, NULL);
}

char *dump_path(const char *typed)
{
    if (!g_str_has_prefix(typed, "~/"))
        return g_canonicalize_filename(typed, NULL);
    return g_build_filename(g_get_home_dir(), typed + 2, NULL);
}

static bool write_all(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t n = write(fd, text, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text += n;
        left -= (size_t)n;
    }
    return fsync(fd) == 0; /* some disks say only then that they are full */
}

/* 0, or errno. */
static int write_new(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    int why = write_all(fd, text) ? 0 : errno;
    if (close(fd) < 0 && why == 0)
        why = errno;
    if (why != 0)
        g_unlink(path);
    return why;
}

/* "x.txt", "x-2.txt", "x-3.txt". */
static char *name_of(const char *path, int which)
{
    if (which == 1)
        return g_strdup(path);
    const char *end = g_str_has_suffix(path, ".txt") ? path + strlen(path) - 4 : "";
    return g_strdup_printf("%.*s-%d%s", (int)(strlen(path) - strlen(end)), path, which, end);
}

char *dump_write(const char *path, bool folders, const char *text, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    if (folders)
        g_mkdir_with_parents(folder, 0700); /* where it can't, nor can the file be made */
    int why = EEXIST;
    for (int i = 1; why == EEXIST && i <= (folders ? MOST_NAMES : 1); i++) {
        g_autofree char *name = name_of(path, i);
        why = write_new(name, text);
        if (why == 0)
            return g_steal_pointer(&name);
    }
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "the screen could not be written to %s: %s (%s)",
                path, why == EEXIST ? "it is there already" : g_strerror(why),
                why == EEXIST ? "nothing is overwritten; :dump takes another name"
                              : ":dump FILE writes it elsewhere");
    return NULL;
}
