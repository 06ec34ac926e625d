#include "tui/views/cell_charts.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "data/past.h"
#include "tui/console/chart.h"
#include "tui/views/cell_series.h"
#include "tui/views/marks.h"

#include <math.h>
#include <string.h>

#define MOST_MARKERS 32
#define SCALE_COLS   8 /* left of each chart, for its scale */

struct shown {
    enum metric metric;
    const char *title;
    enum dot_of dot; /* the worst; of requests neither many nor few are that */
};
static const struct shown charts[] = {{METRIC_ERROR_RATE, "errors", DOT_HIGHEST},
                                      {METRIC_HEALTH, "health", DOT_LOWEST},
                                      {METRIC_ACTIVE_USERS, "users", DOT_HIGHEST},
                                      {METRIC_REQUESTS, "requests", DOT_MEAN},
                                      {METRIC_CPU, "CPU", DOT_HIGHEST},
                                      {METRIC_DB_CONNECTIONS, "DB connections", DOT_HIGHEST},
                                      {METRIC_LATENCY_P95, "latency p95", DOT_HIGHEST}};

static struct shown shown_at(const struct deck *deck, size_t which)
{
    if (which < G_N_ELEMENTS(charts))
        return charts[which];
    enum metric metric = METRIC_OWN + (enum metric)(which - G_N_ELEMENTS(charts));
    const struct own_metric *own = metric_own(deck->config, metric);
    return (struct shown){metric, own->name, own->falls ? DOT_LOWEST : DOT_HIGHEST};
}

/* Health that was 1 all the time is a line that tells nothing. */
static bool was_unwell(const struct cell_look *look)
{
    const struct series *health = look->cell->reading.series[METRIC_HEALTH];
    size_t i = series_place(health, look->deck->now_ms - look->span_ms);
    while (health && i < health->n && health->points[i].value >= 1)
        i++;
    return health && i < health->n;
}

static bool worth_a_chart(const struct cell_look *look, enum metric metric)
{
    if (metric == METRIC_HEALTH)
        return was_unwell(look);
    return metric < METRIC_LATENCY_P95 || look->cell->reading.series[metric];
}

GArray *cell_charts_of(const struct cell_look *look)
{
    GArray *which = g_array_new(FALSE, FALSE, sizeof(int));
    size_t all = G_N_ELEMENTS(charts) + metric_count(look->deck->config) - METRIC_OWN;
    for (int i = 0; i < (int)all; i++) {
        enum metric metric = shown_at(look->deck, (size_t)i).metric;
        if (worth_a_chart(look, metric))
            g_array_append_val(which, i);
    }
    return which;
}

/* The one of the gates that hold for the cell. */
static double limit_of(const struct cell_look *look, enum metric metric)
{
    const struct config *config = look->deck->config;
    const struct gates_config *gates = config_gates_of(config, look->cell->config);
    const struct own_metric *own = metric_own(config, metric);
    if (own)
        return gates_config_own_limit(gates, own->name);
    if (metric == METRIC_ERROR_RATE)
        return gates->max_error_rate_pct;
    if (metric == METRIC_ACTIVE_USERS)
        return (double)look->cell->config->max_users * gates->max_used_pct / 100;
    return metric == METRIC_HEALTH ? 1 : NAN;
}

/* Beyond the limit is below it. */
static bool is_worse_below(const struct deck *deck, enum metric metric)
{
    const struct own_metric *own = metric_own(deck->config, metric);
    return metric == METRIC_HEALTH || (own && own->falls);
}

static char *value_text(const struct deck *deck, enum metric metric, double value)
{
    const struct own_metric *own = metric_own(deck->config, metric);
    if (!own || isnan(value))
        return mark_value(metric, value);
    g_autofree char *figure = text_figure(value);
    return g_strconcat(figure, *own->unit ? " " : "", own->unit, NULL);
}

/* What was done to the cell, as lines in its charts; newest first, as it matters most. */
static const struct {
    const char *type, *sign;
    bool back;
} marked[] = {{"deploy.seen", "", false}, {"rollback.done", "↺ ", true}};

/* Of a failover or a move when it began, and how it ended; a drill touches nobody. NULL: none.
 * Caller frees. */
