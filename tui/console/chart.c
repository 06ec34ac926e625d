#include "tui/console/chart.h"

#include "data/base/text.h"

#include <math.h>

char *chart_spark(const double *values, size_t n, double top)
{
    static const char *const steps[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        int step = (int)floor(values[i] / top * 8);
        g_string_append(text, isnan(values[i]) ? " " : steps[CLAMP(step, 0, 7)]);
    }
    return g_string_free(text, FALSE);
}

char *chart_bar(double pct, int cols)
{
    int full = CLAMP((int)lround(pct / 100 * cols), 0, cols);
    if (pct > 0 && full == 0 && pct >= 100.0 / cols / 4)
        full = 1;
    GString *text = g_string_new(NULL);
    for (int i = 0; i < cols; i++)
        g_string_append(text, i < full ? "█" : "░");
    return g_string_free(text, FALSE);
}

/* The least round number that is not below `value`: 1, 2, 5, 10, 20, 50 ... */
static double round_up(double value)
{
    double unit = pow(10, floor(log10(value)));
    for (int i = 0; i < 3; i++) {
        static const int steps[] = {1, 2, 5};
        if (steps[i] * unit >= value)
            return steps[i] * unit;
    }
    return 10 * unit;
}

static bool shows(const struct chart *chart, gint64 at)
{
    return at >= chart->from && at <= chart->to;
}

static bool beyond(const struct chart *chart, double value)
{
    return !isnan(chart->limit) && (chart->below ? value < chart->limit : value > chart->limit);
}

/* The others count by their least: one of them that has gone wild leaves the rest readable. */
static double top_of(const struct chart *chart)
{
    double top = isnan(chart->expected) ? 0 : chart->expected;
    for (size_t i = 0; i < chart->n; i++)
        if (shows(chart, chart->at[i]) && !isnan(chart->values[i]))
            top = MAX(top, chart->values[i]);
    for (size_t i = 0; i < chart->n_bands; i++)
        if (shows(chart, chart->bands[i].at))
            top = MAX(top, chart->bands[i].low);
    if (!isnan(chart->limit) && top > chart->limit / 2)
        top = MAX(top, chart->below ? chart->limit : chart->limit * 1.1);
    return top > 0 ? round_up(top) : 1;
}

