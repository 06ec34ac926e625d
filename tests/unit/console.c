/* The parts of the console that need no terminal: canvas, list, table, prompt, keys, chart. */
#include "tui/console/canvas.h"
#include "tui/console/chart.h"
#include "tui/console/keys.h"
#include "tui/console/list.h"
#include "tui/console/prompt.h"
#include "tui/console/recall.h"
#include "tui/console/table.h"
#include "tui/console/terminal_modes.h"
#include "tui/views/requests.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static void expect_row(const struct canvas *canvas, int row, const char *text)
{
    g_autofree char *seen = canvas_row(canvas, row);
    cr_expect_str_eq(seen, text);
}

Test(canvas, text_that_would_steer_a_terminal_is_shown_escaped)
{
    struct canvas *canvas = canvas_new(1, 40, false);
    canvas_text(canvas, 0, 0, 40, ROLE_NORMAL, "\x1b[2Jx\xe2\x80\xaey");
    expect_row(canvas, 0, "\\x1b[2Jx\\u202ey");
    canvas_free(canvas);
}

Test(canvas, text_never_leaves_the_columns_it_was_given)
{
    struct canvas *canvas = canvas_new(2, 8, false);
    canvas_text(canvas, 0, 1, 4, ROLE_NORMAL, "abcdefgh");
    expect_row(canvas, 0, " abc…");
    cr_expect_eq(canvas_text(canvas, 1, 6, 4, ROLE_NORMAL, "abcd"), 4);
    expect_row(canvas, 1, "      ab");
    canvas_text(canvas, 5, 0, 4, ROLE_NORMAL, "lost");
    canvas_text(canvas, -1, -3, 4, ROLE_NORMAL, "lost");
    canvas_free(canvas);
}

Test(canvas, wide_and_combining_characters_take_their_columns)
{
    struct canvas *canvas = canvas_new(1, 10, false);
    cr_expect_eq(canvas_text(canvas, 0, 0, 10, ROLE_NORMAL, "東e\xcc\x81x"), 4);
    expect_row(canvas, 0, "東e\xcc\x81x");
    cr_expect_str_eq(canvas->cells[1].text, "");
    cr_expect_str_eq(canvas->cells[3].text, "x");
    canvas_free(canvas);
}

Test(canvas, ascii_mode_shows_nothing_but_ascii)
{
    struct canvas *canvas = canvas_new(1, 20, true);
    canvas_text(canvas, 0, 0, 20, ROLE_NORMAL, "● ✖ ▁█ → 東 é");
    expect_row(canvas, 0, "* X _# > ?  ?");
    canvas_free(canvas);
}

#define ROWS(...) rows_of((const char *const[]){__VA_ARGS__, NULL})
static GPtrArray *rows_of(const char *const *ids)
{
    GPtrArray *rows = g_ptr_array_new();
    for (; *ids; ids++)
        g_ptr_array_add(rows, (gpointer)*ids);
    return rows;
}

Test(list, the_selection_stays_with_its_row_wherever_that_goes)
{
    struct list list;
    list_init(&list);
    list_set(&list, ROWS("a", "b", "c"));
    list_select(&list, "b");
    list_set(&list, ROWS("c", "x", "y", "b"));
    cr_expect_str_eq(list.selected, "b");
    cr_expect_eq(list.index, 3);
    list_set(&list, ROWS("c", "x"));
    cr_expect_str_eq(list.selected, "x", "a row that is gone leaves its place to the nearest");
    list_set(&list, g_ptr_array_new());
    cr_expect_null(list.selected);
    list_move(&list, 1);
    cr_expect_eq(list.index, 0);
    list_release(&list);
}

Test(list, the_selected_row_is_always_in_view)
{
    struct list list;
    list_init(&list);
    list_set(&list, ROWS("a", "b", "c", "d", "e"));
    list_fit(&list, 2);
    list_move(&list, 99);
    cr_expect_eq(list.top, 3);
    list_move(&list, -1);
    cr_expect_eq(list.top, 3, "moving within the view does not scroll");
    list_fit(&list, 5);
    cr_expect_eq(list.top, 0);
    list_release(&list);
}

static const struct column three[] = {
    {"NAME", 4, 8, 0, false}, {"LEAST", 5, 9, 2, false}, {"MORE", 4, 6, 1, true}};

Test(table, the_least_important_column_goes_first)
{
    struct place places[3];
    table_layout(three, 3, 0, 10, places);
    cr_expect_eq(places[1].cols, 0);
    cr_expect_eq(places[0].cols + 1 + places[2].cols, 10);
    table_layout(three, 3, 0, 3, places);
    cr_expect_eq(places[2].cols, 0);
    cr_expect_gt(places[0].cols, 0, "the one that never goes");
}

Test(table, columns_never_overlap_and_never_outgrow_the_width)
{
    for (int cols = 5; cols < 40; cols++) {
        struct place places[3];
        table_layout(three, 3, 2, cols, places);
        int end = 2;
        for (int i = 0; i < 3; i++) {
            if (places[i].cols == 0)
                continue;
            cr_assert_geq(places[i].col, end);
            end = places[i].col + places[i].cols + 1;
        }
        cr_assert_leq(end - 1, 2 + cols);
    }
}

