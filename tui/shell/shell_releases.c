/* The shell's part in reading the releases: when, and who is told. */
#include "tui/shell/shell_inside.h"

static void on_releases(GPtrArray *list, char *error, gpointer data)
{
    struct shell *shell = data;
    shell->under_way--;
    shell->reads_releases = false;
    deck_set_releases(shell->deck, list, error);
    shell_want_draw(shell);
}

void shell_read_releases(struct shell *shell)
{
    if (shell->reads_releases || shell->deck->held_ms)
        return;
    shell->reads_releases = true;
    shell->under_way++;
    released_read(shell->deck->config, shell->leaving, on_releases, shell);
}

static void on_changes(struct release_changes *changes, gpointer data)
{
    struct shell *shell = data;
    shell->under_way--;
    if (!changes)
        return;
    const struct level *top = shell_top(shell);
    bool late = top->view == VIEW_RELEASE && g_strcmp0(top->subject, changes->version) != 0;
    release_changes_free(late ? changes : shell->deck->changes);
    if (!late)
        shell->deck->changes = changes;
    shell_want_draw(shell);
}

void shell_read_changes(struct shell *shell, const char *version)
{
    shell->under_way++;
    released_read_changes(shell->deck->config, version, shell->leaving, on_changes, shell);
}
