#include "tui/views/hay.h"

#include "tui/views/filter.h"

#include <string.h>

void hay_init(struct hay *hay)
{
    *hay = (struct hay){g_string_new(NULL), g_array_new(FALSE, FALSE, sizeof(gsize))};
}

void hay_release(struct hay *hay)
{
    g_string_free(hay->text, TRUE);
    g_array_unref(hay->starts);
    *hay = (struct hay){0};
}

/* Its memory goes, too: what comes next may be far smaller. */
void hay_forget(struct hay *hay)
{
    if (hay->starts->len == 0)
        return;
    hay_release(hay);
    hay_init(hay);
}

guint hay_size(const struct hay *hay)
{
    return hay->starts->len;
}

void hay_make(struct hay *hay, const struct sheet *sheet, const struct deck *deck,
              const GPtrArray *rows, guint to)
{
    g_autoptr(GString) scratch = g_string_new(NULL);
    for (guint row = hay->starts->len; row < MIN(to, rows->len); row++) {
        g_array_append_val(hay->starts, hay->text->len);
        for (size_t i = 0; i < sheet->n; i++) {
            if (sheet->columns[i].quiet)
                continue;
            g_string_truncate(scratch, 0);
            filter_fold(hay->text,
                        sheet->columns[i].text(g_ptr_array_index(rows, row), deck, scratch));
        }
    }
}

const char *hay_row(const struct hay *hay, guint row, gsize *length)
{
    gsize from = g_array_index(hay->starts, gsize, row);
    bool last = row + 1 == hay->starts->len;
    gsize to = last ? hay->text->len : g_array_index(hay->starts, gsize, row + 1);
    *length = to - from;
    return hay->text->str + from;
}

const char *hay_field(const struct hay *hay, guint row, guint which, gsize *length)
{
    const char *text = hay_row(hay, row, length), *end = text + *length;
    for (; which > 0; which--)
        text = (const char *)memchr(text, '\n', (gsize)(end - text)) + 1;
    *length = (gsize)((const char *)memchr(text, '\n', (gsize)(end - text)) - text);
    return text;
}
