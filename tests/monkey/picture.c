#include "tests/monkey/picture.h"

#include <stdio.h>
#include <string.h>

/* Of a blank the background is seen alone. */
static void add_cell(GString *text, const VTermScreenCell *cell)
{
    bool blank = cell->chars[0] == 0 || cell->chars[0] == ' ';
    if (blank)
        g_string_append_c(text, ' ');
    for (int i = 0; !blank && i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++)
        g_string_append_unichar(text, cell->chars[i]);
    g_string_append_printf(text, "\x01%d/%d", cell->bg.indexed.idx, cell->attrs.reverse);
    if (!blank)
        g_string_append_printf(text, "/%d/%d/%d", cell->fg.indexed.idx, cell->attrs.bold,
                               cell->attrs.underline);
    g_string_append_c(text, '\x02');
}

char *picture_of(struct seat *seat)
{
    GString *text = g_string_new(NULL);
    VTermPos at;
    for (at.row = 0; at.row < seat->rows; at.row++) {
        for (at.col = 0; at.col < seat->cols; at.col++) {
            VTermScreenCell cell;
            vterm_screen_get_cell(seat->screen, at, &cell);
            if (cell.chars[0] != (uint32_t)-1) /* right of a wide one */
                add_cell(text, &cell);
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

/* Without the looks. */
static char *letters_of(const char *row)
{
    GString *text = g_string_new(NULL);
    for (const char *p = row; *p; p++) {
        if (*p == '\x01')
            while (*p && *p != '\x02')
                p++;
        else
            g_string_append_c(text, *p);
    }
    return g_strchomp(g_string_free(text, FALSE));
}

void picture_differ(const char *before, const char *after)
{
    g_auto(GStrv) was = g_strsplit(before, "\n", -1);
    g_auto(GStrv) is = g_strsplit(after, "\n", -1);
    for (int row = 0; was[row] && is[row]; row++) {
        if (strcmp(was[row], is[row]) == 0)
            continue;
        g_autofree char *a = letters_of(was[row]), *b = letters_of(is[row]);
        printf("  row %d shows %s\n  drawn anew it is %s\n", row, a,
               strcmp(a, b) == 0 ? "in other colours" : b);
    }
}
