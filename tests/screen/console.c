/* The console as people see it: the real programs, on a pseudo-terminal, against the simulator. */
#include "tests/screen/stage.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void the_fleet_is_drawn_in_80x24(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    check("the headline says that all is well", seat_row_shows(seat, 1, "all 5 cells are well"));
    check("the top says whose fleet and that nothing can be changed",
          seat_row_shows(seat, 0, "medplum-demo") && seat_row_shows(seat, 0, "READ-ONLY"));
    check("columns have titles",
          seat_row_shows(seat, 2, "CELL") && seat_row_shows(seat, 2, "ERRORS"));
    static const char *const ids[] = {"● cell-0-dev", "● cell-2-us-west", "● cell-3-eu-west",
                                      "● cell-1-us-east", "○ cell-1-dr"};
    for (int i = 0; i < 5; i++)
        check(ids[i], seat_row_shows(seat, 3 + i, ids[i]));
    check("the keys are on screen", seat_row_shows(seat, -1, "? help"));
    check("the terminal is raw and on its own screen", seat->alternate && !seat->cursor);
    seat_free(seat);
}

static void it_gives_way_in_40x10_and_grows_to_200x50(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 10, 40, NULL, NULL, NULL);
    check("40x10: every cell and its state",
          seat_row_shows(seat, 3, "cell-0-dev      healthy") &&
              seat_row_shows(seat, 7, "cell-1-dr       standby"));
    check("40x10: READ-ONLY is never dropped", seat_row_shows(seat, 0, "READ-ONLY"));
    seat_resize(seat, 50, 200);
    check("200x50: the wider columns appear", seat_row_shows(seat, 2, "USERS of MAX"));
    check("200x50: the keys move to the new bottom", seat_row_shows(seat, 49, "q quit"));
    seat_resize(seat, 3, 12);
    check("12x3: still there", seat_row_shows(seat, 0, "READ-ON"));
    seat_resize(seat, 10, 40);
    check("40x10 again", seat_row_shows(seat, 7, "cell-1-dr       standby"));
    check("40x10: no more than the width", seat_hides(seat, "USERS"));
    seat_free(seat);
}

static void the_terms_of_looking_are_on_screen(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 60, 250, NULL, NULL, NULL);
    check("250x60: the cost and who polls are on top",
          seat_row_shows(seat, 0, "/h by this console"));
    seat_type(seat, "?G");
    check("help says them in words", seat_shows(seat, "Polling: by this console"));
    check("and how long the credentials last", seat_shows(seat, "Credentials: environment"));
    seat_resize(seat, 24, 80);
    check("80x24: the cost is on top, and no more",
          seat_row_shows(seat, 0, "/h") && seat_hides(seat, "by this console  "));
    seat_free(seat);
}

static void keys_open_screens_and_esc_goes_back(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "j\r");
    check("j and Enter open the second cell", seat_row_shows(seat, 1, "cell-2-us-west healthy"));
    check("its probe and dependencies", seat_shows(seat, "✔ postgres"));
    seat_type(seat, "z");
    check("z shows three hours", seat_shows(seat, "last 3 h"));
    seat_type(seat, "n");
    check("n goes to the next cell", seat_row_shows(seat, 1, "cell-3-eu-west"));
    seat_type(seat, "\x1b");
    check("Esc goes back", seat_row_shows(seat, 2, "CELL"));
    seat_type(seat, "\x1bOB\x1bOB\r");
    check("arrows move too: the row stayed selected", seat_row_shows(seat, 1, "cell-1-us-east"));
    seat_type(seat, "\x1b");
    seat_shows(seat, "IF IT DIES");
    seat_type(seat, "%");
    check("a key without a use says so", seat_row_shows(seat, -1, "% does nothing here"));
    seat_type(seat, "a");
    check("a key of another screen too", seat_row_shows(seat, -1, "a does nothing here"));
    seat_type(seat, "?");
    check("? shows every key", seat_shows(seat, "row above"));
    seat_type(seat, "G");
    check("and the terms of looking", seat_shows(seat, "Polling: by this console"));
    seat_type(seat, "/:quit\r");
    check("/ finds what is looked for", seat_shows(seat, ":quit") && seat_hides(seat, "Polling"));
    seat_type(seat, "r");
    check("r without a rollout says what to do", seat_shows(seat, "No rollout yet"));
    seat_type(seat, "p");
    check("acting without a rollout is refused", seat_row_shows(seat, -1, "no rollout"));
    seat_type(seat, "H");
    check("an empty history says so", seat_shows(seat, "nothing has been done yet"));
    seat_free(seat);
}

