/* The charts of the cell screen: celldeck's metrics, then the fleet's own. */
#pragma once

#include "tui/views/cell_look.h"

/* Which metrics have one, as places for cell_charts_draw, most telling first. Caller frees. */
GArray *cell_charts_of(const struct cell_look *look);
void cell_charts_draw(const struct cell_look *look, int which, struct canvas *canvas,
                      const struct area *area);
/* What all of them show: "last 24 h, a dot is the worst of 10 periods". Caller frees. */
char *cell_charts_title(const struct cell_look *look, int chart_cols);
