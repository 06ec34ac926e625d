/* What is typed at a terminal, key by key, or comes through a pipe, line by line. */
#include "data/base/when.h"
#include "tui/console/terminal.h"
#include "tui/linear/linear_inside.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

enum { SETTLE_MS = 500, LINE_MOST = 4096 };

static void take_line(struct linear *linear, const char *line)
{
    if (linear->busy) {
        voice_printf(linear->voice, "Still %s: what was typed was not taken.", linear->busy);
        return;
    }
    linear_tell_news(linear, true);
    if (linear->page) {
        bool on = !*line || *line == 'y' || *line == 'Y';
        bool other =
            !on && strcmp(line, "n") != 0 && strcmp(line, "no") != 0 && strcmp(line, "q") != 0;
        linear_turn_page(linear, on);
        if (linear->dialog && !linear->page)
            linear_forget_typed_ahead(linear);
        if (!other || linear->dialog)
            return;
    }
    if (linear->dialog)
        linear_answer_question(linear, line);
    else
        linear_do(linear, line);
}

/* Read, not flushed: whoever typed it is told that it was not taken (linear_settled()). */
void linear_forget_typed_ahead(struct linear *linear)
{
    guchar bytes[256];
    ssize_t n;
    while ((n = read(linear->fd, bytes, sizeof bytes)) > 0)
        linear->dropped |= n > 1 || bytes[0] != '\n';
    linear->asked_now = true;
    linear_settle(linear);
}

static void on_whole_line(struct linear *linear)
{
    g_autofree char *line = g_strstrip(g_strdup(linear->ear.text->str));
    ear_begin(&linear->ear, NULL);
    voice_raw(linear->voice, "\r\n");
    take_line(linear, line);
    linear_prompt(linear);
}

static void on_heard(struct linear *linear, enum heard heard)
{
    switch (heard) {
    case HEARD_LINE:
        on_whole_line(linear);
        break;
    case HEARD_CANCEL:
        ear_begin(&linear->ear, NULL);
        voice_raw(linear->voice, "\r\n");
        linear_cancel(linear);
        linear_prompt(linear);
        break;
    case HEARD_LEAVE:
        g_main_loop_quit(linear->loop);
        break;
    case HEARD_STOP:
        terminal_suspend();
        break;
    case HEARD_AGAIN:
        voice_raw(linear->voice, "\r\n");
        linear_prompt(linear);
        break;
    case HEARD_TAB:
        linear_complete(linear);
        break;
    case HEARD_NOTHING:
        break;
    }
}

static void hear_byte(struct linear *linear, guchar byte)
{
    g_autoptr(GString) echo = g_string_new(NULL);
    enum heard heard = ear_hear(&linear->ear, byte, echo);
    if (echo->len)
        voice_raw(linear->voice, echo->str);
    on_heard(linear, heard);
}

void linear_settle(struct linear *linear)
{
    linear->settles = true;
    linear->key_ms = when_mono_ms();
}

void linear_settled(struct linear *linear)
{
    if (!linear->settles || when_mono_ms() - linear->key_ms < SETTLE_MS)
        return;
    linear->settles = false;
    if (!linear->dropped)
        return;
    linear->dropped = false;
    voice_raw(linear->voice, "\r\n");
    voice_line(linear->voice, "What was typed as this came is not taken: type it again.");
    linear_prompt(linear);
}

/* Whether keys count; Ctrl-C always does. */
static bool counts(struct linear *linear, const guchar *bytes, size_t n)
{
    linear_settled(linear);
    linear->key_ms = when_mono_ms();
    bool leaves = n && memchr(bytes, 3, n);
    linear->dropped |= linear->settles && !leaves;
    return !linear->settles || leaves;
}

static gboolean on_keys(gint fd, GIOCondition condition, gpointer data)
{
    struct linear *linear = data;
    guchar bytes[256];
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) ||
        (n < 0 && (condition & (G_IO_HUP | G_IO_ERR)))) {
        linear->in_source = 0;
        g_main_loop_quit(linear->loop);
        return G_SOURCE_REMOVE;
    }
    bool taken = n > 0 && counts(linear, bytes, (size_t)n);
    ssize_t i = 0;
    linear->asked_now = false;
    while (taken && i < n && !linear->asked_now)
        hear_byte(linear, bytes[i++]);
    linear->dropped |= taken && i < n && bytes[i] != '\n';
    return G_SOURCE_CONTINUE;
}

/* Continued after a stop, the line is shown again; another size changes only what is said next. */
static gboolean on_wake(gint fd, GIOCondition condition, gpointer data)
{
    struct linear *linear = data;
    (void)fd, (void)condition;
    if (terminal_woken() & TERMINAL_CONTINUED)
        linear_prompt(linear);
    return G_SOURCE_CONTINUE;
}

/* One at a time, each when what the one before asked for has come. */
void linear_take_lines(struct linear *linear)
{
    while (linear->ready && !linear->busy && !g_queue_is_empty(&linear->lines)) {
        g_autofree char *line = g_queue_pop_head(&linear->lines);
        linear_do(linear, line);
    }
    bool all_done = linear->ended && linear->ready && !linear->busy;
    if (all_done && g_queue_is_empty(&linear->lines))
        g_main_loop_quit(linear->loop);
}

static void keep_lines(struct linear *linear)
{
    for (char *end; (end = strchr(linear->heard->str, '\n'));) {
        gsize n = (gsize)(end - linear->heard->str);
        g_queue_push_tail(&linear->lines, g_strstrip(g_strndup(linear->heard->str, n)));
        g_string_erase(linear->heard, 0, (gssize)n + 1);
    }
    if (linear->heard->len > LINE_MOST)
        g_string_truncate(linear->heard, 0);
}

static gboolean on_bytes(gint fd, GIOCondition condition, gpointer data)
{
    struct linear *linear = data;
    char bytes[4096];
    (void)condition;
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return G_SOURCE_CONTINUE;
    if (n > 0)
        g_string_append_len(linear->heard, bytes, n);
    linear->ended = n <= 0;
    if (linear->ended && linear->heard->len)
        g_string_append_c(linear->heard, '\n');
    keep_lines(linear);
    linear_take_lines(linear);
    if (linear->ended)
        linear->in_source = 0;
    return linear->ended ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

void linear_listen(struct linear *linear)
{
    if (linear->fd < 0) {
        linear->in_source = g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_bytes, linear);
        return;
    }
    linear->in_source = g_unix_fd_add(linear->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_keys, linear);
    linear->wake_source = g_unix_fd_add(terminal_wake_fd(), G_IO_IN, on_wake, linear);
}
