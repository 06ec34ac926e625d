/* The rows of a sheet that are to be seen: sorted as it is arranged, and those that pass the
 * filter. Each key of a filter looks only at what the keys before it have left, and a key taken
 * back has its rows at once: what was found is kept for each of the last lengths. What takes longer
 * than people wait for a key is done part by part (find_works); until it is there, what was found
 * before stands. */
#pragma once

#include "tui/console/list.h"
#include "tui/views/hay.h"
#include "tui/views/sheet.h"
#include "tui/views/view.h"

/* So many rows are looked through at once: some 5 ms. */
#define FIND_SLICE 16384

struct find {
    struct list list; /* ids of `rows`, and which is selected */
    GPtrArray *rows;  /* found, in their order; borrowed from those that were given */
    GPtrArray *given; /* all, in the screen's own order */
    GPtrArray *ids;   /* const char *: of those, borrowed */
    struct arrangement by;
    gconstpointer since; /* the deck's mark, which texts may depend on */
    struct hay hay;
    GPtrArray *steps;     /* struct step *: from all to what was found last */
    GArray *shown;        /* guint32: places of `rows` in those that were given */
    struct step *growing; /* the next of them, as far as it is found; NULL: none */
    guint looked_at;      /* of the step before it */
    bool hay_wanted;      /* it is made before anybody types */
};

void find_init(struct find *find);
void find_release(struct find *find);
/* The row that is selected, or NULL. */
const void *find_selected(const struct find *find);
/* `all` (rows in the screen's own order; a reference is kept): the same array means the same rows,
 * and only what has changed about the filter and the arrangement is done. */
void find_follow(struct find *find, const struct sheet *sheet, const struct deck *deck,
                 const struct arrangement *arrangement, GPtrArray *all);
/* The same to its end, for who has no next frame to wait for. */
void find_whole(struct find *find, const struct sheet *sheet, const struct deck *deck,
                const struct arrangement *arrangement, GPtrArray *all);
/* What calling that once more would get on with. */
enum work find_works(const struct find *find);
