#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/conduct.h"
#include "rollout/story.h"

#include <fcntl.h>
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
    g_autofree char *sentence = story_sentence(event);
    const char *cell = story_cell(event);
    conductor_log(world, levels[story_tone(event)], "%s%s%s %s: %s", event->stream, cell ? " " : "",
                  cell ? cell : "", event->type, sentence);
}
