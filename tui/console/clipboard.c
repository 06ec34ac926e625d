#include "tui/console/clipboard.h"

#include "data/base/text.h"

#include <string.h>

/* screen drops a string that is longer than 768 bytes, and 256 in versions before 4 (MAXSTR). */
#define SCREEN_PIECE 240

static char *in_pieces(const char *sequence)
{
    GString *pieces = g_string_new(NULL);
    for (size_t left = strlen(sequence), n; left > 0; left -= n, sequence += n) {
        n = MIN(left, SCREEN_PIECE);
        g_string_append_printf(pieces, "\x1bP%.*s\x1b\\", (int)n, sequence);
    }
    return g_string_free(pieces, FALSE);
}

char *clipboard_sequence(enum clipboard_way way, const char *text)
{
    g_autofree char *clean = text_clean(text);
    size_t length = strlen(clean);
    if (way == CLIPBOARD_NONE || length > CLIPBOARD_LONGEST)
        return NULL;
    g_autofree char *coded = g_base64_encode((const guchar *)clean, length);
    g_autofree char *sequence = g_strdup_printf("\x1b]52;c;%s\a", coded);
    return way == CLIPBOARD_SCREEN ? in_pieces(sequence) : g_steal_pointer(&sequence);
}
