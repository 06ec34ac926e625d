/* `celldeck demo`: celldeck against a simulated AWS on loopback. With a terminal, the console on
 * it; without one (or --headless), a bad and a good rollout from beginning to end. */
#include "tui/commands/demo.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "data/history.h"
#include "rollout/conductor.h"
#include "rollout/request.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The enterprise wave wants somebody else's approval, and whoever tries the demo is alone: after a
 * while a colleague approves what waits. */
#define COLLEAGUE     "bob@demo"
#define COLLEAGUE_MS  (10 * WHEN_SECOND)
#define LOOK_EVERY_MS 1000
#define OPERATIONS    100 /* more than anybody begins in a demo */

struct colleague {
    struct journal *journal;
    gint64 version;
    gint64 waiting_since_ms;
};

/* The first, from the newest on, that is not over and is what is asked for; NULL: none is. Caller
 * frees. */
static char *live_operation(struct journal *journal, bool (*is)(const struct operation *, void *),
                            void *data)
{
    g_autoptr(GPtrArray) operations = history_operations(journal, OPERATIONS, NULL);
    for (guint i = 0; operations && i < operations->len; i++) {
        const struct operation *operation = operations->pdata[i];
        if (operation->ended_ms == 0 && is(operation, data))
            return g_strdup(operation->id);
    }
    return NULL;
}

static bool waits(const struct operation *operation, void *data)
{
    (void)data;
    return strcmp(operation->state, "waiting") == 0;
}

static gboolean colleague_looks(gpointer data)
{
    struct colleague *colleague = data;
    g_autofree char *waiting = live_operation(colleague->journal, waits, NULL);
    if (!waiting) {
        colleague->waiting_since_ms = 0;
    } else if (!colleague->waiting_since_ms) {
        colleague->waiting_since_ms = when_mono_ms();
    } else if (when_mono_ms() - colleague->waiting_since_ms > COLLEAGUE_MS) {
        /* Refused where it waits for something else: then it is not for a colleague to say. */
        g_autoptr(GError) refused = NULL;
        request_approve(colleague->journal, waiting, NULL, &(const struct person){COLLEAGUE, NULL},
                        when_now_ms(), &refused);
        colleague->waiting_since_ms = 0;
    }
    return G_SOURCE_CONTINUE;
}

static int run_console(const struct context *context, bool linear, GError **error)
{
    g_auto(GStrv) argv = g_new0(char *, 6);
    int argc = 0;
    argv[argc++] = g_strdup("console");
    argv[argc++] = g_strdup("--write");
    if (linear)
        argv[argc++] = g_strdup("--linear");
    if (context->ascii)
        argv[argc++] = g_strdup("--ascii");
    if (context->no_color)
        argv[argc++] = g_strdup("--no-color");
    return command_console.run(argc, argv, error);
}

/* `journal`'s; whoever carries one of its operations on carries them all. */
static bool ends_conductor(const struct operation *operation, void *journal)
{
    struct conductor_info info = {0};
    bool alive = conductor_find(journal, operation->id, &info) && info.alive;
    if (alive)
        kill((pid_t)info.pid, SIGTERM);
    conductor_info_clear(&info);
    return alive;
}

/* A conductor outlives its console on purpose, but not the simulated AWS it works on. */
static void end_conductor(struct journal *journal)
{
    g_free(live_operation(journal, ends_conductor, journal));
}

static int open_console(const struct context *context, bool linear, GError **error)
{
    struct context own = {.config_path = g_strdup(g_getenv("CELLDECK_CONFIG"))};
    int code = CD_ERROR_FAILED;
    if (context_open_journal(&own, error)) {
        struct colleague colleague = {.journal = own.journal};
        guint timer = g_timeout_add(LOOK_EVERY_MS, colleague_looks, &colleague);
        code = run_console(context, linear, error);
        g_source_remove(timer);
        end_conductor(own.journal);
    }
    context_clear(&own);
    return code;
}

static int run(int argc, char **argv, GError **error)
{
    gboolean headless = FALSE, linear = FALSE;
    g_autofree char *seed = NULL;
    const GOptionEntry options[] = {
        {"headless", 0, 0, G_OPTION_ARG_NONE, &headless,
         "Play a bad and a good rollout, without the console", NULL},
        {"linear", 0, 0, G_OPTION_ARG_NONE, &linear, "The console line by line", NULL},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &seed, "Of the simulated metrics", "N"},
        {0}};
    struct context context = {.about = command_demo.summary};
    struct demo_sim sim = {0};
    int code = CD_ERROR_FAILED;
    if (context_parse(&context, argc, argv, options, "", 0, 0, error) &&
        demo_sim_start(&sim, seed, error)) {
        if (!headless && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
            code = open_console(&context, linear, error);
        else if (demo_story_play(&sim, context.ascii, context.no_color, error))
            code = 0;
    }
    demo_sim_stop(&sim);
    context_clear(&context);
    return code;
}

const struct command command_demo = {
    .name = "demo",
    .usage = "[--headless] [--linear] [--seed N]",
    .summary = "celldeck at work on a simulated AWS",
    .run = run,
};
