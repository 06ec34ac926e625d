/* A table, said row by row. */
#pragma once

#include "tui/linear/say.h"
#include "tui/views/sheet.h"

#define SAY_MOST 60 /* rows; whoever wants others filters */

/* The rows of `all` that pass the deck's filter, sorted as people have arranged the table; each is
 * an item that opens `opens`. `what`: "cell" or "tenant", for counts. */
struct said_sheet {
    const struct sheet *sheet;
    enum view_id opens;
    const char *what;
    GPtrArray *all;
    bool whole;                              /* `all` is all there are */
    const char *(*subject)(const void *row); /* what the item opens; NULL: by the row's id */
    bool dash_is_none; /* there is none of it; else a dash is what is not known */
};
void say_sheet(struct speech *speech, const struct deck *deck, const struct said_sheet *said);
/* Every column of one row, a line each, but the first. */
void say_sheet_row(struct speech *speech, const struct deck *deck, const struct sheet *sheet,
                   const void *row);
