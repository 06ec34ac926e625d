/* Text to be read: lines one below the other, each with a lead in a column of its own (a key, a
 * time). Long ones are broken; where the screen is too narrow for two columns, the lead stands
 * above. */
#pragma once

#include "tui/console/list.h"
#include "tui/views/view.h"

struct pager {
    struct list list; /* of lines, by their number */
    GPtrArray *lines;
    int cols, lead_cols; /* lead_cols 0: leads stand above */
};

void pager_init(struct pager *pager);
void pager_release(struct pager *pager);

/* Anew: lines of `cols` columns, leads of at most `lead_cols`. */
void pager_begin(struct pager *pager, int cols, int lead_cols);
/* `lead` NULL: the text has the whole width. */
void pager_add(struct pager *pager, enum role lead_role, const char *lead, enum role role,
               const char *text);
/* An empty line, and a heading. */
void pager_heading(struct pager *pager, const char *text);
/* All is there, and there is room for so many rows. */
void pager_end(struct pager *pager, int rows);
void pager_draw(const struct pager *pager, struct canvas *canvas, const struct area *area);
/* As view_move(), but a page turns what is in view at once, wherever in it one is. */
struct reaction pager_move(struct pager *pager, enum request request);
