/* A rollout: its waves as a board, the selected cell's gates with their evidence, its log. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "tui/console/list.h"
#include "tui/views/act.h"
#include "tui/views/frame.h"
#include "tui/views/gate_chart.h"
#include "tui/views/gates_panel.h"
#include "tui/views/headline.h"
#include "tui/views/marks.h"
#include "tui/views/rollout_board.h"
#include "tui/views/rollout_head.h"
#include "tui/views/rollout_parts.h"
#include "tui/views/view.h"
#include "tui/views/wrap.h"

#include <string.h>

struct rollout_view {
    struct list list; /* the cells, in execution order */
    bool chosen;      /* somebody moved: the selection no longer follows the work */
    int gate;         /* the one that somebody chose, or -1: the one that calls for it */
};

static void *rollout_open(void)
{
    struct rollout_view *view = g_new0(struct rollout_view, 1);
    list_init(&view->list);
    view->gate = -1;
    return view;
}

static void rollout_close(void *state)
{
    struct rollout_view *view = state;
    list_release(&view->list);
    g_free(view);
}

static struct rollout *shown(const struct deck *deck)
{
    return deck_rollout(deck, deck->operation);
}

static const struct rollout_cell *selected_cell(const struct rollout_view *view,
                                                const struct rollout *rollout)
{
    return view->list.selected ? rollout_cell(rollout, view->list.selected) : NULL;
}

static struct parts divide(const struct rollout_view *view, const struct deck *deck,
                           const struct rollout *rollout, const struct area *area)
{
    int head = rollout_head_draw(deck, rollout, NULL, area);
    const struct area below = {area->row + head, area->col, area->rows - head, area->cols};
    return parts_divide(rollout, selected_cell(view, rollout), view->gate >= 0, &below);
}

/* The gate to show: the one that was chosen, else the worst, else the one that compares. */
static enum gate shown_gate(const struct rollout_view *view, const struct rollout_cell *cell)
{
    if (view->gate >= 0)
        return (enum gate)view->gate;
    static const enum verdict worst_first[] = {VERDICT_FAIL, VERDICT_HOLD};
    for (size_t v = 0; v < G_N_ELEMENTS(worst_first); v++)
        for (int i = 0; i < GATE_COUNT; i++)
            if (cell->gates[i].verdict == worst_first[v])
                return (enum gate)i;
    return cell->plan->dr ? GATE_LIMITS : GATE_REGRESSION;
}

/* The cell that is being worked on; between two, the last one that was. */
static const char *at_work(const struct rollout *rollout)
{
    const char *id = NULL;
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, i);
        if (cell->state == CELL_DEPLOYING || cell->state == CELL_BAKING ||
            cell->state == CELL_ROLLING_BACK)
            return cell->plan->id;
        if (cell->state != CELL_PENDING && cell->state != CELL_SKIPPED)
            id = cell->plan->id;
    }
    return id;
}

static void rollout_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct rollout_view *view = state;
    const struct rollout *rollout = shown(deck);
    GPtrArray *rows = g_ptr_array_new();
    for (guint i = 0; rollout && i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, i);
        g_ptr_array_add(rows, cell->plan->id);
    }
    list_set(&view->list, rows);
    const char *working = rollout && !view->chosen ? at_work(rollout) : NULL;
    if (working)
        list_select(&view->list, working);
    list_fit(&view->list, rollout ? divide(view, deck, rollout, area).board : 1);
    view->list.top = 0; /* the board scrolls by itself */
}

/* The selected cell's gates, and the chart of one of them. Returns the row after. */
static int draw_gates(const struct rollout_view *view, const struct rollout *rollout,
                      const struct deck *deck, struct canvas *canvas, const struct area *from,
                      const struct parts *parts)
{
    const struct rollout_cell *cell = selected_cell(view, rollout);
    const struct last_cell *last = cell ? last_time_of(deck->last, cell->plan->id) : NULL;
    struct area area = {from->row, from->col, parts->gates, from->cols};
    const struct gates_panel panel = {cell, last, view->gate};
    if (cell && parts->gates)
        gates_panel_draw(&panel, canvas, &area);
    area.row += parts->gates;
    area.rows = parts->chart;
    const struct gate_chart chart = {rollout, cell, cell ? shown_gate(view, cell) : GATE_LIMITS,
                                     last};
    if (cell && parts->chart)
        gate_chart_draw(deck, &chart, canvas, &area);
    return area.row + parts->chart;
}

/* That the journal can't be read is not that it has none. */
static void draw_none(const struct deck *deck, struct canvas *canvas, const struct area *area)
{
    const struct area below = {area->row + 1, 2, area->rows - 1, area->cols - 4};
    wrap_told(canvas, &below, deck->journal_error ? ROLE_BAD : ROLE_DIM,
              deck->journal_error ? deck->journal_error
              : deck->write
                  ? "No rollout yet. s starts one: a version, then its plan is shown first."
                  : "No rollout yet. `celldeck --write` may start one.");
}

static void rollout_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                         const struct area *area)
{
    const struct rollout_view *view = state;
    const struct rollout *rollout = shown(deck);
    if (!rollout) {
        draw_none(deck, canvas, area);
        return;
    }
    struct parts parts = divide(view, deck, rollout, area);
    int row = area->row + rollout_head_draw(deck, rollout, canvas, area);
    rollout_board_draw(rollout, &view->list, deck, canvas, row, parts.board);
    row += parts.board;
    row =
        draw_gates(view, rollout, deck, canvas, &(struct area){row, 1, 0, area->cols - 2}, &parts);
    struct area log = {row + 1, 1, parts.log - 1, area->cols - 2};
    if (!parts.log)
        return;
    frame_rule(canvas, row, &log, "events");
    g_autoptr(GPtrArray) newest = g_ptr_array_new();
    for (guint i = deck->events->len; i-- > 0;)
        if (deck_worth_telling(g_ptr_array_index(deck->events, i)))
            g_ptr_array_add(newest, g_ptr_array_index(deck->events, i));
    frame_log(canvas, &log, newest, deck->now_ms, true);
}

