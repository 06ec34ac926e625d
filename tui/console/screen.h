/* Canvases onto the terminal, and keys from it: the only user of ncurses.
 *
 * ncurses does not write to the terminal. It writes a frame into a file in memory, and the GLib
 * loop carries that to the terminal as fast as it takes it. A terminal that isn't read would block
 * refresh(), or make it spin; a pipe in between would block just so once a frame outgrew it.
 * No frame is drawn before the last one has left: a slow line drops frames, never keys. */
#pragma once

#include "tui/console/canvas.h"
#include "tui/console/clipboard.h"

#include <stdbool.h>

struct pointer;
struct screen;

struct screen_options {
    const char *theme;        /* NULL: the default */
    const char *theme_folder; /* of people's own themes, or NULL */
    const char *accent;       /* of ROLE_FLEET (theme.h), or NULL */
    bool ascii;               /* even where the locale is UTF-8 */
    bool no_color;            /* as NO_COLOR does */
};

struct screen_events {
    void (*key)(guint32 key, gpointer data);
    /* Text was pasted: one line, whatever it was. */
    void (*paste)(const char *text, gpointer data);
    /* Somebody clicked, or turned the wheel (pointer.h): whatever screen_mouse() was told, as what
     * the terminal had sent before it heard of that comes later. */
    void (*pointer)(const struct pointer *pointer, gpointer data);
    /* A frame is wanted: the size changed, the terminal came back, or the line is free again
     * after screen_show had to refuse a frame. */
    void (*draw)(gpointer data);
    /* The terminal is gone (its reading end said so). */
    void (*gone)(gpointer data);
};

/* Takes the terminal (see terminal.h) and joins the default main context. CD_ERROR_USAGE where
 * there is no terminal, or one that can't place its cursor. */
struct screen *screen_open(const struct screen_options *options, const struct screen_events *events,
                           gpointer data, GError **error);
void screen_close(struct screen *screen);

/* A cleared canvas of the terminal's size, or NULL while the last frame is still leaving (draw is
 * then called later). Belongs to the screen; valid until screen_show. */
struct canvas *screen_begin(struct screen *screen);
/* Sends what differs from the last frame; nothing if nothing does. `cursor_row` < 0: hidden. */
void screen_show(struct screen *screen, int cursor_row, int cursor_col);

/* The canvas of the last frame, or NULL; valid until the next screen_show(). */
const struct canvas *screen_shown(const struct screen *screen);

/* From now on the terminal reports clicks and the wheel, or the mouse is all its own again, as it
 * is at first and after every exit. False, and nothing is sent, where it has none that could be
 * asked for. */
bool screen_mouse(struct screen *screen, bool on);

/* Into the clipboard of the terminal, as clipboard_sequence() has it: the way it went. Nothing is
 * sent where the text is too long, or for CLIPBOARD_NONE. */
enum clipboard_way screen_copy(struct screen *screen, const char *text);

/* Another theme from the next frame on. False with CD_ERROR_USAGE where there is none of that name;
 * *wrong as theme_load() has it. */
bool screen_set_theme(struct screen *screen, const char *name, char **wrong, GError **error);

/* Everything anew at the next frame (Ctrl-L): for a line that was garbled by others. */
void screen_redraw_all(struct screen *screen);

/* What should be known about this terminal ("TERM=foo is unknown here: ...") or the theme's file,
 * or NULL. */
const char *screen_notice(const struct screen *screen);
