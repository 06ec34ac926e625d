#include "tests/screen/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_US (60 * G_USEC_PER_SEC)
/* Longer than celldeck waits for what may follow an Esc (screen.c). */
#define ESCAPE_MS 60
#define QUIET_MS  10

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct seat *seat = user;
    if (property == VTERM_PROP_ALTSCREEN)
        seat->alternate = value->boolean;
    if (property == VTERM_PROP_CURSORVISIBLE)
        seat->cursor = value->boolean;
    return 1;
}

static void run_child(struct seat *seat, char *const argv[], char *const env[])
{
    setsid();
    ioctl(seat->slave, TIOCSCTTY, 0);
    for (int fd = 0; fd < 3; fd++)
        dup2(seat->slave, fd);
    for (; *env; env++)
        putenv(*env);
    execv(argv[0], argv);
    _exit(127);
}

struct seat *seat_new(int rows, int cols, char *const argv[], char *const env[])
{
    static const VTermScreenCallbacks callbacks = {.settermprop = on_property};
    struct seat *seat = g_new0(struct seat, 1);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    if (openpty(&seat->master, &seat->slave, NULL, NULL, &size) < 0)
        g_error("openpty: %s", g_strerror(errno));
    fcntl(seat->master, F_SETFD, FD_CLOEXEC);
    tcgetattr(seat->slave, &seat->before);
    seat->rows = rows;
    seat->cols = cols;
    seat->cursor = true;
    seat->said = g_string_new(NULL);
    seat->vterm = vterm_new(rows, cols);
    vterm_set_utf8(seat->vterm, 1);
    seat->screen = vterm_obtain_screen(seat->vterm);
    vterm_screen_enable_altscreen(seat->screen, 1);
    vterm_screen_set_callbacks(seat->screen, &callbacks, seat);
    vterm_screen_reset(seat->screen, 1);
    fflush(stdout);
    seat->child = fork();
    if (seat->child == 0)
        run_child(seat, argv, env);
    return seat;
}

void seat_free(struct seat *seat)
{
    if (seat->child > 0) {
        kill(seat->child, SIGKILL);
        waitpid(seat->child, NULL, 0);
    }
    vterm_free(seat->vterm);
    g_string_free(seat->said, TRUE);
    close(seat->master);
    close(seat->slave);
    g_free(seat);
}

/* A cursor that was saved (DECSC) outside of what is left stays there in libvterm 0.1.4, which then
 * erases where there is nothing: it is saved anew. */
void seat_resize(struct seat *seat, int rows, int cols)
{
    static const char save_cursor[] = "\0337";
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    seat->rows = rows;
    seat->cols = cols;
    vterm_set_size(seat->vterm, rows, cols);
    seat_print(seat, save_cursor);
    ioctl(seat->master, TIOCSWINSZ, &size);
}

void seat_type_bytes(struct seat *seat, const char *bytes, size_t n)
{
    if (write(seat->master, bytes, n) < 0)
        g_error("typing: %s", g_strerror(errno));
}

void seat_type(struct seat *seat, const char *bytes)
{
    seat_type_bytes(seat, bytes, strlen(bytes));
}

static bool give_up(struct seat *seat, const char *what, const char *text);

bool seat_reads(struct seat *seat)
{
    gint64 until = g_get_monotonic_time() + PATIENCE_US;
    for (int unread = 1; g_get_monotonic_time() < until;) {
        if (waitpid(seat->child, &seat->status, WNOHANG) != 0)
            return false;
        if (ioctl(seat->slave, FIONREAD, &unread) == 0 && unread == 0)
            return true;
        seat_draw(seat, 5);
    }
    return give_up(seat, "read", "what was typed");
}

