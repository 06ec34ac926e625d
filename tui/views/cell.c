/* One cell: what it measures, what is wrong with it, what was done to it. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/story.h"
#include "tui/console/chart.h"
#include "tui/views/cell_facts.h"
#include "tui/views/frame.h"
#include "tui/views/marks.h"
#include "tui/views/view.h"

#include <math.h>
#include <string.h>

#define MOST_MARKERS 16
#define SCALE_COLS   8 /* left of each chart, for its scale */

struct cell_view {
    gint64 span_ms;
};

static void *cell_open(void)
{
    struct cell_view *view = g_new0(struct cell_view, 1);
    view->span_ms = WHEN_HOUR;
    return view;
}

struct shown {
    enum metric metric;
    const char *title;
};
static const struct shown charts[] = {{METRIC_ERROR_RATE, "errors"},
                                      {METRIC_ACTIVE_USERS, "users"},
                                      {METRIC_REQUESTS, "requests"},
                                      {METRIC_CPU, "CPU"},
                                      {METRIC_DB_CONNECTIONS, "DB connections"},
                                      {METRIC_LATENCY_P95, "latency p95"}};

/* celldeck's, then the fleet's own. */
static size_t n_charts(const struct deck *deck)
{
    return G_N_ELEMENTS(charts) + metric_count(deck->config) - METRIC_OWN;
}

static struct shown shown_at(const struct deck *deck, size_t which)
{
    if (which < G_N_ELEMENTS(charts))
        return charts[which];
    enum metric metric = METRIC_OWN + (enum metric)(which - G_N_ELEMENTS(charts));
    return (struct shown){metric, metric_own(deck->config, metric)->name};
}

/* The one of the gates that hold for the cell. */
static double limit_of(const struct deck *deck, const struct cell *cell, enum metric metric)
{
    const struct gates_config *gates = config_gates_of(deck->config, cell->config);
    const struct own_metric *own = metric_own(deck->config, metric);
    if (own)
        return gates_config_own_limit(gates, own->name);
    if (metric == METRIC_ERROR_RATE)
        return gates->max_error_rate_pct;
    if (metric == METRIC_ACTIVE_USERS)
        return (double)cell->config->max_users * gates->max_used_pct / 100;
    return NAN;
}

static bool is_worse_below(const struct deck *deck, enum metric metric)
{
    const struct own_metric *own = metric_own(deck->config, metric);
    return own && own->falls;
}

static char *value_text(const struct deck *deck, enum metric metric, double value)
{
    const struct own_metric *own = metric_own(deck->config, metric);
    if (!own || isnan(value))
        return mark_value(metric, value);
    g_autofree char *figure = text_figure(value);
    return g_strconcat(figure, *own->unit ? " " : "", own->unit, NULL);
}

/* Deploys and rollbacks of this cell, as lines in its charts. */
static size_t find_markers(const struct deck *deck, struct chart_marker *markers,
                           GStringChunk *labels)
{
    size_t n = 0;
    for (guint i = 0; i < deck->cell_events->len && n < MOST_MARKERS; i++) {
        const struct event *event = g_ptr_array_index(deck->cell_events, i);
        bool back = strcmp(event->type, "rollback.done") == 0;
        if (!back && strcmp(event->type, "deploy.seen") != 0)
            continue;
        const char *version = json_string_value(json_object_get(event->data, "version"));
        g_autofree char *label = g_strconcat(back ? "↺ " : "", version ? version : "?", NULL);
        markers[n++] =
            (struct chart_marker){event->at_ms, g_string_chunk_insert(labels, label), back};
    }
    return n;
}

