#include "tests/golden/glass.h"

#include "tui/console/keys.h"

#include <string.h>

struct screen {
    struct screen_events events;
    gpointer data;
    struct canvas *drawing, *shown;
};

static struct {
    struct screen *screen; /* the one that is open */
    int rows, cols;
    bool ascii;
} glass;

void glass_size(int rows, int cols, bool ascii)
{
    glass.rows = rows;
    glass.cols = cols;
    glass.ascii = ascii;
}

const struct canvas *glass_shown(void)
{
    return glass.screen ? glass.screen->shown : NULL;
}

static void settle(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

void glass_draw(void)
{
    glass.screen->events.draw(glass.screen->data);
    settle();
}

static void type_key(guint32 key)
{
    g_assert(key != KEY_CODE_NONE);
    glass.screen->events.key(key, glass.screen->data);
    settle();
}

void glass_type(const char *keys)
{
    g_auto(GStrv) words = g_strsplit(keys, " ", -1);
    for (char **word = words; *word; word++) {
        size_t length = strlen(*word);
        bool text = length > 2 && **word == '\'' && (*word)[length - 1] == '\'';
        if (!text && length > 0)
            type_key(key_parse(*word));
        for (size_t i = 1; text && i < length - 1; i++)
            type_key((guint32)(guchar)(*word)[i]);
    }
}

/* From here on, what screen.h promises. */

struct screen *screen_open(const struct screen_options *options, const struct screen_events *events,
                           gpointer data, GError **error)
{
    (void)options, (void)error;
    struct screen *screen = g_new0(struct screen, 1);
    screen->events = *events;
    screen->data = data;
    glass.screen = screen;
    return screen;
}

void screen_close(struct screen *screen)
{
    if (!screen)
        return;
    glass.screen = NULL;
    canvas_free(screen->drawing);
    canvas_free(screen->shown);
    g_free(screen);
}

struct canvas *screen_begin(struct screen *screen)
{
    canvas_free(screen->drawing);
    screen->drawing = canvas_new(glass.rows, glass.cols, glass.ascii);
    return screen->drawing;
}

void screen_show(struct screen *screen, int cursor_row, int cursor_col)
{
    (void)cursor_row, (void)cursor_col;
    canvas_free(screen->shown);
    screen->shown = g_steal_pointer(&screen->drawing);
}

bool screen_set_theme(struct screen *screen, const char *name, char **wrong, GError **error)
{
    (void)screen, (void)name, (void)error;
    *wrong = NULL;
    return true;
}

void screen_redraw_all(struct screen *screen)
{
    (void)screen;
}

const struct canvas *screen_shown(const struct screen *screen)
{
    return screen->shown;
}

bool screen_mouse(struct screen *screen, bool on)
{
    (void)screen, (void)on;
    return true;
}

enum clipboard_way screen_copy(struct screen *screen, const char *text)
{
    (void)screen, (void)text;
    return CLIPBOARD_PLAIN;
}

const char *screen_notice(const struct screen *screen)
{
    (void)screen;
    return NULL;
}