static void filters_and_commands_find_things(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "/region:eu");
    check("a column filter leaves the matching cell",
          seat_hides(seat, "cell-0-dev") && seat_row_shows(seat, 3, "cell-3-eu-west"));
    seat_type(seat, "\x15!dev !us");
    check("! takes rows away",
          seat_hides(seat, "cell-1-us-east") && seat_row_shows(seat, 3, "cell-3-eu-west"));
    seat_type(seat, "\x1b");
    check("Esc shows all again", seat_shows(seat, "cell-0-dev"));
    seat_type(seat, "tcell:us-west\r");
    check("Enter ends a filter that leaves several, and opens none of them",
          seat_row_shows(seat, -1, "/cell:us-west  (Esc shows all)") &&
              seat_row_shows(seat, 1, "12 of 30 tenants"));
    seat_type(seat, "\r");
    check("once more, it opens the one that is selected", seat_hides(seat, " of 30 tenants"));
    seat_type(seat, "\x1b\x1b\x1b");
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "tbayview");
    check("tenants are found as one types", seat_row_shows(seat, 1, "1 of 30 tenants"));
    seat_type(seat, "\r");
    check("Enter shows the item", seat_shows(seat, "Bayview Clinic") && seat_shows(seat, "tier"));
    seat_type(seat, ":cell cell-1-d\t\r");
    check("Tab completes, and the cell opens", seat_row_shows(seat, 1, "cell-1-dr"));
    seat_type(seat, ":fleit\r");
    check("a wrong command names the right one", seat_row_shows(seat, -1, "did you mean :fleet"));
    seat_type(seat, ":cell nope\r");
    check("a cell that is none", seat_row_shows(seat, -1, "no cell nope"));
    seat_free(seat);
}

static void it_ends(struct fleet *fleet, const char *rule, const char *keys, int signal,
                    int expected)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    if (keys)
        seat_type(seat, keys);
    else
        kill(seat->child, signal);
    bool ended = seat_ended(seat);
    bool as_said = expected ? WIFSIGNALED(seat->status) && WTERMSIG(seat->status) == expected
                            : WIFEXITED(seat->status) && WEXITSTATUS(seat->status) == 0;
    if (!as_said)
        printf("  wait status %x\n", (unsigned)seat->status);
    check(rule, ended && as_said && seat_restored(seat));
    seat_free(seat);
}

static bool is_pooled(const char *tasks, const char *tid)
{
    g_autofree char *path = g_build_filename(tasks, tid, "comm", NULL);
    g_autofree char *name = NULL;
    return g_file_get_contents(path, &name, NULL, NULL) && g_str_has_prefix(name, "pool");
}

/* A thread of GLib's pool beside the one that draws; 0: there is none. */
static pid_t worker_of(pid_t process)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task", (int)process);
    g_autoptr(GDir) tasks = g_dir_open(path, 0, NULL);
    for (const char *tid; tasks && (tid = g_dir_read_name(tasks));)
        if (is_pooled(path, tid))
            return (pid_t)atoi(tid);
    return 0;
}

