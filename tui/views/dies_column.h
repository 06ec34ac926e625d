/* The fleet's column IF IT DIES: where each cell's tenants could go (rollout/placement.h), as a
 * shape and as many words as there is room for. The functions are struct column's (sheet.h), of
 * struct cell. */
#pragma once

#include "tui/views/sheet.h"

const char *dies_text(const void *row, const struct deck *deck, GString *scratch);
/* The worst last, as enum drain has them. */
double dies_number(const void *row, const struct deck *deck);
enum role dies_role(const void *row, const struct deck *deck);
void dies_draw(const void *row, const struct deck *deck, struct canvas *canvas, int line,
               const struct place *place);
