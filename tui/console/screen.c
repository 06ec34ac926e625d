#include "tui/console/screen.h"

#include "data/base/error.h"
#include "tui/console/keys.h"
#include "tui/console/look.h"
#include "tui/console/pointer.h"
#include "tui/console/screen_key.h"
#include "tui/console/terminal.h"
#include "tui/console/terminal_modes.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>

/* People press Esc to go back: it must not wait for what a function key would send next. */
#define ESCAPE_DELAY_MS 25
#define SMALLEST_ROWS   1
#define LARGEST_ROWS    500
#define LARGEST_COLS    1000
#define LONGEST_PASTE   4096 /* bytes: nothing that is asked for here is as long */
#define CTRL_C          3    /* for a paste whose end was lost */

struct screen {
    SCREEN *curses;
    FILE *frames, *input; /* what ncurses writes to and reads from */
    int frame_fd, tty_fd;
    struct look look;
    struct canvas *canvas, *shown; /* `shown`: NULL until the first frame */
    GByteArray *leaving;           /* of the last frame, not yet taken by the terminal */
    gsize left;                    /* of `leaving`, already taken */
    guint read_source, wake_source, write_source;
    WINDOW *keys;
    struct terminal_modes modes;
    GString *paste; /* what is being pasted; NULL: nothing is */
    struct pointer_reader pointer;
    bool ascii, refused, everything;
    bool unknown; /* terminfo does not have it: no more is asked of it than there must be */
    char *notice;
    struct screen_events events;
    gpointer data;
};

static gboolean on_writable(gint fd, GIOCondition condition, gpointer data);

