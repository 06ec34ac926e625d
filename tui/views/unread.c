#include "tui/views/unread.h"

#include "data/outages.h"
#include "tui/views/frame.h"
#include "tui/views/wrap.h"

static void wrap_outage(const struct outage *outage, bool bare, int cols, GPtrArray *lines)
{
    g_autofree char *text =
        g_strdup_printf("%s: %s", outage->names, bare ? outage->bare : outage->why);
    wrap_text(text, cols, "  ", lines);
}

static GPtrArray *outages_now(const struct deck *deck)
{
    return deck->snapshot ? outages_of(deck->snapshot, false) : g_ptr_array_new();
}

GPtrArray *unread_lines(const struct deck *deck, int cols)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) outages = outages_now(deck);
    for (guint i = 0; i < outages->len; i++)
        wrap_outage(outages->pdata[i], false, cols, lines);
    return lines;
}

/* In `rows`: what stood in the way rather than which call it was, where there is no room for both.
 * The rows used. */
static int draw_outage(struct canvas *canvas, const struct area *area, int rows,
                       const struct outage *outage)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    wrap_outage(outage, false, area->cols, lines);
    if ((int)lines->len > rows) {
        g_ptr_array_set_size(lines, 0);
        wrap_outage(outage, true, area->cols, lines);
    }
    int used = MIN((int)lines->len, rows);
    for (int i = 0; i < used; i++)
        canvas_printf(canvas, area->row + i, area->col, area->cols, ROLE_BAD, "%s%s",
                      (char *)lines->pdata[i], i + 1 == used && used < (int)lines->len ? " …" : "");
    return used;
}

int unread_draw(struct canvas *canvas, const struct area *area, const struct deck *deck)
{
    g_autoptr(GPtrArray) outages = outages_now(deck);
    int rows = area->rows / 2, used = 1;
    if (outages->len == 0 || rows < 2)
        return 0;
    frame_rule(canvas, area->row, area, "could not be read");
    for (guint i = 0; i < outages->len && used < rows; i++) {
        int after = (int)(outages->len - i) - 1; /* a row each at the least */
        struct area rest = {area->row + used, area->col, area->rows - used, area->cols};
        used += draw_outage(canvas, &rest, MAX(1, rows - used - after), outages->pdata[i]);
    }
    return used;
}
