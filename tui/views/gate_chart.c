#include "tui/views/gate_chart.h"

#include "data/base/when.h"
#include "tui/views/frame.h"
#include "tui/views/gate_rows.h"
#include "tui/views/marks.h"
#include "tui/views/wrap.h"

#include <math.h>
#include <string.h>

enum { SCALE_COLS = 8 }; /* left of the picture */

/* As everywhere, but with the digits that a small rate or a fraction needs. */
static char *value_text(enum metric metric, double value)
{
    bool small = value > 0 && value < 1;
    if (metric == METRIC_ERROR_RATE && small)
        return g_strdup_printf("%.2g %%", value);
    if (small || value != floor(value))
        return metric == METRIC_ERROR_RATE || metric == METRIC_LATENCY_P95 || metric == METRIC_CPU
                   ? mark_value(metric, value)
                   : g_strdup_printf("%.3g", value);
    return mark_value(metric, value);
}

static char *extent_text(enum metric metric, const struct extent *extent)
{
    g_autofree char *low = value_text(metric, extent->low);
    g_autofree char *high = value_text(metric, extent->high);
    return strcmp(low, high) == 0 ? g_strdup(low) : g_strdup_printf("%s to %s", low, high);
}

static void add_newest(GString *text, const struct deck *deck, const struct cell *cell,
                       const struct gate_rows *rows)
{
    enum metric metric = rows->finding.metric;
    gint64 period_ms = deck->config->metrics.period_ms;
    bool stale;
    double value = mark_metric(cell, metric, period_ms, deck->now_ms, &stale);
    g_autofree char *shown = value_text(metric, value);
    g_autofree char *age =
        duration_short(MAX(0, cell_metric_age_ms(cell, metric, period_ms, deck->now_ms)));
    if (rows->now && stale)
        g_string_append_printf(text, "STALE %s, last %s; ", age, shown);
    else if (rows->now)
        g_string_append_printf(text, "now %s; ", shown);
}

/* Of the periods that are due; more may have been read, as the last one has yet to settle. */
static void add_since(GString *text, const struct gate_rows *rows)
{
    g_autofree char *since = extent_text(rows->finding.metric, &rows->since);
    gint64 due = MAX(rows->due, rows->since.n);
    if (rows->since.n == 0 && rows->due == 0)
        g_string_append(text, "since the deploy: no period yet; ");
    else if (rows->since.n == 0)
        g_string_append(text, "since the deploy: nothing read; ");
    else if (rows->since.n < due)
        g_string_append_printf(text,
                               "since the deploy %s (%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                               " periods read); ",
                               since, rows->since.n, due);
    else
        g_string_append_printf(text, "since the deploy %s (%" G_GINT64_FORMAT " period%s); ", since,
                               rows->since.n, rows->since.n == 1 ? "" : "s");
}

static void add_others(GString *text, const struct gate_rows *rows, bool dr)
{
    enum metric metric = rows->finding.metric;
    g_autofree char *before = extent_text(metric, &rows->before);
    g_autofree char *controls = extent_text(metric, &rows->controls);
    g_string_append_printf(text, "before: %s; ", rows->before.n ? before : "nothing read");
    if (rows->n_controls && rows->controls.n)
        g_string_append_printf(text, "%u control%s " CHART_BAND " %s", rows->n_controls,
                               rows->n_controls == 1 ? "" : "s", controls);
    else if (rows->n_controls)
        g_string_append_printf(text, "%u control%s: nothing read", rows->n_controls,
                               rows->n_controls == 1 ? "" : "s");
    else
        g_string_append(text, dr ? "not compared: a dr cell" : "no controls");
}

static void add_lines(GString *text, const struct finding *finding)
{
    g_autofree char *limit = value_text(finding->metric, finding->limit);
    g_autofree char *expected = value_text(finding->metric, finding->expected);
    if (!isnan(finding->limit))
        g_string_append_printf(text, "; limit " CHART_LIMIT " %s", limit);
    if (!isnan(finding->expected))
        g_string_append_printf(text, "; expected " CHART_EXPECTED " %s", expected);
}

static char *words(const struct deck *deck, const struct rollout_cell *cell,
                   const struct gate_rows *rows)
{
    GString *text = g_string_new(NULL);
    add_newest(text, deck, deck_cell(deck, cell->plan->id), rows);
    add_since(text, rows);
    add_others(text, rows, cell->plan->dr);
    add_lines(text, &rows->finding);
    return g_string_free(text, FALSE);
}

static void draw_scale(const struct gate_rows *rows, double top, struct canvas *canvas,
                       const struct area *area)
{
    enum metric metric = rows->finding.metric;
    const double lines[] = {rows->finding.expected, rows->finding.limit, 0, top};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        int row = isnan(lines[i]) ? -1 : chart_row(area, lines[i], top);
        g_autofree char *text = value_text(metric, lines[i]);
        if (row < 0)
            continue;
        canvas_fill(canvas, row, area->col - SCALE_COLS, SCALE_COLS, ROLE_DIM, " ");
        canvas_right(canvas, row, area->col - SCALE_COLS, SCALE_COLS - 1, ROLE_DIM, text);
    }
}

