/* The shell's way through the screens: what is opened, and what the deck is told of it. */
#include "tui/shell/shell_inside.h"

#include <string.h>

struct level *shell_top(const struct shell *shell)
{
    return trail_here(shell->trail);
}

const struct view *shell_view(const struct shell *shell)
{
    return view_of(shell_top(shell)->view);
}

void *shell_state(const struct shell *shell)
{
    return shell_top(shell)->state;
}

static void tell_filter(struct shell *shell)
{
    g_free(shell->deck->filter);
    shell->deck->filter = g_strdup(shell_top(shell)->filter);
}

void shell_set_filter(struct shell *shell, const char *text)
{
    char *kept = g_strdup(text);
    g_free(shell_top(shell)->filter);
    shell_top(shell)->filter = kept;
    tell_filter(shell);
}

/* The operation to show where nobody said which, as soon as there is one. */
static const char *operation_meant(const struct shell *shell, enum view_id view)
{
    bool takes = view_entry(view)->takes == TAKES_OPERATION;
    const struct failover *last = view == VIEW_STEPS ? deck_first_failover(shell->deck) : NULL;
    const struct rollout *first =
        takes && view != VIEW_STEPS ? deck_first_rollout(shell->deck) : NULL;
    return last ? last->id : first ? first->id : NULL;
}

void shell_arrive(struct shell *shell)
{
    struct level *level = shell_top(shell);
    if (!level->subject)
        level->subject = g_strdup(operation_meant(shell, level->view));
    const char *subject = level->subject;
    shell->deck->here = level->view;
    enum takes takes = view_entry(level->view)->takes;
    g_free(shell->deck->subject);
    shell->deck->subject = g_strdup(subject);
    deck_choose(shell->deck, takes == TAKES_CELL ? subject : NULL,
                takes == TAKES_TENANT ? subject : NULL, takes == TAKES_OPERATION ? subject : NULL);
    tell_filter(shell);
    const struct release_changes *read = shell->deck->changes;
    if (level->view == VIEW_RELEASE && subject && (!read || strcmp(read->version, subject) != 0))
        shell_read_changes(shell, subject);
}

void shell_type(struct shell *shell, enum mode mode, const char *text)
{
    shell->mode = mode;
    recall_begin(&shell->commands);
    prompt_set(&shell->prompt, text);
}

void shell_open(struct shell *shell, enum view_id id, const char *subject)
{
    g_autofree char *kept = g_strdup(subject ? subject : operation_meant(shell, id));
    trail_open(shell->trail, id, kept);
    shell_arrive(shell);
    if (view_reads_releases(id))
        shell_read_releases(shell);
}

void shell_open_tenants(struct shell *shell)
{
    if (shell_top(shell)->view == VIEW_TENANTS) { /* there already: find another */
        shell_type(shell, MODE_FILTER, shell->deck->filter);
        return;
    }
    enum view_id here = shell_top(shell)->view;
    bool of_cell = (here == VIEW_CELL || here == VIEW_FAILOVER) && shell->deck->cell;
    g_autofree char *filter =
        of_cell ? g_strdup_printf("cell:%s ", shell->deck->cell) : g_strdup("");
    shell_open(shell, VIEW_TENANTS, of_cell ? shell->deck->cell : NULL);
    shell_set_filter(shell, filter);
    shell_type(shell, MODE_FILTER, filter);
}

void shell_back(struct shell *shell)
{
    if (*shell->deck->filter)
        shell_set_filter(shell, "");
    else if (trail_back(shell->trail))
        shell_arrive(shell);
}

void shell_forward(struct shell *shell)
{
    if (trail_forward(shell->trail))
        shell_arrive(shell);
    else
        deck_hint(shell->deck, "nothing lies ahead: ] goes again to what one came back from");
}
