/* A table of things to sort, filter and arrange, with columns that every kind of cell has: an id, a
 * name that may be missing, a number that may not be known. */
#pragma once

#include "data/base/own.h"
#include "tui/views/sheet_find.h"

struct thing {
    const char *id, *name; /* NULL: it has no name */
    double size;           /* NAN: not known, and no fault */
};

/* Columns id, name, size; who has a size is faulty; rows don't last. */
extern const struct sheet thing_sheet;

/* Things d, a, c and b, in this order. Caller frees the array. */
GPtrArray *all_things(void);
/* "t0" to "t<n-1>"; they go with the array. */
GPtrArray *many_things(guint n);
/* Of small_fleet(). Caller frees. */
struct deck *things_deck(void);

/* The ids of what is found, one behind the other. */
void expect_found(const struct find *find, const char *ids);
