/* What filters look through: of each row of a sheet the fields that are not `quiet`, folded
 * (filter.h), one row after the other. It is made once for rows that stay, and looked through with
 * every key: a hundred thousand rows are some ten megabytes that lie side by side, where their
 * fields lie all over the memory. */
#pragma once

#include "tui/views/sheet.h"

struct hay {
    GString *text;
    GArray *starts; /* gsize: of each row in `text`, as far as it was made */
};

void hay_init(struct hay *hay);
void hay_release(struct hay *hay);
void hay_forget(struct hay *hay);

/* Goes on until it has the first `to` of the rows. */
void hay_make(struct hay *hay, const struct sheet *sheet, const struct deck *deck,
              const GPtrArray *rows, guint to);
guint hay_size(const struct hay *hay);
/* A row's text, and how long it is. */
const char *hay_row(const struct hay *hay, guint row, gsize *length);
/* One field of it: the `which`th that is in there. */
const char *hay_field(const struct hay *hay, guint row, guint which, gsize *length);
