/* Columns that give way: where there is not room for all, the least important go first, and what
 * is left over goes to the most important of the rest that can use it. */
#pragma once

#include "tui/console/canvas.h"

struct column {
    const char *title; /* its first word alone where there is not room for all; blanks set it in */
    int least, wish;   /* columns of the terminal; wish >= least */
    int rank;          /* 0 never goes; the highest goes first */
    bool right;        /* numbers */
};

/* Fills places[n] (col, cols; cols 0 = dropped) for columns with one blank between them, within
 * `cols` columns from `col`. */
struct place {
    int col, cols;
};
void table_layout(const struct column *columns, size_t n, int col, int cols, struct place *places);

void table_header(struct canvas *canvas, int row, const struct column *columns, size_t n,
                  const struct place *places);
/* One field, cut to its place. */
void table_put(struct canvas *canvas, int row, const struct column *column,
               const struct place *place, enum role role, const char *text);
