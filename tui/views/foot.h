/* Below a list: the whole of what its selected row has, however little of it the row has room for.
 * What is longer than its own room is read to the end with the keys `more` and `less`. */
#pragma once

#include "tui/views/view.h"

struct foot {
    GPtrArray *lines; /* char *: as wide as the screen */
    char *of;         /* the row's id, or NULL */
    int rows;         /* of the screen, its heading included; 0: there is no room for it */
    int cols;
    int skip; /* lines that are scrolled away */
};

void foot_init(struct foot *foot);
void foot_release(struct foot *foot);

/* How much of a screen's area it gets: the same for every row, so that nothing jumps. `most` lines
 * of text at the most. */
void foot_fit(struct foot *foot, const struct area *area, int most);
/* What is told of the row `id` (may be NULL: none): paragraphs (char *; what blanks one begins with
 * set it in). Another row begins at its beginning. */
void foot_tell(struct foot *foot, const char *id, const GPtrArray *paragraphs);
/* In the last rows of `area`; `title` is over it where there is room for one. */
void foot_draw(const struct foot *foot, const struct deck *deck, struct canvas *canvas,
               const struct area *area, const char *title);

/* Whether it has no room for a title. */
bool foot_brief(const struct foot *foot);
/* Whether there is anything to scroll. */
bool foot_can(const struct foot *foot);
/* REQUEST_MORE and REQUEST_LESS; else REACT_UNUSED. */
struct reaction foot_key(struct foot *foot, enum request request);