static void draw_series(const struct deck *deck, const struct cell *cell, gint64 span_ms,
                        enum metric metric, struct canvas *canvas, const struct area *area)
{
    const struct series *series = cell->reading.series[metric];
    size_t n = series ? series->n : 0;
    g_autofree gint64 *at = g_new(gint64, n + 1);
    g_autofree double *values = g_new(double, n + 1);
    for (size_t i = 0; i < n; i++) {
        at[i] = series->points[i].at_ms;
        values[i] =
            metric_value_usable(metric, series->points[i].value) ? series->points[i].value : NAN;
    }
    struct chart_marker markers[MOST_MARKERS];
    g_autoptr(GStringChunk) labels = g_string_chunk_new(256);
    struct chart chart = {.at = at,
                          .values = values,
                          .n = n,
                          .from = deck->now_ms - span_ms,
                          .to = deck->now_ms,
                          .step = deck->config->metrics.period_ms,
                          .limit = limit_of(deck, cell, metric),
                          .below = is_worse_below(deck, metric),
                          .expected = NAN,
                          .markers = markers,
                          .n_markers = find_markers(deck, markers, labels)};
    struct area picture = {area->row, area->col + SCALE_COLS, area->rows, area->cols - SCALE_COLS};
    double top = chart_draw(canvas, &picture, &chart);
    g_autofree char *scale =
        metric_own(deck->config, metric) ? text_figure(top) : mark_value(metric, top);
    canvas_right(canvas, area->row, area->col, SCALE_COLS - 1, ROLE_DIM, scale);
    canvas_right(canvas, area->row + area->rows - 1, area->col, SCALE_COLS - 1, ROLE_DIM, "0");
}

static void draw_chart(const struct deck *deck, const struct cell *cell, gint64 span_ms,
                       size_t which, struct canvas *canvas, const struct area *area)
{
    const struct shown shown = shown_at(deck, which);
    enum metric metric = shown.metric;
    bool stale;
    double value = mark_metric(cell, metric, deck->config->metrics.period_ms, deck->now_ms, &stale);
    double limit = limit_of(deck, cell, metric);
    g_autofree char *now = value_text(deck, metric, value);
    int col = area->col;
    col += canvas_text(canvas, area->row, col, area->cols, ROLE_HEADER, shown.title) + 1;
    bool bad = is_worse_below(deck, metric) ? value < limit : value > limit;
    enum role role = stale ? ROLE_UNKNOWN : bad ? ROLE_BAD : ROLE_TITLE;
    col += canvas_text(canvas, area->row, col, area->col + area->cols - col, role, now) + 1;
    gint64 age_ms = cell_metric_age_ms(cell, metric, deck->config->metrics.period_ms, deck->now_ms);
    g_autofree char *age = duration_short(MAX(0, age_ms));
    if (stale && !isnan(value))
        canvas_printf(canvas, area->row, col, area->col + area->cols - col, ROLE_UNKNOWN,
                      "STALE %s", age);
    struct area picture = {area->row + 1, area->col, area->rows - 1, area->cols};
    draw_series(deck, cell, span_ms, metric, canvas, &picture);
}

static bool worth_a_chart(const struct deck *deck, const struct cell *cell, size_t which)
{
    enum metric metric = shown_at(deck, which).metric;
    return metric < METRIC_LATENCY_P95 || cell->reading.series[metric] != NULL;
}

/* As many charts as there is room for, the most telling first. Returns the rows used. */
static int draw_charts(const struct deck *deck, const struct cell *cell, gint64 span_ms,
                       struct canvas *canvas, const struct area *area)
{
    enum { LEAST_ROWS = 4, GOOD_ROWS = 6, MOST_ROWS = 10 };
    if (area->rows < LEAST_ROWS)
        return 0;
    int across = area->cols >= 150 ? 3 : area->cols >= 60 ? 2 : 1;
    int all = ((int)n_charts(deck) + across - 1) / across;
    bool has_own = n_charts(deck) > G_N_ELEMENTS(charts); /* lower charts, but theirs too */
    int down = CLAMP(area->rows / (has_own ? LEAST_ROWS : GOOD_ROWS), 1, all);
    int rows = MIN(area->rows / down, MOST_ROWS), cols = (area->cols - (across - 1) * 2) / across;
    int at = 0;
    for (size_t i = 0; i < n_charts(deck) && at < across * down; i++) {
        if (!worth_a_chart(deck, cell, i))
            continue;
        struct area chart = {area->row + at / across * rows, area->col + at % across * (cols + 2),
                             rows - (rows > LEAST_ROWS), cols};
        draw_chart(deck, cell, span_ms, i, canvas, &chart);
        at++;
    }
    return (at + across - 1) / across * rows;
}

