#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/conduct.h"
#include "rollout/story.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const level_names[] = {
    [LOG_LEVEL_INFO] = "INFO", [LOG_LEVEL_WARN] = "WARN", [LOG_LEVEL_ERROR] = "ERROR"};

int conductor_log_open(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    g_autofree char *dir = g_path_get_dirname(path);
    struct stat folder;
    if (stat(dir, &folder) == 0 && (folder.st_mode & S_ISGID) && (folder.st_mode & S_IWGRP))
        fchmod(fd, 0660);
    return fd;
}

/* One file of so much, and as many before it: years of quiet, days of trouble. */
enum { LONGEST_LOG = 4 * 1024 * 1024, OLD_LOGS = 3 };

static char *old_path(const char *path, int age)
{
    return age == 0 ? g_strdup(path) : g_strdup_printf("%s.%d", path, age);
}

/* conductor.log becomes .1, that .2, and so on. Several processes write to it: the lock is of the
 * file that is too long, and whoever comes second finds another one at its path. */
static void rotate(const char *path, int fd)
{
    struct stat ours, there;
    if (fstat(fd, &ours) != 0 || ours.st_size < LONGEST_LOG || flock(fd, LOCK_EX | LOCK_NB) != 0)
        return;
    bool still = stat(path, &there) == 0 && there.st_ino == ours.st_ino;
    for (int age = OLD_LOGS - 1; still && age >= 0; age--) {
        g_autofree char *from = old_path(path, age), *to = old_path(path, age + 1);
        rename(from, to);
    }
    flock(fd, LOCK_UN);
}

/* Opened for every line: the file may have been rotated, and lines are few. */
static void write_line(const struct world *world, enum log_level level, const char *text)
{
    g_autofree char *clean = text_clean(text);
    g_autofree char *at = when_rfc3339(when_now_ms());
    g_autofree char *line = g_strdup_printf("%s %s %s\n", at, level_names[level], clean);
    int fd = conductor_log_open(world->log_path);
    if (fd < 0)
        return;
    if (write(fd, line, strlen(line)) < 0) {
        /* Nowhere left to say so. */
    }
    rotate(world->log_path, fd);
    close(fd);
}

void conductor_log(const struct world *world, enum log_level level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    write_line(world, level, text);
}

void conductor_log_event(const struct world *world, const struct event *event)
{
    static const enum log_level levels[] = {[STORY_PLAIN] = LOG_LEVEL_INFO,
                                            [STORY_GOOD] = LOG_LEVEL_INFO,
                                            [STORY_WARN] = LOG_LEVEL_WARN,
                                            [STORY_BAD] = LOG_LEVEL_ERROR};
    if (!story_is_news(event))
        return;
    g_autofree char *sentence = story_sentence(event);
    const char *cell = story_cell(event);
    conductor_log(world, levels[story_tone(event)], "%s%s%s %s: %s", event->stream, cell ? " " : "",
                  cell ? cell : "", event->type, sentence);
}