static char *passage_label(const struct deck *deck, const struct event *event, bool *back)
{
    static const struct {
        const char *state, *sign;
    } ends[] = {{"completed", " ✔"}, {"reverted", " ↺"}};
    const struct operation *operation = deck_operation(deck, event->stream);
    const char *kind = operation ? operation->kind : "";
    const char *state = json_string_value(json_object_get(event->data, "state"));
    bool moves =
        strcmp(kind, "failover") == 0 || strcmp(kind, "move") == 0 || strcmp(kind, "observed") == 0;
    *back = g_strcmp0(state, "reverted") == 0;
    if (!moves || g_strcmp0(state, "refused") == 0)
        return NULL;
    if (strcmp(event->type, "opened") == 0)
        return g_strdup(event->stream);
    for (size_t i = 0; strcmp(event->type, "state") == 0 && i < G_N_ELEMENTS(ends); i++)
        if (g_strcmp0(state, ends[i].state) == 0)
            return g_strconcat(event->stream, ends[i].sign, NULL);
    return NULL;
}

/* What was only observed is marked where it was first seen, and recorded later. */
static gint64 passage_ms(const struct event *event)
{
    const char *seen = json_string_value(json_object_get(event->data, "seen"));
    gint64 seen_ms;
    return seen && when_parse(seen, &seen_ms) ? seen_ms : event->at_ms;
}

static size_t find_markers(const struct deck *deck, struct chart_marker *markers,
                           GStringChunk *labels)
{
    size_t n = 0;
    for (guint i = 0; i < deck->cell_events->len && n < MOST_MARKERS; i++) {
        const struct event *event = deck->cell_events->pdata[i];
        bool back;
        g_autofree char *passage = passage_label(deck, event, &back);
        if (passage)
            markers[n++] = (struct chart_marker){passage_ms(event),
                                                 g_string_chunk_insert(labels, passage), back};
        for (size_t m = 0; !passage && m < G_N_ELEMENTS(marked); m++) {
            if (strcmp(event->type, marked[m].type) != 0)
                continue;
            const char *version = json_string_value(json_object_get(event->data, "version"));
            g_autofree char *label = g_strconcat(marked[m].sign, version ? version : "?", NULL);
            markers[n++] = (struct chart_marker){event->at_ms, g_string_chunk_insert(labels, label),
                                                 marked[m].back};
        }
    }
    return n;
}

static double draw_picture(const struct cell_look *look, const struct shown *shown, double limit,
                           struct canvas *canvas, const struct area *area)
{
    const struct deck *deck = look->deck;
    gint64 period_ms = deck->config->metrics.period_ms;
    gint64 periods = cell_series_periods(look->span_ms, period_ms, area->cols * 2);
    gint64 from_ms = deck->now_ms - look->span_ms;
    struct cell_series series =
        cell_series_read(look->cell->reading.series[shown->metric], shown->metric, shown->dot,
                         from_ms, deck->now_ms, period_ms, periods);
    struct chart_marker markers[MOST_MARKERS];
    g_autoptr(GStringChunk) labels = g_string_chunk_new(256);
    const struct chart chart = {.at = series.at,
                                .values = series.values,
                                .n = series.n,
                                .from = from_ms,
                                .to = deck->now_ms,
                                .step = series.step_ms,
                                .limit = limit,
                                .below = is_worse_below(deck, shown->metric),
                                .expected = NAN,
                                .markers = markers,
                                .n_markers = find_markers(deck, markers, labels)};
    double top = chart_draw(canvas, area, &chart);
    cell_series_clear(&series);
    return top;
}

static void draw_scale(const struct deck *deck, enum metric metric, double top,
                       struct canvas *canvas, const struct area *area)
{
    g_autofree char *scale =
        metric_own(deck->config, metric) ? text_figure(top) : mark_value(metric, top);
    canvas_right(canvas, area->row, area->col, SCALE_COLS - 1, ROLE_DIM, scale);
    canvas_right(canvas, area->row + area->rows - 1, area->col, SCALE_COLS - 1, ROLE_DIM, "0");
}

