/* A window on rows, and pictures put into pictures. */
#include "tui/console/pane.h"
#include "tui/console/canvas.h"

#include <criterion/criterion.h>

static void expect_text(const struct pane *pane, const char *text)
{
    g_autofree char *seen = pane_text(pane);
    cr_expect_str_eq(seen, text);
}

Test(pane, scrolls_as_far_as_there_are_rows_and_says_what_is_out_of_view)
{
    struct pane pane = {0};
    pane_fit(&pane, 4, 10);
    expect_text(&pane, "↓6");
    pane_move(&pane, -1);
    cr_expect_eq(pane.top, 0);
    pane_move(&pane, 2);
    expect_text(&pane, "↑2 ↓4");
    pane_move(&pane, 99);
    cr_expect_eq(pane.top, 6);
    expect_text(&pane, "↑6");
}

Test(pane, what_was_in_view_stays_as_far_as_that_can_be)
{
    struct pane pane = {0};
    pane_fit(&pane, 4, 10);
    pane_move(&pane, 3);
    pane_fit(&pane, 5, 12);
    cr_expect_eq(pane.top, 3);
    pane_fit(&pane, 5, 6);
    cr_expect_eq(pane.top, 1);
    pane_fit(&pane, 9, 6);
    cr_expect_eq(pane.top, 0);
    expect_text(&pane, "");
    pane_fit(&pane, -1, 6);
    cr_expect_eq(pane.height, 0);
}

Test(pane, a_canvas_that_is_put_on_another_keeps_within_it)
{
    struct canvas *canvas = canvas_new(3, 6, false), *part = canvas_new(2, 4, false);
    canvas_text(part, 0, 0, 4, ROLE_BAD, "abcd");
    canvas_text(part, 1, 0, 4, ROLE_NORMAL, "efgh");
    canvas_paste(canvas, 2, 4, part);
    g_autofree char *dump = canvas_dump(canvas);
    cr_expect_str_eq(dump, "\n\n    ab\n");
    cr_expect_eq(canvas->cells[2 * 6 + 4].role, ROLE_BAD);
    canvas_paste(canvas, -1, 0, part);
    g_autofree char *above = canvas_row(canvas, 0);
    cr_expect_str_eq(above, "efgh");
    canvas_free(part);
    canvas_free(canvas);
}
