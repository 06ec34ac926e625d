#include "data/base/new_file.h"

#include "data/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct new_file {
    char *path;   /* where it will stand */
    char *beside; /* where it stands so far; NULL: nowhere, so that it dies with us */
    FILE *out;
};

static bool fail(const struct new_file *file, GError **error)
{
    int code = errno;
    g_set_error(error, CD_ERROR, code == EEXIST ? CD_ERROR_USAGE : CD_ERROR_FAILED,
                code == EEXIST ? "%s is there already, and nothing is written over: %s"
                               : "can't write %s: %s",
                file->path, code == EEXIST ? "name another file" : g_strerror(code));
    return false;
}

/* Without a name where the file system can give it one later (open(2), O_TMPFILE), else beside. */
static int open_unseen(struct new_file *file)
{
    g_autofree char *folder = g_path_get_dirname(file->path);
    bool can_name = access("/proc/self/fd", X_OK) == 0;
    int fd = can_name ? open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) : -1;
    if (fd >= 0)
        return fd;
    file->beside = g_build_filename(folder, ".celldeck-XXXXXX", NULL);
    return g_mkstemp_full(file->beside, O_WRONLY | O_CLOEXEC, 0600);
}

static bool give_name(const struct new_file *file)
{
    if (file->beside)
        return link(file->beside, file->path) == 0;
    g_autofree char *open_file = g_strdup_printf("/proc/self/fd/%d", fileno(file->out));
    return linkat(AT_FDCWD, open_file, AT_FDCWD, file->path, AT_SYMLINK_FOLLOW) == 0;
}

struct new_file *new_file_begin(const char *path, GError **error)
{
    struct new_file *file = g_new0(struct new_file, 1);
    file->path = g_strdup(path);
    struct stat there;
    int fd = -1;
    errno = EEXIST;
    if (lstat(path, &there) < 0)
        fd = open_unseen(file);
    if (fd >= 0 && (file->out = fdopen(fd, "w")))
        return file;
    fail(file, error);
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && file->beside)
        g_unlink(file->beside);
    new_file_free(file);
    return NULL;
}

bool new_file_write(struct new_file *file, const char *text, GError **error)
{
    return fputs(text, file->out) >= 0 || fail(file, error);
}

static void sync_folder(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

bool new_file_finish(struct new_file *file, GError **error)
{
    bool whole = fflush(file->out) == 0 && fsync(fileno(file->out)) == 0;
    if (!whole || !give_name(file))
        return fail(file, error);
    sync_folder(file->path);
    return true;
}

void new_file_free(struct new_file *file)
{
    if (!file)
        return;
    if (file->out) {
        fclose(file->out);
        if (file->beside)
            g_unlink(file->beside);
    }
    g_free(file->path);
    g_free(file->beside);
    g_free(file);
}
