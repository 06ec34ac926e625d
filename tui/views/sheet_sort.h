/* Puts a sheet's rows in order. */
#pragma once

#include "tui/views/sheet.h"

/* `order` (guint32: places in `rows`, which stand in the screen's own order) becomes the order that
 * the sheet is arranged in; rows that are alike keep theirs. What is not known comes last,
 * whichever way round. A hundred thousand rows take some 10 ms: radix sort, of numbers as of texts
 * eight bytes at a time. */
void sheet_sort(GArray *order, const GPtrArray *rows, const struct sheet *sheet,
                const struct deck *deck, const struct arrangement *arrangement);

/* Adds bytes that stand to those of other texts, by memcmp, as people order texts: in any letter
 * case, numbers in them as numbers (5.0.9 before 5.0.10). Texts that are alike in so many bytes are
 * taken for alike. */
#define SHEET_KEY_MOST 504
void sheet_text_key(GString *into, const char *text);
