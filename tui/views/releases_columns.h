/* What the table of releases can show, column by column, and its rows. */
#pragma once

#include "tui/views/releases.h"
#include "tui/views/sheet.h"

struct release_row {
    const struct release *release; /* of the deck's, as is `last` */
    const struct operation *last;  /* its newest rollout, or NULL */
    char *cells;                   /* release_cells() */
    char *before;                  /* "was in cell-1": what was otherwise at the mark, or NULL */
    guint place;                   /* among all, newest first */
    bool newer;                    /* than all that a cell is known to run */
};

/* struct release_row *, newest version first: a row a tag, of which two may name one version. */
GPtrArray *release_rows(const struct deck *deck);

extern const struct sheet releases_sheet;