/* A limit that has no room in the picture is told all the same. */
static char *limit_words(const struct deck *deck, enum metric metric, double limit, double top)
{
    if (isnan(limit) || metric == METRIC_HEALTH)
        return g_strdup("");
    g_autofree char *text = value_text(deck, metric, limit);
    return limit > top ? g_strdup_printf("limit %s, off the chart", text)
                       : g_strdup_printf("limit " CHART_LIMIT " %s", text);
}

static void draw_title(const struct cell_look *look, const struct shown *shown, double limit,
                       double top, struct canvas *canvas, const struct area *area)
{
    const struct deck *deck = look->deck;
    gint64 period_ms = deck->config->metrics.period_ms;
    bool stale, below = is_worse_below(deck, shown->metric);
    double value = mark_metric(look->cell, shown->metric, period_ms, deck->now_ms, &stale);
    g_autofree char *now = value_text(deck, shown->metric, value);
    g_autofree char *told = limit_words(deck, shown->metric, limit, top);
    bool bad = below ? value < limit : value > limit;
    enum role role = stale ? ROLE_UNKNOWN : bad ? ROLE_BAD : ROLE_TITLE;
    int col = area->col, end = area->col + area->cols;
    col += canvas_text(canvas, area->row, col, end - col, ROLE_HEADER, shown->title) + 1;
    col += canvas_text(canvas, area->row, col, end - col, role, now) + 1;
    if (stale && !isnan(value)) {
        g_autofree char *age = duration_short(
            MAX(0, cell_metric_age_ms(look->cell, shown->metric, period_ms, deck->now_ms)));
        col += canvas_printf(canvas, area->row, col, end - col, ROLE_UNKNOWN, "STALE %s", age) + 1;
    }
    canvas_text(canvas, area->row, col, end - col, ROLE_DIM, told);
}

void cell_charts_draw(const struct cell_look *look, int which, struct canvas *canvas,
                      const struct area *area)
{
    const struct shown shown = shown_at(look->deck, (size_t)which);
    double limit = limit_of(look, shown.metric);
    const struct area picture = {area->row + 1, area->col + SCALE_COLS, area->rows - 2,
                                 area->cols - SCALE_COLS};
    double top = draw_picture(look, &shown, limit, canvas, &picture);
    const struct area scale = {picture.row, area->col, picture.rows, SCALE_COLS};
    draw_scale(look->deck, shown.metric, top, canvas, &scale);
    draw_title(look, &shown, limit, top, canvas, area);
    const struct area axis = {picture.row + picture.rows, picture.col, 1, picture.cols};
    chart_axis(canvas, &axis, look->deck->now_ms - look->span_ms, look->deck->now_ms);
}

/* Where what was read begins only within the time shown; 0: before it, or nothing was read. */
static gint64 begins_ms(const struct cell_look *look)
{
    const struct series *health = look->cell->reading.series[METRIC_HEALTH];
    gint64 from_ms = look->deck->now_ms - look->span_ms;
    gint64 first_ms = health && health->n ? health->points[0].at_ms : 0;
    return first_ms > from_ms + look->span_ms / 20 ? first_ms : 0;
}

static void add_begin(GString *title, const struct cell_look *look)
{
    gint64 first_ms = begins_ms(look), period_ms = look->deck->config->metrics.period_ms;
    if (!first_ms)
        return;
    g_autofree char *time = mark_time(first_ms, look->deck->now_ms);
    g_string_append_printf(title, ", read back to %s", time);
    if (past_kept_ms(period_ms) < look->span_ms) {
        g_autofree char *kept = duration_short(past_kept_ms(period_ms));
        g_autofree char *period = duration_config_text(period_ms);
        g_string_append_printf(title, " (CloudWatch keeps periods of %s for %s)", period, kept);
    }
}

char *cell_charts_title(const struct cell_look *look, int chart_cols)
{
    gint64 period_ms = look->deck->config->metrics.period_ms;
    gint64 periods =
        cell_series_periods(look->span_ms, period_ms, MAX(1, chart_cols - SCALE_COLS) * 2);
    GString *title = g_string_new(NULL);
    g_string_append_printf(title, "last %d h", (int)(look->span_ms / WHEN_HOUR));
    add_begin(title, look);
    if (periods > 1)
        g_string_append_printf(
            title, ", a dot is the worst of %" G_GINT64_FORMAT " periods (of requests their mean)",
            periods);
    return g_string_free(title, FALSE);
}
