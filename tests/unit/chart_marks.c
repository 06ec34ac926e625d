/* What stands in a chart beside its curve. */
#include "tui/console/chart.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define MARKS(...) ((const struct chart_marker[]){__VA_ARGS__})

/* 24 columns over times 0 to 115, one every five; `values` (NULL: none) are ten apart. */
static char *picture(const struct chart_marker *markers, size_t n, const double *values, int rows,
                     bool ascii)
{
    static const gint64 at[] = {0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110};
    const struct chart chart = {.at = at,
                                .values = values,
                                .n = values ? G_N_ELEMENTS(at) : 0,
                                .to = 115,
                                .step = 10,
                                .limit = NAN,
                                .expected = NAN,
                                .markers = markers,
                                .n_markers = n};
    struct canvas *canvas = canvas_new(rows, 24, ascii);
    const struct area area = {0, 0, rows, 24};
    chart_draw(canvas, &area, &chart);
    char *dump = canvas_dump(canvas);
    canvas_free(canvas);
    return dump;
}

Test(chart_marks, labels_of_near_markers_stand_each_whole_in_a_place_of_their_own)
{
    g_autofree char *dump =
        picture(MARKS({66, "5.1.0", false}, {55, "5.0.3", false}), 2, NULL, 2, false);
    cr_expect_str_eq(dump, "      5.0.3┊ ┊5.1.0\n"
                           "           ┊ ┊\n");
}

Test(chart_marks, a_label_that_has_no_place_is_left_out_and_its_line_stays)
{
    g_autofree char *dump = picture(
        MARKS({66, "5.1.0", false}, {61, "5.0.4", false}, {56, "5.0.3", false}), 3, NULL, 1, false);
    cr_expect_str_eq(dump, "      5.0.3┊┊┊5.1.0\n");
}

Test(chart_marks, a_label_keeps_clear_of_the_curve)
{
    static const double high[] = {1, 1, 1, 1, 1, 1, 9, 9, 9, 9, 9, 9};
    g_autofree char *dump = picture(MARKS({60, "5.0.3", false}), 1, high, 3, false);
    cr_expect_str_eq(dump, "           ⢠⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠂\n"
                           "          ⢠⠃┊5.0.3\n"
                           "⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠇ ┊\n");
}

Test(chart_marks, a_rollback_does_not_look_like_a_deploy)
{
    const struct chart_marker both[] = {{66, "↺ 5.0.2", true}, {55, "5.0.3", false}};
    g_autofree char *dump = picture(both, 2, NULL, 1, false);
    cr_expect_str_eq(dump, "      5.0.3┊ ╎↺ 5.0.2\n");
    g_autofree char *plain = picture(both, 2, NULL, 1, true);
    cr_expect_str_eq(plain, "      5.0.3| :< 5.0.2\n");
}

/* The times under a chart so wide that ends at 02:00. */
static char *axis(gint64 span_ms, int cols)
{
    const gint64 two = G_GINT64_CONSTANT(1795485600000);
    struct canvas *canvas = canvas_new(1, cols, false);
    const struct area area = {0, 0, 1, cols};
    chart_axis(canvas, &area, two - span_ms, two);
    char *row = canvas_row(canvas, 0);
    canvas_free(canvas);
    return row;
}

Test(chart_marks, times_stand_below_their_moment_with_air_between_them)
{
    static const struct {
        int hours, cols;
        const char *row;
    } cases[] = {
        {1, 31, "     01:15   01:30  01:45"},
        {3, 61, "        23:30     00:00     00:30     01:00     01:30"},
        {24, 49, "  04:00   08:00   12:00   16:00   20:00   00:00"},
        {24, 12, "  12:00"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *row = axis(cases[i].hours * G_GINT64_CONSTANT(3600000), cases[i].cols);
        cr_expect_str_eq(row, cases[i].row);
    }
    g_autofree char *none = axis(G_GINT64_CONSTANT(3600000), 4);
    cr_expect_str_eq(none, "");
}
