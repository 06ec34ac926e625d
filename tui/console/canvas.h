/* A picture of the screen in memory: what views draw on. It knows neither ncurses nor a terminal,
 * so a view is tested by reading the canvas back, and a frame equal to the last costs no byte.
 *
 * canvas_text is the one place through which every text on the screen passes: it goes through
 * text_clean() there. In ASCII mode it also stands one plain character in for each symbol that
 * celldeck draws with, and `?` for any other that the terminal can't show. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What a piece of text means. A theme says how that looks. */
enum role {
    ROLE_NORMAL,
    ROLE_DIM,
    ROLE_GOOD,
    ROLE_WARN,
    ROLE_BAD,
    ROLE_UNKNOWN, /* stale or never read */
    ROLE_ACCENT,
    ROLE_HEADER, /* column titles */
    ROLE_TITLE,
    ROLE_KEY,   /* keys in the hints */
    ROLE_ALERT, /* the bar over everything: WRITE, a notice of failure */
    ROLE_FLEET, /* the fleet's name, in its own colour */
    ROLE_COUNT
};

struct canvas_cell {
    char text[12]; /* one character with its marks; "" right of a wide one */
    guint8 role;
    bool selected;
    guint16 hotspot; /* 1 + its place among the canvas' hotspots; 0: it is part of none */
};

/* What a part of the picture stands for, to somebody who points at it. */
struct hotspot {
    enum hotspot_kind {
        HOTSPOT_ROW,    /* of a list: `id` */
        HOTSPOT_COLUMN, /* of a table: the title of column number `which` */
        HOTSPOT_LEVEL,  /* of the way here: level `which` */
        HOTSPOT_REQUEST /* `which` as a key would ask for it */
    } kind;
    int which;
    const char *id; /* NULL where it has none */
};

struct canvas {
    int rows, cols;
    bool ascii;
    struct canvas_cell *cells; /* rows * cols */
    GArray *hotspots;          /* struct hotspot, in the order they were put */
    GStringChunk *ids;         /* of hotspots */
};

/* A part of the canvas. */
struct area {
    int row, col, rows, cols;
};

struct canvas *canvas_new(int rows, int cols, bool ascii);
void canvas_free(struct canvas *canvas);
void canvas_clear(struct canvas *canvas);

/* Writes `text` from (row, col), in at most `cols` columns, cut with `…` where it is longer; what
 * lies outside the canvas is dropped. Returns the columns used. `text` may be NULL. */
int canvas_text(struct canvas *canvas, int row, int col, int cols, enum role role,
                const char *text);
/* The same, ending at column `col + cols`. */
int canvas_right(struct canvas *canvas, int row, int col, int cols, enum role role,
                 const char *text);
int canvas_printf(struct canvas *canvas, int row, int col, int cols, enum role role,
                  const char *format, ...) G_GNUC_PRINTF(6, 7);
/* `cols` times the same symbol. */
void canvas_fill(struct canvas *canvas, int row, int col, int cols, enum role role,
                 const char *symbol);
/* Marks a row as the selected one. */
void canvas_select(struct canvas *canvas, int row, int col, int cols);
/* Makes a part of a row stand for `hotspot` (its id is copied). It is said after drawing: what is
 * drawn over it is part of it no longer. */
void canvas_hotspot(struct canvas *canvas, int row, int col, int cols,
                    const struct hotspot *hotspot);
/* What is there to be pointed at, or NULL. Valid until the canvas is cleared. */
const struct hotspot *canvas_hotspot_at(const struct canvas *canvas, int row, int col);
/* A frame of lines around `area`. */
void canvas_box(struct canvas *canvas, const struct area *area, enum role role);

/* Puts the whole of another canvas there, but for its hotspots; what lies outside is dropped. */
void canvas_paste(struct canvas *canvas, int row, int col, const struct canvas *from);

/* One row as text, without spaces at its end; the whole, a line a row. Caller frees. */
char *canvas_row(const struct canvas *canvas, int row);
char *canvas_dump(const struct canvas *canvas);
