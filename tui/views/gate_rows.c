#include "tui/views/gate_rows.h"

#include "data/base/when.h"
#include "rollout/bakes.h"
#include "rollout/compared.h"

#include <math.h>

enum { LEAST_PERIODS = 30 }; /* of before the deploy: a past that a reader can compare with */

static bool goes_on(const struct rollout *rollout, const struct rollout_cell *cell)
{
    return cell->state == CELL_BAKING || !rollout_state_final(rollout->state);
}

/* Of a bake that is over also what came right after it: did the rollback help? */
static void find_span(const struct deck *deck, const struct rollout *rollout,
                      const struct rollout_cell *cell, struct gate_rows *rows)
{
    gint64 period_ms = rollout->plan->period_ms, began_ms = cell->deployed_at_ms;
    gint64 after_ms = MAX(0, cell->state_since_ms - began_ms) / 4 + 5 * period_ms;
    gint64 end_ms = MIN(deck->now_ms, cell->state_since_ms + after_ms);
    rows->now = goes_on(rollout, cell) || end_ms == deck->now_ms;
    rows->to_ms = rows->now ? deck->now_ms : end_ms;
    gint64 baked_ms = MAX(0, rows->to_ms - began_ms);
    rows->from_ms = began_ms - CLAMP(baked_ms, LEAST_PERIODS * period_ms, GATES_PAST_MS);
}

static void extend(struct extent *extent, double value)
{
    extent->low = extent->n ? MIN(extent->low, value) : value;
    extent->high = extent->n ? MAX(extent->high, value) : value;
    extent->n++;
}

/* Until when the cell ran the new version, as far as that is shown. */
static gint64 ran_until_ms(const struct rollout_cell *cell, const struct gate_rows *rows)
{
    return cell->state == CELL_ROLLED_BACK ? MIN(cell->state_since_ms, rows->to_ms) : rows->to_ms;
}

/* A period in which the deploy was seen is neither before it nor since. */
static void count(const struct rollout_cell *cell, gint64 period_ms, gint64 at_ms, double value,
                  struct gate_rows *rows)
{
    if (at_ms < rows->from_ms || isnan(value))
        return;
    if (at_ms + period_ms <= cell->deployed_at_ms)
        extend(&rows->before, value);
    else if (at_ms >= cell->deployed_at_ms && at_ms < ran_until_ms(cell, rows))
        extend(&rows->since, value);
}

static void take_own(const struct series *series, const struct rollout *rollout,
                     const struct rollout_cell *cell, struct gate_rows *rows)
{
    gint64 period_ms = rollout->plan->period_ms;
    enum metric metric = rows->finding.metric;
    size_t first = series_place(series, rows->from_ms);
    rows->at = g_new(gint64, series->n - first + 1);
    rows->values = g_new(double, series->n - first + 1);
    for (size_t i = first; i < series->n && series->points[i].at_ms <= rows->to_ms; i++) {
        const struct datapoint *point = &series->points[i];
        double value = metric_value_usable(metric, point->value) ? point->value : NAN;
        rows->at[rows->n] = point->at_ms;
        rows->values[rows->n++] = value;
        count(cell, period_ms, point->at_ms, value, rows);
    }
    gint64 first_ms = (cell->deployed_at_ms + period_ms - 1) / period_ms * period_ms;
    gint64 settled_ms = ran_until_ms(cell, rows) - rollout->plan->settle_ms;
    rows->due = MAX(0, (settled_ms - first_ms) / period_ms);
}

/* A control's rows, until it got the version itself. */
static void take_control(const struct series *series, gint64 until_ms, struct extent *bins,
                         struct gate_rows *rows)
{
    size_t n = series ? series->n : 0;
    for (size_t i = series_place(series, rows->from_ms); i < n; i++) {
        const struct datapoint *point = &series->points[i];
        if (point->at_ms > rows->to_ms || point->at_ms >= until_ms)
            return;
        if (!metric_value_usable(rows->finding.metric, point->value))
            continue;
        extend(&bins[(point->at_ms - rows->from_ms) / rows->band_step_ms], point->value);
        extend(&rows->controls, point->value);
    }
}

static void take_controls(const struct deck *deck, const struct rollout *rollout,
                          const struct rollout_cell *cell, const struct cell *seen, int cols,
                          struct gate_rows *rows)
{
    const struct snapshot *snapshot = deck->snapshot;
    guint own = (guint)(seen - snapshot->cells);
    bool live = goes_on(rollout, cell);
    g_autoptr(GArray) chosen =
        live ? compared_now(rollout, snapshot, own)
             : compared_then(snapshot->config, plan_gates(rollout->plan, cell->wave), deck->events,
                             own, cell->deployed_at_ms);
    gint64 period_ms = rollout->plan->period_ms, span_ms = rows->to_ms - rows->from_ms;
    gint64 periods = MAX(1, (span_ms / MAX(1, cols) + period_ms - 1) / period_ms);
    rows->band_step_ms = periods * period_ms;
    rows->from_ms -= rows->from_ms % period_ms;
    size_t most = (size_t)((rows->to_ms - rows->from_ms) / rows->band_step_ms) + 1;
    g_autofree struct extent *bins = g_new0(struct extent, most);
    for (guint i = 0; i < chosen->len; i++) {
        const struct cell *control = &snapshot->cells[g_array_index(chosen, guint, i)];
        const char *id = control->config->id;
        take_control(control->reading.series[rows->finding.metric],
                     live ? G_MAXINT64
                          : bakes_control_until_ms(deck->events, id, cell->deployed_at_ms),
                     bins, rows);
    }
    rows->n_controls = chosen->len;
    rows->bands = g_new(struct chart_band, most);
    for (size_t i = 0; i < most; i++)
        if (bins[i].n)
            rows->bands[rows->n_bands++] = (struct chart_band){
                rows->from_ms + (gint64)i * rows->band_step_ms, bins[i].low, bins[i].high};
}

bool gate_rows_read(const struct deck *deck, const struct rollout *rollout,
                    const struct rollout_cell *cell, enum gate gate, int cols,
                    struct gate_rows *rows)
{
    const struct cell *seen = deck_cell(deck, cell->plan->id);
    *rows = (struct gate_rows){.finding = {.metric = METRIC_COUNT}};
    if (!seen || !cell->deployed_at_ms)
        return false;
    rows->finding = finding_of(deck->config, plan_gates(rollout->plan, cell->wave), seen->config,
                               cell->plan->dr, gate, &cell->gates[gate]);
    if (rows->finding.metric == METRIC_COUNT)
        return false;
    const struct series *series = seen->reading.series[rows->finding.metric];
    find_span(deck, rollout, cell, rows);
    if (!series)
        return false;
    if (!cell->plan->dr)
        take_controls(deck, rollout, cell, seen, cols, rows);
    take_own(series, rollout, cell, rows);
    return true;
}

void gate_rows_clear(struct gate_rows *rows)
{
    g_free(rows->at);
    g_free(rows->values);
    g_free(rows->bands);
    *rows = (struct gate_rows){0};
}
