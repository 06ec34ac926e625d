/* What is written to have a text in the clipboard. */
#include "tui/console/clipboard.h"

#include <criterion/criterion.h>
#include <string.h>

Test(clipboard, a_text_goes_as_base64_in_one_command)
{
    g_autofree char *plain = clipboard_sequence(CLIPBOARD_PLAIN, "cell-2");
    cr_expect_str_eq(plain, "\x1b]52;c;Y2VsbC0y\a");
    g_autofree char *tmux = clipboard_sequence(CLIPBOARD_TMUX, "cell-2");
    cr_expect_str_eq(tmux, plain, "tmux understands the same");
    g_autofree char *empty = clipboard_sequence(CLIPBOARD_PLAIN, "");
    cr_expect_str_eq(empty, "\x1b]52;c;\a");
}

Test(clipboard, screen_passes_it_on_in_pieces_that_it_has_room_for)
{
    g_autofree char *text = g_strnfill(1000, 'a');
    g_autofree char *plain = clipboard_sequence(CLIPBOARD_PLAIN, text);
    g_autofree char *wrapped = clipboard_sequence(CLIPBOARD_SCREEN, text);
    g_autoptr(GString) joined = g_string_new(NULL);
    for (const char *at = wrapped; *at;) {
        cr_assert(g_str_has_prefix(at, "\x1bP"));
        const char *end = strstr(at, "\x1b\\");
        cr_assert(end && end - at < 256);
        g_string_append_len(joined, at + 2, end - at - 2);
        at = end + 2;
    }
    cr_expect_str_eq(joined->str, plain);
}

Test(clipboard, nothing_in_it_can_steer_what_it_is_pasted_into)
{
    g_autofree char *sequence = clipboard_sequence(CLIPBOARD_PLAIN, "a\x1b[2J\nrm\x7f\xe2\x80\xae");
    gsize length;
    g_autofree char *coded = g_strndup(sequence + 7, strlen(sequence) - 8);
    g_autofree char *text = (char *)g_base64_decode(coded, &length);
    g_autofree char *kept = g_strndup(text, length);
    for (gsize i = 0; i < length; i++)
        cr_expect(kept[i] >= ' ' && kept[i] < 0x7f, "%s", kept);
}

Test(clipboard, what_a_terminal_may_cut_is_not_sent_at_all)
{
    g_autofree char *most = g_strnfill(CLIPBOARD_LONGEST, 'a');
    g_autofree char *more = g_strnfill(CLIPBOARD_LONGEST + 1, 'a');
    g_autofree char *sent = clipboard_sequence(CLIPBOARD_PLAIN, most);
    cr_assert(sent);
    cr_expect_leq(strlen(sent), 74994 + strlen("\x1b]52;c;\a"));
    cr_expect_null(clipboard_sequence(CLIPBOARD_PLAIN, more));
    cr_expect_null(clipboard_sequence(CLIPBOARD_NONE, "cell-2"));
}
