#include "tui/views/rollout_parts.h"

#include "tui/views/gate_chart.h"
#include "tui/views/gates_panel.h"

/* For who asked for a chart: it comes before all of the board but the selected cell, and on a low
 * terminal before the other gates. */
static struct parts divide_for_chart(int rows, int whole, int gates_wanted)
{
    enum { LEAST_BOARD = 4, GOOD_CHART = GATE_CHART_LEAST + 2 };
    bool all = rows - LEAST_BOARD - GOOD_CHART >= 1 + GATE_COUNT;
    struct parts parts = {.gates = all ? 1 + GATE_COUNT : 0};
    rows -= parts.gates;
    parts.board = MIN(whole, MAX(MIN(LEAST_BOARD, rows), rows - GOOD_CHART));
    rows -= parts.board;
    int more = all ? CLAMP(rows - GOOD_CHART, 0, gates_wanted - parts.gates) : 0;
    parts.gates += more;
    parts.chart = MIN(rows - more, GATE_CHART_MOST);
    rows -= more + parts.chart;
    parts.log = rows >= 3 ? rows : 0;
    return parts;
}

struct parts parts_divide(const struct rollout *rollout, const struct rollout_cell *cell,
                          bool chart_asked, const struct area *area)
{
    enum { LEAST_LOG = 4 };
    int rows = area->rows;
    int whole = (int)(rollout->cells->len + rollout->plan->waves->len);
    int wanted = cell ? gates_panel_rows(cell, area->cols - 2) : 1 + GATE_COUNT;
    if (cell && chart_asked)
        return divide_for_chart(MAX(0, rows), whole, wanted);
    struct parts parts = {.board = MIN(whole, MAX(3, rows))};
    rows -= parts.board;
    parts.gates = rows >= 4 ? MIN(rows, wanted) : 0;
    rows -= parts.gates;
    if (cell && cell->deployed_at_ms && rows >= GATE_CHART_LEAST + LEAST_LOG)
        parts.chart = MIN(rows - LEAST_LOG, GATE_CHART_MOST);
    rows -= parts.chart;
    parts.log = rows >= 3 ? rows : 0;
    return parts;
}