/* Dots of one chart: Braille numbers the eight dots of a character so. */
struct dots {
    int rows, cols; /* characters */
    guint8 *bits;
    bool *bad;
};
static const guint8 braille[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

static void dot(struct dots *dots, int x, int y, bool bad)
{
    if (x < 0 || y < 0 || x >= dots->cols * 2 || y >= dots->rows * 4)
        return;
    int at = y / 4 * dots->cols + x / 2;
    dots->bits[at] |= braille[y % 4][x % 2];
    dots->bad[at] |= bad;
}

static int x_of(const struct chart *chart, const struct dots *dots, gint64 at)
{
    double part = (double)(at - chart->from) / (double)(chart->to - chart->from);
    return (int)floor(part * (dots->cols * 2 - 1));
}

/* In dots of a picture so many rows high. */
static int y_of(int rows, double value, double top)
{
    int height = rows * 4 - 1;
    return height - CLAMP((int)lround(CLAMP(value / top, 0, 1) * height), 0, height);
}

int chart_row(const struct area *area, double value, double top)
{
    return value > top ? -1 : area->row + y_of(area->rows, value, top) / 4;
}

/* Joins two neighbours, so that a steep rise reads as one. */
static void join(struct dots *dots, int x0, int y0, int x1, int y1, bool bad)
{
    int steps = MAX(MAX(abs(x1 - x0), abs(y1 - y0)), 1);
    for (int i = 0; i <= steps; i++)
        dot(dots, x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps, bad);
}

static void plot(const struct chart *chart, struct dots *dots, double top)
{
    for (size_t i = 0; i < chart->n; i++) {
        if (!shows(chart, chart->at[i]) || isnan(chart->values[i]))
            continue;
        int x = x_of(chart, dots, chart->at[i]), y = y_of(dots->rows, chart->values[i], top);
        bool bad = beyond(chart, chart->values[i]);
        bool follows = i > 0 && chart->at[i - 1] >= chart->from && !isnan(chart->values[i - 1]) &&
                       chart->at[i] - chart->at[i - 1] <= chart->step * 3 / 2;
        if (follows)
            join(dots, x_of(chart, dots, chart->at[i - 1]),
                 y_of(dots->rows, chart->values[i - 1], top), x, y, bad);
        else
            dot(dots, x, y, bad);
    }
}

static int col_of(const struct chart *chart, const struct area *area, gint64 at)
{
    double part = (double)(at - chart->from) / (double)(chart->to - chart->from);
    return area->col + (int)floor(part * (area->cols - 1));
}

static void draw_bands(struct canvas *canvas, const struct area *area, const struct chart *chart,
                       double top)
{
    for (size_t i = 0; i < chart->n_bands; i++) {
        const struct chart_band *band = &chart->bands[i];
        if (!shows(chart, band->at))
            continue;
        int first = area->row + y_of(area->rows, band->high, top) / 4;
        int last = area->row + y_of(area->rows, band->low, top) / 4;
        int col = col_of(chart, area, band->at);
        int end = col_of(chart, area, MIN(band->at + chart->band_step, chart->to));
        for (int row = first; row <= last; row++)
            canvas_fill(canvas, row, col, MAX(1, end - col), ROLE_DIM, CHART_BAND);
    }
}

static void draw_level(struct canvas *canvas, const struct area *area, double value, double top,
                       const char *symbol)
{
    if (!isnan(value) && value <= top)
        canvas_fill(canvas, chart_row(area, value, top), area->col, area->cols, ROLE_DIM, symbol);
}

static enum role marker_role(const struct chart_marker *marker)
{
    return marker->back ? ROLE_WARN : ROLE_ACCENT;
}

static void draw_ground(struct canvas *canvas, const struct area *area, const struct chart *chart,
                        double top)
{
    draw_bands(canvas, area, chart, top);
    draw_level(canvas, area, chart->expected, top, CHART_EXPECTED);
    draw_level(canvas, area, chart->limit, top, CHART_LIMIT);
    for (size_t i = chart->n_markers; i-- > 0;) {
        const struct chart_marker *marker = &chart->markers[i];
        for (int row = 0; row < area->rows && shows(chart, marker->at); row++)
            canvas_text(canvas, area->row + row, col_of(chart, area, marker->at), 1,
                        marker_role(marker), marker->back ? CHART_BACK : CHART_MARKER);
    }
}

static void draw_dots(struct canvas *canvas, const struct area *area, const struct dots *dots)
{
    for (int i = 0; i < dots->rows * dots->cols; i++) {
        if (!dots->bits[i])
            continue;
        char text[7] = "";
        g_unichar_to_utf8(0x2800u + dots->bits[i], text);
        canvas_text(canvas, area->row + i / dots->cols, area->col + i % dots->cols, 1,
                    dots->bad[i] ? ROLE_BAD : ROLE_ACCENT, canvas->ascii ? "*" : text);
    }
}

/* What labels may not cover: one flag a character. */
static bool *taken_by(const struct chart *chart, const struct area *area, const struct dots *dots)
{
    bool *taken = g_new(bool, (gsize)dots->rows *(gsize)dots->cols);
    for (int i = 0; i < dots->rows * dots->cols; i++)
        taken[i] = dots->bits[i] != 0;
    for (size_t i = 0; i < chart->n_markers; i++)
        for (int row = 0; row < dots->rows && shows(chart, chart->markers[i].at); row++)
            taken[row * dots->cols + col_of(chart, area, chart->markers[i].at) - area->col] = true;
    return taken;
}

static bool is_free(const bool *taken, const struct dots *dots, int row, int col, int width)
{
    if (col < 0 || col + width > dots->cols)
        return false;
    for (int i = col; i < col + width; i++)
        if (taken[row * dots->cols + i])
            return false;
    return true;
}

/* From the top down, right of its line before left of it. */
static bool find_place(const bool *taken, const struct dots *dots, int line, int width, int *row,
                       int *col)
{
    for (*row = 0; *row < dots->rows; ++*row) {
        const int sides[] = {line + 1, line - width};
        for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
            *col = sides[i];
            if (is_free(taken, dots, *row, *col, width))
                return true;
        }
    }
    return false;
}

/* A label keeps a column free on either side: "5.0.3" joined to "5.1.0" is neither. */
static void draw_labels(struct canvas *canvas, const struct area *area, const struct chart *chart,
                        const struct dots *dots)
{
    g_autofree bool *taken = taken_by(chart, area, dots);
    for (size_t i = 0; i < chart->n_markers; i++) {
        const struct chart_marker *marker = &chart->markers[i];
        int row, col, width = text_width(marker->label);
        int line = shows(chart, marker->at) ? col_of(chart, area, marker->at) - area->col : -1;
        if (line < 0 || !find_place(taken, dots, line, width, &row, &col))
            continue;
        canvas_text(canvas, area->row + row, area->col + col, width, marker_role(marker),
                    marker->label);
        for (int c = MAX(0, col - 1); c <= MIN(dots->cols - 1, col + width); c++)
            taken[row * dots->cols + c] = true;
    }
}

double chart_draw(struct canvas *canvas, const struct area *area, const struct chart *chart)
{
    double top = top_of(chart);
    if (area->rows < 1 || area->cols < 2 || chart->to <= chart->from)
        return top;
    gsize size = (gsize)area->rows * (gsize)area->cols;
    g_autofree guint8 *bits = g_new0(guint8, size);
    g_autofree bool *bad = g_new0(bool, size);
    struct dots dots = {.rows = area->rows, .cols = area->cols, .bits = bits, .bad = bad};
    draw_ground(canvas, area, chart, top);
    plot(chart, &dots, top);
    draw_dots(canvas, area, &dots);
    draw_labels(canvas, area, chart, &dots);
    return top;
}
