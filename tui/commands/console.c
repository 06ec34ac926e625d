/* celldeck: the console. */
#include "data/base/error.h"
#include "data/feed.h"
#include "rollout/request.h"
#include "tui/commands/command.h"
#include "tui/views/shell.h"

struct given {
    char *config, *theme;
    gboolean write, ascii, no_color;
};

static bool parse(int argc, char **argv, struct given *given, GError **error)
{
    const GOptionEntry options[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &given->config, "celldeck.yaml to read", "FILE"},
        {"write", 0, 0, G_OPTION_ARG_NONE, &given->write, "may act, not only look", NULL},
        {"ascii", 0, 0, G_OPTION_ARG_NONE, &given->ascii, "draw with ASCII alone", NULL},
        {"no-color", 0, 0, G_OPTION_ARG_NONE, &given->no_color, "no colours", NULL},
        {"theme", 0, 0, G_OPTION_ARG_STRING, &given->theme, "how it looks", "NAME"},
        {NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("- watch and steer the fleet");
    g_option_context_add_main_entries(context, options, NULL);
    g_auto(GStrv) words = g_new0(char *, (gsize)argc + 1);
    for (int i = 0; i < argc; i++)
        words[i] = g_strdup(argv[i]);
    g_autoptr(GError) wrong = NULL;
    if (!g_option_context_parse_strv(context, &words, &wrong)) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s", wrong->message);
        return false;
    }
    if (words[0] && words[1]) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "the console takes no argument %s", words[1]);
        return false;
    }
    return true;
}

static struct deck *make_deck(const struct given *given, GError **error)
{
    g_autofree char *path = config_find(given->config, error);
    OWN(config) config = path ? config_load(path, error) : NULL;
    if (!config)
        return NULL;
    bool personal = false;
    g_autofree char *dir = state_dir(config, &personal, error);
    if (!dir)
        return NULL;
    struct deck *deck = deck_new(config, dir);
    deck->personal = personal;
    deck->write = given->write;
    deck->actor = actor_name();
    return deck;
}

static void on_snapshot(struct snapshot *snapshot, gpointer data)
{
    shell_snapshot(data, snapshot);
}

static void on_refresh(gpointer data)
{
    feed_refresh(data);
}

static bool watch(struct deck *deck, const struct given *given, GError **error)
{
    const struct screen_options options = {
        .theme = given->theme, .ascii = given->ascii, .no_color = given->no_color};
    struct shell *shell = shell_new(deck, &options, error);
    if (!shell)
        return false;
    struct aws_client *client = aws_client_new(deck->config->aws_profile, deck->config->aws_region);
    struct feed *feed = feed_new(deck->config, client, on_snapshot, shell);
    shell_on_refresh(shell, on_refresh, feed);
    feed_start(feed);
    shell_run(shell);
    shell_free(shell);
    feed_free(feed);
    aws_client_free(client);
    return true;
}

static int run(int argc, char **argv, GError **error)
{
    struct given given = {0};
    OWN(deck) deck = parse(argc, argv, &given, error) ? make_deck(&given, error) : NULL;
    if (deck)
        watch(deck, &given, error);
    g_free(given.config);
    g_free(given.theme);
    return 0;
}

const struct command command_console = {
    .name = "console",
    .usage = "[-c FILE] [--write] [--theme NAME] [--ascii] [--no-color]",
    .summary = "watch the fleet, and steer rollouts with --write",
    .run = run,
};
