#include "data/base/error.h"
#include "rollout/command.h"
#include "rollout/deploy_driver.h"
#include "rollout/job.h"

#include <string.h>

/* deploy.exec.current asks a machine, often over ssh; it has to answer within a lease. */
enum { CURRENT_DEADLINE_MS = 20000, POLL_MS = 200 };

struct exec {
    struct config *config;
    struct job_desk *jobs; /* a queue a cell */
    GPtrArray *currents;   /* struct current *, under way */
    struct deploy_replies *replies;
};

struct current {
    struct exec *exec;
    struct command *command;
    deploy_fn fn;
    gpointer data;
};

static void current_free(gpointer data)
{
    struct current *current = data;
    if (current->command)
        command_cancel(current->command);
    g_free(current);
}

static gpointer exec_open(struct config *config, struct aws_client *client, const char *state_dir,
                          GError **error)
{
    (void)client;
    struct job_desk *jobs = job_desk_new(state_dir, error);
    if (!jobs)
        return NULL;
    struct exec *exec = g_new0(struct exec, 1);
    exec->config = config_ref(config);
    exec->jobs = jobs;
    exec->currents = g_ptr_array_new_with_free_func(current_free);
    exec->replies = deploy_replies_new();
    return exec;
}

static void exec_close(gpointer self)
{
    struct exec *exec = self;
    g_ptr_array_unref(exec->currents);
    deploy_replies_free(exec->replies);
    config_unref(exec->config);
    job_desk_free(exec->jobs);
    g_free(exec);
}

static gint64 exec_poll_ms(gconstpointer self)
{
    (void)self;
    return POLL_MS;
}

static char *first_line(const char *text)
{
    return g_strstrip(g_strndup(text, strcspn(text, "\n")));
}

static void current_ended(const char *output, const GError *error, gpointer data)
{
    struct current *current = data;
    current->command = NULL;
    guint at = 0;
    if (g_ptr_array_find(current->exec->currents, current, &at))
        g_ptr_array_steal_index(current->exec->currents, at);
    g_autofree char *version = output ? first_line(output) : NULL;
    g_autoptr(GError) silent = NULL;
    if (version && !*version)
        silent = g_error_new(CD_ERROR, CD_ERROR_FAILED,
                             "deploy.exec.current printed no version; its first line must be it");
    struct deploy_answer answer = {.version = version, .reference = version};
    error = error ? error : silent;
    current->fn(error ? NULL : &answer, error, current->data);
    g_free(current);
}

static void exec_current(gpointer self, const struct deploy_request *request, deploy_fn fn,
                         gpointer data)
{
    struct exec *exec = self;
    char **argv = exec->config->deploy.exec_current;
    if (!argv[0]) {
        struct deploy_answer unknown = {
            .note = "deploy.exec.current is not set: what runs can't be asked"};
        deploy_reply(exec->replies, &unknown, NULL, fn, data);
        return;
    }
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "CELL", request->cell->id, true);
    g_autofree char *what = g_strdup_printf("deploy.exec.current of %s", request->cell->id);
    struct current *current = g_new0(struct current, 1);
    *current = (struct current){.exec = exec, .fn = fn, .data = data};
    GError *error = NULL;
    current->command = command_run(what, argv, environment, NULL, CURRENT_DEADLINE_MS,
                                   current_ended, current, &error);
    if (current->command) {
        g_ptr_array_add(exec->currents, current);
        return;
    }
    g_free(current);
    deploy_reply(exec->replies, NULL, error, fn, data);
}

static char **exec_environment(const struct deploy_request *request)
{
    const struct job_variable given[] = {
        {"CELL", request->cell->id},
        {"VERSION", request->version},
        {"PREVIOUS", request->previous},
        {"TOKEN", request->token},
        {"REFERENCE",
         request->reference ? request->reference : (request->rollback ? request->version : NULL)},
        {"CELLDECK_ROLLBACK", request->rollback ? "1" : NULL},
    };
    return job_environment(given, G_N_ELEMENTS(given));
}

/* A rollback does not wait for the command that it takes back: that one is told to stop. */
static void exec_begin(gpointer self, const struct deploy_request *request, deploy_fn fn,
                       gpointer data)
{
    struct exec *exec = self;
    GError *error = NULL;
    g_auto(GStrv) environment = exec_environment(request);
    const struct job job = {
        .token = request->token,
        .setting = "deploy.exec.command",
        .argv = exec->config->deploy.exec_command,
        .environment = environment,
        .timeout_ms = exec->config->deploy.exec_timeout_ms,
        .begun = request->version,
        .queue = request->cell->id,
        .stops_earlier = request->rollback,
    };
    job_begin(exec->jobs, &job, &error);
    struct deploy_answer answer = {.reference = request->token};
    deploy_reply(exec->replies, &answer, error, fn, data);
}

static char *lost_text(const char *begun)
{
    return g_strdup_printf("the command for version %s was begun and is gone without having said "
                           "how it ended (was the machine restarted?); how far it came is not "
                           "known, and it is not run again",
                           begun);
}

static char *summary_of(const struct exec *exec, const struct job_look *look)
{
    switch (look->state) {
    case JOB_UNBEGUN:
        return g_strdup("no command was begun under this token");
    case JOB_WAITS:
        return g_strdup("waits for the cell's earlier command to end");
    case JOB_RUNS:
        return g_strdup("the command runs");
    case JOB_ENDED:
        return job_ending_text(look, exec->config->deploy.exec_timeout_ms, "deploy.exec.timeout");
    case JOB_LOST:
        return lost_text(look->begun);
    }
    g_assert_not_reached();
}

static void exec_progress(gpointer self, const struct deploy_request *request, deploy_fn fn,
                          gpointer data)
{
    struct exec *exec = self;
    struct job_look look;
    job_look(exec->jobs, request->reference, &look);
    bool goes = look.state == JOB_WAITS || look.state == JOB_RUNS;
    bool done = look.state == JOB_ENDED && look.ending == ENDING_EXIT && look.value == 0;
    g_autofree char *summary = summary_of(exec, &look);
    g_autofree char *note = g_strconcat(summary, *look.output ? "\n" : "", look.output, NULL);
    struct deploy_answer answer = {.progress = goes   ? DEPLOY_GOING
                                               : done ? DEPLOY_DONE
                                                      : DEPLOY_FAILED,
                                   .version = done ? look.begun : NULL,
                                   .note = note};
    deploy_reply(exec->replies, &answer, NULL, fn, data);
    job_look_clear(&look);
}

const struct deployer_driver deploy_exec = {
    .name = "exec",
    .open = exec_open,
    .close = exec_close,
    .current = exec_current,
    .deploy = exec_begin,
    .progress = exec_progress,
    .rollback = exec_begin,
    .poll_ms = exec_poll_ms,
    .deadline_ms = CURRENT_DEADLINE_MS,
};
