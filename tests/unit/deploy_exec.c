#include "tests/unit/deploy_bench.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* `script` is the deploy command, run by sh; it must have no single quotes. */
static struct bench bench_for(const char *script, const char *timeout)
{
    g_autofree char *deploy =
        g_strdup_printf("deploy:\n  driver: exec\n  exec:\n    command: [sh, -c, '%s']\n"
                        "    current: [sh, -c, 'echo noise >&2; cat $D/$CELL']\n    timeout: %s\n",
                        script, timeout);
    struct bench bench;
    bench_open(&bench, deploy, NULL);
    return bench;
}

static void expect_note(const struct reply *reply, enum deploy_progress progress, const char *words)
{
    cr_assert(reply->error == NULL, "%s", reply->error);
    cr_expect_eq(reply->progress, progress, "%d: %s", reply->progress, reply->note);
    cr_expect(strstr(reply->note, words), "%s", reply->note);
}

static void wait_for_file(const struct bench *bench, const char *name)
{
    g_autofree char *path = g_build_filename(bench->dir, name, NULL);
    while (access(path, F_OK) != 0)
        g_usleep(10000);
}

/* The processes whose numbers are the lines of `file` are gone. */
static void expect_dead(const struct bench *bench, const char *file)
{
    g_autofree char *text = bench_file(bench, file);
    g_auto(GStrv) pids = g_strsplit(g_strstrip(text), "\n", -1);
    for (char **pid = pids; *pid; pid++)
        cr_expect(kill((pid_t)atoi(*pid), 0) < 0 && errno == ESRCH, "%s still lives", *pid);
    cr_expect_gt(g_strv_length(pids), 0);
}

Test(deploy_exec, the_command_is_told_what_to_do_and_exit_0_is_done)
{
    struct bench bench =
        bench_for("echo $CELL $VERSION $PREVIOUS $TOKEN ${CELLDECK_ROLLBACK-no} >$D/told;"
                  "echo $VERSION >$D/$CELL; echo all well",
                  "1m");
    struct reply begun = bench_deploy(&bench, "5.0.3", "r1-cell-2");
    cr_assert(begun.error == NULL, "%s", begun.error);
    struct reply ended = bench_settle(&bench, begun.reference);
    expect_note(&ended, DEPLOY_DONE, "exit status 0\nall well");
    g_autofree char *told = bench_file(&bench, "told");
    cr_expect_str_eq(told, "cell-2 5.0.3 5.0.2 r1-cell-2 no\n");
    struct reply runs = bench_current(&bench);
    cr_expect_str_eq(runs.version, "5.0.3");
    cr_expect_str_eq(runs.version, ended.version);
    reply_clear(&begun);
    reply_clear(&ended);
    reply_clear(&runs);
    bench_close(&bench);
}

Test(deploy_exec, a_rollback_is_the_same_command_with_the_recorded_version)
{
    struct bench bench = bench_for("echo $VERSION $REFERENCE $CELLDECK_ROLLBACK >$D/told", "1m");
    struct reply begun = bench_rollback(&bench, "5.0.2", "5.0.2", "r1-back");
    struct reply ended = bench_settle(&bench, begun.reference);
    expect_note(&ended, DEPLOY_DONE, "exit status 0");
    g_autofree char *told = bench_file(&bench, "told");
    cr_expect_str_eq(told, "5.0.2 5.0.2 1\n");
    reply_clear(&begun);
    reply_clear(&ended);
    bench_close(&bench);
}

Test(deploy_exec, any_other_exit_is_failed_with_the_end_of_the_output)
{
    struct bench bench = bench_for(
        "head -c 200000 /dev/zero | tr \"\\\\0\" x; echo; echo no such image; exit 7", "1m");
    struct reply begun = bench_deploy(&bench, "5.0.3", "t");
    struct reply ended = bench_settle(&bench, begun.reference);
    expect_note(&ended, DEPLOY_FAILED, "exit status 7");
    cr_expect(g_str_has_suffix(ended.note, "no such image"));
    cr_expect_lt(strlen(ended.note), 9000);
    g_autofree char *kept = bench_file(&bench, "exec/t.output");
    cr_expect_leq(strlen(kept), 64 * 1024);
    reply_clear(&begun);
    reply_clear(&ended);
    bench_close(&bench);
}

