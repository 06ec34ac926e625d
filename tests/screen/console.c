/* The console as people see it: the real programs, on a pseudo-terminal, against the simulator. */
#include "tests/screen/terminal.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static struct {
    int passed, failed;
} count;

static bool check(const char *rule, bool holds)
{
    printf("  %s  %s\n", holds ? "ok  " : "FAIL", rule);
    fflush(stdout);
    if (holds)
        count.passed++;
    else
        count.failed++;
    return holds;
}

struct fleet {
    char *build, *dir;
    GSubprocess *simulator;
    char *env[16];
    int n_env;
};

static void add_env(struct fleet *fleet, char *variable)
{
    fleet->env[fleet->n_env++] = variable;
}

static struct fleet *fleet_new(const char *build)
{
    struct fleet *fleet = g_new0(struct fleet, 1);
    fleet->build = g_strdup(build);
    fleet->dir = g_dir_make_tmp("celldeck-screen-XXXXXX", NULL);
    g_autofree char *program = g_build_filename(build, "celldeck-sim", NULL);
    fleet->simulator =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL,
                         program, "--dir", fleet->dir, "--until-eof", NULL);
    g_autoptr(GDataInputStream) lines =
        g_data_input_stream_new(g_subprocess_get_stdout_pipe(fleet->simulator));
    g_autofree char *line = g_data_input_stream_read_line_utf8(lines, NULL, NULL, NULL);
    json_t *ready = line ? json_loads(line, 0, NULL) : NULL;
    if (!ready)
        g_error("celldeck-sim did not start");
    add_env(fleet, g_strdup_printf("AWS_ENDPOINT_URL=%s",
                                   json_string_value(json_object_get(ready, "endpoint"))));
    add_env(fleet, g_strdup_printf("CELLDECK_CONFIG=%s",
                                   json_string_value(json_object_get(ready, "config"))));
    add_env(fleet, g_strdup_printf("CELLDECK_STATE=%s/state", fleet->dir));
    add_env(fleet, g_strdup("AWS_ACCESS_KEY_ID=TEST"));
    add_env(fleet, g_strdup("AWS_SECRET_ACCESS_KEY=test"));
    add_env(fleet, g_strdup("AWS_EC2_METADATA_DISABLED=true"));
    add_env(fleet, g_strdup("XDG_CONFIG_HOME=/nonexistent"));
    add_env(fleet, g_strdup("SUDO_USER=alice"));
    json_decref(ready);
    return fleet;
}

static void fleet_free(struct fleet *fleet)
{
    g_output_stream_close(g_subprocess_get_stdin_pipe(fleet->simulator), NULL, NULL);
    g_subprocess_wait(fleet->simulator, NULL, NULL);
    g_object_unref(fleet->simulator);
    g_autofree char *sweep = g_strdup_printf("rm -rf '%s'", fleet->dir);
    if (!g_spawn_command_line_sync(sweep, NULL, NULL, NULL, NULL))
        printf("  left behind: %s\n", fleet->dir);
    for (int i = 0; i < fleet->n_env; i++)
        g_free(fleet->env[i]);
    g_free(fleet->build);
    g_free(fleet->dir);
    g_free(fleet);
}

/* celldeck with up to two options, on a terminal. `term` and `locale` may be NULL: the usual. */
static struct seat *sit(struct fleet *fleet, int rows, int cols, const char *option,
                        const char *term, const char *locale)
{
    g_autofree char *program = g_build_filename(fleet->build, "celldeck", NULL);
    g_autofree char *term_env = g_strdup_printf("TERM=%s", term ? term : "xterm-256color");
    g_autofree char *locale_env = g_strdup_printf("LC_ALL=%s", locale ? locale : "C.UTF-8");
    char *env[20] = {NULL};
    memcpy(env, fleet->env, sizeof(char *) * (size_t)fleet->n_env);
    env[fleet->n_env] = term_env;
    env[fleet->n_env + 1] = locale_env;
    char *argv[] = {program, (char *)(option ? option : "console"), NULL};
    return seat_new(rows, cols, argv, env);
}

static void the_fleet_is_drawn_in_80x24(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    check("the headline says that all is well", seat_row_shows(seat, 1, "all 5 cells are well"));
    check("the top says whose fleet and that nothing can be changed",
          seat_row_shows(seat, 0, "celldeck medplum-demo") && seat_row_shows(seat, 0, "READ-ONLY"));
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
    seat_shows(seat, "TENANTS");
    seat_type(seat, "%");
    check("a key without a use says so", seat_row_shows(seat, -1, "% does nothing here"));
    seat_type(seat, "a");
    check("a key of another screen too", seat_row_shows(seat, -1, "a does nothing here"));
    seat_type(seat, "?");
    check("? shows every key", seat_shows(seat, "row above"));
    seat_type(seat, "G");
    check("and the rest of them", seat_shows(seat, ":quit"));
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

/* celldeck with these words, to its end. */
static bool run_celldeck(struct fleet *fleet, const char *const *words)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *program = g_build_filename(fleet->build, "celldeck", NULL);
    g_ptr_array_add(argv, program);
    for (; *words; words++)
        g_ptr_array_add(argv, (gpointer)*words);
    g_ptr_array_add(argv, NULL);
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    for (int i = 0; i < fleet->n_env; i++) {
        g_auto(GStrv) variable = g_strsplit(fleet->env[i], "=", 2);
        g_subprocess_launcher_setenv(launcher, variable[0], variable[1], TRUE);
    }
    g_autoptr(GSubprocess) process =
        g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, NULL);
    return process && g_subprocess_wait_check(process, NULL, NULL);
}

