#include "tui/views/wrap.h"

#include "data/base/text.h"

#include <stdbool.h>
#include <string.h>

#define WIDEST 90 /* of a paragraph: longer lines are hard to read */

/* Of a word that no line has room for; at least one character. */
static size_t broken(const char *text, int cols)
{
    size_t fits = (size_t)(g_utf8_next_char(text) - text);
    for (size_t end = fits; text[end]; fits = end) {
        end += (size_t)(g_utf8_next_char(text + end) - (text + end));
        g_autofree char *start = g_strndup(text, end);
        if (text_width(start) > cols)
            break;
    }
    return MIN(fits, strlen(text));
}

/* The bytes of `text` that go on a line of `cols`. */
static size_t fitting(const char *text, int cols)
{
    size_t fits = 0;
    for (size_t end = 0; text[end]; fits = end) {
        end += 1 + strcspn(text + end + 1, " ");
        g_autofree char *start = g_strndup(text, end);
        if (text_width(start) > cols)
            break;
    }
    return fits ? fits : broken(text, cols);
}

void wrap_text(const char *text, int cols, const char *indent, GPtrArray *lines)
{
    for (bool first = true; *text; first = false) {
        const char *before = first ? "" : indent;
        size_t length = fitting(text, cols - text_width(before));
        g_ptr_array_add(lines, g_strdup_printf("%s%.*s", before, (int)length, text));
        text += length;
        text += *text == ' ';
    }
}

void wrap_within(const char *text, int cols, const char *indent, int most, GPtrArray *lines)
{
    guint before = lines->len;
    wrap_text(text, cols, indent, lines);
    if ((int)(lines->len - before) <= most)
        return;
    g_autoptr(GString) rest = g_string_new(g_ptr_array_index(lines, before + (guint)most - 1));
    for (guint i = before + (guint)most; i < lines->len; i++)
        g_string_append_printf(rest, " %s",
                               (const char *)g_ptr_array_index(lines, i) + strlen(indent));
    g_ptr_array_set_size(lines, (gint)before + most - 1);
    g_ptr_array_add(lines, text_fit(rest->str, cols, false, false));
}

void wrap_draw(struct canvas *canvas, const struct area *area, const char *const *paragraphs)
{
    int row = 0, cols = MIN(area->cols - 4, WIDEST);
    for (int i = 0; paragraphs[i]; i++, row++) {
        g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
        wrap_text(paragraphs[i], cols, "", lines);
        for (guint line = 0; line < lines->len && row < area->rows; line++, row++)
            canvas_text(canvas, area->row + row, area->col + 2, cols,
                        i == 0 ? ROLE_TITLE : ROLE_NORMAL, g_ptr_array_index(lines, line));
    }
}

int wrap_told(struct canvas *canvas, const struct area *area, enum role role, const char *text)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    if (area->rows > 0)
        wrap_within(text, area->cols, "  ", area->rows, lines);
    for (guint i = 0; i < lines->len; i++)
        canvas_text(canvas, area->row + (int)i, area->col, area->cols, role,
                    g_ptr_array_index(lines, i));
    return (int)lines->len;
}
