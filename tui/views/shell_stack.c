#include "tui/views/shell_inside.h"

struct level *shell_top(const struct shell *shell)
{
    return &g_array_index(shell->stack, struct level, shell->stack->len - 1);
}

const struct view *shell_view(const struct shell *shell)
{
    return view_of(shell_top(shell)->view);
}

void *shell_state(const struct shell *shell)
{
    return shell->states[shell_top(shell)->view];
}

void shell_set_filter(struct shell *shell, const char *text)
{
    enum view_id id = shell_top(shell)->view;
    g_free(shell->filters[id]);
    shell->filters[id] = g_strdup(text);
    g_free(shell->deck->filter);
    shell->deck->filter = g_strdup(text);
}

void shell_arrive(struct shell *shell)
{
    struct level *level = shell_top(shell);
    const char *subject = level->subject;
    switch (level->view) {
    case VIEW_CELL:
        deck_choose(shell->deck, subject, NULL, NULL);
        break;
    case VIEW_TENANT:
        deck_choose(shell->deck, NULL, subject, NULL);
        break;
    case VIEW_ROLLOUT:
    case VIEW_EVENTS: {
        const struct rollout *first = subject ? NULL : deck_first_rollout(shell->deck);
        deck_choose(shell->deck, NULL, NULL, first ? first->id : subject);
        break;
    }
    default:
        break;
    }
    if (view_of(level->view)->open && !shell->states[level->view])
        shell->states[level->view] = view_of(level->view)->open();
    g_autofree char *filter = g_strdup(shell->filters[level->view]);
    shell_set_filter(shell, filter ? filter : "");
}

void shell_drop(struct shell *shell)
{
    g_free(shell_top(shell)->subject);
    g_array_set_size(shell->stack, shell->stack->len - 1);
}

void shell_type(struct shell *shell, enum mode mode, const char *text)
{
    shell->mode = mode;
    prompt_set(&shell->prompt, text);
}

void shell_open(struct shell *shell, enum view_id id, const char *subject)
{
    g_autofree char *kept = g_strdup(subject);
    for (guint i = 0; i < shell->stack->len; i++)
        if (g_array_index(shell->stack, struct level, i).view == id)
            while (shell->stack->len > i)
                shell_drop(shell);
    struct level level = {id, g_steal_pointer(&kept)};
    g_array_append_val(shell->stack, level);
    shell_arrive(shell);
}

void shell_open_tenants(struct shell *shell)
{
    bool of_cell = shell_top(shell)->view == VIEW_CELL && shell->deck->cell;
    g_autofree char *filter =
        of_cell ? g_strdup_printf("cell:%s ", shell->deck->cell) : g_strdup("");
    shell_open(shell, VIEW_TENANTS, NULL);
    shell_set_filter(shell, filter);
    shell_type(shell, MODE_FILTER, filter);
}

void shell_back(struct shell *shell)
{
    if (*shell->deck->filter)
        shell_set_filter(shell, "");
    else if (shell->stack->len > 1) {
        shell_drop(shell);
        shell_arrive(shell);
    }
}
