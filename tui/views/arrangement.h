/* How people have arranged a table: the columns they chose, in their order, and what it is sorted
 * by. All zero is as the screen itself has it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define ARRANGED_MOST 24 /* columns of a sheet */

struct sheet;

struct arrangement {
    size_t n; /* chosen columns; 0: the screen's own */
    struct {
        size_t column; /* its place in the sheet */
        int cols;      /* as wide as somebody said; 0: as it comes */
    } chosen[ARRANGED_MOST];
    size_t sort; /* 0: the screen's own order; else 1 + a column's place */
    bool turned; /* the other way round */
    bool faults; /* only rows with something wrong */
};

/* Columns by name, `name=30` for so many columns of the terminal; none: the screen's own. False,
 * and nothing is changed, with the faulty name told and what there is. *which (may be NULL): its
 * place in `names`. */
bool arrangement_choose(struct arrangement *arrangement, const struct sheet *sheet,
                        const char *const *names, size_t *which, GError **error);
/* By a column, `-name` for the other way round; "" or NULL: the screen's own order. */
bool arrangement_sort(struct arrangement *arrangement, const struct sheet *sheet, const char *name,
                      GError **error);
/* By the next of the `n` shown columns; after the last, the screen's own order. */
void arrangement_sort_next(struct arrangement *arrangement, const size_t *shown, size_t n);
/* Whether the same rows stand in the same order by both. */
bool arrangement_same_rows(const struct arrangement *a, const struct arrangement *b);
/* "sorted by users, the lowest first", "the screen's own order". Caller frees. */
char *arrangement_text(const struct arrangement *arrangement, const struct sheet *sheet);
