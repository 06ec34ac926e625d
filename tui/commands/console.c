/* celldeck: the console. */
#include "data/aws/caller.h"
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/poller.h"
#include "rollout/observer.h"
#include "rollout/request.h"
#include "tui/commands/commands.h"
#include "tui/commands/console_linear.h"
#include "tui/commands/context.h"
#include "tui/console/theme.h"
#include "tui/shell/shell.h"

#include <string.h>

struct given {
    char *theme;
    gboolean write, linear;
};

/* On a host that may only look (journal.host), --write is refused here rather than at the first
 * act. */
static struct deck *make_deck(struct context *context, const struct given *given, GError **error)
{
    if (!context_open_config(context, error) || (given->write && !context_may_act(context, error)))
        return NULL;
    bool personal = false;
    g_autofree char *dir = state_dir(context->config, &personal, error);
    if (!dir)
        return NULL;
    struct deck *deck = deck_new(context->config, dir);
    deck->personal = personal;
    deck->follower = journal_follow(context->config, dir);
    deck->write = given->write;
    deck->actor = actor_name();
    deck->host = g_strndup(g_get_host_name(), strcspn(g_get_host_name(), "."));
    deck->preferences = preferences_load(deck->keymap);
    memcpy(deck->arranged, deck->preferences->arranged, sizeof deck->arranged);
    return deck;
}

/* The console at work. */
struct session {
    struct shell *shell;
    struct poller *poller;
    struct observer *observer; /* or NULL */
};

static void on_snapshot(struct snapshot *snapshot, gpointer data)
{
    struct session *session = data;
    shell_snapshot(session->shell, snapshot);
    if (session->observer && poller_leads(session->poller))
        observer_see(session->observer, snapshot);
}

static void on_notice(const char *line, gpointer data)
{
    const struct session *session = data;
    shell_say(session->shell, line);
}

static void on_refresh(gpointer data)
{
    poller_refresh(data);
}

static void on_watch(const char *const *cells, gpointer data)
{
    poller_watch(data, cells);
}

static void on_past(const char *cell, gint64 since_ms, gpointer data)
{
    poller_show_since(data, cell, since_ms);
}

/* Whom AWS takes us for; until it is known, and where it can't be told, logins alone tell people
 * apart. */
struct whoami {
    struct deck *deck;
    struct aws_call *call; /* NULL: it has ended */
};

static void on_caller(const struct aws_caller *caller, const GError *error, gpointer data)
{
    struct whoami *whoami = data;
    (void)error; /* what AWS's troubles are, the sources say */
    whoami->call = NULL;
    whoami->deck->arn = caller ? text_clean(caller->arn) : NULL;
}

/* console.yaml's, or NULL: the default's. One that is not there keeps nobody from the console. */
static char *chosen_theme(const struct preferences *preferences, char **trouble)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *wrong = NULL;
    const struct theme_choice choice = {.name = preferences->theme,
                                        .folder = preferences->theme_folder};
    g_autofree struct theme *theme = theme_load(&choice, &wrong, &error);
    if (!theme)
        *trouble = g_strdup_printf("%s: %s", preferences->path, error->message);
    return theme ? g_strdup(preferences->theme) : NULL;
}

static void say_faults(struct shell *shell, const struct preferences *preferences,
                       const char *no_theme)
{
    g_autoptr(GPtrArray) faults = preferences_faults(preferences, no_theme);
    for (guint i = 0; i < faults->len; i++)
        shell_say(shell, g_ptr_array_index(faults, i));
}

static bool watch(struct deck *deck, struct context *context, const struct given *given,
                  GError **error)
{
    const char *accent = deck->config->accent;
    g_autofree char *no_theme = NULL;
    deck->theme =
        given->theme ? g_strdup(given->theme) : chosen_theme(deck->preferences, &no_theme);
    const struct screen_options options = {.theme = deck->theme,
                                           .theme_folder = deck->preferences->theme_folder,
                                           .accent = accent ? accent
                                                            : theme_accent_of(deck->config->name),
                                           .ascii = context->ascii,
                                           .no_color = context->no_color};
    struct shell *shell = shell_new(deck, &options, error);
    struct session session = {.shell = shell};
    if (!shell)
        return false;
    say_faults(shell, deck->preferences, no_theme);
    const struct poller_options sharing = {POLLER_CONSOLE, deck->state_dir, deck->actor, on_notice};
    struct poller *poller =
        poller_new(deck->config, context_client(context), &sharing, on_snapshot, &session);
    deck->poller = session.poller = poller;
    session.observer = observer_new(deck->config, deck->state_dir, on_notice, &session);
    shell_on_refresh(shell, on_refresh, poller);
    shell_on_watch(shell, on_watch, poller);
    shell_on_past(shell, on_past, poller);
    shell_use_keys(shell, context_client(context));
    shell_use_witnesses(shell, context_client(context));
    poller_prime(poller);
    poller_start(poller);
    shell_run(shell);
    g_clear_pointer(&session.observer, observer_free);
    shell_free(shell);
    deck->poller = NULL;
    poller_free(poller);
    return true;
}

static void look(struct deck *deck, struct context *context, const struct given *given,
                 GError **error)
{
    struct whoami whoami = {.deck = deck};
    whoami.call = aws_caller_ask(context_client(context), NULL, 0, on_caller, &whoami);
    if (given->linear || deck->preferences->linear)
        console_linear(deck, context, error);
    else
        watch(deck, context, given, error);
    if (whoami.call)
        aws_call_cancel(whoami.call);
}

static int run(int argc, char **argv, GError **error)
{
    struct context context = {.about = command_console.summary};
    struct given given = {0};
    const GOptionEntry options[] = {
        {"write", 0, 0, G_OPTION_ARG_NONE, &given.write, "May act, not only look", NULL},
        {"theme", 0, 0, G_OPTION_ARG_STRING, &given.theme, "How it looks", "NAME"},
        {"linear", 0, 0, G_OPTION_ARG_NONE, &given.linear,
         "Line by line, for screen readers and serial lines", NULL},
        {NULL}};
    if (context_parse(&context, argc, argv, options, "", 0, 0, error)) {
        OWN(deck) deck = make_deck(&context, &given, error);
        if (deck)
            look(deck, &context, &given, error);
    }
    context_clear(&context);
    g_free(given.theme);
    return 0;
}

const struct command command_console = {
    .name = "console",
    .usage = "[--write] [--theme NAME] [--linear]",
    .summary = "watch the fleet; with --write, steer rollouts and failovers",
    .run = run,
};
