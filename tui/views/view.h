/* A screen of the console. One file a screen, ending in its `const struct view`; its name, its keys
 * and what leads to it stand in views.h.
 *
 * draw() is a pure read of the view's state and the deck; key() says what should happen and neither
 * draws nor does I/O; prepare() is where a view follows a deck that has changed: it is called
 * before every draw. Members that may be NULL are marked (may be NULL). */
#pragma once

#include "tui/console/canvas.h"
#include "tui/views/deck.h"
#include "tui/views/requests.h"

enum {
    REACT_NONE = 0,
    REACT_REDRAW = 1 << 0,
    REACT_OPEN = 1 << 1,  /* the screen `view` on `subject` */
    REACT_TURN = 1 << 2,  /* the same screen on another `subject` */
    REACT_ACT = 1 << 3,   /* ask, then do `request` to `subject` */
    REACT_THEME = 1 << 4, /* looks like the theme `subject` from now on */
    REACT_BACK = 1 << 5,  /* to the screen before */
    REACT_UNUSED = 1 << 6 /* not a key of this screen */
};

struct reaction {
    unsigned what;
    enum view_id view;
    enum request request;
    const char *subject; /* an id, borrowed until the next prepare(); may be NULL */
};

/* What a screen, or its selected row, is about: ids, borrowed until the next prepare(). NULL where
 * it is about none such. Keys that lead to related screens go by it. */
struct topic {
    const char *cell, *tenant, *operation, *version, *alarm;
};

struct list;
struct sheet;

enum work {
    WORK_NONE,
    WORK_AHEAD, /* what nobody has asked for yet */
    WORK_ASKED  /* what is shown is not yet what was asked for */
};

struct view {
    /* What a key does now, in a word, where that is not what it is called; may be NULL, and return
     * NULL: that. */
    const char *(*word)(const void *state, const struct deck *deck, enum request request);
    bool finds;                /* opens with its filter being typed */
    const struct sheet *sheet; /* its table, if people may arrange it; may be NULL */
    const enum request *hints; /* keys worth showing, most useful first, up to REQUEST_COUNT */
    void *(*open)(void);
    void (*close)(void *state);
    void (*prepare)(void *state, const struct deck *deck, const struct area *area);
    void (*draw)(const void *state, const struct deck *deck, struct canvas *canvas,
                 const struct area *area);
    /* Adds the ids (const char *, borrowed) of the cells that it shows now; may be NULL: none. */
    void (*cells)(const void *state, const struct deck *deck, GPtrArray *ids);
    /* The list that it goes through, whose place is told at the bottom; may be NULL: none. */
    const struct list *(*list)(const void *state);
    /* The list whose rows can be pointed at (view_show_row); may be NULL: that one. */
    const struct list *(*rows)(const void *state);
    /* May be NULL: what it is open on, and no more. */
    struct topic (*topic)(const void *state, const struct deck *deck);
    /* Whether a request of the screen would find something to do now: what hints and help show. A
     * key that is pressed all the same says why not. May be NULL: always. */
    bool (*can)(const void *state, const struct deck *deck, enum request request);
    /* How far back (ms) it shows its cells' metrics; may be NULL: no further than is kept anyway.
     */
    gint64 (*past_ms)(const void *state);
    /* What prepare() wants to be called again for when nobody waits for anything else; may be NULL:
     * nothing, ever. */
    enum work (*works)(const void *state);
    struct reaction (*key)(void *state, const struct deck *deck, enum request request);
};

#define VIEW_EXTERN(id, name, way, takes, keys, summary) extern const struct view view_##name;
VIEWS(VIEW_EXTERN)
const struct view *view_of(enum view_id id);

/* The list of the screen, or NULL. */
const struct list *view_list(const struct view *view, const void *state);

/* Whether it shows what is read from git when it is opened. */
bool view_reads_releases(enum view_id id);

/* Whether a request is worth showing: it can be done, here and now, by these people. */
bool view_offers(const struct view *view, const void *state, const struct deck *deck,
                 enum request request);

/* Row `at` of the list is drawn on this row of the canvas: it can be pointed at, and looks selected
 * where it is. */
void view_show_row(const struct list *list, int at, struct canvas *canvas, int row);

/* The requests that move in a list: done, and REACT_REDRAW; else REACT_UNUSED. */
struct reaction view_move(struct list *list, enum request request);