static void draw_picture(const struct rollout *rollout, const struct rollout_cell *cell,
                         const struct gate_rows *rows, struct canvas *canvas,
                         const struct area *area)
{
    g_autofree char *clock = mark_clock(cell->deployed_at_ms);
    g_autofree char *label = g_strdup_printf("%s %.5s", rollout->plan->version, clock);
    bool back = cell->state == CELL_ROLLED_BACK;
    const struct chart_marker markers[] = {{cell->deployed_at_ms, label, false},
                                           {cell->state_since_ms, "↺ back", true}};
    const struct chart chart = {.at = rows->at,
                                .values = rows->values,
                                .n = rows->n,
                                .from = rows->from_ms,
                                .to = rows->to_ms,
                                .step = rollout->plan->period_ms,
                                .limit = rows->finding.limit,
                                .below = rows->finding.below,
                                .expected = rows->finding.expected,
                                .bands = rows->bands,
                                .n_bands = rows->n_bands,
                                .band_step = rows->band_step_ms,
                                .markers = markers,
                                .n_markers = back ? 2 : 1};
    double top = chart_draw(canvas, area, &chart);
    draw_scale(rows, top, canvas, area);
}

/* Caller frees. */
static char *metric_words(const struct config *config, enum metric metric)
{
    static const char *const names[] = {
        [METRIC_HEALTH] = "health",
        [METRIC_REQUESTS] = "requests a period",
        [METRIC_ERROR_RATE] = "error rate",
        [METRIC_CPU] = "CPU",
        [METRIC_DB_CONNECTIONS] = "DB connections",
        [METRIC_ACTIVE_USERS] = "active users",
        [METRIC_LATENCY_P95] = "latency p95",
    };
    const struct own_metric *own = metric_own(config, metric);
    if (own && *own->unit)
        return g_strdup_printf("%s (%s)", own->name, own->unit);
    return g_strdup(own ? own->name : names[metric]);
}

static void draw_title(const struct deck *deck, const struct rollout_cell *cell, enum gate gate,
                       const struct gate_rows *rows, struct canvas *canvas, const struct area *area)
{
    bool known = rows->finding.metric != METRIC_COUNT;
    g_autofree char *from = known ? mark_time(rows->from_ms, deck->now_ms) : NULL;
    g_autofree char *to = known ? mark_time(rows->to_ms, deck->now_ms) : NULL;
    g_autofree char *what = known ? metric_words(deck->config, rows->finding.metric) : NULL;
    g_autofree char *title = known
                                 ? g_strdup_printf("%s: %s of %s, %s to %s", gate_name(gate), what,
                                                   cell->plan->id, from, rows->now ? "now" : to)
                                 : g_strdup_printf("%s of %s", gate_name(gate), cell->plan->id);
    frame_rule(canvas, area->row, area, title);
}

static const char *why_no_picture(const struct rollout_cell *cell, const struct gate_rows *rows)
{
    if (!cell->deployed_at_ms)
        return "no chart: it has not been deployed to yet";
    if (rows->finding.metric == METRIC_COUNT)
        return "no chart: this gate asks no metric";
    return "no chart: nothing has been read of this metric";
}

/* What the gate said the last time; the chart has the room for the reason. */
static void add_last(const struct gate_chart *chart, GPtrArray *lines)
{
    if (!chart->last)
        return;
    const struct rollout_gate *gate = &chart->last->cell->gates[chart->gate];
    bool said = gate->at_ms != 0;
    g_ptr_array_add(lines, g_strdup_printf("last time, %s %s: %s%s%s", chart->last->rollout->id,
                                           chart->last->rollout->plan->version,
                                           said ? verdict_name(gate->verdict) : "not judged",
                                           said && gate->reason ? " " : "",
                                           said && gate->reason ? gate->reason : ""));
}

void gate_chart_draw(const struct deck *deck, const struct gate_chart *chart, struct canvas *canvas,
                     const struct area *area)
{
    enum { WORDS = 3, LEAST_PICTURE = 2 };
    struct gate_rows rows;
    int cols = area->cols - SCALE_COLS, used = 1;
    bool read = gate_rows_read(deck, chart->rollout, chart->cell, chart->gate, cols, &rows);
    draw_title(deck, chart->cell, chart->gate, &rows, canvas, area);
    g_autofree char *text =
        read ? words(deck, chart->cell, &rows) : g_strdup(why_no_picture(chart->cell, &rows));
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    wrap_text(text, area->cols, "", lines);
    g_ptr_array_set_size(lines, MIN((gint)lines->len, WORDS));
    add_last(chart, lines);
    int most = read && area->rows > LEAST_PICTURE ? area->rows - LEAST_PICTURE : area->rows;
    for (guint i = 0; i < lines->len && used < most; i++)
        canvas_text(canvas, area->row + used++, area->col, area->cols,
                    read ? ROLE_NORMAL : ROLE_DIM, lines->pdata[i]);
    const struct area picture = {area->row + used, area->col + SCALE_COLS, area->rows - used, cols};
    if (read && picture.rows >= LEAST_PICTURE && picture.cols >= 10)
        draw_picture(chart->rollout, chart->cell, &rows, canvas, &picture);
    gate_rows_clear(&rows);
}