/* True while the terminal has not taken everything. */
static bool push(struct screen *screen)
{
    while (screen->left < screen->leaving->len) {
        ssize_t n = write(screen->tty_fd, screen->leaving->data + screen->left,
                          screen->leaving->len - screen->left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return true;
        if (n <= 0)
            break; /* gone; the reading side will say so */
        screen->left += (gsize)n;
    }
    g_byte_array_set_size(screen->leaving, 0);
    screen->left = 0;
    return false;
}

static void push_or_wait(struct screen *screen)
{
    if (push(screen) && !screen->write_source)
        screen->write_source = g_unix_fd_add_full(G_PRIORITY_HIGH, screen->tty_fd, G_IO_OUT,
                                                  on_writable, screen, NULL);
}

static void leave_text(struct screen *screen, const char *text)
{
    g_byte_array_append(screen->leaving, (const guint8 *)text, (guint)strlen(text));
}

/* Takes what ncurses wrote. */
static void pump(struct screen *screen)
{
    fflush(screen->frames);
    off_t size = lseek(screen->frame_fd, 0, SEEK_CUR);
    if (size > 0) {
        leave_text(screen, screen->modes.frame_begin);
        guint before = screen->leaving->len;
        g_byte_array_set_size(screen->leaving, before + (guint)size);
        ssize_t n = pread(screen->frame_fd, screen->leaving->data + before, (size_t)size, 0);
        g_byte_array_set_size(screen->leaving, before + (guint)MAX(n, 0));
        lseek(screen->frame_fd, 0, SEEK_SET);
        leave_text(screen, screen->modes.frame_end);
    }
    push_or_wait(screen);
}

static gboolean on_writable(gint fd, GIOCondition condition, gpointer data)
{
    (void)fd, (void)condition;
    struct screen *screen = data;
    if (push(screen))
        return G_SOURCE_CONTINUE;
    screen->write_source = 0;
    if (screen->refused) {
        screen->refused = false;
        screen->events.draw(screen->data);
    }
    return G_SOURCE_REMOVE;
}

static bool same_look(const struct canvas_cell *a, const struct canvas_cell *b)
{
    return a->role == b->role && a->selected == b->selected;
}

static void put_run(const struct canvas_cell *cells, int row, int col, int n)
{
    GString *text = g_string_sized_new((gsize)n * 2);
    for (int i = 0; i < n; i++)
        g_string_append(text, cells[i].text);
    mvaddstr(row, col, text->str);
    g_string_free(text, TRUE);
}

static void put_row(struct screen *screen, int row)
{
    const struct canvas *canvas = screen->canvas;
    const struct canvas_cell *cells = &canvas->cells[row * canvas->cols];
    for (int col = 0, n; col < canvas->cols; col += n) {
        for (n = 1; col + n < canvas->cols && same_look(&cells[col], &cells[col + n]); n++)
            ;
        look_set(&screen->look, &cells[col]);
        put_run(&cells[col], row, col, n);
    }
}

static bool row_changed(const struct screen *screen, int row)
{
    const struct canvas *now = screen->canvas, *before = screen->shown;
    if (!before || screen->everything)
        return true;
    const struct canvas_cell *a = &now->cells[row * now->cols],
                             *b = &before->cells[row * now->cols];
    for (int col = 0; col < now->cols; col++)
        if (!same_look(&a[col], &b[col]) || strcmp(a[col].text, b[col].text) != 0)
            return true;
    return false;
}

struct canvas *screen_begin(struct screen *screen)
{
    if (screen->leaving->len > 0) {
        screen->refused = true;
        return NULL;
    }
    int rows = LINES, cols = COLS;
    terminal_size(&rows, &cols);
    rows = CLAMP(rows, SMALLEST_ROWS, LARGEST_ROWS);
    cols = CLAMP(cols, SMALLEST_ROWS, LARGEST_COLS);
    if (rows != LINES || cols != COLS)
        resizeterm(rows, cols);
    if (!screen->canvas || screen->canvas->rows != rows || screen->canvas->cols != cols) {
        canvas_free(screen->canvas);
        canvas_free(g_steal_pointer(&screen->shown));
        screen->canvas = canvas_new(rows, cols, screen->ascii);
        screen->everything = true;
    }
    canvas_clear(screen->canvas);
    return screen->canvas;
}

void screen_show(struct screen *screen, int cursor_row, int cursor_col)
{
    if (screen->everything)
        clearok(curscr, TRUE);
    for (int row = 0; row < screen->canvas->rows; row++)
        if (row_changed(screen, row))
            put_row(screen, row);
    screen->everything = false;
    leaveok(stdscr, cursor_row < 0);
    curs_set(cursor_row >= 0);
    if (cursor_row >= 0)
        move(cursor_row, cursor_col);
    refresh();
    pump(screen);
    struct canvas *before = screen->shown;
    screen->shown = screen->canvas;
    screen->canvas =
        before ? before : canvas_new(screen->shown->rows, screen->shown->cols, screen->ascii);
}

void screen_redraw_all(struct screen *screen)
{
    screen->everything = true;
}

const struct canvas *screen_shown(const struct screen *screen)
{
    return screen->shown;
}

bool screen_mouse(struct screen *screen, bool on)
{
    bool can = *screen->modes.mouse_on != '\0';
    terminal_want_mouse(on);
    leave_text(screen, on ? screen->modes.mouse_on : screen->modes.mouse_off);
    push_or_wait(screen);
    return can;
}

const char *screen_notice(const struct screen *screen)
{
    return screen->notice;
}

static void take_key(struct screen *screen, guint32 key, guint32 next)
{
    struct pointer pointer;
    enum pointer_result result =
        pointer_take(&screen->pointer, key, next, g_get_monotonic_time() / 1000, &pointer);
    if (result == POINTER_COMPLETE)
        screen->events.pointer(&pointer, screen->data);
    else if (result == POINTER_UNKNOWN)
        screen->events.key(KEY_CODE_OTHER, screen->data);
    else if (result == POINTER_IS_KEY && key != KEY_CODE_NONE && key != KEY_CODE_PASTE_END)
        screen->events.key(key, screen->data);
}

/* What comes between the marks of a paste is text, and no key. */
static void take(struct screen *screen, guint32 key, guint32 next)
{
    if (key == KEY_CODE_PASTE_BEGIN && !screen->paste) {
        screen->paste = g_string_new(NULL);
    } else if (!screen->paste) {
        take_key(screen, key, next);
    } else if (key == KEY_CODE_PASTE_END || key == CTRL_C || screen->paste->len > LONGEST_PASTE) {
        g_autofree char *text = g_string_free(g_steal_pointer(&screen->paste), FALSE);
        screen->events.paste(text, screen->data);
    } else {
        g_string_append_unichar(screen->paste, key < KEY_CODE_NONE && key >= ' ' ? key : ' ');
    }
}

/* All that has come: whether an Esc is one is told by what came with it. */
static GArray *read_keys(struct screen *screen)
{
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(guint32));
    wint_t got;
    int kind;
    while ((kind = wget_wch(screen->keys, &got)) != ERR) {
        guint32 key = screen_key(kind, got);
        g_array_append_val(keys, key);
    }
    return keys;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
    (void)fd;
    struct screen *screen = data;
    g_autoptr(GArray) keys = read_keys(screen);
    for (guint i = 0; i < keys->len; i++)
        take(screen, g_array_index(keys, guint32, i),
             i + 1 < keys->len ? g_array_index(keys, guint32, i + 1) : KEY_CODE_NONE);
    if (keys->len == 0 && (condition & (G_IO_HUP | G_IO_ERR))) {
        screen->read_source = 0;
        screen->events.gone(screen->data);
        return G_SOURCE_REMOVE;
    }
    pump(screen);
    return G_SOURCE_CONTINUE;
}

