/* The shell's part in starting a rollout: a release is picked or typed, the plan is shown, then
 * asked. */
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
    if (here == VIEW_RELEASES || here == VIEW_RELEASE) {
        if (topic.version)
            shell_plan(shell, topic.version, false);
        return;
    }
    g_autofree char *start = keymap_shown(shell->deck->keymap, REQUEST_START);
    g_autofree char *open = keymap_shown(shell->deck->keymap, REQUEST_OPEN);
    shell_open(shell, VIEW_RELEASES, NULL);
    deck_hint(shell->deck, "which release? %s plans the selected one, %s reads what it changes",
              start, open);
}

/* People have left it meanwhile: what came of it is said, and takes nothing from under them. */
static void tell(struct shell *shell, const struct launch *launch)
{
    if (launch->stage == LAUNCH_STARTED)
        deck_say(shell->deck, launch->trouble ? ROLE_BAD : ROLE_GOOD, "%s is started as %s%s%s",
                 launch->version, launch->operation, launch->trouble ? ": " : "",
                 launch->trouble ? launch->trouble : "");
    else if (launch->stage == LAUNCH_FAILED && launch->plan)
        deck_say(shell->deck, ROLE_BAD, "%s was not started: %s", launch->version, launch->trouble);
}

static void show(struct shell *shell)
{
    if (shell->dialog)
        launch_keep_typed(shell->launch, shell->dialog);
    dialog_free(shell->dialog);
    shell->dialog = launch_dialog(shell->launch);
    shell->mode = MODE_DIALOG;
}

static void started(struct shell *shell)
{
    struct launch *launch = g_steal_pointer(&shell->launch);
    g_clear_pointer(&shell->dialog, dialog_free);
    shell_read_journal(shell, true);
    shell->mode = MODE_KEYS;
    shell_open(shell, VIEW_ROLLOUT, launch->operation);
    tell(shell, launch);
    launch_free(launch);
}

/* What was refused as it was confirmed is shown as it is now. */
static void next_stage(struct shell *shell)
{
    struct launch *launch = shell->launch;
    if (launch->stage == LAUNCH_STARTED) {
        started(shell);
    } else if (launch->stage == LAUNCH_FAILED && launch->refused) {
        shell_read_journal(shell, true);
        launch_again(launch, shell->deck);
        shell->under_way++;
        show(shell);
        return;
    } else {
        show(shell);
    }
    shell_settle(shell);
}

static void changed(struct shell *shell, enum launch_news news)
{
    GPtrArray *lines = launch_shown(shell->launch);
    if (news == LAUNCH_REWORDED || shell->launch->stage != LAUNCH_READY) {
        dialog_reword(shell->dialog, lines);
        return;
    }
    dialog_change(shell->dialog, lines);
    shell_settle(shell);
}

static void on_news(struct launch *launch, enum launch_news news, gpointer data)
{
    struct shell *shell = data;
    shell->under_way--;
    if (launch != shell->launch) {
        if (news != LAUNCH_NOTHING_NEW)
            tell(shell, launch);
        if (launch->pending == 0)
            launch_free(launch);
        shell_read_journal(shell, true);
    } else if (news == LAUNCH_NEXT) {
        next_stage(shell);
    } else if (news != LAUNCH_NOTHING_NEW) {
        changed(shell, news);
    }
    shell_want_draw(shell);
}

void shell_plan(struct shell *shell, const char *version, bool attended)
{
    if (!may_start(shell))
        return;
    shell->launch = launch_new(shell->deck, version, attended, on_news, shell);
    shell->under_way++;
    show(shell);
}

void shell_launch_confirmed(struct shell *shell, const struct dialog *dialog)
{
    launch_start(shell->launch, dialog);
    shell->under_way++;
    show(shell);
}

void shell_launch_pressed(struct shell *shell)
{
    enum launch_chosen chosen = launch_choose(shell->launch, shell->dialog->pressed);
    if (chosen == LAUNCH_PLANS_ANEW)
        shell->under_way++;
    if (chosen != LAUNCH_NO_CHOICE) {
        show(shell);
        return;
    }
    g_autofree char *key = key_text(shell->dialog->pressed);
    g_autofree char *why = g_strdup_printf("%s changes nothing of this plan", key);
    dialog_refuse(shell->dialog, why);
}

/* Of looks: how often the tags are read while a plan is open. */
#define LOOKS_A_TAG 10

void shell_follow_launch(struct shell *shell)
{
    if (!shell->launch)
        return;
    if (shell->looks % LOOKS_A_TAG == 0)
        shell_read_releases(shell);
    if (launch_follow(shell->launch, shell->deck))
        shell->under_way++;
    bool second_look = shell->looks % 2 == 0;
    if (!launch_works(shell->launch) && second_look) /* when it could be through, as of now */
        dialog_reword(shell->dialog, launch_shown(shell->launch));
}

void shell_launch_left(struct shell *shell)
{
    struct launch *launch = g_steal_pointer(&shell->launch);
    if (launch->stage == LAUNCH_STARTING)
        deck_say(shell->deck, ROLE_NORMAL, "%s goes on being started", launch->version);
    else if (launch->stage != LAUNCH_FAILED)
        deck_say(shell->deck, ROLE_NORMAL, "nothing was done");
    launch_cancel(launch);
    if (launch->pending == 0)
        launch_free(launch);
}