Test(deploy_exec, at_its_deadline_it_dies_with_all_it_started)
{
    /* One child ignores SIGTERM, one has left the session, as a daemon does. */
    struct bench bench =
        bench_for("(trap \"\" TERM; echo $$ >>$D/pids; exec sleep 600) & echo $! >>$D/pids;"
                  "setsid sh -c \"echo \\$\\$ >>$D/pids; sleep 600\" & sleep 600",
                  "1s");
    struct reply begun = bench_deploy(&bench, "5.0.3", "t");
    struct reply ended = bench_settle(&bench, begun.reference);
    expect_note(&ended, DEPLOY_FAILED, "did not end within 1s");
    expect_dead(&bench, "pids");
    reply_clear(&begun);
    reply_clear(&ended);
    bench_close(&bench);
}

Test(deploy_exec, the_same_token_runs_once)
{
    struct bench bench =
        bench_for("echo ran >>$D/runs; while [ ! -e $D/go ]; do sleep 0.02; done", "1m");
    struct reply first = bench_deploy(&bench, "5.0.3", "t");
    wait_for_file(&bench, "runs");
    struct reply again = bench_deploy(&bench, "5.0.3", "t");
    cr_expect_str_eq(again.reference, first.reference);
    struct reply going = bench_progress(&bench, again.reference);
    expect_note(&going, DEPLOY_GOING, "runs");
    g_autofree char *go = g_build_filename(bench.dir, "go", NULL);
    cr_assert(g_file_set_contents(go, "", 0, NULL));
    struct reply ended = bench_settle(&bench, first.reference);
    expect_note(&ended, DEPLOY_DONE, "exit status 0");
    struct reply after = bench_deploy(&bench, "5.0.3", "t");
    cr_expect_str_eq(after.reference, first.reference);
    g_autofree char *runs = bench_file(&bench, "runs");
    cr_expect_str_eq(runs, "ran\n");
    struct reply *all[] = {&first, &again, &going, &ended, &after};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        reply_clear(all[i]);
    bench_close(&bench);
}

Test(deploy_exec, a_killed_conductor_leaves_the_command_to_its_successor)
{
    struct bench bench =
        bench_for("echo ran >>$D/runs; while [ ! -e $D/go ]; do sleep 0.02; done", "1m");
    pid_t conductor = fork();
    if (conductor == 0) {
        bench_deploy(&bench, "5.0.3", "t");
        kill(getpid(), SIGKILL);
    }
    int status = 0;
    waitpid(conductor, &status, 0);
    cr_assert(WIFSIGNALED(status));
    wait_for_file(&bench, "runs");
    struct reply taken = bench_deploy(&bench, "5.0.3", "t");
    struct reply going = bench_progress(&bench, taken.reference);
    expect_note(&going, DEPLOY_GOING, "runs");
    g_autofree char *go = g_build_filename(bench.dir, "go", NULL);
    cr_assert(g_file_set_contents(go, "", 0, NULL));
    struct reply ended = bench_settle(&bench, taken.reference);
    expect_note(&ended, DEPLOY_DONE, "exit status 0");
    g_autofree char *runs = bench_file(&bench, "runs");
    cr_expect_str_eq(runs, "ran\n");
    struct reply *all[] = {&taken, &going, &ended};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        reply_clear(all[i]);
    bench_close(&bench);
}

