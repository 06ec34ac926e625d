#include "tui/views/fleet_log.h"

#include "tui/views/frame.h"
#include "tui/views/unread.h"
#include "tui/views/wrap.h"

static void skip(struct area *area, int rows)
{
    area->row += rows;
    area->rows -= rows;
}

void fleet_log_draw(const struct deck *deck, struct canvas *canvas, const struct area *area)
{
    struct area log = *area;
    skip(&log, unread_draw(canvas, &log, deck));
    g_autofree char *title = g_strdup_printf("journal%s", deck->personal ? " (personal)" : "");
    frame_rule(canvas, log.row, &log, title);
    skip(&log, 1);
    if (deck->copy_trouble) {
        canvas_text(canvas, log.row, log.col, log.cols, ROLE_BAD, deck->copy_trouble);
        skip(&log, 1);
    }
    if (deck->journal_error)
        wrap_told(canvas, &log, ROLE_BAD, deck->journal_error);
    else if (deck->tail->len == 0)
        canvas_text(canvas, log.row, log.col, log.cols, ROLE_DIM, "nothing has been done yet");
    else
        frame_log(canvas, &log, deck->tail, deck->now_ms, true);
}
