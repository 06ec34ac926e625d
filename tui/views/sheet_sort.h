/* Puts a sheet's rows in order. */
#pragma once

#include "tui/views/sheet.h"

/* `rows` stand in the screen's own order; those that are alike keep it. What is not known comes
 * last, whichever way round. */
void sheet_sort(GPtrArray *rows, const struct sheet *sheet, const struct deck *deck,
                const struct arrangement *arrangement);
/* Texts as people order them: in any letter case, numbers in them as numbers. < 0, 0, > 0. */
int sheet_compare_texts(const char *a, const char *b);
