/* The shell's part in starting a rollout: the version is typed, the plan is shown, then asked. */
#include "tui/views/shell_inside.h"

static bool may_start(struct shell *shell)
{
    if (!shell_may_act(shell))
        return false;
    if (!shell->deck->write)
        deck_say(shell->deck, ROLE_WARN,
                 "read-only: nothing was done (`celldeck --write` may start a rollout)");
    return shell->deck->write;
}

void shell_begin_start(struct shell *shell)
{
    if (!may_start(shell))
        return;
    struct topic topic = shell_topic(shell);
    enum view_id here = shell_top(shell)->view;
    if (topic.version && (here == VIEW_RELEASES || here == VIEW_RELEASE)) {
        shell_plan(shell, topic.version, false);
        return;
    }
    shell_read_releases(shell);
    shell_type(shell, MODE_COMMAND, "start ");
}

/* People have left it meanwhile: what came of it is said, and takes nothing from under them. */
static void tell(struct shell *shell, const struct launch *launch)
{
    if (launch->stage == LAUNCH_STARTED)
        deck_say(shell->deck, launch->trouble ? ROLE_BAD : ROLE_GOOD, "%s is started as %s%s%s",
                 launch->version, launch->operation, launch->trouble ? ": " : "",
                 launch->trouble ? launch->trouble : "");
    else if (launch->hash)
        deck_say(shell->deck, ROLE_BAD, "%s was not started: %s", launch->version, launch->trouble);
}

static void on_stage(struct launch *launch, gpointer data)
{
    struct shell *shell = data;
    shell->under_way--;
    bool left = launch != shell->launch;
    bool started = launch->stage == LAUNCH_STARTED;
    if (!left)
        g_clear_pointer(&shell->dialog, dialog_free);
    if (started || left)
        shell_read_journal(shell, true);
    if (!left && started) {
        shell->mode = MODE_KEYS;
        shell_open(shell, VIEW_ROLLOUT, launch->operation);
    } else if (!left) {
        shell->dialog = launch_dialog(launch);
    }
    if (left || started) {
        tell(shell, launch);
        if (!left)
            shell->launch = NULL;
        launch_free(launch);
    }
    if (!left)
        shell_settle(shell);
    shell_want_draw(shell);
}

void shell_plan(struct shell *shell, const char *version, bool attended)
{
    if (!may_start(shell))
        return;
    shell->launch = launch_new(shell->deck, version, attended, on_stage, shell);
    shell->under_way++;
    shell->dialog = launch_dialog(shell->launch);
    shell->mode = MODE_DIALOG;
}

void shell_launch_confirmed(struct shell *shell, const struct dialog *dialog)
{
    launch_start(shell->launch, dialog);
    shell->under_way++;
    shell->dialog = launch_dialog(shell->launch);
    shell->mode = MODE_DIALOG;
}

void shell_launch_left(struct shell *shell)
{
    struct launch *launch = g_steal_pointer(&shell->launch);
    if (launch->stage == LAUNCH_STARTING)
        deck_say(shell->deck, ROLE_NORMAL, "%s goes on being started", launch->version);
    else if (launch->stage == LAUNCH_PLANNING || launch->stage == LAUNCH_READY)
        deck_say(shell->deck, ROLE_NORMAL, "nothing was done");
    if (launch_works(launch))
        launch_cancel(launch);
    else
        launch_free(launch);
}
