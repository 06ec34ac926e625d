#include "tui/views/rollout_board.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/request.h"
#include "tui/console/chart.h"
#include "tui/console/list.h"
#include "tui/views/marks.h"

static void draw_wave(const struct rollout *rollout, size_t which, struct canvas *canvas, int row)
{
    const struct plan_wave *wave = g_ptr_array_index(rollout->plan->waves, which);
    bool live = !rollout_state_final(rollout->state);
    bool now = rollout->wave == which && live, past = which < rollout->wave;
    gint64 bake_ms = rollout_bake_ms(rollout, which);
    g_autofree char *bake = duration_config_text(bake_ms);
    int col = 1, end = canvas->cols - 1;
    col +=
        canvas_text(canvas, row, col, end - col, now ? ROLE_ACCENT : ROLE_DIM, now ? "▸ " : "  ");
    col += canvas_text(canvas, row, col, end - col, past || !now ? ROLE_NORMAL : ROLE_TITLE,
                       wave->name);
    col += canvas_printf(canvas, row, col, end - col, ROLE_DIM, "  bake %s%s, %d at a time", bake,
                         bake_ms < wave->bake_ms ? " (shortened)" : "", wave->max_in_flight);
    if (wave->window)
        col +=
            canvas_printf(canvas, row, col, end - col, ROLE_DIM, ", %s", window_text(wave->window));
    if (wave->approvals <= 0)
        return;
    guint given = 0;
    for (guint i = 0; i < rollout->approvals->len; i++)
        given += ((struct approval *)g_ptr_array_index(rollout->approvals, i))->wave == which;
    bool enough = given >= (guint)wave->approvals;
    bool waits = !enough && rollout->state == ROLLOUT_WAITING &&
                 request_waiting_wave(rollout) == (gssize)which;
    canvas_printf(canvas, row, col, end - col,
                  enough  ? ROLE_GOOD
                  : waits ? ROLE_WARN
                          : ROLE_DIM,
                  ", %s%u of %d approvals%s", enough ? "✔ " : "", given, wave->approvals,
                  wave->approver_not_requester ? " (not by who asked)" : "");
}

/* How far the bake is, on the wall clock. */
static void draw_bake(const struct rollout *rollout, const struct rollout_cell *cell,
                      const struct deck *deck, struct canvas *canvas, int row, int col, int end)
{
    gint64 bake_ms = rollout_bake_ms(rollout, cell->wave);
    gint64 elapsed_ms = CLAMP(deck->now_ms - cell->deployed_at_ms, 0, bake_ms);
    double pct = 100.0 * (double)elapsed_ms / (double)MAX(1, bake_ms);
    int bar_cols = CLAMP(end - col - 18, 0, 12);
    g_autofree char *bar = chart_bar(pct, bar_cols);
    g_autofree char *left = duration_short(bake_ms - elapsed_ms);
    col += canvas_text(canvas, row, col, end - col, ROLE_ACCENT, bar) + (bar_cols > 0);
    canvas_printf(canvas, row, col, end - col, ROLE_NORMAL, "%.0f %%, %s left", pct, left);
}

static int draw_verdicts(const struct rollout_cell *cell, struct canvas *canvas, int row, int col,
                         int end)
{
    for (int i = 0; i < GATE_COUNT; i++) {
        struct mark mark = mark_verdict(cell->gates[i].verdict);
        if (col < end)
            col += canvas_text(canvas, row, col, 1, mark.role, mark.shape);
    }
    return col + 1;
}

static void draw_blast_radius(const struct rollout_cell *cell, struct canvas *canvas, int row,
                              int col, int end)
{
    g_autofree char *tenants = text_count(cell->plan->tenants);
    g_autofree char *users = text_count(cell->plan->users);
    canvas_printf(canvas, row, col, end - col, ROLE_DIM, "%s tenant%s, %s users", tenants,
                  cell->plan->tenants == 1 ? "" : "s", users);
}

static void draw_cell(const struct rollout *rollout, const struct rollout_cell *cell,
                      const struct deck *deck, struct canvas *canvas, int row)
{
    struct mark mark = mark_cell_state(cell->state);
    int end = canvas->cols - 1, name = CLAMP(canvas->cols / 4, 13, 24), col = 5 + name + 1;
    g_autofree char *state = g_strdelimit(g_strdup(cell_state_name(cell->state)), "_", ' ');
    g_autofree char *held = rollout_held_words(cell, deck->operations);
    canvas_text(canvas, row, 3, 1, mark.role, mark.shape);
    canvas_text(canvas, row, 5, name, ROLE_NORMAL, cell->plan->id);
    canvas_text(canvas, row, col, 12, mark.role, state);
    col += 13;
    if (canvas->cols >= 70) {
        canvas_printf(canvas, row, col, 18, ROLE_DIM, "%s → %s",
                      cell->plan->from ? cell->plan->from : "?", rollout->plan->version);
        col += 18;
    }
    if (cell->deployed_at_ms)
        col = draw_verdicts(cell, canvas, row, col, end);
    if (cell->state == CELL_BAKING && !cell->held)
        draw_bake(rollout, cell, deck, canvas, row, col, end);
    else if (held)
        canvas_printf(canvas, row, col, end - col, ROLE_WARN, "HELD: %s", held);
    else if (cell->cause)
        canvas_text(canvas, row, col, end - col, ROLE_WARN, cell->cause);
    else if (cell->state == CELL_PENDING)
        draw_blast_radius(cell, canvas, row, col, end);
}

void rollout_board_draw(const struct rollout *rollout, const struct list *list,
                        const struct deck *deck, struct canvas *canvas, int top, int rows)
{
    int selection = list->index, selected_line = selection + 1;
    const struct rollout_cell *selected =
        rollout->cells->len ? g_ptr_array_index(rollout->cells, (guint)selection) : NULL;
    selected_line += selected ? (int)selected->wave : 0;
    int skip = MAX(0, selected_line - rows + 1), line = 0;
    guint at = 0;
    for (guint wave = 0; wave < rollout->plan->waves->len; wave++) {
        if (line >= skip && line - skip < rows)
            draw_wave(rollout, wave, canvas, top + line - skip);
        line++;
        for (; at < rollout->cells->len; at++, line++) {
            const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, at);
            if (cell->wave != wave)
                break;
            if (line < skip || line - skip >= rows)
                continue;
            draw_cell(rollout, cell, deck, canvas, top + line - skip);
            view_show_row(list, (int)at, canvas, top + line - skip);
        }
    }
}
