#include "tui/commands/console_linear.h"

#include "data/base/error.h"
#include "rollout/observer.h"
#include "tui/linear/linear.h"

#include <unistd.h>

/* The console at work. */
struct session {
    struct linear *linear;
    struct poller *poller;
    struct observer *observer; /* or NULL */
};

static void on_snapshot(struct snapshot *snapshot, gpointer data)
{
    struct session *session = data;
    linear_snapshot(session->linear, snapshot);
    if (session->observer && poller_leads(session->poller))
        observer_see(session->observer, snapshot);
}

static void on_notice(const char *line, gpointer data)
{
    const struct session *session = data;
    linear_say(session->linear, line);
}

static void on_refresh(gpointer data)
{
    poller_refresh(data);
}

static void on_watch(const char *const *cells, gpointer data)
{
    poller_watch(data, cells);
}

static void say_faults(struct linear *linear, const struct preferences *preferences)
{
    g_auto(GStrv) lines = g_strsplit(preferences->wrong ? preferences->wrong : "", "\n", -1);
    for (char **line = lines; *line; line++)
        if (g_strrstr(*line, preferences->path))
            linear_say(linear, *line);
}

bool console_linear(struct deck *deck, struct context *context, GError **error)
{
    bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (deck->write && !terminal) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "there is no terminal to confirm on; in scripts, `celldeck rollout` acts with "
                    "--yes");
        return false;
    }
    struct linear *linear = linear_new(deck, context_client(context), context->style.ascii, error);
    if (!linear)
        return false;
    const struct poller_options sharing = {POLLER_CONSOLE, deck->state_dir, deck->actor, on_notice};
    struct session session = {.linear = linear};
    struct poller *poller =
        poller_new(deck->config, context_client(context), &sharing, on_snapshot, &session);
    deck->poller = session.poller = poller;
    session.observer = observer_new(deck->config, deck->state_dir, on_notice, &session);
    linear_on_refresh(linear, on_refresh, poller);
    linear_on_watch(linear, on_watch, poller);
    say_faults(linear, deck->preferences);
    poller_prime(poller);
    poller_start(poller);
    linear_run(linear);
    g_clear_pointer(&session.observer, observer_free);
    linear_free(linear);
    deck->poller = NULL;
    poller_free(poller);
    return true;
}