static gboolean on_wake(gint fd, GIOCondition condition, gpointer data)
{
    (void)fd, (void)condition;
    struct screen *screen = data;
    if (terminal_woken() & TERMINAL_CONTINUED) {
        screen->everything = true;
        curs_set(0); /* as the terminal was entered again; the next frame shows it where wanted */
    }
    screen->events.draw(screen->data);
    return G_SOURCE_CONTINUE;
}

static const char *capability(const char *name)
{
    const char *value = tigetstr(name);
    return value && value != (char *)-1 ? value : "";
}

static bool is_xterm_like(void)
{
    return tigetflag("XT") > 0 || *capability("BE") || *capability("Sync");
}

/* A Linux console's entry has kmous too, which its own gpm would send, and no xterm's modes. */
static bool reports_mouse(void)
{
    const char *name = g_getenv("TERM") ? g_getenv("TERM") : "";
    bool multiplexer = g_str_has_prefix(name, "screen") || g_str_has_prefix(name, "tmux");
    return *capability("kmous") && (is_xterm_like() || multiplexer);
}

/* Leaving the other screen brings back what some terminals kept of the cursor: show it last. Where
 * there is no other screen, the shell goes on in the last line of this one. */
static void tell_terminal_sequences(const struct terminal_modes *modes)
{
    const char *other_screen = capability("rmcup");
    static const char cancel[] = "\x18"; /* ends a sequence cut in its middle */
    g_autofree char *leave =
        g_strconcat(cancel, modes->frame_end, modes->mouse_off, modes->paste_off,
                    capability("sgr0"), capability("op"), modes->whole_region, capability("rmkx"),
                    *other_screen ? other_screen : modes->last_line, capability("cnorm"), NULL);
    g_autofree char *enter = g_strconcat(capability("smcup"), capability("smkx"),
                                         capability("civis"), modes->paste_on, NULL);
    terminal_set_sequences(leave, enter, modes->mouse_on);
}

static SCREEN *try_terminal(struct screen *screen, const char *name)
{
    int status = 0;
    if (!name || !*name || setupterm(name, screen->frame_fd, &status) == ERR)
        return NULL;
    bool able = *capability("cup") != '\0';
    del_curterm(cur_term);
    return able ? newterm(name, screen->frames, screen->input) : NULL;
}

static bool begin_curses(struct screen *screen, GError **error)
{
    const char *const fallbacks[] = {"xterm-256color", "xterm", "vt100", "ansi"};
    const char *name = g_getenv("TERM");
    screen->curses = try_terminal(screen, name);
    bool dumb = name && strcmp(name, "dumb") == 0;
    for (size_t i = 0; !screen->curses && !dumb && i < G_N_ELEMENTS(fallbacks); i++) {
        screen->curses = try_terminal(screen, fallbacks[i]);
        screen->unknown = true;
        if (screen->curses)
            screen->notice = g_strdup_printf("TERM=%s is unknown here; shown as %s would be",
                                             name ? name : "", fallbacks[i]);
    }
    if (!screen->curses)
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "the console can't be shown on TERM=%s: it can't place the cursor "
                    "(`celldeck status` needs no such thing)",
                    name ? name : "");
    return screen->curses != NULL;
}

