/* The rows of a sheet that are to be seen: sorted as it is arranged, and those that pass the
 * filter. Each key of a filter looks only at what the keys before it have left, and a key taken
 * back has its rows at once: what was found is kept for each of the last lengths. */
#pragma once

#include "tui/console/list.h"
#include "tui/views/sheet.h"

struct find {
    struct list list; /* ids of `rows`, and which is selected */
    GPtrArray *rows;  /* found, in their order; borrowed from those that were given */
    GPtrArray *given; /* all, in the screen's own order */
    struct arrangement by;
    gconstpointer since; /* the deck's mark, which texts may depend on */
    GPtrArray *steps;    /* struct step *: from all to what was found last */
};

void find_init(struct find *find);
void find_release(struct find *find);
/* The row that is selected, or NULL. */
const void *find_selected(const struct find *find);
/* `all` (rows in the screen's own order; a reference is kept): the same array means the same rows,
 * and only what has changed about the filter and the arrangement is done. */
void find_follow(struct find *find, const struct sheet *sheet, const struct deck *deck,
                 const struct arrangement *arrangement, GPtrArray *all);
