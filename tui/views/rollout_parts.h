/* How the rollout screen shares its rows out, by importance: the board, then the gates, then the
 * log, then a chart; but a chart that was asked for comes before the log and most of the board. */
#pragma once

#include "rollout/engine.h"
#include "tui/console/canvas.h"

struct parts {
    int board, gates, chart, log; /* rows; 0: not shown */
};

/* Of `area`, which is below the head. `cell`: the selected one, or NULL. */
struct parts parts_divide(const struct rollout *rollout, const struct rollout_cell *cell,
                          bool chart_asked, const struct area *area);