/* Refused at first: the probes of a simulator that has just begun are not all in. */
static bool start_rollout(struct fleet *fleet)
{
    static const char *const words[] = {"rollout",       "start", "v5.1.0", "--reason",
                                        "a screen test", "--yes", NULL};
    bool started = false;
    for (int i = 0; i < 20 && !started; i++)
        started = run_celldeck(fleet, words);
    return started;
}

static void a_rollout_is_seen_and_steered(struct fleet *fleet)
{
    check("a rollout starts", start_rollout(fleet));
    struct seat *seat = sit(fleet, 30, 100, NULL, NULL, NULL);
    seat_shows(seat, "cell-0-dev");
    seat_type(seat, "r");
    check("r shows it, with who and why", seat_row_shows(seat, 1, "r1 5.1.0") &&
                                              seat_row_shows(seat, 1, "alice") &&
                                              seat_row_shows(seat, 1, "a screen test"));
    check("its waves", seat_shows(seat, "enterprise  bake"));
    check("what comes next", seat_row_shows(seat, 2, "next: "));
    check("a cell's gates with their reasons",
          seat_shows(seat, "gates of ") && seat_shows(seat, "traffic"));
    seat_type(seat, "A");
    check("read-only, nothing can be done",
          seat_row_shows(seat, -1, "read-only: nothing was done"));
    seat_free(seat);
    seat = sit(fleet, 30, 100, "--write", NULL, NULL);
    check("WRITE is on top", seat_row_shows(seat, 0, "WRITE"));
    seat_type(seat, "r");
    seat_shows(seat, "r1 5.1.0");
    seat_type(seat, "A");
    check("abort asks, and shows the blast radius", seat_shows(seat, "Blast radius: "));
    seat_type(seat, "yes\r");
    check("another word does nothing", seat_shows(seat, "that is not 5.1.0"));
    seat_type(seat, "\x1b");
    check("Esc does nothing", seat_row_shows(seat, -1, "nothing was done"));
    bool done = false;
    for (int i = 0; i < 10 && !done; i++) { /* refused where the rollout moved meanwhile */
        seat_type(seat, "A");
        seat_shows(seat, "Blast radius: ");
        seat_type(seat, "5.1.0\r");
        seat_hides(seat, "putting it on record");
        seat_hides(seat, "Blast radius: ");
        g_autofree char *bottom = seat_row(seat, -1);
        done = strstr(bottom, "on record") != NULL;
    }
    check("the version, typed, does it", done);
    check("the rollout ends as aborted", seat_row_shows(seat, 1, "aborted"));
    seat_type(seat, "H");
    check("history has it",
          seat_row_shows(seat, 2, "rollout") && seat_row_shows(seat, 2, "aborted"));
    seat_type(seat, "\r/abort");
    check("its events are found", seat_row_shows(seat, 2, "abort"));
    seat_free(seat);
}

/* --- the terminal is put back -------------------------------------------------------------------
 */

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

static void the_terminal_is_put_back_on_every_exit(struct fleet *fleet)
{
    it_ends(fleet, "after q", "q", 0, 0);
    it_ends(fleet, "after :quit", ":quit\r", 0, 0);
    it_ends(fleet, "after Ctrl-C", "\x03", 0, 0);
    it_ends(fleet, "after SIGTERM", NULL, SIGTERM, SIGTERM);
    it_ends(fleet, "after SIGINT", NULL, SIGINT, SIGINT);
    it_ends(fleet, "after SIGSEGV", NULL, SIGSEGV, SIGSEGV);
    it_ends(fleet, "after SIGABRT", NULL, SIGABRT, SIGABRT);
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

/* --- terminals that can do less -----------------------------------------------------------------
 */

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
    check("without colours, too", seat_row_shows(seat, 3, "* cell-0-dev"));
    seat_free(seat);
    seat = sit(fleet, 24, 80, NULL, "dumb", NULL);
    check("a terminal without a cursor is told what to do instead",
          seat_shows(seat, "can't be shown on TERM=dumb") && seat_ended(seat) &&
              WEXITSTATUS(seat->status) == 2);
    check("and left as it was", seat_restored(seat));
    seat_free(seat);
}

static void (*const stories[])(struct fleet *) = {
    the_fleet_is_drawn_in_80x24,          it_gives_way_in_40x10_and_grows_to_200x50,
    keys_open_screens_and_esc_goes_back,  filters_and_commands_find_things,
    a_rollout_is_seen_and_steered,        the_terminal_is_put_back_on_every_exit,
    stopped_and_continued_it_draws_again, poor_terminals_are_served,
};

int main(int argc, char **argv)
{
    struct fleet *fleet = fleet_new(argc > 1 ? argv[1] : "build/san");
    for (size_t i = 0; i < G_N_ELEMENTS(stories); i++)
        stories[i](fleet);
    fleet_free(fleet);
    printf("%d passed, %d failed\n", count.passed, count.failed);
    return count.failed > 0;
}
