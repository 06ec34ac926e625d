/* The picture held still: what is read meanwhile is kept for later, and nobody acts on what may no
 * longer be so. */
#include "data/base/when.h"
#include "tui/shell/shell_inside.h"
#include "tui/views/marks.h"

void shell_freeze(struct shell *shell)
{
    shell->frozen_ms = shell->frozen_ms ? 0 : shell->deck->now_ms;
    shell->deck->held_ms = shell->frozen_ms;
    if (shell->frozen_ms)
        return;
    if (shell->meanwhile)
        deck_set_snapshot(shell->deck, shell->meanwhile);
    g_clear_pointer(&shell->meanwhile, snapshot_unref);
    shell_read_journal(shell, true);
    if (view_reads_releases(shell_top(shell)->view))
        shell_read_releases(shell);
}

void shell_take_snapshot(struct shell *shell, struct snapshot *snapshot)
{
    if (!shell->frozen_ms) {
        deck_set_snapshot(shell->deck, snapshot);
        return;
    }
    struct snapshot *before = shell->meanwhile;
    shell->meanwhile = snapshot_ref(snapshot);
    if (before)
        snapshot_unref(before);
}

bool shell_read_journal(struct shell *shell, bool anyway)
{
    return !shell->frozen_ms && deck_read_journal(shell->deck, anyway);
}

bool shell_may_act(struct shell *shell)
{
    if (shell->frozen_ms)
        deck_say(
            shell->deck, ROLE_WARN,
            "nothing is done from a frozen picture, which may no longer be so; Z lets it go on");
    return !shell->frozen_ms;
}

void shell_draw_frozen(const struct shell *shell, struct canvas *canvas, int row)
{
    if (!shell->frozen_ms)
        return;
    g_autofree char *clock = mark_clock(shell->frozen_ms);
    g_autofree char *age = duration_short(MAX(0, when_now_ms() - shell->frozen_ms));
    canvas_fill(canvas, row, 0, canvas->cols, ROLE_ALERT, " ");
    int col = 1;
    col += canvas_printf(canvas, row, col, canvas->cols - col, ROLE_ALERT,
                         "FROZEN %s ago, Z goes on", age);
    canvas_printf(canvas, row, col, canvas->cols - col, ROLE_ALERT,
                  "; it is of %sZ, not of now, and nothing can be done", clock);
}
