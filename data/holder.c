#include "data/holder.h"

#include <string.h>
#include <unistd.h>

/* Field 22 of /proc/PID/stat; -1: no such process, or one that has only to be buried. The name in
 * field 2 may hold anything, parentheses and spaces included. */
static gint64 started_ticks(gint64 pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%" G_GINT64_FORMAT "/stat", pid);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return -1;
    const char *after_name = strrchr(text, ')');
    if (!after_name)
        return -1;
    g_auto(GStrv) fields = g_strsplit(after_name + 1, " ", -1);
    enum { STATE = 1, STARTED = 20 };
    if (g_strv_length(fields) <= STARTED || strchr("ZXx", *fields[STATE]))
        return -1;
    return g_ascii_strtoll(fields[STARTED], NULL, 10);
}

struct holder *holder_self(void)
{
    struct holder *self = g_new0(struct holder, 1);
    self->host = g_strdup(g_get_host_name());
    if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &self->boot, NULL, NULL))
        self->boot = g_strdup("unknown");
    g_strstrip(self->boot);
    self->pids = g_file_read_link("/proc/self/ns/pid", NULL);
    if (!self->pids)
        self->pids = g_strdup("unknown");
    self->pid = getpid();
    self->started = started_ticks(self->pid);
    return self;
}

struct holder *holder_copy(const struct holder *holder)
{
    struct holder *copy = g_new(struct holder, 1);
    *copy = *holder;
    copy->host = g_strdup(holder->host);
    copy->boot = g_strdup(holder->boot);
    copy->pids = g_strdup(holder->pids);
    return copy;
}

void holder_free(struct holder *holder)
{
    if (!holder)
        return;
    g_free(holder->host);
    g_free(holder->boot);
    g_free(holder->pids);
    g_free(holder);
}

bool holder_may_live(const struct holder *holder, const struct holder *self)
{
    if (strcmp(holder->host, self->host) != 0)
        return true;
    if (strcmp(holder->boot, self->boot) != 0)
        return false;
    if (strcmp(holder->pids, self->pids) != 0)
        return true;
    return started_ticks(holder->pid) == holder->started && holder->started >= 0;
}