static int draw_title(const struct deck *deck, const struct cell *cell, struct canvas *canvas,
                      const struct area *area)
{
    struct mark mark = mark_health(cell->health);
    const struct cell_config *config = cell->config;
    g_autofree char *state = mark_health_text(cell, deck->now_ms);
    const char *wave = deck_wave(deck, config);
    int col = 1, row = area->row, end = area->cols - 1;
    col += canvas_printf(canvas, row, col, end - col, mark.role, "%s ", mark.shape);
    col += canvas_text(canvas, row, col, end - col, ROLE_TITLE, config->id) + 1;
    col += canvas_text(canvas, row, col, end - col, mark.role, state);
    if (cell->since_ms > 0 && cell->health != HEALTH_STALE) {
        g_autofree char *age = duration_short(MAX(0, deck->now_ms - cell->since_ms));
        col += canvas_printf(canvas, row, col, end - col, mark.role, " for %s", age);
    }
    col += canvas_printf(canvas, row, col, end - col, ROLE_NORMAL, " · %s",
                         cell->version ? cell->version : "version unknown");
    canvas_printf(canvas, row, col, end - col, ROLE_DIM, " · %s · %s · %s · wave %s",
                  cell_class_name(config->class), config->region, config->residency,
                  wave ? wave : "–");
    int used = 1;
    for (int i = 0; cell->reasons[i] && used < 5 && used < area->rows - 4; i++)
        canvas_text(canvas, row + used++, 3, area->cols - 4, mark.role, cell->reasons[i]);
    return used;
}

static void draw_cell_view(const struct cell_view *view, const struct deck *deck,
                           const struct cell *cell, struct canvas *canvas, const struct area *area)
{
    int used = draw_title(deck, cell, canvas, area);
    struct area rest = {area->row + used, 1, area->rows - used, area->cols - 2};
    int facts = rest.rows < 8 ? rest.rows : MAX(7, rest.rows * 2 / 5);
    if (rest.rows - facts >= 5) {
        g_autofree char *title =
            g_strdup_printf("last %s, limit dotted", view->span_ms == WHEN_HOUR ? "hour" : "3 h");
        frame_rule(canvas, rest.row, &rest, title);
        struct area picture = {rest.row + 1, rest.col, rest.rows - facts - 1, rest.cols};
        int rows = draw_charts(deck, cell, view->span_ms, canvas, &picture) + 1;
        rest.row += rows;
        rest.rows -= rows;
    }
    cell_facts_draw(deck, cell, canvas, &rest);
}

static void cell_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                      const struct area *area)
{
    const struct cell *cell = deck_cell(deck, deck->cell);
    if (cell)
        draw_cell_view(state, deck, cell, canvas, area);
    else
        canvas_printf(canvas, area->row, 2, area->cols - 4, ROLE_WARN,
                      "nothing has been read of cell %s yet", deck->cell ? deck->cell : "–");
}

static void cell_cells(const void *state, const struct deck *deck, GPtrArray *ids)
{
    (void)state;
    if (deck->cell)
        g_ptr_array_add(ids, deck->cell);
}

/* The cell before or after this one in celldeck.yaml. */
static const char *neighbour(const struct deck *deck, int by)
{
    const GPtrArray *cells = deck->config->cells;
    for (guint i = 0; i < cells->len; i++) {
        const struct cell_config *cell = g_ptr_array_index(cells, i);
        if (g_strcmp0(cell->id, deck->cell) != 0)
            continue;
        guint at = (guint)((int)(i + cells->len) + by) % cells->len;
        return ((const struct cell_config *)g_ptr_array_index(cells, at))->id;
    }
    return NULL;
}

static struct reaction cell_key(void *state, const struct deck *deck, enum request request)
{
    struct cell_view *view = state;
    struct reaction turn = {REACT_TURN, VIEW_CELL, request, NULL};
    switch (request) {
    case REQUEST_SPAN:
        view->span_ms = view->span_ms == WHEN_HOUR ? 3 * WHEN_HOUR : WHEN_HOUR;
        return (struct reaction){.what = REACT_REDRAW};
    case REQUEST_NEXT:
    case REQUEST_DOWN:
        turn.subject = neighbour(deck, 1);
        return turn;
    case REQUEST_PREVIOUS:
    case REQUEST_UP:
        turn.subject = neighbour(deck, -1);
        return turn;
    default:
        return (struct reaction){.what = REACT_UNUSED};
    }
}

static const enum request hints[] = {REQUEST_BACK, REQUEST_TENANTS, REQUEST_ROLLOUT,
                                     REQUEST_SPAN, REQUEST_NEXT,    REQUEST_PREVIOUS,
                                     REQUEST_HELP, REQUEST_QUIT,    REQUEST_COUNT};

const struct view view_cell = {
    .hints = hints,
    .open = cell_open,
    .close = g_free,
    .draw = cell_draw,
    .cells = cell_cells,
    .key = cell_key,
};
