#include "tui/console/aside.h"

#include <fcntl.h>
#include <glib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than people ever read, and a limit to what a library in a loop may take. */
#define KEPT_BYTES (256 * 1024)

/* Process-wide, for a signal handler to give it back. `kept` is the file that fd 2 is meanwhile. */
static struct {
    int stderr_fd, kept;
    off_t told;
} aside = {-1, -1, 0};

void aside_begin(void)
{
    if (aside.stderr_fd >= 0 || !isatty(STDERR_FILENO))
        return;
    aside.kept = memfd_create("stderr", MFD_CLOEXEC);
    aside.stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    aside.told = 0;
    if (aside.kept < 0 || aside.stderr_fd < 0 || dup2(aside.kept, STDERR_FILENO) < 0)
        aside_end();
}

static off_t written(void)
{
    struct stat stat;
    return fstat(aside.kept, &stat) == 0 ? stat.st_size : 0;
}

char *aside_news(void)
{
    if (aside.kept < 0 || written() <= aside.told)
        return NULL;
    gsize n = (gsize)(written() - aside.told);
    char *text = g_malloc(n + 1);
    ssize_t got = pread(aside.kept, text, n, aside.told);
    text[MAX(got, 0)] = '\0';
    aside.told += MAX(got, 0);
    if (aside.told > KEPT_BYTES && ftruncate(aside.kept, 0) == 0)
        aside.told = lseek(aside.kept, 0, SEEK_SET);
    return text;
}

static void write_kept(void)
{
    char bytes[4096];
    off_t at = 0;
    ssize_t n;
    while ((n = pread(aside.kept, bytes, sizeof bytes, at)) > 0) {
        if (write(aside.stderr_fd, bytes, (size_t)n) != n)
            return;
        at += n;
    }
}

void aside_end(void)
{
    int stderr_fd = aside.stderr_fd, kept = aside.kept;
    if (stderr_fd >= 0) {
        dup2(stderr_fd, STDERR_FILENO);
        if (kept >= 0)
            write_kept();
        close(stderr_fd);
    }
    if (kept >= 0)
        close(kept);
    aside.stderr_fd = aside.kept = -1;
}
