/* What people do with a mouse, and that their terminal has it back afterwards. */
#include "tests/screen/steering.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define MOUSE_ON  "\x1b[?1000h\x1b[?1006h"
#define MOUSE_OFF "\x1b[?1006l\x1b[?1000l"

static void press(struct seat *seat, int button, int row, int col)
{
    g_autofree char *report = g_strdup_printf("\x1b[<%d;%d;%dM", button, col + 1, row + 1);
    seat_type(seat, report);
}

/* As a terminal reports it: pressed, and let go. */
static void click(struct seat *seat, int row, int col)
{
    g_autofree char *let_go = g_strdup_printf("\x1b[<0;%d;%dm", col + 1, row + 1);
    press(seat, 0, row, col);
    seat_type(seat, let_go);
}

/* Where `text` begins in a row; -1: it is not there. */
static int column_of(struct seat *seat, int row, const char *text)
{
    g_autofree char *line = seat_row(seat, row < 0 ? seat->rows + row : row);
    const char *at = strstr(line, text);
    return at ? (int)g_utf8_pointer_to_offset(line, at) : -1;
}

/* Whether the last that was said of the mouse is `said`. */
static bool last_said(struct seat *seat, const char *said)
{
    const char *on = g_strrstr(seat->said->str, MOUSE_ON);
    const char *off = g_strrstr(seat->said->str, MOUSE_OFF);
    const char *last = on > off ? on : off;
    return last && g_str_has_prefix(last, said);
}

static void a_click_selects_and_a_second_opens(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    check("clicks are asked for, motion is not", last_said(seat, MOUSE_ON) &&
                                                     !seat_said(seat, "\x1b[?1002h") &&
                                                     !seat_said(seat, "\x1b[?1003h"));
    click(seat, 5, 40);
    seat_type(seat, "c");
    check("a click selects its row", seat_row_shows(seat, 1, "cell-3-eu-west"));
    seat_type(seat, "\x1b");
    seat_row_shows(seat, 2, "CELL");
    click(seat, 5, 4);
    seat_idle(seat);
    check("what keys have selected needs a first click too", column_of(seat, 2, "CELL") >= 0);
    click(seat, 5, 70);
    check("a second click opens it", seat_row_shows(seat, 1, "cell-3-eu-west"));
    click(seat, 0, column_of(seat, 0, "fleet"));
    check("a click on the way goes there", seat_row_shows(seat, 2, "CELL"));
    seat_type(seat, "]");
    check("and ] forward again", seat_row_shows(seat, 1, "cell-3-eu-west"));
    seat_row_shows(seat, -1, "z span");
    seat_settled(seat);
    click(seat, 23, column_of(seat, -1, "tenants"));
    check("a click on a hint is its key", seat_row_shows(seat, -1, "/cell:cell-3-eu-west"));
    seat_free(seat);
}

static void a_title_sorts_and_the_wheel_scrolls(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    click(seat, 2, column_of(seat, 2, "CELL"));
    check("a click on a title sorts by it",
          seat_row_shows(seat, 3, "cell-0-dev") && seat_row_shows(seat, 4, "cell-1-dr"));
    click(seat, 2, column_of(seat, 2, "CELL"));
    check("a second turns it round", seat_row_shows(seat, 3, "cell-3-eu-west"));
    int title = column_of(seat, 2, "CELL") + 1;
    g_autofree char *both =
        g_strdup_printf("\r\x1b[<0;%d;3M\x1b[<0;%d;3m", title, title); /* before the next frame */
    seat_type(seat, both);
    check("a click at a screen that a key has just left does nothing",
          seat_row_shows(seat, -1, "that screen has gone meanwhile") &&
              seat_row_shows(seat, 1, "cell-3-eu-west"));
    seat_type(seat, "[");
    seat_row_shows(seat, 2, "CELL");
    seat_type(seat, ":tenants\r");
    check("30 tenants do not fit", seat_row_shows(seat, -1, "1-20 of 30"));
    press(seat, 65, 10, 10);
    check("the wheel scrolls three rows", seat_row_shows(seat, -1, "4-23 of 30"));
    press(seat, 64, 10, 10);
    check("and back", seat_row_shows(seat, -1, "1-20 of 30"));
    seat_free(seat);
}

static void a_click_confirms_nothing(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 40, 110, "--write", NULL, NULL); /* seen around it */
    seat_shows(seat, "all 5 cells are well");
    steer_plan(seat, "5.1.0"); /* which waits no more, as it would while it opens */
    seat_type(seat, "becau");
    seat_shows(seat, "> becau");
    for (int row = 0; row < seat->rows; row++)
        for (int col = 0; col < seat->cols; col += 8)
            click(seat, row, col);
    seat_idle(seat);
    check("560 clicks on and around a question leave it as it is", seat_shows(seat, "> becau"));
    seat_type(seat, "\x1b");
    check("nothing was done", seat_shows(seat, "nothing was done"));
    g_autofree char *history =
        fleet_run(fleet, "alice", (const char *const[]){"history", "list", "--json", NULL});
    check("nor is anything on record",
          strstr(history, "\"operations\":[]") || strstr(history, "\"operations\": []"));
    seat_free(seat);
}

