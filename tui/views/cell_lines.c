#include "tui/views/cell_look.h"
#include "tui/views/frame.h"
#include "tui/views/wrap.h"

static void line_clear(gpointer p)
{
    struct cell_line *line = p;
    g_free(line->text);
}

GArray *cell_lines_new(void)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct cell_line));
    g_array_set_clear_func(lines, line_clear);
    return lines;
}

/* Takes `text`. */
static void append(GArray *lines, enum role role, bool heading, char *text)
{
    struct cell_line line = {role, heading, text};
    g_array_append_val(lines, line);
}

static void append_all(GArray *lines, enum role role, GPtrArray *wrapped)
{
    gsize n = 0;
    g_autofree gpointer *texts = g_ptr_array_steal(wrapped, &n);
    for (gsize i = 0; i < n; i++)
        append(lines, role, false, texts[i]);
}

void cell_lines_add(GArray *lines, enum role role, int cols, const char *text)
{
    g_autoptr(GPtrArray) wrapped = g_ptr_array_new_with_free_func(g_free);
    wrap_text(text, MAX(1, cols), "  ", wrapped);
    append_all(lines, role, wrapped);
}

void cell_lines_within(GArray *lines, enum role role, int cols, int most, const char *text)
{
    g_autoptr(GPtrArray) wrapped = g_ptr_array_new_with_free_func(g_free);
    wrap_within(text, MAX(1, cols), "  ", most, wrapped);
    append_all(lines, role, wrapped);
}

void cell_lines_one(GArray *lines, enum role role, const char *text)
{
    append(lines, role, false, g_strdup(text));
}

void cell_lines_head(GArray *lines, const char *title)
{
    append(lines, ROLE_HEADER, true, g_strdup(title));
}

void cell_lines_draw(const GArray *lines, struct canvas *canvas, const struct area *area)
{
    for (guint i = 0; i < lines->len; i++) {
        const struct cell_line *line = &g_array_index(lines, struct cell_line, i);
        int row = area->row + (int)i;
        if (line->heading)
            frame_rule(canvas, row, area, line->text);
        else
            canvas_text(canvas, row, area->col, area->cols, line->role, line->text);
    }
}
