/* The shell's part in starting a rollout: a release is picked or typed, the plan is shown, then
 * asked (launch_desk.h). */
#include "tui/shell/shell_inside.h"

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
    if (here == VIEW_RELEASES || here == VIEW_RELEASE) {
        if (topic.version)
            shell_plan(shell, topic.version, NULL);
        return;
    }
    g_autofree char *start = keymap_shown(shell->deck->keymap, REQUEST_START);
    g_autofree char *open = keymap_shown(shell->deck->keymap, REQUEST_OPEN);
    shell_open(shell, VIEW_RELEASES, NULL);
    deck_hint(shell->deck, "which release? %s plans the selected one, %s reads what it changes",
              start, open);
}

static void show(bool by_itself, gpointer data)
{
    struct shell *shell = data;
    if (shell->dialog)
        launch_keep_typed(shell->starts.launch, shell->dialog);
    dialog_free(shell->dialog);
    shell->dialog = launch_dialog(shell->starts.launch);
    shell->mode = MODE_DIALOG;
    if (by_itself)
        shell_settle(shell);
    shell_want_draw(shell);
}

static void reword(bool moved, gpointer data)
{
    struct shell *shell = data;
    GPtrArray *lines = launch_shown(shell->starts.launch);
    if (moved && shell->starts.launch->stage == LAUNCH_READY) {
        dialog_change(shell->dialog, lines);
        shell_settle(shell);
    } else {
        dialog_reword(shell->dialog, lines);
    }
    shell_want_draw(shell);
}

static void started(const char *operation, gpointer data)
{
    struct shell *shell = data;
    g_clear_pointer(&shell->dialog, dialog_free);
    shell->mode = MODE_KEYS;
    shell_open(shell, VIEW_ROLLOUT, operation);
    shell_settle(shell);
}

static void tell(enum role role, const char *text, gpointer data)
{
    struct shell *shell = data;
    shell_tell(shell, role, "%s", text);
    shell_want_draw(shell);
}

static void read_journal(gpointer data)
{
    shell_read_journal(data, true);
    shell_want_draw(data);
}

static void read_releases(gpointer data)
{
    shell_read_releases(data);
}

const struct launch_desk_ops shell_starts = {.show = show,
                                             .reword = reword,
                                             .started = started,
                                             .tell = tell,
                                             .read_journal = read_journal,
                                             .read_releases = read_releases};

void shell_plan(struct shell *shell, const char *version, const struct launch_choice *choice)
{
    if (may_start(shell))
        launch_desk_plan(&shell->starts, version, choice);
}