Test(prompt, editing_counts_characters_not_bytes)
{
    struct prompt prompt;
    prompt_init(&prompt);
    static const guint32 keys[] = {0xe9,         'b', KEY_CODE_LEFT, KEY_CODE_BACKSPACE, 'x',
                                   KEY_CODE_END, 'y'};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        cr_expect_eq(prompt_key(&prompt, keys[i]), PROMPT_CHANGED);
    cr_expect_str_eq(prompt.text->str, "xby");
    cr_expect_eq(prompt_key(&prompt, 'U' - '@'), PROMPT_CHANGED);
    cr_expect_eq(prompt_key(&prompt, KEY_CODE_BACKSPACE), PROMPT_CANCELLED);
    prompt_release(&prompt);
}

Test(prompt, what_is_pasted_is_one_line_and_what_found_no_room_is_told)
{
    struct prompt prompt;
    prompt_init(&prompt);
    cr_expect(prompt_paste(&prompt, "  the bug\r\nof\tMonday\n"));
    cr_expect_str_eq(prompt.text->str, "the bug of Monday");
    prompt_set(&prompt, "");
    prompt_paste(&prompt, "5.1.0\x1b[2J\x07\xe2\x80\xae");
    cr_expect_str_eq(prompt.text->str, "5.1.0[2J", "nothing that can't be seen");
    g_autofree char *much = g_strnfill(500, 'x');
    cr_expect_not(prompt_paste(&prompt, much));
    prompt_release(&prompt);
}

Test(prompt, completion_goes_as_far_as_it_is_certain)
{
    static const char *const words[] = {"cell-1-dr", "cell-1-us", "dev", NULL};
    struct prompt prompt;
    prompt_init(&prompt);
    prompt_set(&prompt, "cell ce");
    cr_expect(prompt_complete(&prompt, 5, words));
    cr_expect_str_eq(prompt.text->str, "cell cell-1-");
    prompt_set(&prompt, "cell d");
    cr_expect(prompt_complete(&prompt, 5, words));
    cr_expect_str_eq(prompt.text->str, "cell dev ");
    prompt_set(&prompt, "cell zz");
    cr_expect_not(prompt_complete(&prompt, 5, words));
    prompt_release(&prompt);
}

Test(recall, up_goes_through_what_was_typed_and_down_comes_back_to_what_is_being_typed)
{
    struct recall recall;
    recall_init(&recall);
    cr_expect_null(recall_older(&recall, "fl"), "nothing was typed before");
    static const char *const typed[] = {"fleet", "cell cell-1", "tenants lukes", "cell cell-2", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(typed); i++)
        recall_add(&recall, typed[i]);
    cr_expect_null(recall_newer(&recall));
    cr_expect_str_eq(recall_older(&recall, "ce"), "cell cell-2");
    cr_expect_str_eq(recall_older(&recall, "cell cell-2"), "cell cell-1", "those that begin so");
    cr_expect_null(recall_older(&recall, "cell cell-1"));
    cr_expect_str_eq(recall_newer(&recall), "cell cell-2");
    cr_expect_str_eq(recall_newer(&recall), "ce", "and what was begun");
    recall_release(&recall);
}

Test(recall, a_line_typed_again_is_there_once_and_the_oldest_are_forgotten)
{
    struct recall recall;
    recall_init(&recall);
    for (int i = 0; i < 3 * RECALL_KEPT; i++) {
        g_autofree char *line = g_strdup_printf("cell cell-%d", i);
        recall_add(&recall, line);
    }
    cr_expect_eq(recall.lines->len, RECALL_KEPT);
    recall_add(&recall, "cell cell-298");
    cr_expect_eq(recall.lines->len, RECALL_KEPT);
    cr_expect_str_eq(recall_older(&recall, ""), "cell cell-298");
    cr_expect_str_eq(recall_older(&recall, ""), "cell cell-299");
    cr_expect_str_eq(recall_older(&recall, ""), "cell cell-297");
    recall_release(&recall);
}

Test(keys, every_default_key_has_a_name_that_is_understood_and_stands_for_one_thing_a_place)
{
    const struct binding *bindings = request_bindings();
    for (int i = 0; i < REQUEST_COUNT; i++) {
        g_auto(GStrv) names = g_strsplit(bindings[i].keys, " ", -1);
        for (char **name = names; *name; name++) {
            guint32 key = key_parse(*name);
            cr_assert_neq(key, (guint32)KEY_CODE_NONE, "%s", *name);
            for (unsigned place = 1; place < (unsigned)PLACE_ANY; place <<= 1)
                if (bindings[i].places & place)
                    cr_expect_eq(keys_find(bindings, REQUEST_COUNT, place, key), i, "%s", *name);
        }
    }
}

Test(chart, a_value_that_was_never_measured_is_a_gap)
{
    const double values[] = {0, 5, NAN, 10, 99};
    g_autofree char *spark = chart_spark(values, 5, 10);
    cr_expect_str_eq(spark, "▁▅ ██");
}