Test(deploy_exec, a_command_that_died_without_a_word_is_failed_and_never_run_again)
{
    struct bench bench =
        bench_for("echo ran >>$D/runs; echo $PPID >$D/supervisor; sleep 600", "1m");
    struct reply begun = bench_deploy(&bench, "5.0.3", "t");
    wait_for_file(&bench, "supervisor");
    g_autofree char *supervisor = bench_file(&bench, "supervisor");
    while (!*supervisor) {
        g_free(supervisor);
        supervisor = bench_file(&bench, "supervisor");
    }
    /* As when the power fails: the supervisor and the command's whole session at once. */
    g_autofree char *children =
        g_strdup_printf("/proc/%d/task/%d/children", atoi(supervisor), atoi(supervisor));
    g_autofree char *command = NULL;
    cr_assert(g_file_get_contents(children, &command, NULL, NULL));
    kill((pid_t)atoi(supervisor), SIGKILL);
    kill(-(pid_t)atoi(command), SIGKILL);
    struct reply ended = bench_settle(&bench, begun.reference);
    expect_note(&ended, DEPLOY_FAILED, "is gone without having said how it ended");
    struct reply again = bench_deploy(&bench, "5.0.3", "t");
    cr_expect_str_eq(again.reference, begun.reference);
    g_autofree char *runs = bench_file(&bench, "runs");
    cr_expect_str_eq(runs, "ran\n");
    reply_clear(&begun);
    reply_clear(&ended);
    reply_clear(&again);
    bench_close(&bench);
}

Test(deploy_exec, a_rollback_stops_the_deploy_first_and_never_runs_beside_it)
{
    struct bench bench =
        bench_for("if [ -n \"$CELLDECK_ROLLBACK\" ]; then echo back >>$D/runs; exit; fi;"
                  "trap \"sleep 0.3; echo stopped >>$D/runs; exit 1\" TERM;"
                  "echo deploy >>$D/runs; while :; do sleep 0.02; done",
                  "1m");
    struct reply deploy = bench_deploy(&bench, "5.0.3", "t");
    wait_for_file(&bench, "runs");
    struct reply back = bench_rollback(&bench, "5.0.2", "5.0.2", "b");
    struct reply ended = bench_settle(&bench, back.reference);
    expect_note(&ended, DEPLOY_DONE, "exit status 0");
    struct reply stopped = bench_progress(&bench, deploy.reference);
    expect_note(&stopped, DEPLOY_FAILED, "stopped for a rollback");
    g_autofree char *runs = bench_file(&bench, "runs");
    cr_expect_str_eq(runs, "deploy\nstopped\nback\n");
    struct reply *all[] = {&deploy, &back, &ended, &stopped};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        reply_clear(all[i]);
    bench_close(&bench);
}

Test(deploy_exec, a_program_that_is_not_there_is_refused_and_nothing_is_begun)
{
    struct bench bench;
    bench_open(&bench, "deploy: {driver: exec, exec: {command: [no-such-program]}}\n", NULL);
    struct reply begun = bench_deploy(&bench, "5.0.3", "t");
    cr_assert(begun.error != NULL);
    cr_expect(strstr(begun.error, "no program no-such-program"), "%s", begun.error);
    struct reply runs = bench_current(&bench);
    cr_expect(runs.version == NULL && strstr(runs.note, "deploy.exec.current is not set"));
    reply_clear(&begun);
    reply_clear(&runs);
    bench_close(&bench);
}

Test(deploy_exec, a_token_can_not_leave_its_folder)
{
    struct bench bench = bench_for(":", "1m");
    struct reply begun = bench_deploy(&bench, "5.0.3", "../../t");
    struct reply ended = bench_settle(&bench, begun.reference);
    expect_note(&ended, DEPLOY_DONE, "exit status 0");
    g_autofree char *lock = bench_file(&bench, "exec/..%2F..%2Ft.lock");
    cr_expect_str_eq(lock, "5.0.3");
    reply_clear(&begun);
    reply_clear(&ended);
    bench_close(&bench);
}
