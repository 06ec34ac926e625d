/* A list of rows of which one is selected: a model that knows nothing of drawing. A row is its
 * identity (an id), never its position: when rows come, go or change places, the selection stays
 * with the row it was on, and where that is gone, with the place it had. Until somebody has moved,
 * it is the first row, whichever that is. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct list {
    GPtrArray *rows; /* const char *: ids, borrowed from whoever set them */
    char *selected;  /* id, or NULL where there are no rows */
    int index;       /* of the selected row; 0 where there are none */
    int top;         /* first row in view */
    int height;      /* rows in view */
    bool moved;      /* somebody has chosen a row */
};

void list_init(struct list *list);
void list_release(struct list *list);

/* Takes over `rows` (const char *, in order; the ids must live until the next call). */
void list_set(struct list *list, GPtrArray *rows);
/* The same, where it is known already that the selected row is at `at` now (-1: it is gone). */
void list_set_at(struct list *list, GPtrArray *rows, int at);
/* How many rows there is room for; scrolls so that the selected one is in view. */
void list_fit(struct list *list, int height);
/* Selects the row `by` away, as far as there are rows. */
void list_move(struct list *list, int by);
/* Shows the rows `by` further down, as far as there are; selects another only where the selected
 * one leaves the view. */
void list_scroll(struct list *list, int by);
/* Where the row of this id is; -1: nowhere. */
int list_find(const struct list *list, const char *id);
/* Selects the row of this id; nothing if there is none. */
void list_select(struct list *list, const char *id);

/* Which rows are in view, "17-40 of 65"; NULL where all are. Caller frees. */
char *list_position(const struct list *list);

int list_size(const struct list *list);
const char *list_row(const struct list *list, int index);