Test(chart, a_bar_is_full_only_at_a_hundred_and_shows_the_least_use)
{
    static const struct {
        double pct;
        const char *bar;
    } cases[] = {{0, "░░░░"}, {5, "░░░░"}, {7, "█░░░"}, {50, "██░░"}, {100, "████"}, {250, "████"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *bar = chart_bar(cases[i].pct, 4);
        cr_expect_str_eq(bar, cases[i].bar);
    }
}

Test(chart, no_line_is_drawn_across_a_hole)
{
    struct canvas *canvas = canvas_new(2, 10, false);
    const gint64 at[] = {0, 10, 80, 90};
    const double values[] = {1, 1, 1, 1};
    const struct chart chart = {.at = at,
                                .values = values,
                                .n = 4,
                                .from = 0,
                                .to = 100,
                                .step = 10,
                                .limit = NAN,
                                .expected = NAN};
    const struct area area = {0, 0, 2, 10};
    cr_expect_float_eq(chart_draw(canvas, &area, &chart), 1, 1e-9);
    for (int col = 2; col < 7; col++)
        cr_expect_str_eq(canvas->cells[col].text, " ");
    cr_expect_str_neq(canvas->cells[0].text, " ");
    canvas_free(canvas);
}

/* Twelve values of one a column: a hole after the fifth, a deploy, and a rise over the limit. */
static char *picture(int rows, double limit, bool ascii)
{
    enum { COLS = 24 };
    const gint64 at[] = {0, 10, 20, 30, 40, 70, 80, 90, 100, 110};
    const double values[] = {1, 1, 2, 1, 1, 1, 4, 7, 8, 8};
    const struct chart_band bands[] = {{0, 1, 2}, {10, 1, 2}, {20, 1, 2}, {90, 1, 2}, {100, 1, 4}};
    const struct chart_marker marker = {60, "5.0.3", false};
    const struct chart chart = {.at = at,
                                .values = values,
                                .n = G_N_ELEMENTS(at),
                                .from = 0,
                                .to = 115,
                                .step = 10,
                                .limit = limit,
                                .expected = NAN,
                                .bands = bands,
                                .n_bands = G_N_ELEMENTS(bands),
                                .band_step = 10,
                                .markers = &marker,
                                .n_markers = 1};
    struct canvas *canvas = canvas_new(rows, COLS, ascii);
    const struct area area = {0, 0, rows, COLS};
    chart_draw(canvas, &area, &chart);
    char *dump = canvas_dump(canvas);
    canvas_free(canvas);
    return dump;
}

Test(chart, shows_the_cell_over_its_controls_with_limit_and_deploy_and_leaves_holes)
{
    g_autofree char *dump = picture(5, 5, false);
    cr_expect_str_eq(dump, "            ┊5.0.3\n"
                           "            ┊    ⢀⠤⠒⠉⠉⠁\n"
                           "┄┄┄┄┄┄┄┄┄┄┄┄┊┄┄┄⡔⠁┄┄┄┄┄┄\n"
                           "░░░░⣀░      ┊ ⢀⠎  ░░░░\n"
                           "⠒⠒⠒⠉░⠉⠒⠒⠂   ┊ ⠃   ░░░░\n");
    g_autofree char *plain = picture(5, 5, true);
    cr_expect_str_eq(plain, "            |5.0.3\n"
                            "            |    ******\n"
                            "------------|---**------\n"
                            "....*.      | **  ....\n"
                            "****.****   | *   ....\n");
}

Test(chart, a_limit_far_above_what_was_measured_is_left_to_words)
{
    g_autofree char *dump = picture(4, 50, false);
    cr_expect_null(strstr(dump, CHART_LIMIT), "%s", dump);
    g_autofree char *near = picture(4, 15, false);
    cr_expect_not_null(strstr(near, CHART_LIMIT), "%s", near);
    const struct area area = {2, 0, 4, 10};
    cr_expect_eq(chart_row(&area, 5, 4), -1, "above the scale");
    cr_expect_eq(chart_row(&area, 4, 4), 2);
    cr_expect_eq(chart_row(&area, 0, 4), 5);
}

Test(chart, a_marker_at_the_edge_has_its_label_on_the_other_side)
{
    struct canvas *canvas = canvas_new(1, 20, false);
    const struct chart_marker marker = {99, "5.0.3", false};
    const struct chart chart = {.from = 0,
                                .to = 100,
                                .step = 10,
                                .limit = NAN,
                                .expected = NAN,
                                .markers = &marker,
                                .n_markers = 1};
    const struct area area = {0, 0, 1, 20};
    chart_draw(canvas, &area, &chart);
    expect_row(canvas, 0, "             5.0.3┊");
    canvas_free(canvas);
}

Test(terminal, is_sent_no_padding_as_text_when_it_is_left)
{
    g_autofree char *vt100 = terminal_unpadded("\x1b[m\x0f$<2>\x1b[r");
    cr_expect_str_eq(vt100, "\x1b[m\x0f\x1b[r");
    g_autofree char *several = terminal_unpadded("$<5/>a$<10*>b$5$<c");
    cr_expect_str_eq(several, "ab$5$<c");
}
