#include "tui/views/frame.h"

#include "data/base/text.h"
#include "rollout/story.h"
#include "tui/views/marks.h"

#include <string.h>

/* What the hints are of. */
struct hinted {
    const struct view *view;
    const void *state;
    const struct deck *deck;
};

static const char *hint_word(const struct hinted *of, enum request request)
{
    const char *now = of->view->word ? of->view->word(of->state, of->deck, request) : NULL;
    return now ? now : request_bindings()[request].name;
}

static int hint_width(const struct hinted *of, enum request request)
{
    g_autofree char *key = keymap_shown(of->deck->keymap, request);
    return text_width(key) + 1 + text_width(hint_word(of, request)) + 2;
}

static int draw_hint(struct canvas *canvas, int row, int col, const struct hinted *of,
                     enum request request)
{
    g_autofree char *key = keymap_shown(of->deck->keymap, request);
    int width = hint_width(of, request);
    int used = canvas_text(canvas, row, col, width, ROLE_KEY, key) + 1;
    canvas_text(canvas, row, col + used, width - used, ROLE_DIM, hint_word(of, request));
    canvas_hotspot(canvas, row, col, width - 2,
                   &(struct hotspot){HOTSPOT_REQUEST, (int)request, NULL});
    return col + width;
}

void frame_hints(struct canvas *canvas, int row, int cols, const struct view *view,
                 const void *state, const struct deck *deck)
{
    enum { KEPT = 2 };
    const struct hinted of = {view, state, deck};
    int n = 0, kept = 0, col = 1;
    while (view->hints[n] != REQUEST_COUNT)
        n++;
    for (int i = MAX(0, n - KEPT); i < n; i++)
        kept += hint_width(&of, view->hints[i]);
    for (int i = 0; i < n; i++) {
        enum request request = view->hints[i];
        bool last = i >= n - KEPT;
        if (!view_offers(view, state, deck, request) ||
            (!last && col + hint_width(&of, request) + kept - 2 >= cols))
            continue;
        col = draw_hint(canvas, row, col, &of, request);
    }
}

void frame_rule(struct canvas *canvas, int row, const struct area *area, const char *title)
{
    canvas_fill(canvas, row, area->col, area->cols, ROLE_DIM, "─");
    if (title)
        canvas_printf(canvas, row, area->col + 1, area->cols - 2, ROLE_HEADER, " %s ", title);
}

void frame_log(struct canvas *canvas, const struct area *area, const GPtrArray *events,
               gint64 now_ms, bool with_cell)
{
    int end = area->col + area->cols;
    for (int i = 0; i < area->rows && i < (int)events->len; i++) {
        const struct event *event = g_ptr_array_index(events, (guint)i);
        int row = area->row + MIN(area->rows, (int)events->len) - 1 - i, col = area->col;
        g_autofree char *clock = mark_moment(event->at_ms, now_ms);
        g_autofree char *told = story_sentence(event);
        col += canvas_text(canvas, row, col, end - col, ROLE_DIM, clock) + 1;
        const char *cell = story_cell(event);
        if (area->cols >= 60)
            col += canvas_printf(canvas, row, col, end - col, ROLE_DIM, "%-4s ", event->stream);
        if (with_cell && cell)
            col += canvas_text(canvas, row, col, end - col, ROLE_ACCENT, cell) + 1;
        canvas_text(canvas, row, col, end - col, mark_tone(story_tone(event)), told);
    }
}
