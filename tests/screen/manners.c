/* What a terminal is told beside the picture, and what else could reach it. */
#include "tests/screen/stage.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_lines(struct seat *seat, int n)
{
    for (int i = 1; i <= n; i++) {
        g_autofree char *line = g_strdup_printf("line %d\r\n", i);
        seat_print(seat, line);
    }
}

static void the_whole_terminal_scrolls_afterwards(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 50, 100, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "q");
    check("50x100: it ends", seat_ended(seat) && seat_restored(seat));
    print_lines(seat, 100);
    check("and the shell goes on in all of its rows",
          seat_row_shows(seat, 0, "line 52") && seat_row_shows(seat, 48, "line 100"));
    seat_free(seat);
}

static void a_terminal_without_a_screen_of_its_own_goes_on_below(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 30, 80, NULL, "vt100", NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "q");
    check("vt100: it ends", seat_ended(seat) && seat_restored(seat));
    seat_print(seat, "$ ");
    check("and the prompt stands in the last row", seat_row_shows(seat, -1, "$"));
    print_lines(seat, 40);
    check("from where all rows scroll", seat_row_shows(seat, 0, "line 12"));
    seat_free(seat);
}

static void a_linux_console_is_known(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, "linux", NULL);
    seat_shows(seat, "all 5 cells are well");
    check("TERM=linux is no unknown terminal", seat_row_shows(seat, -1, "? help"));
    check("and is sent none of xterm's modes",
          !seat_said(seat, "\x1b[?2004h") && !seat_said(seat, "\x1b[?2026h"));
    seat_free(seat);
}

static void a_paste_is_no_key(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    check("pastes are asked for in marks", seat_said(seat, "\x1b[?2004h"));
    seat_type(seat, "\x1b[200~q\rA5.1.0\r\x1b[201~");
    check("a paste does nothing, and says so",
          seat_row_shows(seat, -1, "what is pasted is no key"));
    seat_type(seat, ":\x1b[200~ cell\ncell-1-dr \x1b[201~");
    check("a prompt takes it as one line", seat_row_shows(seat, -1, ":cell cell-1-dr"));
    seat_type(seat, "\r");
    check("that is run by Enter alone", seat_row_shows(seat, 1, "cell-1-dr"));
    seat_type(seat, "\x1b/\x1b[200~cell-3\x1b[201~");
    check("a filter takes it too",
          seat_hides(seat, "● cell-0-dev") && seat_shows(seat, "● cell-3-eu-west"));
    seat_type(seat, "\r\x1b\x1b[200~never ended \x03");
    check("Ctrl-C ends a paste whose end was lost",
          seat_row_shows(seat, -1, "what is pasted is no key"));
    seat_type(seat, "q");
    check("and keys are keys again", seat_ended(seat) && seat_restored(seat));
    check("pastes are left as they were", seat_said(seat, "\x1b[?2004l"));
    seat_free(seat);
}

static void a_frame_is_shown_at_once(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "%");
    seat_row_shows(seat, -1, "% does nothing here"); /* so that the first frame has come whole */
    const char *text = strstr(seat->said->str, "medplum-demo");
    const char *begin =
        text ? g_strrstr_len(seat->said->str, text - seat->said->str, "\x1b[?2026h") : NULL;
    check("a frame comes between its marks", text && begin && strstr(text, "\x1b[?2026l"));
    seat_free(seat);
}

static void a_library_does_not_write_into_the_screen(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    g_autofree char *path = g_strdup_printf("/proc/%d/fd/2", (int)seat->child);
    int fd = open(path, O_WRONLY | O_APPEND);
    check("its stderr is no terminal while it is up",
          fd >= 0 && dprintf(fd, "first line\nlibfoo: no such thing\n") > 0);
    close(fd);
    check("what is written to stderr becomes a notice",
          seat_row_shows(seat, -1, "a message: libfoo: no such thing"));
    seat_type(seat, "%");
    check("and stands nowhere else", seat_hides(seat, "libfoo") && seat_hides(seat, "first line"));
    seat_type(seat, "q");
    check("all of it follows on the way out", seat_ended(seat) && seat_restored(seat) &&
                                                  seat_shows(seat, "first line") &&
                                                  seat_shows(seat, "libfoo: no such thing"));
    seat_free(seat);
}

void the_terminal_is_treated_with_care(struct fleet *fleet)
{
    the_whole_terminal_scrolls_afterwards(fleet);
    a_terminal_without_a_screen_of_its_own_goes_on_below(fleet);
    a_linux_console_is_known(fleet);
    a_paste_is_no_key(fleet);
    a_frame_is_shown_at_once(fleet);
    a_library_does_not_write_into_the_screen(fleet);
}
