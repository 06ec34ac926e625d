/* The page below a cell's title: which part of it stands where, by importance and by room. */
#pragma once

#include "tui/views/cell_look.h"

/* Where one block of the page stands; rows count from the page's first. */
struct cell_block {
    const struct cell_part *part; /* NULL: a chart, or the rule above charts */
    int chart;                    /* cell_charts_draw; -1: the rule */
    char *title;                  /* of the rule */
    struct area at;
};

/* Lays the page out for a screen with `rows` rows left for it and `cols` columns. Sets look->small.
 * struct cell_block; *all gets the rows it takes. */
GArray *cell_page_lay(struct cell_look *look, int rows, int cols, int *all);
/* Draws the rows of the page from `top` on into the whole of `canvas`. */
void cell_page_draw(const struct cell_look *look, const GArray *blocks, int top,
                    struct canvas *canvas);
