/* The times under a chart. */
#include "tui/console/chart.h"

#define MINUTE G_GINT64_CONSTANT(60000)

enum { LABEL_COLS = 5, BETWEEN = 2 };

/* The least step at which labels have air between them. */
static gint64 step_for(gint64 span, int cols)
{
    static const int minutes[] = {5, 10, 15, 30, 60, 120, 180, 240, 360, 720};
    size_t i = 0;
    while (i + 1 < G_N_ELEMENTS(minutes) &&
           minutes[i] * MINUTE * (cols - 1) / span < LABEL_COLS + BETWEEN)
        i++;
    return minutes[i] * MINUTE;
}

static void draw_time(struct canvas *canvas, int row, int col, gint64 at)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(at / 1000);
    g_autofree char *text = time ? g_date_time_format(time, "%H:%M") : NULL;
    canvas_text(canvas, row, col, LABEL_COLS, ROLE_DIM, text);
}

void chart_axis(struct canvas *canvas, const struct area *area, gint64 from, gint64 to)
{
    if (area->rows < 1 || area->cols < LABEL_COLS || to <= from)
        return;
    gint64 span = to - from, step = step_for(span, area->cols);
    int used = -BETWEEN, end = area->cols;
    for (gint64 at = (from / step + 1) * step; at <= to; at += step) {
        int col = (int)((at - from) * (area->cols - 1) / span) - LABEL_COLS / 2;
        if (col < 0 || col < used + 1 || col + LABEL_COLS > end)
            continue;
        draw_time(canvas, area->row, area->col + col, at);
        used = col + LABEL_COLS;
    }
}
