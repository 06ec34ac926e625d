/* A table that people arrange. A screen says of each column what its id, its text and its number
 * are; from that one description come drawing, sorting by any column, filters by column, choosing
 * and ordering columns, `:sort`, `:columns` and console.yaml's names.
 *
 * How it is arranged now belongs to the deck (one arrangement a screen), so it is kept wherever
 * people go; what is found by it, sheet_find.h. */
#pragma once

#include "tui/console/table.h"
#include "tui/views/arrangement.h"

struct deck;

struct sheet_column {
    const char *id; /* "cell": lower case, one word */
    struct column shape;
    /* The row's text: borrowed from the row, or written into `scratch`, which is empty; NULL: none.
     */
    const char *(*text)(const void *row, const struct deck *deck, GString *scratch);
    /* What it is sorted by, NAN where it is not known, which comes last either way; NULL: by its
     * text, numbers in it as numbers (5.0.10 after 5.0.9). */
    double (*number)(const void *row, const struct deck *deck);
    enum role (*role)(const void *row, const struct deck *deck); /* NULL: ROLE_NORMAL */
    /* Draws the field; NULL: its text. */
    void (*draw)(const void *row, const struct deck *deck, struct canvas *canvas, int line,
                 const struct place *place);
    bool (*wanted)(const struct deck *deck); /* there only where this holds; NULL: always */
    bool falls;                              /* sorted by it, the greatest comes first */
    bool moment; /* its numbers are moments: the greatest is the newest */
    bool spare;  /* not among those shown until it is chosen */
    bool quiet;  /* a filter looks in it only by its name: nobody who types a tenant's number means
                    somebody else's users */
};

struct sheet {
    const struct sheet_column *columns;
    size_t n; /* at most ARRANGED_MOST */
    const char *(*id)(const void *row);
    bool lasting; /* the same rows stay for long: filters have their texts ready before they are
                   * asked
                   */
    /* Whether faults-only shows it; NULL: the sheet has no such switch. */
    bool (*faulty)(const void *row, const struct deck *deck);
    /* Draws what stands left of the fields, three columns; may be NULL. */
    void (*lead)(const void *row, const struct deck *deck, struct canvas *canvas, int line);
    /* Makes the columns fit what there is to show, of `cols` columns; may be NULL. */
    void (*fit)(struct column *shapes, const struct deck *deck, int cols);
};

/* For `role`, whatever the row. */
enum role sheet_dim(const void *row, const struct deck *deck);
enum role sheet_accent(const void *row, const struct deck *deck);

/* The places in `columns` of those that are shown, in order, into `shown`. */
size_t sheet_shown(const struct sheet *sheet, const struct arrangement *arrangement,
                   const struct deck *deck, size_t shown[ARRANGED_MOST]);
/* Ids of all, NULL-terminated; the strings are borrowed. */
const char **sheet_names(const struct sheet *sheet);

/* Titles at `area`'s first row, with the one it is sorted by marked, and below them `rows` (found
 * ones, parallel to the list's) as far as the list's height goes. */
struct list;
void sheet_draw(const struct sheet *sheet, const struct deck *deck,
                const struct arrangement *arrangement, const struct list *list,
                const GPtrArray *rows, struct canvas *canvas, const struct area *area);