static void signals_that_a_worker_gets_are_for_all_of_it(struct fleet *fleet)
{
    static const int signals[] = {SIGTERM, SIGHUP};
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
        seat_shows(seat, "all 5 cells are well");
        seat_type(seat, "R");
        seat_row_shows(seat, 2, "5.1.0"); /* which a worker has read */
        pid_t worker = worker_of(seat->child);
        g_autofree char *rule =
            g_strdup_printf("after %s that a worker of it gets", i == 0 ? "SIGTERM" : "SIGHUP");
        check(rule, worker && syscall(SYS_tgkill, seat->child, worker, signals[i]) == 0 &&
                        seat_ended(seat) && seat_restored(seat));
        seat_free(seat);
    }
}

static void the_terminal_is_put_back_on_every_exit(struct fleet *fleet)
{
    it_ends(fleet, "after q", "q", 0, 0);
    it_ends(fleet, "after :quit", ":quit\r", 0, 0);
    it_ends(fleet, "after Ctrl-C", "\x03", 0, 0);
    it_ends(fleet, "after SIGTERM", NULL, SIGTERM, SIGTERM);
    it_ends(fleet, "after SIGINT", NULL, SIGINT, SIGINT);
    it_ends(fleet, "after SIGSEGV", NULL, SIGSEGV, SIGSEGV);
    it_ends(fleet, "after SIGABRT", NULL, SIGABRT, SIGABRT);
    signals_that_a_worker_gets_are_for_all_of_it(fleet);
}

static void hung_up_it_ends_at_once_and_says_nothing(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    kill(seat->child, SIGHUP);
    check("after SIGHUP",
          seat_ended(seat) && WIFEXITED(seat->status) && WEXITSTATUS(seat->status) == 128 + SIGHUP);
    check("without a word; should somebody be left, their terminal is as it was",
          seat_restored(seat));
    seat_free(seat);
}

static void stopped_and_continued_it_draws_again(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "\x1a");
    siginfo_t info = {0};
    check("Ctrl-Z stops it", waitid(P_PID, (id_t)seat->child, &info, WSTOPPED) == 0);
    check("with the terminal put back", seat_hides(seat, "cell-0-dev") && seat_restored(seat));
    kill(seat->child, SIGCONT);
    check("continued, it draws the whole screen", seat_shows(seat, "cell-0-dev") && !seat->cursor);
    seat_free(seat);
}

static void poor_terminals_are_served(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, "no-such-terminal", NULL);
    check("an unknown TERM is served, and named", seat_row_shows(seat, -1, "no-such-terminal"));
    seat_free(seat);
    seat = sit(fleet, 24, 80, "--ascii", NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    g_autofree char *text = seat_text(seat);
    check("--ascii shows ASCII alone", g_str_is_ascii(text));
    seat_free(seat);
    seat = sit(fleet, 24, 80, NULL, "vt100", "C");
    seat_shows(seat, "all 5 cells are well");
    g_autofree char *plain = seat_text(seat);
    check("so does a locale without UTF-8", g_str_is_ascii(plain));
    check("without colours, too", seat_shows(seat, "* cell-0-dev"));
    seat_free(seat);
    seat = sit(fleet, 24, 80, NULL, "dumb", NULL);
    check("a terminal without a cursor is told what to do instead",
          seat_shows(seat, "can't be shown on TERM=dumb") && seat_ended(seat) &&
              WEXITSTATUS(seat->status) == 2);
    check("and left as it was", seat_restored(seat));
    seat_free(seat);
}

void the_console_is_looked_at(struct fleet *fleet)
{
    the_fleet_is_drawn_in_80x24(fleet);
    it_gives_way_in_40x10_and_grows_to_200x50(fleet);
    the_terms_of_looking_are_on_screen(fleet);
    keys_open_screens_and_esc_goes_back(fleet);
    filters_and_commands_find_things(fleet);
}

void the_console_is_left(struct fleet *fleet)
{
    the_terminal_is_put_back_on_every_exit(fleet);
    hung_up_it_ends_at_once_and_says_nothing(fleet);
    stopped_and_continued_it_draws_again(fleet);
    poor_terminals_are_served(fleet);
}