static void a_broken_report_is_no_key(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    static const char *const pieces[] = {"\x1b[", "<", "0;", "5", ";6", "M"};
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        seat_type(seat, pieces[i]);
        seat_idle(seat);
    }
    seat_type(seat, "c");
    check("a report that comes in pieces is one", seat_row_shows(seat, 1, "cell-3-eu-west"));
    seat_type(seat,
              "\x1b[<0;q5M\x1b[<0;1\x1b[<qqqq;1;1M\x1b[<99999999999999999999999999;2;2M\x1b[<;;M");
    seat_type(seat, "%");
    check("and of broken ones no letter is a key", seat_row_shows(seat, -1, "% does nothing here"));
    seat_type(seat, "\x1b[1;7Q");
    check("an unknown function key is one key, not Esc and letters",
          seat_row_shows(seat, -1, "that key does nothing here") &&
              seat_row_shows(seat, 1, "cell-3-eu-west"));
    seat_free(seat);
}

static void the_switch_gives_it_back(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "X");
    check("X says that the mouse is the terminal's", seat_shows(seat, "the terminal's own"));
    check("and has told the terminal", last_said(seat, MOUSE_OFF));
    click(seat, 5, 40);
    seat_type(seat, "c");
    check("a click that was on its way does nothing", seat_row_shows(seat, 1, "cell-0-dev"));
    seat_type(seat, ":mouse on\r");
    check(":mouse on takes it again",
          seat_shows(seat, "the console's") && last_said(seat, MOUSE_ON));
    seat_type(seat, ":mouse of\t\r");
    check(":mouse off gives it back", seat_shows(seat, "the terminal's own"));
    seat_type(seat, "\x1a");
    siginfo_t info = {0};
    waitid(P_PID, (id_t)seat->child, &info, WSTOPPED);
    kill(seat->child, SIGCONT);
    check("stopped and continued, it stays off",
          seat_shows(seat, "cell-0-dev") && last_said(seat, MOUSE_OFF));
    seat_free(seat);
}

static void it_is_given_back_by(struct fleet *fleet, const char *rule, const char *keys, int signal)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    bool on = last_said(seat, MOUSE_ON);
    if (keys)
        seat_type(seat, keys);
    else
        kill(seat->child, signal);
    check(rule, on && seat_ended(seat) && seat_restored(seat) && last_said(seat, MOUSE_OFF));
    seat_free(seat);
}

static void every_way_out_gives_it_back(struct fleet *fleet)
{
    it_is_given_back_by(fleet, "the mouse is given back by q", "q", 0);
    it_is_given_back_by(fleet, "by SIGTERM", NULL, SIGTERM);
    it_is_given_back_by(fleet, "by SIGHUP, where somebody is left", NULL, SIGHUP);
    it_is_given_back_by(fleet, "by SIGSEGV", NULL, SIGSEGV);
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "\x1a");
    siginfo_t info = {0};
    waitid(P_PID, (id_t)seat->child, &info, WSTOPPED);
    seat_restored(seat);
    check("while it is stopped", last_said(seat, MOUSE_OFF));
    kill(seat->child, SIGCONT);
    check("and taken again after", seat_shows(seat, "cell-0-dev") && last_said(seat, MOUSE_ON));
    seat_free(seat);
}

static void terminals_without_one_hear_nothing(struct fleet *fleet)
{
    static const char *const terms[] = {"linux", "vt100", "no-such-terminal"};
    for (size_t i = 0; i < G_N_ELEMENTS(terms); i++) {
        struct seat *seat = sit(fleet, 24, 80, NULL, terms[i], NULL);
        seat_shows(seat, "all 5 cells are well");
        seat_type(seat, "X");
        bool told = seat_shows(seat, "no mouse that could be asked for");
        check(terms[i], told && !seat_said(seat, "\x1b[?1000") && !seat_said(seat, "\x1b[?1006"));
        seat_free(seat);
    }
    struct seat *seat = sit(fleet, 24, 80, NULL, "screen", NULL);
    check("screen has one", seat_shows(seat, "all 5 cells are well") && last_said(seat, MOUSE_ON));
    seat_free(seat);
}

void a_mouse_does_what_keys_do(struct fleet *fleet)
{
    a_click_selects_and_a_second_opens(fleet);
    a_title_sorts_and_the_wheel_scrolls(fleet);
    a_click_confirms_nothing(fleet);
    a_broken_report_is_no_key(fleet);
    the_switch_gives_it_back(fleet);
    every_way_out_gives_it_back(fleet);
    terminals_without_one_hear_nothing(fleet);
}
