/* A window on rows of which there are more than fit: which of them are in view. A model that knows
 * nothing of drawing; a list (list.h) has a selected row, a pane has none. */
#pragma once

struct pane {
    int top;    /* the first row in view */
    int height; /* rows in view */
    int all;
};

/* The window is so high and there are so many rows now: what was in view stays, where that can be.
 */
void pane_fit(struct pane *pane, int height, int all);
/* Down, or up where `by` is negative, as far as there are rows. */
void pane_move(struct pane *pane, int by);
/* "↑3 ↓37": how many rows lie out of view on either side; "" where none do. Caller frees. */
char *pane_text(const struct pane *pane);
