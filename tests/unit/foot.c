/* What stands below a list (tui/views/foot.h). */
#include "tui/views/foot.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

static char *drawn(const struct foot *foot, const struct deck *deck, int rows, int cols)
{
    struct canvas *canvas = canvas_new(rows, cols, false);
    foot_draw(foot, deck, canvas, &(struct area){0, 0, rows, cols}, "title");
    char *dump = canvas_dump(canvas);
    canvas_free(canvas);
    return dump;
}

static void tell(struct foot *foot, const char *id, const char *text)
{
    g_autoptr(GPtrArray) paragraphs = g_ptr_array_new();
    g_ptr_array_add(paragraphs, (gpointer)text);
    foot_tell(foot, id, paragraphs);
}

Test(foot, a_text_wider_than_the_screen_goes_on_in_the_next_line_and_is_shown_escaped)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    struct foot foot;
    foot_init(&foot);
    foot_fit(&foot, &(struct area){0, 0, 20, 40}, 5);
    tell(&foot, "a", "one two three four five six seven eight \x1b[2J nine");
    g_autofree char *screen = drawn(&foot, deck, 20, 40);
    cr_expect(strstr(screen, "title"), "%s", screen);
    cr_expect(strstr(screen, "\n  one two three four five six seven\n    eight \\x1b[2J nine"),
              "%s", screen);
    foot_release(&foot);
}

Test(foot, another_row_begins_at_its_beginning_and_a_small_screen_says_that_there_is_more)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    struct foot foot;
    foot_init(&foot);
    foot_fit(&foot, &(struct area){0, 0, 8, 40}, 5);
    cr_expect_eq(foot.rows, 2);
    tell(&foot, "a",
         "one two three four five six seven eight nine ten eleven twelve thirteen "
         "fourteen fifteen sixteen seventeen");
    cr_expect(foot_can(&foot));
    cr_expect_eq(foot_key(&foot, REQUEST_MORE).what, REACT_REDRAW);
    g_autofree char *on = drawn(&foot, deck, 8, 40);
    cr_expect(strstr(on, "J/K: 2-3 of 4") && !strstr(on, "one"), "%s", on);
    tell(&foot, "b", "short");
    g_autofree char *other = drawn(&foot, deck, 8, 40);
    cr_expect(strstr(other, "\n  short") && !strstr(other, "J/K"), "%s", other);
    cr_expect_eq(foot_key(&foot, REQUEST_UP).what, REACT_UNUSED);
    foot_fit(&foot, &(struct area){0, 0, 5, 40}, 5);
    cr_expect_eq(foot.rows, 0);
    foot_release(&foot);
}