bool screen_set_theme(struct screen *screen, const char *name, char **wrong, GError **error)
{
    bool good = look_set_theme(&screen->look, name, wrong, error);
    screen->everything |= good;
    return good;
}

static bool begin_look(struct screen *screen, const struct screen_options *options, GError **error)
{
    g_autofree char *wrong = NULL;
    bool good = look_begin(&screen->look, options, &wrong, error);
    if (wrong && !screen->notice)
        screen->notice = g_steal_pointer(&wrong);
    return good;
}

static void begin_input(struct screen *screen)
{
    noecho();
    nonl();
    raw();
    screen->keys = newpad(1, 1); /* a pad, so that asking for a key never refreshes anything */
    keypad(screen->keys, TRUE);
    nodelay(screen->keys, TRUE);
    set_escdelay(ESCAPE_DELAY_MS);
    screen_key_define(*screen->modes.mouse_on != '\0');
    screen->read_source = g_unix_fd_add_full(
        G_PRIORITY_HIGH, screen->tty_fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, screen, NULL);
    screen->wake_source = g_unix_fd_add(terminal_wake_fd(), G_IO_IN, on_wake, screen);
}

static bool begin(struct screen *screen, const struct screen_options *options, GError **error)
{
    screen->frame_fd = memfd_create("frame", MFD_CLOEXEC);
    screen->frames = screen->frame_fd >= 0 ? fdopen(screen->frame_fd, "w") : NULL;
    if (!screen->frames) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "memfd_create: %s", g_strerror(errno));
        return false;
    }
    screen->tty_fd = terminal_open(error);
    if (screen->tty_fd < 0)
        return false;
    screen->input = fdopen(dup(screen->tty_fd), "r");
    use_env(FALSE);   /* LINES and COLUMNS of a shell that has since been resized; */
    use_tioctl(TRUE); /* else an entry that has no size, as a Linux console's, is refused */
    if (!begin_curses(screen, error) || !begin_look(screen, options, error))
        return false;
    screen->modes = terminal_modes(capability("csr"), !screen->unknown && is_xterm_like(),
                                   !screen->unknown && reports_mouse());
    tell_terminal_sequences(&screen->modes);
    begin_input(screen);
    pump(screen); /* ncurses begins with the region of the size that terminfo has */
    leave_text(screen, screen->modes.whole_region);
    leave_text(screen, screen->modes.paste_on);
    push_or_wait(screen);
    return true;
}

struct screen *screen_open(const struct screen_options *options, const struct screen_events *events,
                           gpointer data, GError **error)
{
    struct screen *screen = g_new0(struct screen, 1);
    screen->tty_fd = -1;
    screen->leaving = g_byte_array_new();
    screen->events = *events;
    screen->data = data;
    screen->ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    screen->everything = true;
    if (begin(screen, options, error))
        return screen;
    screen_close(screen);
    return NULL;
}

void screen_close(struct screen *screen)
{
    if (!screen)
        return;
    terminal_close();
    g_clear_handle_id(&screen->read_source, g_source_remove);
    g_clear_handle_id(&screen->wake_source, g_source_remove);
    g_clear_handle_id(&screen->write_source, g_source_remove);
    if (screen->keys)
        delwin(screen->keys);
    if (screen->curses)
        delscreen(screen->curses);
    if (screen->frames)
        fclose(screen->frames);
    if (screen->input)
        fclose(screen->input);
    canvas_free(screen->canvas);
    canvas_free(screen->shown);
    g_byte_array_unref(screen->leaving);
    if (screen->paste)
        g_string_free(screen->paste, TRUE);
    look_release(&screen->look);
    g_free(screen->notice);
    g_free(screen);
}