static void rollout_cells(const void *state, const struct deck *deck, GPtrArray *ids)
{
    (void)state;
    const struct rollout *rollout = shown(deck);
    for (guint i = 0; rollout && i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, i);
        g_ptr_array_add(ids, cell->plan->id);
    }
}

static const char *other_rollout(const struct deck *deck, int by)
{
    guint n = deck->rollouts->len;
    for (guint i = 0; i < n; i++) {
        const struct rollout *rollout = g_ptr_array_index(deck->rollouts, i);
        if (g_strcmp0(rollout->id, deck->operation) != 0)
            continue;
        const struct rollout *other =
            g_ptr_array_index(deck->rollouts, (guint)((int)(i + n) + by) % n);
        return other->id;
    }
    return NULL;
}

/* The worst first, then one after the other; the way back closes the chart. */
static struct reaction choose_gate(struct rollout_view *view, const struct rollout *rollout)
{
    const struct rollout_cell *cell = rollout ? selected_cell(view, rollout) : NULL;
    if (!cell)
        return (struct reaction){.what = REACT_NONE};
    view->gate = view->gate < 0 ? (int)shown_gate(view, cell) : (view->gate + 1) % GATE_COUNT;
    return (struct reaction){.what = REACT_REDRAW};
}

static struct topic rollout_topic(const void *state, const struct deck *deck)
{
    const struct rollout_view *view = state;
    const struct rollout *rollout = shown(deck);
    return (struct topic){.cell = view->list.selected,
                          .operation = deck->operation,
                          .version = rollout ? rollout->plan->version : NULL};
}

/* It is asked of what is there; a start is of what is not there yet. */
static bool of_the_rollout(enum request request)
{
    return request_acts(request) && request != REQUEST_START;
}

static struct reaction rollout_key(void *state, const struct deck *deck, enum request request)
{
    struct rollout_view *view = state;
    switch (request) {
    case REQUEST_GATE:
        return choose_gate(view, shown(deck));
    case REQUEST_BACK:
        if (view->gate < 0)
            return (struct reaction){.what = REACT_UNUSED};
        view->gate = -1;
        return (struct reaction){.what = REACT_REDRAW};
    case REQUEST_SCROLL_UP: /* its rows are more than the list's: waves have one */
        return rollout_key(state, deck, REQUEST_UP);
    case REQUEST_SCROLL_DOWN:
        return rollout_key(state, deck, REQUEST_DOWN);
    case REQUEST_OPEN:
        return (struct reaction){REACT_OPEN, VIEW_CELL, request, view->list.selected};
    case REQUEST_NEXT:
        return (struct reaction){REACT_TURN, VIEW_ROLLOUT, request, other_rollout(deck, 1)};
    case REQUEST_PREVIOUS:
        return (struct reaction){REACT_TURN, VIEW_ROLLOUT, request, other_rollout(deck, -1)};
    default: {
        if (of_the_rollout(request))
            return (struct reaction){REACT_ACT, VIEW_ROLLOUT, request, view->list.selected};
        struct reaction moved = view_move(&view->list, request);
        view->chosen |= moved.what == REACT_REDRAW;
        return moved;
    }
    }
}

static bool rollout_can(const void *state, const struct deck *deck, enum request request)
{
    const struct rollout_view *view = state;
    const struct rollout *rollout = shown(deck);
    if (of_the_rollout(request))
        return act_can(deck, request, view->list.selected);
    switch (request) {
    case REQUEST_NEXT:
    case REQUEST_PREVIOUS:
        return deck->rollouts->len > 1;
    case REQUEST_GATE:
    case REQUEST_OPEN:
    case REQUEST_CELL:
    case REQUEST_EVENTS:
        return rollout && view->list.selected;
    default:
        return true;
    }
}

static const char *rollout_word(const void *state, const struct deck *deck, enum request request)
{
    (void)state;
    const struct rollout *rollout = shown(deck);
    return request == REQUEST_PAUSE && rollout && rollout->paused ? "resume" : NULL;
}

static const struct list *rollout_rows(const void *state)
{
    return &((const struct rollout_view *)state)->list;
}

static const enum request hints[] = {
    REQUEST_APPROVE,     REQUEST_RETRY,         REQUEST_ACCEPT,       REQUEST_PAUSE,
    REQUEST_ABORT,       REQUEST_ROLLBACK,      REQUEST_GATE,         REQUEST_START,
    REQUEST_SKIP,        REQUEST_ROLLBACK_WAVE, REQUEST_ROLLBACK_ALL, REQUEST_OPEN,
    REQUEST_LIFT_WINDOW, REQUEST_SHORTEN_BAKE,  REQUEST_NEXT,         REQUEST_BACK,
    REQUEST_HELP,        REQUEST_QUIT,          REQUEST_COUNT};

const struct view view_rollout = {
    .hints = hints,
    .open = rollout_open,
    .close = rollout_close,
    .prepare = rollout_prepare,
    .draw = rollout_draw,
    .rows = rollout_rows,
    .cells = rollout_cells,
    .topic = rollout_topic,
    .can = rollout_can,
    .word = rollout_word,
    .key = rollout_key,
};
