/* From screen to screen: the way on top, back and forth, jumps by what is selected, what was said.
 */
#include "tests/screen/stage.h"

#include <sys/stat.h>
#include <unistd.h>

static void back_and_forth(struct seat *seat)
{
    seat_type(seat, "j\r");
    check("the way to a cell is on top", seat_row_shows(seat, 0, "fleet › cell-2-us-west  "));
    seat_type(seat, "t");
    check("its tenants come after it, and only they",
          seat_row_shows(seat, 0, "cell-2-us-west › tenants") &&
              seat_row_shows(seat, 1, "12 of 30 tenants"));
    seat_type(seat, "\r");
    seat_row_shows(seat, -1, "Esc shows all");
    seat_type(seat, "\r");
    seat_shows(seat, "residency");
    seat_type(seat, "c");
    check("c goes from a tenant to its cell", seat_row_shows(seat, 1, "cell-2-us-west healthy"));
    seat_type(seat, "[");
    check("[ goes back to the tenant", seat_shows(seat, "residency"));
    seat_type(seat, "[");
    check("and to the list, which kept its filter",
          seat_row_shows(seat, -1, "/cell:cell-2-us-west"));
    seat_type(seat, "]]");
    check("] goes forward again", seat_row_shows(seat, 1, "cell-2-us-west healthy"));
    seat_type(seat, "]");
    check("as far as one had been", seat_row_shows(seat, -1, "nothing lies ahead"));
    seat_type(seat, "1");
    check("1 goes home", seat_row_shows(seat, 1, "all 5 cells are well"));
    seat_type(seat, "]");
    check("and ] straight to where one was", seat_row_shows(seat, 1, "cell-2-us-west healthy"));
    seat_type(seat, "1");
    seat_row_shows(seat, 1, "all 5 cells are well");
}

static void where_everybody_goes(struct seat *seat)
{
    seat_type(seat, "F");
    check("F shows where everybody in the selected cell goes, and what is checked",
          seat_shows(seat, "where to") && seat_shows(seat, "preflight"));
    seat_type(seat, ":place\r");
    check(":place says where a new tenant would go",
          seat_shows(seat, "Where would a new tenant go, and why?"));
    seat_type(seat, "/500 standard us\r");
    check("and answers what is typed",
          seat_shows(seat, "a new STANDARD tenant of 500 users with its data in US"));
    seat_type(seat, "\x1b"
                    "c");
    check("a jump that leads nowhere says so",
          seat_row_shows(seat, -1, "nothing that is selected here is about a cell"));
}

static void alarms_lead_to_their_cell(struct seat *seat)
{
    seat_type(seat, "!");
    check("! lists every alarm of every cell", seat_row_shows(seat, 1, "of 15 alarms in ALARM"));
    seat_type(seat, "/cell:dr");
    check("a filter leaves those of a cell",
          seat_row_shows(seat, 3, "cell-1-dr-") && seat_hides(seat, "cell-0-dev-"));
    seat_type(seat, "\r\r");
    check("Enter opens it", seat_row_shows(seat, 1, "cell-1-dr standby"));
    seat_type(seat, "1");
    seat_row_shows(seat, 1, "all 5 cells are well");
}

static void releases_lead_to_what_they_change(struct seat *seat)
{
    seat_type(seat, "R");
    check("R lists the releases, newest first, and which cells run them",
          seat_row_shows(seat, 2, "5.1.0") && seat_row_shows(seat, 4, "● 5.0.2") &&
              seat_row_shows(seat, 4, "all 5 cells"));
    seat_type(seat, "\r");
    check("Enter shows what one changes, migrations first",
          seat_shows(seat, "since 5.0.3: 5 commits") && seat_shows(seat, "2 migrations") &&
              seat_row_shows(seat, 0, "releases › 5.1.0"));
    seat_type(seat, "s");
    check("read-only, s refuses it", seat_row_shows(seat, -1, "read-only: nothing was done"));
    seat_type(seat, "1v");
    check("v on a cell shows the release that it runs",
          seat_row_shows(seat, 0, "fleet › 5.0.2 ") && seat_shows(seat, "since 5.0.1: 4 commits"));
    seat_type(seat, ":release 9.9.9\r");
    check("a release that there is not is told as that",
          seat_shows(seat, "there is no release '9.9.9'"));
    seat_type(seat, "1");
    seat_row_shows(seat, 1, "all 5 cells are well");
}

static void what_was_said(struct seat *seat)
{
    seat_type(seat, ":tenant nobody\r");
    seat_row_shows(seat, -1, "no tenant nobody");
    seat_type(seat, ":");
    seat_row_shows(seat, -1, ":");
    seat_type(seat, "\x1bOA");
    check("Up has the last command again", seat_row_shows(seat, -1, ":tenant nobody"));
    seat_type(seat, "\x1bOA\x1bOB\x1bOB");
    check("and Down what was being typed", seat_hides(seat, ":tenant nobody"));
    seat_type(seat, "\x1b");
    seat_type(seat, "M");
    check("M has what was said, newest first", seat_row_shows(seat, 2, "no tenant nobody") &&
                                                   seat_row_shows(seat, 3, "is about a cell"));
    seat_resize(seat, 10, 40);
    seat_type(seat, ":start five attended --now\r");
    check("40x10: a long one is read whole",
          seat_row_shows(seat, -1, "them)") && seat_shows(seat, "five attended --now is no"));
    seat_resize(seat, 24, 80);
}

static void help_of_the_screen(struct seat *seat)
{
    seat_type(seat, ":rollout\r");
    seat_shows(seat, "No rollout yet");
    seat_type(seat, "?");
    check("? begins with the keys of the screen",
          seat_row_shows(seat, 1, "on the screen rollout") && seat_shows(seat, "approve the wave"));
    seat_type(seat, ":help cell\r");
    check(":help SCREEN has another's", seat_row_shows(seat, 1, "on the screen cell"));
}

/* Who looks where else objects may lie waits for a writer that never comes. */
static void a_git_repository_that_hangs_holds_nobody_up(struct fleet *fleet)
{
    g_autofree char *info = g_build_filename(fleet->dir, "medplum.git", "objects", "info", NULL);
    g_autofree char *alternates = g_build_filename(info, "alternates", NULL);
    bool hangs = g_mkdir_with_parents(info, 0700) == 0 && mkfifo(alternates, 0600) == 0;
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "R");
    check("git hangs: the screen of releases says that it reads",
          hangs && seat_shows(seat, "reading the git repository"));
    seat_type(seat, "1j\r");
    check("keys are answered", seat_row_shows(seat, 1, "cell-2-us-west healthy"));
    seat_type(seat, "q");
    check("and q ends it", seat_ended(seat) && seat_restored(seat));
    seat_free(seat);
    unlink(alternates);
}

void people_find_their_way(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    back_and_forth(seat);
    alarms_lead_to_their_cell(seat);
    releases_lead_to_what_they_change(seat);
    where_everybody_goes(seat);
    what_was_said(seat);
    help_of_the_screen(seat);
    seat_free(seat);
    a_git_repository_that_hangs_holds_nobody_up(fleet);
}
