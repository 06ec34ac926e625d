#include "tui/views/wrap.h"

#include "data/base/text.h"

#include <stdbool.h>
#include <string.h>

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
    return fits ? fits : strlen(text);
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
