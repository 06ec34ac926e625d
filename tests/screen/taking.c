/* What people take along from a screen: into the clipboard, into a file, as a command. */
#include "tests/screen/stage.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* What the terminal was last told to have in its clipboard; NULL: nothing. Caller frees. */
static char *clipboard(const struct seat *seat)
{
    const char *begin = g_strrstr(seat->said->str, "\x1b]52;c;");
    const char *end = begin ? strchr(begin, '\a') : NULL;
    if (!end)
        return NULL;
    gsize length;
    g_autofree char *coded = g_strndup(begin + 7, (gsize)(end - begin) - 7);
    g_autofree char *text = (char *)g_base64_decode(coded, &length);
    return g_strndup(text, length);
}

static bool clipboard_is(const struct seat *seat, const char *expected)
{
    g_autofree char *text = clipboard(seat);
    if (g_strcmp0(text, expected) != 0)
        printf("  in the clipboard: %s\n", text ? text : "nothing");
    return g_strcmp0(text, expected) == 0;
}

static void what_is_selected_is_copied(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "ji");
    check("i says what was copied, and how long it is",
          seat_row_shows(seat, -1, "copied cell cell-2-us-west (14 characters"));
    check("and the terminal has it", clipboard_is(seat, "cell-2-us-west"));
    seat_type(seat, "Z");
    seat_row_shows(seat, 1, "FROZEN");
    g_autofree char *row = seat_row(seat, 5);
    seat_type(seat, "I");
    check("I says that it was the row", seat_row_shows(seat, -1, "copied the row ("));
    check("which is copied as it stands there", clipboard_is(seat, g_strstrip(row)));
    seat_type(seat, "Ztbayview\ri");
    check("of a tenant it is the id", seat_shows(seat, "copied tenant bayview"));
    seat_type(seat, "!i");
    check("of an alarm its name", seat_shows(seat, "copied alarm cell-"));
    seat_type(seat, "Hi");
    check("where nothing is selected it says so",
          seat_row_shows(seat, -1, "no operation is selected here; nothing was copied"));
    seat_free(seat);
}

static void a_terminal_without_a_clipboard_hears_nothing(struct fleet *fleet)
{
    static const char *const terms[] = {"linux", "vt100", "no-such-terminal"};
    for (size_t i = 0; i < G_N_ELEMENTS(terms); i++) {
        struct seat *seat = sit(fleet, 24, 80, NULL, terms[i], NULL);
        seat_shows(seat, "all 5 cells are well");
        seat_type(seat, "i");
        bool told = seat_shows(seat, "has no clipboard that could be written to");
        check(terms[i], told && !seat_said(seat, "\x1b]52"));
        seat_free(seat);
    }
}

static void within_screen_it_is_wrapped(struct fleet *fleet)
{
    g_setenv("STY", "1.here", TRUE);
    struct seat *seat = sit(fleet, 24, 80, NULL, "screen", NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "i");
    seat_shows(seat, "copied cell cell-0-dev");
    check("GNU screen is told to pass it on",
          seat_said(seat, "\x1bP\x1b]52;c;Y2VsbC0wLWRldg==\a\x1b\\"));
    seat_free(seat);
    g_unsetenv("STY");
}

/* The only file in the folder of dumps. Caller frees. */
static char *only_dump(const char *folder)
{
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    const char *name = files ? g_dir_read_name(files) : NULL;
    char *path = name ? g_build_filename(folder, name, NULL) : NULL;
    if (path && g_dir_read_name(files))
        g_clear_pointer(&path, g_free);
    return path;
}

static void a_screen_is_written_into_a_file(struct fleet *fleet)
{
    g_autofree char *state = g_build_filename(fleet->dir, "people", NULL);
    g_autofree char *folder = g_build_filename(state, "celldeck", "screens", NULL);
    g_setenv("XDG_STATE_HOME", state, TRUE);
    struct seat *seat = sit(fleet, 24, 100, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, ":tenants\r");
    seat_row_shows(seat, -1, "1-20 of 30");
    seat_type(seat, "GD");
    check("D says where the screen is", seat_shows(seat, "the screen is in"));
    check("and the list stands where it stood", seat_row_shows(seat, 22, "willamette"));
    g_autofree char *path = only_dump(folder);
    g_autofree char *text = NULL;
    check("it is one file, by time and screen", path && g_str_has_suffix(path, "Z-tenants.txt") &&
                                                    g_file_get_contents(path, &text, NULL, NULL));
    GStatBuf facts;
    check("of nobody else's", path && g_stat(path, &facts) == 0 && (facts.st_mode & 0777) == 0600);
    check("with the whole list in it, as text",
          text && strstr(text, "\n   aarhus-fertility") && strstr(text, "Göteborgs R") &&
              strstr(text, "\n   willamette") && !strchr(text, '\x1b'));
    g_autofree char *named = g_build_filename(fleet->dir, "mine.txt", NULL);
    g_autofree char *command = g_strdup_printf(":dump %s\r", named);
    seat_type(seat, command);
    check(":dump FILE takes that one", seat_shows(seat, "mine.txt") && seat_hides(seat, ":dump"));
    g_autofree char *before = NULL, *after = NULL;
    check("with no prompt in it", g_file_get_contents(named, &before, NULL, NULL) &&
                                      !strstr(before, ":dump") && strstr(before, "q quit"));
    seat_type(seat, ":fleet\r");
    seat_row_shows(seat, 2, "CELL");
    seat_type(seat, command);
    check("but not twice", seat_shows(seat, "it is there already"));
    g_file_get_contents(named, &after, NULL, NULL);
    check("and what was there stands", g_strcmp0(before, after) == 0);
    seat_type(seat, ":dump /nonexistent/here\r");
    check("what can't be written is told, and why", seat_shows(seat, "No such file or directory"));
    seat_free(seat);
    g_unsetenv("XDG_STATE_HOME");
}

void what_is_seen_can_be_taken_along(struct fleet *fleet)
{
    what_is_selected_is_copied(fleet);
    within_screen_it_is_wrapped(fleet);
    a_terminal_without_a_clipboard_hears_nothing(fleet);
    a_screen_is_written_into_a_file(fleet);
}