/* All of it: while the screen waits for what a thread of its own works out, more is to come. */
static bool sleeps(const struct seat *seat)
{
    g_autofree char *tasks = g_strdup_printf("/proc/%d/task", (int)seat->child);
    g_autoptr(GDir) dir = g_dir_open(tasks, 0, NULL);
    bool asleep = dir != NULL;
    for (const char *task; asleep && (task = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(tasks, task, "stat", NULL);
        g_autofree char *stat = NULL;
        bool there = g_file_get_contents(path, &stat, NULL, NULL); /* or it has just ended */
        asleep = !there || strstr(stat, ") S ");
    }
    return asleep;
}

/* A child that sleeps has written all that it will: what it wrote is on its way to us at most. */
static bool rests(struct seat *seat, int quiet_ms)
{
    gint64 until = g_get_monotonic_time() + PATIENCE_US;
    for (int seen = 0; seen < 2;) {
        if (g_get_monotonic_time() > until)
            return give_up(seat, "at rest", sleeps(seat) ? "it keeps drawing" : "it keeps busy");
        if (!seat_reads(seat))
            return false;
        seen = !seat_draw(seat, quiet_ms) && sleeps(seat) ? seen + 1 : 0;
    }
    return true;
}

bool seat_settled(struct seat *seat)
{
    return rests(seat, QUIET_MS);
}

/* Only after an Esc it sleeps and goes on by itself, in case that was the beginning of another key.
 */
bool seat_idle(struct seat *seat)
{
    return rests(seat, ESCAPE_MS);
}

void seat_print(struct seat *seat, const char *bytes)
{
    vterm_input_write(seat->vterm, bytes, strlen(bytes));
}

bool seat_said(const struct seat *seat, const char *bytes)
{
    return memmem(seat->said->str, seat->said->len, bytes, strlen(bytes)) != NULL;
}

bool seat_draw(struct seat *seat, int wait_ms)
{
    struct pollfd ready = {.fd = seat->master, .events = POLLIN};
    if (poll(&ready, 1, wait_ms) <= 0)
        return false;
    char bytes[8192];
    ssize_t n = read(seat->master, bytes, sizeof bytes);
    if (n <= 0)
        return false;
    g_string_append_len(seat->said, bytes, n);
    vterm_input_write(seat->vterm, bytes, (size_t)n);
    return true;
}

static void draw_some(struct seat *seat)
{
    seat_draw(seat, 50);
}

char *seat_row(struct seat *seat, int row)
{
    GString *text = g_string_new(NULL);
    VTermPos at = {.row = row < 0 ? seat->rows + row : row};
    for (at.col = 0; at.col < seat->cols; at.col++) {
        VTermScreenCell cell;
        vterm_screen_get_cell(seat->screen, at, &cell);
        if (cell.chars[0] == (uint32_t)-1)
            continue; /* right of a wide one */
        g_string_append_unichar(text, cell.chars[0] ? cell.chars[0] : ' ');
    }
    return g_strchomp(g_string_free(text, FALSE));
}

char *seat_text(struct seat *seat)
{
    GString *text = g_string_new(NULL);
    for (int row = 0; row < seat->rows; row++) {
        g_autofree char *line = seat_row(seat, row);
        g_string_append_printf(text, "%s\n", line);
    }
    return g_string_free(text, FALSE);
}

static bool give_up(struct seat *seat, const char *what, const char *text)
{
    g_autofree char *seen = seat_text(seat);
    printf("  never %s: %s\n%s", what, text, seen);
    return false;
}

/* Waits until what `read` gives contains `text`, or does not. */
static bool wait_text(struct seat *seat, int row, bool whole, const char *text, bool there)
{
    gint64 until = g_get_monotonic_time() + PATIENCE_US;
    while (g_get_monotonic_time() < until) {
        g_autofree char *seen = whole ? seat_text(seat) : seat_row(seat, row);
        if ((strstr(seen, text) != NULL) == there)
            return true;
        draw_some(seat);
    }
    return give_up(seat, there ? "seen" : "gone", text);
}

bool seat_shows(struct seat *seat, const char *text)
{
    return wait_text(seat, 0, true, text, true);
}

bool seat_hides(struct seat *seat, const char *text)
{
    return wait_text(seat, 0, true, text, false);
}

bool seat_row_shows(struct seat *seat, int row, const char *text)
{
    return wait_text(seat, row, false, text, true);
}

bool seat_ended(struct seat *seat)
{
    gint64 until = g_get_monotonic_time() + PATIENCE_US;
    while (g_get_monotonic_time() < until) {
        draw_some(seat);
        if (seat->child > 0 && waitpid(seat->child, &seat->status, WNOHANG) == seat->child)
            seat->child = 0;
        if (seat->child == 0)
            return true;
    }
    return give_up(seat, "ended", "the program");
}

static bool mode_as_before(const struct seat *seat)
{
    struct termios now;
    tcgetattr(seat->slave, &now);
    const struct termios *then = &seat->before;
    return now.c_iflag == then->c_iflag && now.c_oflag == then->c_oflag &&
           now.c_lflag == then->c_lflag && now.c_cflag == then->c_cflag &&
           memcmp(now.c_cc, then->c_cc, sizeof now.c_cc) == 0;
}

bool seat_restored(struct seat *seat)
{
    gint64 until = g_get_monotonic_time() + PATIENCE_US;
    while (g_get_monotonic_time() < until) {
        if (mode_as_before(seat) && !seat->alternate && seat->cursor)
            return true;
        draw_some(seat);
    }
    printf("  mode %s, alternate screen %s, cursor %s\n",
           mode_as_before(seat) ? "as before" : "CHANGED", seat->alternate ? "STILL ON" : "left",
           seat->cursor ? "shown" : "HIDDEN");
    return false;
}
